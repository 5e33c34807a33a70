package schema

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestSteps(t *testing.T) {
	t.Parallel()
	for pointer, want := range map[string][]string{
		"":                  nil,
		"/":                 {""},
		"/a/0":              {"a", "0"},
		"/Due%20date/a~1b":  {"Due date", "a/b"},
		"/~01/100%25/%7E1x": {"~1", "100%", "/x"},
	} {
		steps, err := Steps(pointer)
		require.NoError(t, err, pointer)
		assert.Equal(t, want, steps, pointer)
	}
	_, err := Steps("/%zz")
	require.Error(t, err)
}

// What is wrong in a spec is named as its author has written it.
func TestInvalidSpecIsNamedPlainly(t *testing.T) {
	t.Parallel()
	_, err := Compile([]byte(`{"properties":{"Due date":{"properties":{"a/b":{"minLength":-1}}}}}`),
		nil)
	require.ErrorContains(t, invalidSchema(err), " at properties.Due date.properties.a/b.minLength")
}
