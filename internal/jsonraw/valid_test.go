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

// The pool hands a validator from one call to the next; a failure must leave no trace.
func TestValidAfterFailure(t *testing.T) {
	t.Parallel()
	for range 100 {
		require.Error(t, Valid([]byte(`{"a":[1,{`)))
		require.NoError(t, Valid([]byte(`{"a":[1,{}]}`)))
	}
}

func TestValidDoesNotAllocate(t *testing.T) {
	data := []byte(`{"a":[1,2,{"b":"text"}],"c":null}`)
	allocs := testing.AllocsPerRun(1000, func() {
		if Valid(data) != nil {
			t.Error("not valid")
		}
	})
	assert.Less(t, allocs, 3.0, "the race detector drops some of what the pool holds")
}

func FuzzValid(f *testing.F) {
	for _, s := range []string{
		`{}`, `{"a":[1,2.5e-3,"x\n\u00e9"],"a":null}`, `[`, `"\ud800"`, "\"\xff\"",
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
