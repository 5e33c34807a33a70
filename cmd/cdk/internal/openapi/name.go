package openapi

import (
	"strings"
	"unicode"
)

// words cuts a name into its words, in small ASCII letters: at all that is no letter or digit, and
// where a capital begins a word.
func words(name string) []string {
	var found []string
	var word []rune
	flush := func() {
		if len(word) > 0 {
			found = append(found, string(word))
		}
		word = nil
	}
	runes := []rune(name)
	for i, r := range runes {
		isUpper := r >= 'A' && r <= 'Z'
		if !isUpper && (r < 'a' || r > 'z') && (r < '0' || r > '9') {
			flush()
			continue
		}
		if isUpper && i > 0 {
			before := runes[i-1]
			startsWord := i+1 < len(runes) && unicode.IsLower(runes[i+1])
			if unicode.IsLower(before) || unicode.IsDigit(before) ||
				unicode.IsUpper(before) && startsWord && !isPlural(runes[i:]) {
				flush()
			}
		}
		word = append(word, unicode.ToLower(r))
	}
	flush()
	return found
}

// isPlural tells whether a capital and an s end a word of capitals, as in userIDs.
func isPlural(rest []rune) bool {
	return len(rest) >= 2 && rest[1] == 's' && (len(rest) == 2 || !unicode.IsLower(rest[2]))
}

func snake(name string) string { return strings.Join(words(name), "_") }

// flat is a name without anything but its letters, for comparing spellings.
func flat(name string) string { return strings.Join(words(name), "") }

// initialisms are words that Go programmers write in capitals.
var initialisms = map[string]bool{
	"id": true, "url": true, "uri": true, "api": true, "http": true, "https": true, "json": true,
	"uuid": true, "ip": true, "html": true, "sql": true, "ssh": true, "tls": true, "vm": true,
	"xml": true, "cpu": true, "ui": true, "uid": true, "ttl": true, "dns": true, "os": true,
}

// GoName is a name as an exported Go identifier, without a promise that it is free.
func GoName(name string) string {
	var b strings.Builder
	for _, word := range words(name) {
		if initialisms[word] {
			b.WriteString(strings.ToUpper(word))
			continue
		}
		b.WriteString(strings.ToUpper(word[:1]) + word[1:])
	}
	if text := b.String(); text != "" && (text[0] < '0' || text[0] > '9') {
		return text
	}
	return "X" + b.String()
}

// LocalName is a name as a Go identifier that is not exported.
func LocalName(name string) string {
	list := words(name)
	if len(list) == 0 || list[0][0] <= '9' {
		list = append([]string{"x"}, list...)
	}
	return list[0] + strings.TrimPrefix(GoName(strings.Join(list[1:], "_")+"_"), "X")
}

// singular is the singular of an English plural, mostly.
func singular(word string) string {
	for _, rule := range []struct{ end, with string }{
		{"ies", "y"}, {"sses", "ss"}, {"xes", "x"}, {"ches", "ch"}, {"shes", "sh"},
		{"tuses", "tus"}, {"ss", "ss"}, {"us", "us"}, {"is", "is"}, {"s", ""},
	} {
		if rest, ok := strings.CutSuffix(word, rule.end); ok && rest != "" {
			return rest + rule.with
		}
	}
	return word
}

// Singular is a snake name whose last word is in the singular.
func Singular(name string) string {
	list := words(name)
	if len(list) == 0 {
		return name
	}
	list[len(list)-1] = singular(list[len(list)-1])
	return strings.Join(list, "_")
}
