package sqltable

import (
	"bytes"
	"unicode/utf8"

	"github.com/airbyte-go/cdk/internal/jsonraw"
)

const (
	// maxDepth and maxNumber bound what is stored as JSON where the database reads it: PostgreSQL
	// recurses into it, and refuses numbers that its numeric cannot hold.
	maxDepth  = 1000
	maxNumber = 1000
)

// json passes a JSON value on as it stands, unless the database could not read it.
func (c *caster) json(raw []byte) (Value, outcome) {
	if !c.rules.ReadsJSON {
		return textValue(raw), kept
	}
	found := inspect(raw)
	if found.unreadable {
		return Value{}, nulled
	}
	if !found.odd {
		return textValue(raw), kept
	}
	// The canonical form has replaced what is not Unicode, and spells NUL in one way only.
	text := jsonraw.Canonical(raw)
	if without, removed := withoutNUL(text); removed {
		return textValue(without), cut
	}
	return textValue(text), kept
}

// oddities is what a database could stumble over.
type oddities struct {
	odd        bool // escapes of NUL or surrogates, or bytes that are not Unicode
	unreadable bool // too deep, or a number too long
}

func inspect(raw []byte) (found oddities) {
	depth, run := 0, 0
	exponent := false
	for i := 0; i < len(raw); i++ {
		c := raw[i]
		switch {
		case c == '"':
			i = skipText(raw, i)
			run, exponent = 0, false
			continue
		case c >= '0' && c <= '9':
			if run++; run > maxNumber || exponent && run > 3 {
				found.unreadable = true
			}
			continue
		case c == 'e' || c == 'E':
			exponent = true
		case c == '{' || c == '[':
			if depth++; depth > maxDepth {
				found.unreadable = true
			}
			exponent = false
		case c == '}' || c == ']':
			depth--
			exponent = false
		case c == ',' || c == ' ' || c == ':':
			exponent = false
		}
		run = 0
	}
	found.odd = bytes.Contains(raw, []byte(`\u`)) || !utf8.Valid(raw)
	return found
}

// skipText returns the place of the quote that ends the string which begins at start.
func skipText(raw []byte, start int) int {
	for i := start + 1; i < len(raw); i++ {
		switch raw[i] {
		case '\\':
			i++
		case '"':
			return i
		}
	}
	return len(raw)
}

// withoutNUL takes the escapes of NUL out of a canonical JSON text.
func withoutNUL(text []byte) (without []byte, removed bool) {
	const escape = `\u0000`
	without = make([]byte, 0, len(text))
	for i := 0; i < len(text); i++ {
		if text[i] != '\\' {
			without = append(without, text[i])
			continue
		}
		if bytes.HasPrefix(text[i:], []byte(escape)) {
			i += len(escape) - 1
			removed = true
			continue
		}
		without = append(without, text[i], text[i+1])
		i++
	}
	return without, removed
}
