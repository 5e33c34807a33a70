package jsonraw

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestReplace(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		data string
		path []string
		want string
	}{
		{`{"a": 1 , "b":[ 1.0 ]}`, []string{"a"}, `{"a":"new","b":[ 1.0 ]}`},
		{`{"a":{"b":1,"c":2},"d":3}`, []string{"a", "c"}, `{"a":{"b":1,"c":"new"},"d":3}`},
		{`{}`, []string{"a", "b", "c"}, `{"a":{"b":{"c":"new"}}}`},
		{`{"x":1}`, []string{"a/b~\""}, `{"x":1,"a/b~\"":"new"}`},
		{`{"a":1,"\u0061":2}`, []string{"a"}, `{"a":"new","a":"new"}`},
		{`[1,{"a":2},3]`, []string{"1", "a"}, `[1,{"a":"new"},3]`},
		{`[1]`, []string{"0"}, `["new"]`},
		{`{"a":1}`, nil, `"new"`},
		{`{"a":null}`, []string{"a", "b"}, `{"a":{"b":"new"}}`},
		{`{"n":9007199254740993}`, []string{"a"}, `{"n":9007199254740993,"a":"new"}`},
	} {
		got, err := Replace([]byte(tt.data), tt.path, []byte(`"new"`))
		require.NoError(t, err, tt.data)
		assert.Equal(t, tt.want, string(got))
	}
}

func TestReplaceRefuses(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		data string
		path []string
		says string
	}{
		{`{"a":"SECRET"}`, []string{"a", "b"}, `there is no object to hold "b"`},
		{`"SECRET"`, []string{"a"}, `there is no object to hold "a"`},
		{``, []string{"a"}, `there is no object to hold "a"`},
		{`["SECRET"]`, []string{"a"}, `"a" is no number of an element of an array`},
		{`["SECRET"]`, []string{"-1"}, `"-1" is no number of an element of an array`},
		{`["SECRET"]`, []string{"1"}, `there is no such element: 1 of 1`},
		{`{"a":"x" "b"`, []string{"a"}, "expected a comma"},
	} {
		got, err := Replace([]byte(tt.data), tt.path, []byte(`1`))
		require.Error(t, err, tt.data)
		assert.Nil(t, got)
		assert.Contains(t, err.Error(), tt.says)
		assert.NotContains(t, err.Error(), "SECRET")
	}
}

func FuzzReplace(f *testing.F) {
	f.Add(`{"a":{"b":[1,2]}}`, "a", "b")
	f.Add(`[[1]]`, "0", "0")
	f.Add(`{"a":1,"a":{}}`, "a", "\x00")
	f.Fuzz(func(t *testing.T, data, first, second string) {
		out, err := Replace([]byte(data), []string{first, second}, []byte(`{"new":1}`))
		if Valid([]byte(data)) != nil || err != nil {
			return
		}
		require.NoError(t, Valid(out), "%s", out)
		if got, ok := Member(out, []string{first, second}); ok {
			assert.JSONEq(t, `{"new":1}`, string(got))
		}
	})
}
