package sources

import (
	"context"
	"encoding/json"
	"reflect"
	"slices"

	"github.com/airbyte-go/cdk/internal/schema"
)

// Schema yields the JSON schema of a stream's records, when discover asks for it. The bytes belong
// to the caller. It may call an API; it must be safe for concurrent use.
type Schema func(ctx context.Context) (json.RawMessage, error)

// SchemaOf derives the schema from the Go type of a record, once, and returns it each time.
//
// Every property may be null and more properties are allowed, because an API's records hold both
// sooner or later. Field names follow the json tags. Tags format ("date", "time", "uri", ...) and
// airbyte ("timestamp_without_timezone", ...) refine a string or a [time.Time], which by default is
// a date-time with a time zone. It panics for a type that has no JSON form, such as a channel.
func SchemaOf[T any]() Schema {
	return SchemaJSON(schema.Record(reflect.TypeFor[T]()))
}

// SchemaJSON is a schema written by hand or embedded from a file. raw is kept, not copied.
func SchemaJSON(raw []byte) Schema {
	return func(context.Context) (json.RawMessage, error) { return slices.Clone(raw), nil }
}
