package destinations

import (
	"context"
	"encoding/json"
	"reflect"

	"github.com/airbyte-go/cdk/internal/entry"
	"github.com/airbyte-go/cdk/protocol"
)

// Destination is all an author must write, together with the [Loader] that Open returns. C is the
// connector's config, a struct: the spec, its validation, defaults and the masking of secrets
// follow from its fields and tags, as the comment of package sources describes.
type Destination[C any] interface {
	// Check returns nil when the destination can be written with cfg, which is valid and has its
	// defaults. A plain error is the answer "no" with its text for the user; a [*protocol.Error] of
	// another type than ConfigError says that the check itself could not be done. It must end when
	// ctx does.
	Check(ctx context.Context, cfg C) error

	// Open is called once for each write, before anything is read, with all streams of the catalog.
	// It prepares what the streams need, such as tables. ctx lasts until the write has ended, and a
	// little beyond a signal, so that a connection made with it outlives the last batch.
	Open(ctx context.Context, cfg C, streams []Stream) (Loader, error)
}

// Loader makes records durable. Load and Finish are called at once for different streams, never for
// the same one. A panic in any method fails the write like an error.
//
// An error ends the write: a [*protocol.Error] is shown as it is, and any other one, as a system
// error, with its text. What other streams are loading then still ends and is acknowledged.
type Loader interface {
	// Load makes the batch durable before it returns nil: only then is any state that covers it
	// acknowledged, and what is acknowledged never comes again. Batches of a stream come in the
	// order of its records. After an error the source may send all records of the batch again, so
	// that none or all of them should be there.
	//
	// A record that the destination cannot hold is given to [Batch.Reject] and passed over. After a
	// signal ctx goes on for 20 seconds, for the batch in hand.
	Load(ctx context.Context, b *Batch) error

	// Finish is called once for each stream that ended complete, after the last of its batches, and
	// after all batches of all streams were loaded. A stream of which nothing came is finished as
	// well. What a stream with [Stream.Replace] has loaded takes the place of what was there before
	// here, in one step.
	Finish(ctx context.Context, s Stream) error

	// Close gives back what Open has taken. It is called once, after everything else, whatever
	// happened.
	Close() error
}

// Stream is one stream of the catalog with what to do with it. How the platform says so (sync
// modes, generation ids, none at all) is the engine's to know.
type Stream struct {
	protocol.Descriptor

	// Schema is the JSON schema of the records. Nobody enforces it.
	Schema json.RawMessage
	// Key are the paths of the fields that make up the key; empty where there is none.
	Key [][]string
	// Cursor is the path of the field by which one record of a key is newer than another; empty
	// where there is none, and then the later one is.
	Cursor []string

	// Dedup asks for one row per Key, that of the newest record. Key is not empty then.
	Dedup bool
	// Replace asks that what was there before goes when the stream is finished, and not before: a
	// stream that fails leaves it as it was.
	Replace bool
	// Generation tells whether what an earlier attempt has loaded belongs to this one. It does
	// where the generation is the same, and then its records were acknowledged and will not come
	// again: what is not finished is added to, also if Replace is not asked for any more, and what
	// is finished is added to as well instead of being replaced once more. Zero means that the
	// platform counts no generations: each attempt begins anew, and nothing that an earlier one has
	// left unfinished may be taken up.
	Generation int64
	// SyncID is the platform's number of the job; zero where it gives none.
	SyncID int64
}

// ModeLister is an optional ability of a [Destination]: it says which sync modes it can do. They
// are part of the spec, where the user chooses among them, and a catalog that asks for another one
// is refused. A destination without this ability does append only, unless its [SpecFile] says
// otherwise.
type ModeLister interface {
	// SyncModes lists append, overwrite and append_dedup, as far as the destination goes. Overwrite
	// means that the Loader heeds [Stream.Replace], append_dedup that it heeds [Stream.Dedup].
	SyncModes() []protocol.DestinationSyncMode
}

// ConfigMigrator is an optional ability of a [Destination]: it turns a config that an older version
// of the connector accepted into today's. It gets the config as the user saved it, before defaults
// and validation, and returns it unchanged when there is nothing to do. When the result differs, a
// CONTROL message asks the platform to save it. old may be kept and changed.
type ConfigMigrator interface {
	// MigrateConfig returns today's form of the config, a JSON object.
	MigrateConfig(old []byte) ([]byte, error)
}

// abilities are the optional ones of a destination.
var abilities = []entry.Ability{
	{Method: "SyncModes", Type: reflect.TypeFor[ModeLister]()},
	{Method: "MigrateConfig", Type: reflect.TypeFor[ConfigMigrator]()},
}
