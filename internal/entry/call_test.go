package entry_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/airbyte-go/cdk/internal/entry"
	"github.com/airbyte-go/cdk/protocol"
)

// call runs the verb read with the arguments and returns what became of it.
func call(t *testing.T, verb func(c *entry.Call) error, args ...string) result {
	t.Helper()
	p := program(func(_ context.Context, c *entry.Call) error { return verb(c) })
	return run(t, p, append([]string{"read"}, args...)...)
}

func TestCallFlags(t *testing.T) {
	t.Parallel()
	r := call(t, func(c *entry.Call) error {
		assert.Equal(t, "read", c.Verb)
		assert.Equal(t, "c.json", c.Value("config"))
		assert.Empty(t, c.Value("state"))
		assert.Empty(t, c.Value("limit"))
		assert.Equal(t, "true", c.Value("debug"))
		assert.True(t, c.Has("config"))
		assert.True(t, c.Has("state"), "given, though empty")
		assert.False(t, c.Has("limit"))
		assert.True(t, c.Has("debug"))
		assert.False(t, c.Has("fast"), "switched off")
		return nil
	}, "--config=c.json", "--catalog=s.json", "--state=", "--debug", "--fast=false")
	assert.Equal(t, 0, r.code)
}

func TestCallFile(t *testing.T) {
	t.Parallel()
	path := writeFile(t, "state.json", "\xef\xbb\xbf[]\n")
	r := call(t, func(c *entry.Call) error {
		data, err := c.File("state")
		assert.Equal(t, "[]\n", string(data), "without the byte order mark")
		return err
	}, "--config=c", "--catalog=s", "--state", path)
	assert.Equal(t, 0, r.code)
}

func TestCallFileErrors(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	missing := filepath.Join(dir, "missing.json")
	here, err := os.Getwd()
	require.NoError(t, err)
	tests := map[string]struct{ path, sentence string }{
		"missing": {
			missing, "The file of flag --state does not exist: " + missing + ". Check the path.",
		},
		"relative": {
			"no.json",
			"The file of flag --state does not exist: " + filepath.Join(here, "no.json") +
				". Check the path.",
		},
		"folder":  {dir, "The file of flag --state cannot be read: " + dir + ": is a directory."},
		"no path": {"", "Flag --state names no file. Give it the path of one."},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := call(t, func(c *entry.Call) error {
				_, err := c.File("state")
				return err
			}, "--config=c", "--catalog=s", "--state", test.path)
			assert.Equal(t, 1, r.code)
			trace := r.onlyError(t)
			assert.Equal(t, test.sentence, trace.Message)
			assert.Equal(t, protocol.ConfigError, trace.FailureType)
		})
	}
}

func TestCallFileTooLarge(t *testing.T) {
	t.Parallel()
	path := writeFile(t, "state.json", "")
	require.NoError(t, os.Truncate(path, 256<<20+1)) // sparse: takes no space
	r := call(t, func(c *entry.Call) error {
		_, err := c.File("state")
		return err
	}, "--config=c", "--catalog=s", "--state", path)
	assert.Equal(t, "The file of flag --state cannot be read: "+path+": it is larger than 256 MiB.",
		r.onlyError(t).Message)
}

func TestCallInput(t *testing.T) {
	t.Parallel()
	p := program(func(_ context.Context, c *entry.Call) error {
		data, err := io.ReadAll(c.In)
		c.Log.Info(string(data))
		return err
	})
	var out bytes.Buffer
	code := entry.Run(t.Context(), p, entry.Process{
		Args: []string{"check", "--config=c"}, In: strings.NewReader("input"), Out: &out,
	})
	require.Equal(t, 0, code)
	assert.Equal(t, "input", parseLines(t, &out)[0].Log.Message)
}

func TestCallMaskTakesSecretsOfTheRun(t *testing.T) {
	t.Parallel()
	r := call(t, func(c *entry.Call) error {
		c.Mask.Add("fresh-token")
		c.Log.Info("got fresh-token")
		return fmt.Errorf("fresh-token was refused")
	}, "--config=c", "--catalog=s")
	require.Len(t, r.messages, 2)
	assert.Equal(t, "got ****", r.messages[0].Log.Message)
	assert.Equal(t, "**** was refused", errorOf(t, r.messages[1]).InternalMessage)
}
