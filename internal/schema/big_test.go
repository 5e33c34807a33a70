package schema_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/airbyte-go/cdk/internal/schema"
)

// TestBigConfigs feeds up to 10 MiB of different kinds through everything. It measures nothing: a
// step that took quadratic time would need hours, and the test would time out.
func TestBigConfigs(t *testing.T) {
	t.Parallel()
	object := `{"a":1,"secret":"s","text":"` + strings.Repeat("x", 100) + `"}`
	const tooLong = "more than 400 digits"
	const size, part = 10 << 20, 1 << 20
	repeat := func(size int, item string) string {
		return strings.TrimSuffix(strings.Repeat(item+",", size/len(item)), ",")
	}
	spec := authors(t, `{"properties":{
		"text":{"type":"string","maxLength":100000000},
		"texts":{"type":"array","items":{"type":"string","pattern":"^x"},"minItems":1},
		"objects":{"type":"array","items":{"required":["a"],"properties":{
			"a":{"type":"integer"},"b":{"default":1},"secret":{"airbyte_secret":true}}}},
		"number":{"type":"number","minimum":0},
		"unique":{"type":"array","uniqueItems":true},
		"node":{"$ref":"#/definitions/node"},
		"map":{"additionalProperties":{"type":"string"}}},
		"definitions":{"node":{"properties":{"n":{"$ref":"#/definitions/node"}}}}}`)
	for name, test := range map[string]struct{ config, want string }{
		"one string":       {`{"text":"` + strings.Repeat("x", size) + `"}`, ""},
		"strings":          {`{"texts":[` + repeat(part, `"x"`) + `]}`, ""},
		"wrong items":      {`{"texts":[` + repeat(part, `1`) + `]}`, "There are"},
		"wrong patterns":   {`{"texts":[` + repeat(part, `"y"`) + `]}`, "There are"},
		"objects":          {`{"objects":[` + repeat(size, object) + `]}`, ""},
		"empty objects":    {`{"objects":[` + repeat(part, `{}`) + `]}`, "There are"},
		"unknown":          {`{"unknown":[` + repeat(part, `{"a":[1]}`) + `]}`, ""},
		"digits":           {`{"number":` + strings.Repeat("7", size) + `}`, tooLong},
		"equal items":      {`{"unique":[` + repeat(part, `1`) + `]}`, "an item twice"},
		"huge numbers":     {`{"unique":[` + repeat(part, `1e999999`) + `]}`, tooLong},
		"depth":            {nested(9000), ""},
		"too much depth":   {strings.Repeat(`{"n":`, size/5), "is not valid JSON"},
		"a map":            {`{"map":{` + manyNames(part) + `}}`, ""},
		"root of no spec":  {`{` + manyNames(part) + `}`, ""},
		"white space":      {strings.Repeat(" ", size) + `{"text":1}`, "must be a string"},
		"not JSON, at end": {`{"text":"` + strings.Repeat("x\\n", size/3) + "\"", "breaks off"},
	} {
		t.Run(name, func(t *testing.T) {
			complete, err := spec.Complete([]byte(test.config))
			if test.want == "" {
				require.NoError(t, err)
				var into map[string]any
				require.NoError(t, schema.Decode(complete, &into))
			} else {
				text := configError(t, err)
				assert.Contains(t, text, test.want)
				assert.Less(t, len(text), 10_000)
			}
			spec.Secrets([]byte(test.config))
		})
	}
}

// nested returns a config of that depth.
func nested(depth int) string {
	return `{"node":` + strings.Repeat(`{"n":`, depth) + `1` + strings.Repeat(`}`, depth+1)
}

// manyNames returns the members "000000a":"x" and so on.
func manyNames(size int) string {
	var b strings.Builder
	for i := 0; b.Len() < size; i++ {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteByte('"')
		for n := i; n > 0; n /= 26 {
			b.WriteByte('a' + byte(n%26))
		}
		b.WriteString(`":"x"`)
	}
	return b.String()
}
