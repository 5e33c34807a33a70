package schema

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/airbyte-go/cdk/internal/jsonraw"
)

// inferred returns the properties that are inferred from records.
func inferred(records ...string) string {
	var i Inference
	for _, r := range records {
		i.Add([]byte(r))
	}
	text, _ := jsonraw.Member(i.Schema(), []string{"properties"})
	return string(text)
}

func TestInference(t *testing.T) {
	t.Parallel()
	const zoned = `{"type":["null","string"],"format":"date-time",` +
		`"airbyte_type":"timestamp_with_timezone"}`
	for _, tt := range []struct {
		name, want string
		records    []string
	}{
		{"nothing", `{}`, nil},
		{"scalars", `{"i":{"type":["null","integer"]},"n":{"type":["null","number"]},` +
			`"b":{"type":["null","boolean"]},"s":{"type":["null","string"]}}`,
			[]string{`{"i":12345678901234567890,"n":1.0,"b":true,"s":""}`}},
		{"widening", `{"a":{"type":["null","number"]},"b":{"type":["null","number"]}}`,
			[]string{`{"a":1,"b":1e2}`, `{"a":1.5,"b":2}`, `{"a":3,"b":null}`}},
		{"types side by side", `{"a":{"type":["null","integer","string"]}}`,
			[]string{`{"a":1}`, `{"a":"2026-01-01"}`, `{"a":2}`}},
		{"only null", `{"a":{"type":["null","string"]}}`, []string{`{"a":null}`}},
		{"missing", `{"a":{"type":["null","integer"]},"b":{"type":["null","integer"]}}`,
			[]string{`{"a":1}`, `{"b":1}`}},
		{"nested", `{"o":{"type":["null","object"],"additionalProperties":true,"properties":` +
			`{"x":{"type":["null","integer"]},"y":{"type":["null","boolean"]}}}}`,
			[]string{`{"o":{"x":1}}`, `{"o":null}`, `{"o":{"y":true}}`}},
		{"arrays", `{"a":{"type":["null","array"],"items":{"type":["null","integer","string"]}},` +
			`"e":{"type":["null","array"]}}`, []string{`{"a":[],"e":[]}`, `{"a":[1,"x"],"e":[null]}`}},
		{"objects in arrays", `{"a":{"type":["null","array"],"items":{"type":["null","object"],` +
			`"additionalProperties":true,"properties":{"x":{"type":["null","integer"]},` +
			`"y":` + zoned + `}}}}`, []string{`{"a":[{"x":1},{"y":"2026-01-01T00:00:00Z"}]}`}},
		{"formats", `{"d":{"type":["null","string"],"format":"date"},"z":` + zoned + `,` +
			`"u":{"type":["null","string"],"format":"date-time",` +
			`"airbyte_type":"timestamp_without_timezone"},` +
			`"id":{"type":["null","string"],"format":"uuid"}}`,
			[]string{`{"d":"2026-01-01","z":"2026-01-01T10:00:00.5+01:00","u":"2026-01-01T10:00:00",` +
				`"id":"123e4567-e89b-12d3-a456-426614174000"}`, `{"d":null,"z":"2026-02-01T00:00:00Z"}`}},
		{"formats that differ", `{"d":{"type":["null","string"]},"e":{"type":["null","string"]}}`,
			[]string{`{"d":"2026-01-01","e":"2026-01-01"}`,
				`{"d":"2026-01-01T00:00:00Z","e":""}`, `{"d":"2026-01-01","e":"2026-01-01"}`}},
		{"no dates", `{"d":{"type":["null","string"]},"e":{"type":["null","string"]}}`,
			[]string{`{"d":"2026-13-01","e":"2026-01-01 noon"}`}},
	} {
		assert.Equal(t, tt.want, inferred(tt.records...), tt.name)
	}
	var i Inference
	i.Add([]byte(`{"a":1}`))
	assert.Equal(t, 1, i.Records())
	assert.JSONEq(t, `{"$schema":"http://json-schema.org/draft-07/schema#","type":"object",`+
		`"additionalProperties":true,"properties":{"a":{"type":["null","integer"]}}}`,
		string(i.Schema()))
}

func TestInferenceIsBounded(t *testing.T) {
	t.Parallel()
	var i Inference
	for n := range 2 * maxInferredNames {
		i.Add(fmt.Appendf(nil, `{"a":{"k%d":1}}`, n))
	}
	i.Add([]byte(`{"b":` + strings.Repeat(`{"b":`, 9000) + `1` + strings.Repeat(`}`, 9001)))
	assert.Less(t, len(i.Schema()), 60*maxInferredNames)
}

func FuzzInference(f *testing.F) {
	for _, seed := range []string{
		`{"a":1}`, `{"a":[{"b":"2026-01-01"},null,1.5]}`, `{"\u0061":{"":{}},"a":true}`,
		` {}`, "\n{\"a\":1} ",
	} {
		f.Add([]byte(seed), []byte(`{"a":"x"}`))
	}
	f.Fuzz(func(t *testing.T, one, other []byte) {
		var i Inference
		for _, r := range [][]byte{one, other} {
			if isObject, _ := jsonraw.EmptyObject(r); !isObject || jsonraw.Valid(r) != nil {
				return
			}
			i.Add(r)
		}
		schema := i.Schema()
		if !json.Valid(schema) {
			t.Fatalf("%s", schema)
		}
		c, err := Compare(schema)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range [][]byte{one, other} { // each record fits what was inferred from it
			if d := c.Differences(r); d != nil && len(i.root.names) < maxInferredNames {
				t.Fatalf("%s does not fit %s: %q", r, schema, d)
			}
		}
	})
}

func TestComparison(t *testing.T) {
	t.Parallel()
	c, err := Compare([]byte(`{"type":"object","properties":{"i":{"type":["null","integer"]},
		"n":{"type":"number"},"s":{"type":"string"},"any":{},"t":true,"free":{"type":"object"},
		"o":{"type":"object","properties":{"x":{"type":"boolean"}}},
		"a":{"type":"array","items":{"type":"integer"}}}}`))
	require.NoError(t, err)
	assert.Empty(t, c.Differences([]byte(`{"i":1.0,"n":2,"s":null,"any":[1],"t":{},"free":{"y":1},`+
		`"o":{"x":true},"a":[1,2]}`)))
	assert.Equal(t, []string{
		"i is of type number, but the schema says null or integer",
		"o.x is of type string, but the schema says boolean",
		"o.y is not in the schema",
		"a.* is of type string, but the schema says integer",
		"extra is not in the schema",
	}, c.Differences([]byte(`{"i":1.5,"o":{"x":"1","y":2},"a":[1,"x","y"],"extra":{"z":1}}`)))
	assert.Empty(t, c.Differences([]byte(`{"i":2.5,"extra":1}`)), "each field is told once")
	for n := range 2 * maxTold {
		c.Differences(fmt.Appendf(nil, `{"k%d":1}`, n))
	}
	assert.LessOrEqual(t, len(c.told), maxTold)
	_, err = Compare([]byte(`{"type":{}}`))
	require.ErrorContains(t, err, "the schema is not valid")
}
