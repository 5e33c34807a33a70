package jsonraw

import (
	"bytes"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
)

// AppendString appends s as a JSON string to dst. It escapes only what JSON demands; invalid
// UTF-8 becomes the replacement character, for a string of ours must never break a line.
func AppendString[Text ~string | ~[]byte](dst []byte, s Text) []byte {
	// The error says that s held invalid UTF-8, which is replaced all the same.
	dst, _ = jsontext.AppendQuote(dst, s)
	return dst
}

// Unquote decodes a JSON string; ok is false when text is not one. Invalid UTF-8 and lone
// surrogates become the replacement character.
func Unquote(text []byte) (s string, ok bool) {
	content, ok := Content(text)
	return string(content), ok
}

// Content is [Unquote] without a copy where nothing has to be decoded: the result is then a part of
// text.
func Content(text []byte) (content []byte, ok bool) {
	if len(text) < 2 || text[0] != '"' || skipString(text, 0) != len(text) {
		return nil, false
	}
	return unquote(text), true
}

// unquote returns the content of the string literal text, a part of it where nothing has to be
// decoded or replaced.
func unquote(text []byte) []byte {
	content := text[1 : len(text)-1]
	if bytes.IndexByte(content, '\\') < 0 && utf8.Valid(content) {
		return content
	}
	// The error says that text held invalid UTF-8 or was no valid literal, of which the caller
	// promised the contrary; what could be decoded is good enough.
	content, _ = jsontext.AppendUnquote(nil, text)
	return content
}
