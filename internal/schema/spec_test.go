package schema_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/airbyte-go/cdk/internal/schema"
	"github.com/airbyte-go/cdk/protocol"
)

// authors wraps the schema of a config the way an author's file does.
func authors(t *testing.T, text string) *schema.Spec {
	t.Helper()
	spec, err := schema.ParseSpec([]byte(`{"connectionSpecification":` + text + `}`))
	require.NoError(t, err)
	return spec
}

func TestParseSpecKeepsTheFile(t *testing.T) {
	t.Parallel()
	file := []byte(`{
		"documentationUrl": "https://example.com/docs",
		"supported_destination_sync_modes": ["append"],
		"connectionSpecification": {
			"properties": {"z": {"type": "string"}, "a": {"default": 1.10}},
			"type": "object"
		}
	}`)
	spec, err := schema.ParseSpec(file)
	require.NoError(t, err)
	clear(file) // the caller may reuse it
	got := spec.Connector()
	assert.Equal(t, "https://example.com/docs", got.DocumentationURL)
	modes := []protocol.DestinationSyncMode{protocol.DestinationAppend}
	assert.Equal(t, modes, got.SupportedDestinationSyncModes)
	assert.Equal(t, `{"properties":{"z":{"type":"string"},"a":{"default":1.10}},"type":"object"}`,
		string(got.ConnectionSpecification))
}

// TestParsedSpecValidates covers what specs of other connectors hold beyond what Config makes.
func TestParsedSpecValidates(t *testing.T) {
	t.Parallel()
	runCases(t, "authors.txt", func(t *testing.T, c textCase) string {
		return complete(authors(t, c.value["schema"]), c.value["config"])
	})
}

// complete returns the completed config, or what is said of it.
func complete(spec *schema.Spec, config string) string {
	got, err := spec.Complete([]byte(config))
	if err != nil {
		return strings.TrimPrefix(err.Error(), prefix)
	}
	return string(got)
}

func TestParseSpecRefuses(t *testing.T) {
	t.Parallel()
	runCases(t, "refused.txt", func(t *testing.T, c textCase) string {
		_, err := schema.ParseSpec([]byte(c.value["file"]))
		return specErrorText(t, err)
	})
}

func TestParseSpecRefusesWhatIsNotJSON(t *testing.T) {
	t.Parallel()
	for file, want := range map[string]string{
		"":                            "the file is empty.",
		"documentationUrl: x\n":       "the file is not valid JSON: look at line 1.",
		strings.Repeat("[", 20_000):   "the file is not valid JSON: look at line 1.",
		"{\n\"connectionSpecificat":   "the file is not valid JSON: it breaks off before the end.",
		`{"connectionSpecification":`: "the file is not valid JSON: it breaks off before the end.",
	} {
		_, err := schema.ParseSpec([]byte(file))
		assert.Equal(t, want, specErrorText(t, err))
	}
}

// TestNoFileIsOpened gives a $ref a file that exists, since the library would follow it.
func TestNoFileIsOpened(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "schema.json")
	require.NoError(t, os.WriteFile(file, []byte(`{"type":"string"}`), 0o600))
	ref := "file://" + filepath.ToSlash(file)
	for _, place := range []string{"items", "not"} { // one that we read, one that the library does
		text := fmt.Sprintf(`{"connectionSpecification":{%q:{"$ref":%q}}}`, place, ref)
		spec, err := schema.ParseSpec([]byte(text))
		if err == nil {
			_, err = spec.Complete([]byte("{}"))
		}
		specErrorText(t, err)
	}
}

// TestInvalidSchemas are found when the first config comes: the spec verb compiles nothing.
func TestInvalidSchemas(t *testing.T) {
	t.Parallel()
	runCases(t, "invalid.txt", func(t *testing.T, c textCase) string {
		spec := authors(t, c.value["schema"])
		config := []byte(`{"a":{"a":1}}`)
		assert.Empty(t, spec.Secrets(config))
		_, err := spec.Complete(config)
		return specErrorText(t, err)
	})
}

// specErrorText returns what an error says to the author of a spec.
func specErrorText(t *testing.T, err error) string {
	t.Helper()
	wrong, ok := errors.AsType[*protocol.Error](err)
	require.True(t, ok, "%v", err)
	assert.Equal(t, protocol.SystemError, wrong.Type)
	text, ok := strings.CutPrefix(wrong.Message, "The connector's spec is wrong: ")
	require.True(t, ok, wrong.Message)
	return text
}

// TestEndlessSchemas: a schema may apply itself to the same value, which must not hang.
func TestEndlessSchemas(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		`{"allOf":[{"$ref":"#"}]}`,
		`{"oneOf":[{"$ref":"#"},{"$ref":"#"}]}`,
		`{"not":{"$ref":"#"}}`,
		`{"properties":{"a":{"default":{},"allOf":[{"$ref":"#/definitions/b"}]}},
			"definitions":{"b":{"properties":{
			"a":{"default":{},"allOf":[{"$ref":"#/definitions/b"}]},
			"b":{"default":{},"allOf":[{"$ref":"#"}]}}}}}`,
	} {
		t.Run(text, func(t *testing.T) {
			t.Parallel()
			spec := authors(t, text)
			_, err := spec.Complete([]byte(`{"a":{}}`))
			if err != nil {
				assert.ErrorContains(t, err, "connector's spec")
			}
			spec.Secrets([]byte(`{"a":{}}`))
		})
	}
}
