package schema_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "rewrite what the files in testdata expect")

// golden compares JSON with a file of testdata, in which it is indented for the reader.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	var indented bytes.Buffer
	require.NoError(t, json.Indent(&indented, got, "", "  "))
	if *update {
		writeTestdata(t, name, indented.String())
	}
	assert.Equal(t, readTestdata(t, name), indented.String())
}

func readTestdata(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", name))
	require.NoError(t, err)
	return strings.ReplaceAll(string(text), "\r\n", "\n")
}

func writeTestdata(t *testing.T, name, text string) {
	t.Helper()
	require.NoError(t, os.WriteFile(filepath.Join("testdata", name), []byte(text), 0o600))
}

// textCase is one block of a file of cases: lines "key: value", the last of which is "want". A line
// that starts with a tab continues the value before it. A comment above names the case.
type textCase struct {
	name  string
	given string            // the lines before want, as they are
	value map[string]string // by key
	want  string
}

// runCases runs a function over every case of a file and compares what it returns.
func runCases(t *testing.T, file string, run func(t *testing.T, c textCase) string) {
	t.Helper()
	var updated []string
	for block := range strings.SplitSeq(strings.TrimSpace(readTestdata(t, file)), "\n\n") {
		c := parseCase(block)
		t.Run(c.name, func(t *testing.T) {
			got := run(t, c)
			updated = append(updated, c.given+"want: "+got+"\n")
			if !*update {
				assert.Equal(t, c.want, got)
			}
		})
	}
	if *update {
		writeTestdata(t, file, strings.Join(updated, "\n"))
	}
}

func parseCase(block string) textCase {
	given, want, _ := strings.Cut(block+"\n", "want: ")
	c := textCase{given: given, value: map[string]string{}, want: strings.TrimSuffix(want, "\n")}
	key := ""
	for line := range strings.Lines(given) {
		line = strings.TrimSuffix(line, "\n")
		switch name, value, ok := strings.Cut(line, ": "); {
		case strings.HasPrefix(line, "# "):
			c.name = strings.TrimPrefix(line, "# ")
		case strings.HasPrefix(line, "\t"):
			c.value[key] += "\n" + line
		case ok:
			key = name
			c.value[key] = value
		}
	}
	if c.name == "" {
		c.name = c.value[key]
	}
	return c
}

// compact removes the line breaks and tabs that make JSON readable.
func compact(t *testing.T, text string) string {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, json.Compact(&b, []byte(text)))
	return b.String()
}
