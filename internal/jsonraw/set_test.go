package jsonraw

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestSet(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		data string
		path []string
		want string
	}{
		{`{}`, []string{"a"}, `{"a":1}`},
		{``, []string{"a"}, `{"a":1}`},
		{` null `, []string{"a", "b.c"}, `{"a":{"b.c":1}}`},
		{` { "b" : 12345678901234567890 } `, []string{"a"}, `{"b" : 12345678901234567890,"a":1}`},
		{`{"a":{"x":"y"},"b":2}`, []string{"a"}, `{"a":1,"b":2}`},
		{`{"a":{"x":"y"},"b":2}`, []string{"a", "x"}, `{"a":{"x":1},"b":2}`},
		{`{"a":{"x":"y"},"b":2}`, []string{"a", "z"}, `{"a":{"x":"y","z":1},"b":2}`},
		{`{"\u0061":3,"b":2,"a":4,"a":5}`, []string{"a"}, `{"a":1,"b":2}`},
		{`{"a":null}`, []string{"a", "b"}, `{"a":{"b":1}}`},
		{`{"b":{"c":2}}`, []string{"a", "b"}, `{"b":{"c":2},"a":{"b":1}}`},
		{`{"a":3,"b":{"c":2}}`, []string{"a"}, `{"a":1,"b":{"c":2}}`},
		{`[]`, nil, `1`},
	} {
		got, err := Set([]byte(tt.data), tt.path, []byte("1"))
		require.NoError(t, err, tt.data)
		assert.Equal(t, tt.want, string(got), tt.data)
		assert.True(t, json.Valid(got))
	}
	_, err := Set([]byte(`[1]`), []string{"a"}, []byte("1"))
	require.EqualError(t, err, "not a JSON object")
	_, err = Set([]byte(`{"a":{"b":"x"}}`), []string{"a", "b", "c"}, []byte("1"))
	require.EqualError(t, err, `"a": "b": not a JSON object`)
}
