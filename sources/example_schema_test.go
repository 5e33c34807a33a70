package sources_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"testing/fstest"

	"github.com/airbyte-go/cdk/protocol"
	"github.com/airbyte-go/cdk/sources"
)

// The files are usually embedded: var files embed.FS below a line //go:embed schemas.
func ExampleSchemaFile() {
	files := fstest.MapFS{
		"schemas/books.json": {Data: []byte(`{"type":"object","properties":{}}`)},
	}
	schema := sources.SchemaFile(files, "schemas/books.json")
	raw, err := schema(context.Background())
	fmt.Println(string(raw), err)
	// Output: {"type":"object","properties":{}} <nil>
}

// While a connector is being written, the verb schema prints what the records are like:
//
//	./source-acme schema --config config.json --streams events --limit 1000
func Example_schemaVerb() {
	stream := &sources.StreamOf[json.RawMessage]{
		Name:   "events",
		Schema: sources.SchemaJSON([]byte(`{"type":"object"}`)),
		Read: func(context.Context, sources.Slice) iter.Seq2[json.RawMessage, error] {
			return func(yield func(json.RawMessage, error) bool) {
				_ = yield(json.RawMessage(`{"at":"2026-11-24","size":1}`), nil) &&
					yield(json.RawMessage(`{"at":"2026-11-25","size":2.5}`), nil)
			}
		},
	}
	var out bytes.Buffer
	sources.Run(context.Background(), one{stream}, sources.Process{
		Args: []string{"schema", "--config", file("empty.json", `{}`)}, Out: &out,
	})
	for m := range protocol.NewReader(&out, protocol.ReaderOptions{}).Messages() {
		if m.Type == protocol.MessageCatalog {
			var schema struct{ Properties json.RawMessage }
			_ = json.Unmarshal(m.Catalog.Streams[0].JSONSchema, &schema)
			fmt.Println(string(schema.Properties))
		}
	}
	// Output:
	// {"at":{"type":["null","string"],"format":"date"},"size":{"type":["null","number"]}}
}
