package http_test

import (
	"context"
	"encoding/json"
	"fmt"
	nethttp "net/http"

	"github.com/airbyte-go/cdk/http"
)

// An API that describes its objects in words of its own.
func ExampleSchemaFrom() {
	api := apiFunc(func(*nethttp.Request) string {
		return `{"fields":[{"name":"id","kind":"int"},{"name":"title","kind":"text"}]}`
	})
	schema := http.SchemaFrom(http.NewClient("https://api.example.com"),
		&http.Request{Path: "describe/books"}, func(body []byte) (json.RawMessage, error) {
			var answer struct{ Fields []struct{ Name, Kind string } }
			if err := json.Unmarshal(body, &answer); err != nil {
				return nil, err
			}
			types := map[string]string{"int": "integer", "text": "string"}
			properties := map[string]any{}
			for _, f := range answer.Fields {
				properties[f.Name] = map[string]any{"type": types[f.Kind]}
			}
			return json.Marshal(map[string]any{"type": "object", "properties": properties})
		})
	raw, err := schema(http.WithTransport(context.Background(), api))
	fmt.Println(string(raw), err)
	// Output:
	// {"properties":{"id":{"type":"integer"},"title":{"type":"string"}},"type":"object"} <nil>
}
