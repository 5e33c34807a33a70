package sources

import (
	"context"
	"reflect"

	"github.com/airbyte-go/cdk/internal/entry"
	"github.com/airbyte-go/cdk/protocol"
)

// Source is all an author must write. C is the connector's config, a struct: the spec, its
// validation, defaults and the masking of secrets follow from its fields and tags (see the package
// comment).
//
// Streams is called once for each check, discover, read and schema. It should only describe the
// streams: requests belong into reading them, so that discover stays quick and works offline.
type Source[C any] interface {
	// Streams describes what there is to read. cfg is valid and has its defaults.
	Streams(ctx context.Context, cfg C) ([]Stream, error)
}

// Checker is an optional ability of a [Source]: it replaces the default check, which reads one
// record of the first stream. A nil error is success. A plain error is the answer "no" with its
// text for the user; a [*protocol.Error] of another type than ConfigError says that the check
// itself could not be done.
type Checker[C any] interface {
	// Check returns nil when the source can be read with cfg. It must end when ctx does.
	Check(ctx context.Context, cfg C) error
}

// ConfigMigrator is an optional ability of a [Source]: it turns a config that an older version of
// the connector accepted into today's. It gets the config as the user saved it, before defaults and
// validation, and returns it unchanged when there is nothing to do. When the result differs, a
// CONTROL message asks the platform to save it. old may be kept and changed.
type ConfigMigrator interface {
	// MigrateConfig returns today's form of the config, a JSON object.
	MigrateConfig(old []byte) ([]byte, error)
}

// StateMigrator is an optional ability of a [Source]: it turns the state that an older version of
// the connector, or one written with another kit, has left of a stream into what this version
// reads. It is called for each stream that has a state, before anything else looks at it. The
// formats of the Python kit's cursors need no migration.
type StateMigrator interface {
	// MigrateState returns today's form of the state of a stream, a JSON object; unchanged when
	// there is nothing to do, and {} to begin anew. old may be kept and changed.
	MigrateState(stream protocol.Descriptor, old []byte) ([]byte, error)
}

// abilities are the optional ones of a source with the config C.
func abilities[C any]() []entry.Ability {
	return []entry.Ability{
		{Method: "Check", Type: reflect.TypeFor[Checker[C]]()},
		{Method: "MigrateConfig", Type: reflect.TypeFor[ConfigMigrator]()},
		{Method: "MigrateState", Type: reflect.TypeFor[StateMigrator]()},
	}
}
