package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const odd = "testdata/odd.yaml"

func TestNewFromOpenAPIRefuses(t *testing.T) {
	t.Parallel()
	swagger := filepath.Join(t.TempDir(), "swagger.json")
	require.NoError(t, os.WriteFile(swagger, []byte(`{"swagger": "2.0", "paths": {}}`), 0o600))
	for name, test := range map[string]struct {
		args []string
		says string
	}{
		"a destination": {
			[]string{"destination-a", "--from-openapi", odd},
			"an OpenAPI document makes a source, and destination-a is none",
		},
		"a kind": {
			[]string{"source-a", "--kind", "rest", "--from-openapi", odd},
			"leave --kind out, or --from-openapi",
		},
		"no file": {[]string{"source-a", "--from-openapi="}, "the flag --from-openapi is empty"},
		"a missing": {
			[]string{"source-a", "--from-openapi", "none.yaml"},
			"none.yaml cannot be read",
		},
		"a folder": {[]string{"source-a", "--from-openapi", "testdata"}, "it is a folder"},
		"Swagger":  {[]string{"source-a", "--from-openapi", swagger}, "is of Swagger 2.0"},
		"bad URL": {
			[]string{"source-a", "--from-openapi", odd, "--url", "acme.com"}, "must be a whole one",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := filepath.Join(t.TempDir(), "module")
			code, out, errs := runNew(t, "", append(test.args, "--dir", dir)...)
			assert.Equal(t, exitUsage, code)
			assert.Empty(t, out)
			assert.Contains(t, errs, test.says)
			assert.Equal(t, 1, strings.Count(errs, "\n"), errs)
			assert.NoDirExists(t, dir, "nothing half-written is left behind")
		})
	}
}

func TestNewFromOpenAPITellsWhatWasGuessed(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "module")
	code, out, errs := runNew(t, "|", "source-odd", "--from-openapi", odd, "--dir", dir,
		"--url", "https://odd.example.org/v9/")
	require.Zero(t, code, errs)
	assert.NotContains(t, errs, "]: ", "the document answers what would be asked")
	assert.Contains(t, out, "What was guessed, and what to look at")
	assert.Contains(t, out, "Streams: 11. GET operations that are not read: 3.")
	assert.Contains(t, out, "free: The document does not name the fields of its records.")

	readme, err := os.ReadFile(filepath.Join(dir, "README.md"))
	require.NoError(t, err)
	assert.Contains(t, string(readme), "## What was guessed, and what to look at")
	assert.Contains(t, string(readme), "- `/old`: it is deprecated")
	main, err := os.ReadFile(filepath.Join(dir, "main.go"))
	require.NoError(t, err)
	assert.Contains(t, string(main), `default:"https://odd.example.org/v9/"`)
	metadata, err := os.ReadFile(filepath.Join(dir, "metadata.yaml"))
	require.NoError(t, err)
	assert.Contains(t, string(metadata), `- "odd.example.org"`)
}
