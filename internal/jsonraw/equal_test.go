package jsonraw

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestEqual(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		a, b string
		want bool
	}{
		{`{"a":1,"b":[true,null]}`, `{ "b": [true, null], "a": 1 }`, true},
		{`"\u0061"`, `"a"`, true},
		{`[1,2]`, `[2,1]`, false},
		{`9007199254740993`, `9007199254740992`, false}, // equal as floats
		{`1`, `1.0`, false},
		{`{"a":null}`, `{}`, false},
		{`{`, `{`, true},
		{`{`, `[`, false},
		{``, `null`, false},
	} {
		assert.Equal(t, test.want, Equal([]byte(test.a), []byte(test.b)), "%s %s", test.a, test.b)
	}
}
