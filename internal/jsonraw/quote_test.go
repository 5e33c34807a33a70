package jsonraw

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestAppendString(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]string{
		``:               `""`,
		`a<b>&c`:         `"a<b>&c"`, // nothing is escaped for HTML
		"\n\r\t\"\\":     `"\n\r\t\"\\"`,
		"\x00\x1f\u00e9": "\"\\u0000\\u001f\u00e9\"",
		"a\xffb":         "\"a\ufffdb\"",
	} {
		assert.Equal(t, "x"+want, string(AppendString([]byte("x"), s)))
	}
}

func TestUnquote(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`""`: "", `"a b"`: "a b", `"\u00e9\n\/"`: "\u00e9\n/", `"\ud83d\ude00"`: "\U0001f600",
		`"\ud800"`: "\ufffd", "\"a\xff\"": "a\ufffd", "\"\\n\xff\"": "\n\ufffd",
	} {
		s, ok := Unquote([]byte(text))
		assert.True(t, ok, text)
		assert.Equal(t, want, s, text)
	}
	for _, text := range []string{``, `"`, `a`, `"a`, `"a\"`, `"a"b`, `null`, `1`} {
		_, ok := Unquote([]byte(text))
		assert.False(t, ok, text)
	}
}

func FuzzAppendString(f *testing.F) {
	f.Add("a\"\\\n\u2028")
	f.Fuzz(func(t *testing.T, s string) {
		text := AppendString(nil, s)
		var want string
		require.NoError(t, json.Unmarshal(text, &want))
		have, ok := Unquote(text)
		require.True(t, ok)
		require.Equal(t, want, have)
		require.NotContains(t, string(text), "\n")
	})
}
