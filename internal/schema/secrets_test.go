package schema_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestSecrets(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		config string
		want   []string
	}{
		"none":          {`{}`, nil},
		"chosen branch": {`{"credentials":{"auth_type":"api_key","value":"k"}}`, []string{"k"}},
		"another branch": {`{"credentials":{"auth_type":"none","value":"k","refresh_token":"r"}}`,
			[]string{"r", "k"}},
		"no branch":       {`{"credentials":{"client_secret":"c"}}`, []string{"c"}},
		"items":           {`{"api_keys":["a","b","a"]}`, []string{"a", "b"}},
		"items, one only": {`{"api_keys":"a"}`, nil},
		"numbers": {`{"token":12345678901234567890.10}`,
			[]string{"12345678901234567890.10"}},
		"not a value": {`{"token":true,"api_keys":[null,""]}`, nil},
		"wrong type": {`{"token":{"b":["x",{"y":1}],"a":"z"},"api_keys":[{"q":"w"}]}`,
			[]string{"w", "z", "x", "1"}},
		"not secret": {`{"shop":"s","unknown":"u","credentials":{"client_id":"i"}}`, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, test.want, shopSpec().Secrets([]byte(test.config)))
		})
	}
}

// TestSecretsOfAuthors covers the places that only hand-written specs have.
func TestSecretsOfAuthors(t *testing.T) {
	t.Parallel()
	spec := authors(t, `{
		"properties": {
			"by_ref": {"$ref": "#/definitions/secret"},
			"beside_ref": {"$ref": "#/definitions/plain", "airbyte_secret": true},
			"nested": {"properties": {"deep": {"items": {"$ref": "#/definitions/object"}}}},
			"object": {"airbyte_secret": true, "properties": {"x": {}}},
			"again": {"$ref": "#"},
			"not_true": {"airbyte_secret": "true"}
		},
		"allOf": [{"properties": {"in_all": {"airbyte_secret": true}}}],
		"anyOf": [{"properties": {"in_any": {"airbyte_secret": true}}}, {"$ref": "#"}],
		"patternProperties": {"^secret_": {"airbyte_secret": true}},
		"additionalProperties": {"properties": {"extra": {"airbyte_secret": true}}},
		"definitions": {
			"secret": {"type": "string", "airbyte_secret": true},
			"plain": {"type": "string"},
			"object": {"properties": {"s": {"$ref": "#/definitions/secret"}}}
		}
	}`)
	config := []byte(`{
		"by_ref": "1a", "beside_ref": "2a",
		"nested": {"deep": [{"s": "3a"}, {"s": "3b"}, {"t": "no"}]},
		"object": {"x": {"y": "4a"}}, "in_all": "5a", "in_any": "6a", "secret_x": "7a",
		"other": {"extra": "8a"}, "again": {"again": {"by_ref": "9a"}}, "not_true": "no"}`)
	assert.ElementsMatch(t, []string{"1a", "2a", "3a", "3b", "4a", "5a", "6a", "7a", "8a", "9a"},
		spec.Secrets(config))
}
