package sources_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/airbyte-go/cdk/protocol"
	"github.com/airbyte-go/cdk/sources"
)

// counting yields {"n":0}, {"n":1} and so on, the last as text, and then an error, if any.
func counting(name string, records int, failure error) *sources.StreamOf[json.RawMessage] {
	return &sources.StreamOf[json.RawMessage]{
		Name: name, Namespace: "x", Schema: sources.SchemaJSON([]byte(`{}`)),
		Read: func(context.Context, sources.Slice) iter.Seq2[json.RawMessage, error] {
			return func(yield func(json.RawMessage, error) bool) {
				for n := range records {
					record := fmt.Sprintf(`{"n":%d}`, n)
					if n == records-1 {
						record = fmt.Sprintf(`{"n":"%d"}`, n)
					}
					if !yield(json.RawMessage(record), nil) {
						return
					}
				}
				if failure != nil {
					yield(nil, failure)
				}
			}
		},
	}
}

// schemasIn returns the type of the property n of each stream in the catalog of a transcript.
func schemasIn(t *testing.T, got transcript) map[string]string {
	t.Helper()
	types := map[string]string{}
	for _, m := range got.messages {
		require.NotContains(t, []string{"RECORD", "STATE"}, string(m.Type))
		if m.Type != protocol.MessageCatalog {
			continue
		}
		for _, s := range m.Catalog.Streams {
			var schema struct {
				Properties map[string]struct{ Type json.RawMessage }
			}
			require.NoError(t, json.Unmarshal(s.JSONSchema, &schema))
			types[s.Namespace+"."+s.Name] = string(schema.Properties["n"].Type)
		}
	}
	return types
}

func TestSchemaVerb(t *testing.T) {
	t.Parallel()
	source := streams{
		counting("few", 10, nil), counting("many", 1001, nil), counting("none", 0, nil),
	}
	got := call(t, source, command{verb: "schema", config: `{}`})
	assert.Zero(t, got.code)
	assert.Equal(t, map[string]string{
		"x.few": `["null","integer","string"]`, "x.many": `["null","integer"]`,
	}, schemasIn(t, got), "a thousand records of each")

	got = call(t, source, command{verb: "schema", config: `{}`,
		flags: []string{"--limit", "2", "--streams", "few"}})
	assert.Equal(t, map[string]string{"x.few": `["null","integer"]`}, schemasIn(t, got))

	got = call(t, source, command{verb: "schema", config: `{}`, flags: []string{"--limit", "x"}})
	assert.Equal(t, 2, got.code)
}

func TestSchemaVerbTellsFailures(t *testing.T) {
	t.Parallel()
	got := call(t, streams{
		counting("good", 3, nil), counting("bad", 3, errors.New("it broke")),
	}, command{verb: "schema", config: `{}`})
	assert.Equal(t, 1, got.code)
	assert.Len(t, schemasIn(t, got), 2, "what was seen is told")
	var failures []string
	for _, m := range got.messages {
		if m.Type == protocol.MessageTrace && m.Trace.Type == protocol.TraceError {
			failures = append(failures, m.Trace.Error.Message)
		}
	}
	require.Equal(t, []string{"Stream x.bad could not be read: it broke."}, failures)
}
