package http

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
)

func TestAPIMessage(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ contentType, body, want string }{
		{"", ``, ``},
		{"", " \n ", ``},
		{"", `{"message":"Bad token"}`, `"Bad token"`},
		{"", `{"error":{"code":3,"message":" Bad token "}}`, `"Bad token"`},
		{"", `{"errors":[{"detail":"a"},{"detail":"b"},{"code":1}]}`, `"a, b"`},
		{"", `{"reason":"r","message":"","error":"e"}`, `"e"`},
		{"", `["a","b"]`, `"a, b"`},
		{"", `{"error":"invalid_grant","error_description":"expired"}`, `"invalid_grant"`},
		{"", `{"type":"about:blank","title":"Out of credit"}`, `"Out of credit"`},
		{"", `{"code":42}`, `"{"code":42}"`},
		{"text/plain", "no\r\n  such\tpage\x00", `"no such page"`},
		{"", "bad \xff byte", `"bad ? byte"`},
		{"", `{"message":"key SECRET, see https://h/p?key=hidden"}`, `"key ****, see ` +
			`https://h/p?..."`},
		{"text/html; charset=utf-8", "<html><head><title>\n Down &amp; out </title>...",
			`a web page (text/html; charset=utf-8) titled "Down & out"`},
		{"", "  <!doctype html><p>x", `a web page`},
		{"text/html", "<title></title>", `a web page (text/html)`},
	} {
		clean := func(s string) string { return redact(strings.ReplaceAll(s, "SECRET", "****")) }
		assert.Equal(t, tt.want, apiMessage(tt.contentType, []byte(tt.body), clean), tt.body)
	}
}

func TestAPIMessageIsShort(t *testing.T) {
	t.Parallel()
	got := apiMessage("", []byte(strings.Repeat("\u00e4", 1000)), redact)
	assert.LessOrEqual(t, len(got), maxMessage+len(`"..."`))
	assert.True(t, utf8.ValidString(got))
	assert.True(t, strings.HasSuffix(got, "\u00e4...\""))
}

func FuzzAPIMessage(f *testing.F) {
	for _, seed := range []string{`{"message":"x"}`, `[[{"error":[]}]]`, `<title>x</title>`,
		"\xff\x00", "{"} {
		f.Add("text/html", []byte(seed))
	}
	f.Fuzz(func(t *testing.T, contentType string, body []byte) {
		got := apiMessage(contentType, body, redact)
		if !utf8.ValidString(got) || strings.ContainsAny(got, "\r\n") {
			t.Fatalf("%q", got)
		}
	})
}
