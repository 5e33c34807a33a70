package jsonraw

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestCanonical(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`{ "b" : 1, "a": [ 1 , {"d":2,"c":null} ] }`: `{"a":[1,{"c":null,"d":2}],"b":1}`,
		`"\u0061\/"`:              `"a/"`,
		`{"id":1.0}`:              `{"id":1.0}`, // not 1: Python keeps them apart
		`{"id":9007199254740993}`: `{"id":9007199254740993}`,
		`{"id":1e400}`:            `{"id":1e400}`,
		`{"a":1,"a":2}`:           `{"a":1,"a":2}`,
		`{"a":`:                   `{"a":`,
		``:                        ``,
	} {
		assert.Equal(t, want, string(Canonical([]byte(text))), text)
	}
}

func TestCanonicalKeepsItsInput(t *testing.T) {
	t.Parallel()
	text := []byte(`{"b":1, "a":2}`)
	Canonical(text)
	assert.Equal(t, `{"b":1, "a":2}`, string(text))
}
