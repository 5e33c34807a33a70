package entry

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

const (
	// shortestLine is the length from which a single line of a secret of several lines, such as a
	// key in PEM, counts as a secret too: logs are often cut into lines.
	shortestLine = 16

	// shortestBase64 keeps pieces of base64 out that are so short that ordinary words look like
	// them.
	shortestBase64 = 6

	// longestPiece bounds what comparing and keeping a form costs. The longest secrets in practice,
	// private keys and the JSON files of service accounts, are shorter.
	longestPiece = 4 << 10
)

// formsOf returns the secret and the other ways in which programs write it, with repetitions. Of a
// secret of more than 4 KiB it returns the pieces, as they are and as JSON.
func formsOf(secret string) []string {
	if len(secret) > longestPiece {
		return pieceForms(secret)
	}
	texts := []string{secret, strings.TrimSpace(secret)} // pasted secrets end in a line break
	for line := range strings.Lines(secret) {
		if line = strings.TrimSpace(line); len(line) >= shortestLine {
			texts = append(texts, line)
		}
	}
	var forms []string
	for _, text := range texts {
		if len(text) < shortestSecret {
			continue
		}
		forms = append(forms, text)
		for _, form := range urlForms(text) {
			forms = append(forms, form)
			if strings.Contains(form, "&") { // which JSON may escape once more, and nothing else
				forms = append(forms, jsonForms(form)...)
			}
		}
		forms = append(forms, jsonForms(text)...)
		forms = append(forms, base64Forms(text)...)
	}
	return forms
}

// pieceForms cuts between characters, since half a character has no JSON form. The last piece is as
// long as the others and overlaps the one before it: a shorter one might be too short to be hidden.
func pieceForms(secret string) []string {
	var forms []string
	add := func(piece string) {
		forms = append(forms, piece, jsonEscape(piece, false), jsonEscape(piece, true))
	}
	start := 0
	for start+longestPiece < len(secret) {
		end := characterAt(secret, start+longestPiece)
		add(secret[start:end])
		start = end
	}
	add(secret[characterAt(secret, len(secret)-longestPiece):])
	return forms
}

// characterAt returns the start of the character that the position, which is not near the start of
// the text, falls into.
func characterAt(text string, position int) int {
	for back := range utf8.UTFMax {
		if utf8.RuneStart(text[position-back]) {
			return position - back
		}
	}
	return position // no character, but bytes that are no text
}

// urlForms returns the text as it appears in queries, paths and user names of URLs. Go writes the
// hexadecimal digits of an escape in upper case, others in lower case.
func urlForms(text string) []string {
	query := url.QueryEscape(text)
	forms := []string{
		query,
		strings.ReplaceAll(query, "+", "%20"),
		url.PathEscape(text),
		(&url.URL{Path: text}).EscapedPath(),
		url.User(text).String(),
	}
	for _, form := range forms {
		forms = append(forms, lowerEscapes(form))
	}
	return forms
}

// lowerEscapes writes the hexadecimal digits of percent escapes in lower case.
func lowerEscapes(text string) string {
	lowered := []byte(text)
	for i := 0; i+2 < len(lowered); i++ {
		if lowered[i] == '%' {
			copy(lowered[i+1:], strings.ToLower(text[i+1:i+3]))
			i += 2
		}
	}
	return string(lowered)
}

// jsonForms returns the text as it appears inside a JSON string, inside a JSON string that is
// quoted in another, as an API does with the body that it refuses, and with that in quotes again,
// as a log does with the answer of the API.
func jsonForms(text string) []string {
	const depth = 3
	forms, level := map[string]bool{}, []string{text}
	for range depth {
		var next []string
		for _, inner := range level {
			for _, form := range escapedForms(inner) {
				if !forms[form] {
					forms[form] = true
					next = append(next, form)
				}
			}
		}
		level = next
	}
	return slices.Collect(maps.Keys(forms))
}

func escapedForms(text string) []string {
	plain := jsonEscape(text, false)
	return []string{
		plain,
		jsonEscape(text, true),               // encoding/json escapes <, > and & unless told not to
		strings.ReplaceAll(plain, "/", `\/`), // PHP does
		unquoted(strconv.QuoteToASCII(text)), // Python writes ASCII only
		unquoted(strconv.Quote(text)),        // slog and %q
		strings.ReplaceAll(text, "\n", `\n`), // environment files hold keys this way
	}
}

func jsonEscape(text string, html bool) string {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(html)
	if err := encoder.Encode(text); err != nil {
		return text // strings cannot fail
	}
	return unquoted(strings.TrimSuffix(b.String(), "\n"))
}

func unquoted(quoted string) string { return quoted[1 : len(quoted)-1] }

// base64Forms returns the text in both alphabets, with padding and without, and as a part of
// something longer, such as the user name and password of basic authentication.
func base64Forms(text string) []string {
	var forms []string
	for _, encoding := range []*base64.Encoding{base64.StdEncoding, base64.URLEncoding} {
		forms = append(forms, encoding.EncodeToString([]byte(text)),
			encoding.WithPadding(base64.NoPadding).EncodeToString([]byte(text)))
		for before := range 3 {
			if form := base64Inside(encoding, text, before); len(form) >= shortestBase64 {
				forms = append(forms, form)
			}
		}
	}
	return forms
}

// base64Inside returns those digits of an encoded longer text that depend on our text alone, where
// so many bytes (modulo 3) come before it.
func base64Inside(encoding *base64.Encoding, text string, before int) string {
	const bitsOfByte, bitsOfDigit = 8, 6
	digits := encoding.EncodeToString(append(make([]byte, before), text...))
	first := (before*bitsOfByte + bitsOfDigit - 1) / bitsOfDigit
	end := (before + len(text)) * bitsOfByte / bitsOfDigit
	return digits[first:end]
}
