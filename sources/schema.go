package sources

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"reflect"
	"slices"

	"github.com/airbyte-go/cdk/internal/jsonraw"
	"github.com/airbyte-go/cdk/internal/schema"
)

// Schema yields the JSON schema of a stream's records, when discover asks for it, or a read that
// logs at debug level. The bytes belong to the caller. It may call an API; it must be safe for
// concurrent use.
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

// SchemaJSON is a schema written by hand. raw is kept, not copied.
func SchemaJSON(raw []byte) Schema {
	return func(context.Context) (json.RawMessage, error) { return slices.Clone(raw), nil }
}

// SchemaFile is a schema in a file, usually embedded:
//
//	//go:embed schemas
//	var files embed.FS
//
//	sources.SchemaFile(files, "schemas/orders.json")
//
// The file is read when the schema is asked for. One that is missing, or no JSON object, is an
// error of discover alone.
func SchemaFile(files fs.FS, name string) Schema {
	return func(context.Context) (json.RawMessage, error) {
		raw, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, builtWrong(fmt.Errorf("its schema cannot be read: %w", err))
		}
		if err := jsonraw.Valid(raw); err != nil {
			return nil, builtWrong(fmt.Errorf("its schema %s is not valid: %w", name, err))
		}
		if isObject, _ := jsonraw.EmptyObject(raw); !isObject {
			return nil, builtWrong(fmt.Errorf("its schema %s is not a JSON object", name))
		}
		return bytes.TrimSpace(raw), nil
	}
}
