package jsonraw

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestValid(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		`{}`, ` [1, 2] `, "\n\t\r null \n", `"a"`, `-0.5e+10`, `true`,
		`{"a":1,"a":2}`,      // duplicate names
		"\"\xff\"",           // invalid UTF-8
		`"\ud800"`,           // a lone surrogate
		`1e400`,              // beyond float64
		`9007199254740993.1`, // beyond what a float64 holds
	} {
		assert.NoError(t, Valid([]byte(text)), text)
	}
}

func TestValidRefuses(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		``, ` `, `{`, `{"a"}`, `{"a":1,}`, `[1,]`, `[1 2]`, `tru`, `01`, `1.`, `.5`, `+1`,
		`"a`, `"\x"`, "\"\n\"", `'a'`, `{a:1}`, `{} {}`, `1 2`, `{}]`, `NaN`, "\ufeff{}",
		strings.Repeat("[", 1_000_000),
	} {
		assert.Error(t, Valid([]byte(text)), "%.20q", text)
	}
}

func TestValidSaysWhere(t *testing.T) {
	t.Parallel()
	require.ErrorContains(t, Valid([]byte(`{"a":1} x`)), "8")
	require.ErrorContains(t, Valid([]byte(`{"a":1} 7`)), "goes on after the value")
	require.ErrorContains(t, Valid([]byte(`  `)), "unexpected end")
}

// What lies deeper than jsontext allows is refused in the same words by all.
func TestValidDepth(t *testing.T) {
	t.Parallel()
	for _, pair := range []string{"[]", "{\"a\":}"} {
		opening, closing := pair[:len(pair)-1], pair[len(pair)-1:]
		nested := func(depth int) []byte {
			return []byte(strings.Repeat(opening, depth-1) + pair[:1] + closing +
				strings.Repeat(closing, depth-1))
		}
		require.NoError(t, Valid(nested(maxDepth)), pair)
		require.ErrorContains(t, Valid(nested(maxDepth+1)), "exceeded max depth", pair)

		d := NewDecoder(nil)
		d.ResetText(nested(maxDepth + 1))
		for range maxDepth {
			kind, err := d.ReadToken()
			require.NoError(t, err)
			if kind == ObjectStart {
				_, err = d.ReadName()
				require.NoError(t, err)
			}
		}
		_, err := d.ReadToken()
		require.ErrorContains(t, err, "exceeded max depth", pair)
		_, err = d.ReadValue()
		require.ErrorContains(t, err, "exceeded max depth", pair)
	}
}

// Every byte at every place of a word, where a word at a time is checked.
func TestValidInWords(t *testing.T) {
	t.Parallel()
	for c := range 256 {
		for at := range 2 * wordSize {
			content := []byte(strings.Repeat("~", 3*wordSize))
			content[at] = byte(c)
			text := append(append([]byte{'"'}, content...), '"')
			assert.Equal(t, json.Valid(text), Valid(text) == nil, "%q", text)
		}
	}
}

func TestValidDoesNotAllocate(t *testing.T) {
	data := []byte(`{"a":[1,2,{"b":"text"}],"c":null}`)
	allocs := testing.AllocsPerRun(1000, func() {
		if Valid(data) != nil {
			t.Error("not valid")
		}
	})
	assert.Zero(t, allocs)
}

func FuzzValid(f *testing.F) {
	for _, s := range []string{
		`{}`, `{"a":[1,2.5e-3,"x\n\u00e9"],"a":null}`, `[`, `"\ud800"`, "\"\xff\"",
		`"01234567\"01234567\u00`, "\"0123\x1f4567\"", `{"a": -0.0E-0 , "b":[ true,false ] }`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		err := Valid(data)
		if want := json.Valid(data); want != (err == nil) {
			t.Fatalf("json.Valid says %t, Valid says %v", want, err)
		}
	})
}
