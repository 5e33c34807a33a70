package jsonraw

import (
	"bytes"
	"encoding/json"
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestWalk(t *testing.T) {
	t.Parallel()
	w := Walk([]byte(` { "a" : 1 ,"\u0062":"x", "a":[ ] } `))
	var got []string
	for w.Next() {
		got = append(got, fmt.Sprintf("%s|%s|%s", w.Name(), w.Value(), w.Text()))
	}
	require.NoError(t, w.Err())
	assert.Equal(t, []string{`a|1|"a" : 1`, `b|"x"|"\u0062":"x"`, `a|[ ]|"a":[ ]`}, got)
	assert.False(t, w.Next(), "it stays at the end")
}

// What is appended to a value must not run into the data behind it.
func TestValuesAreCapped(t *testing.T) {
	t.Parallel()
	w := Walk([]byte(`{"a":1,"b":2}`))
	require.True(t, w.Next())
	assert.Equal(t, len(w.Value()), cap(w.Value()))
	assert.Equal(t, len(w.Text()), cap(w.Text()))
	for e := range Elements([]byte(`[1,2]`)) {
		assert.Equal(t, 1, cap(e))
	}
}

func TestMembersRefuses(t *testing.T) {
	t.Parallel()
	for _, data := range []string{
		``, `[]`, `null`, `{`, `{"a"`, `{"a":`, `{"a":1`, `{"a":1,`, `{"a":1,}`, `{,"a":1}`,
		`{"a":1 "b":2}`, `{"a" 1}`, `{a:1}`, `{"a":}`, `{"a":"x}`,
		`{"a":[1}`, `{} x`, `{"a\`, `{"a`,
	} {
		var last error
		for _, err := range Members([]byte(data)) {
			last = err
		}
		assert.Error(t, last, data)
	}
}

func TestElements(t *testing.T) {
	t.Parallel()
	var got []string
	for e, err := range Elements([]byte(` [ 1 ,{"a":[2]}, "]" ,null] `)) {
		require.NoError(t, err)
		got = append(got, string(e))
	}
	assert.Equal(t, []string{`1`, `{"a":[2]}`, `"]"`, `null`}, got)

	for _, data := range []string{``, `{}`, `[`, `[1`, `[1,`, `[1,]`, `[,1]`, `[1 2]`, `[] []`} {
		var last error
		for _, err := range Elements([]byte(data)) {
			last = err
		}
		assert.Error(t, last, data)
	}
}

func TestLoopsMayStop(t *testing.T) {
	t.Parallel()
	for range Elements([]byte(`[1,2]`)) {
		break
	}
	for range Members([]byte(`{"a":1,"b":2}`)) {
		break
	}
}

func TestEmptyObject(t *testing.T) {
	t.Parallel()
	for data, want := range map[string][2]bool{
		`{}`: {true, true}, " \n{\t} ": {true, true}, `{"a":1}`: {true, false}, `{`: {true, false},
		`[]`: {}, `null`: {}, ``: {}, ` `: {}, `"{}"`: {},
	} {
		isObject, empty := EmptyObject([]byte(data))
		assert.Equal(t, want, [2]bool{isObject, empty}, data)
	}
}

func TestIsNull(t *testing.T) {
	t.Parallel()
	assert.True(t, IsNull([]byte("null")))
	assert.True(t, IsNull([]byte(" null\n")))
	assert.False(t, IsNull([]byte(`"null"`)))
	assert.False(t, IsNull(nil))
}

// FuzzMembers puts an object together again from its members.
func FuzzMembers(f *testing.F) {
	f.Add([]byte(`{"a":1,"b":{"c":[1,"]"]},"a":"\""}`))
	f.Add([]byte("[1, {} ,\"x\"]"))
	f.Fuzz(func(t *testing.T, data []byte) {
		rebuilt, opened := rebuild(data)
		if !json.Valid(data) || !opened {
			return
		}
		var want, have bytes.Buffer
		require.NoError(t, json.Compact(&want, data))
		require.NoError(t, json.Compact(&have, rebuilt))
		require.Equal(t, want.String(), have.String())
	})
}

// rebuild joins the members of an object or the elements of an array.
func rebuild(data []byte) (text []byte, opened bool) {
	var parts [][]byte
	w := Walk(data)
	for w.Next() {
		parts = append(parts, w.Text())
	}
	if w.Err() == nil {
		return fmt.Appendf(nil, "{%s}", bytes.Join(parts, []byte(","))), true
	}
	parts = nil
	for e, err := range Elements(data) {
		if err != nil {
			return nil, false
		}
		parts = append(parts, e)
	}
	return fmt.Appendf(nil, "[%s]", bytes.Join(parts, []byte(","))), true
}

// TestEnter walks an object and one within it in one pass.
func TestEnter(t *testing.T) {
	t.Parallel()
	w := Walk([]byte(` {"a" : {"b":{"}":1}, "c":[{}] } ,"d": 7,"e":{}}`))
	var got []string
	for w.NextName() {
		inner, ok := w.Enter()
		if !ok {
			require.True(t, w.ReadValue())
			got = append(got, fmt.Sprintf("%s|%s", w.Name(), w.Value()))
			continue
		}
		for inner.Next() {
			got = append(got, fmt.Sprintf("%s.%s|%s", w.Name(), inner.Name(), inner.Value()))
		}
		require.True(t, w.Leave(&inner))
		got = append(got, fmt.Sprintf("%s|%s|%s", w.Name(), w.Value(), w.Text()))
	}
	require.NoError(t, w.Err())
	assert.Equal(t, []string{
		`a.b|{"}":1}`, `a.c|[{}]`, `a|{"b":{"}":1}, "c":[{}] }|"a" : {"b":{"}":1}, "c":[{}] }`,
		`d|7`, `e|{}|"e":{}`,
	}, got)
}

func TestEnterRefuses(t *testing.T) {
	t.Parallel()
	for _, data := range []string{
		`{"a":{`, `{"a":{"b"`, `{"a":{"b":1`, `{"a":{"b":1}`, `{"a":{"b":1,}}`, `{"a":{"b":1]}`,
		`{"a":{}} x`, `{"a":{}{}}`,
	} {
		w := Walk([]byte(data))
		for w.NextName() {
			inner, ok := w.Enter()
			require.True(t, ok)
			for inner.Next() {
			}
			w.Leave(&inner)
		}
		assert.Error(t, w.Err(), data)
	}
}
