package image

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestWithUser(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ text, want, err string }{
		"nothing":      {"", userLine + "\n", ""},
		"root":         {"root:x:0:0::/:\n", "root:x:0:0::/:\n" + userLine + "\n", ""},
		"no last line": {"root:x:0:0::/:", "root:x:0:0::/:\n" + userLine + "\n", ""},
		"there":        {"airbyte:x:1000:1000:", "airbyte:x:1000:1000:", ""},
		"another name": {"node:x:1000:1000:::\n", userLine + "\nnode:x:1000:1000:::\n", ""},
		"comments":     {"#airbyte:x:1\n+\n::\n", "#airbyte:x:1\n+\n::\n" + userLine + "\n", ""},
		"another id":   {"airbyte:x:1001:1000:::\n", "", "a user airbyte that is not 1000:1000"},
		"other group":  {"airbyte:x:1000:100:::\n", "", "a user airbyte that is not 1000:1000"},
		"no group":     {"airbyte:x:1000\n", "", "a user airbyte that is not 1000:1000"},
	} {
		got, err := withUser([]byte(test.text))
		if test.err != "" {
			assert.ErrorContains(t, err, test.err, name)
			continue
		}
		require.NoError(t, err, name)
		assert.Equal(t, test.want, string(got), name)
	}
	group, err := withGroup([]byte("airbyte:x:1000:"))
	require.NoError(t, err)
	assert.Equal(t, "airbyte:x:1000:", string(group))
}

// What is there stays, in its order, and the user can be found in it.
func FuzzWithUser(f *testing.F) {
	f.Add("root:x:0:0::/:/bin/sh\nnode:x:1000:1000::/:\n")
	f.Add("airbyte:x:1000:1000")
	f.Fuzz(func(t *testing.T, text string) {
		got, err := withUser([]byte(text))
		if err != nil {
			return
		}
		assert.Contains(t, string(got), text)
		again, err := withUser(got)
		require.NoError(t, err)
		assert.Equal(t, string(got), string(again))
	})
}
