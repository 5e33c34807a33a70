package protocol

import "encoding/json"

// SyncMode is how a source reads a stream.
type SyncMode string

// The modes of reading.
const (
	SyncFullRefresh SyncMode = "full_refresh" // everything, each time
	SyncIncremental SyncMode = "incremental"  // from where the last sync ended
)

// DestinationSyncMode is how a destination writes a stream.
type DestinationSyncMode string

// The modes of writing. The last two belong to data activation; a source sees append instead.
const (
	DestinationAppend      DestinationSyncMode = "append"
	DestinationOverwrite   DestinationSyncMode = "overwrite"
	DestinationAppendDedup DestinationSyncMode = "append_dedup"
	DestinationUpdate      DestinationSyncMode = "update"
	DestinationSoftDelete  DestinationSyncMode = "soft_delete"
)

// Catalog answers the discover command: what a source can read.
type Catalog struct {
	Streams []Stream `json:"streams"` // no two of one name and namespace
}

// Stream is what a source says of one stream. A path is the list of names that leads to a field.
type Stream struct {
	// Name is unique within the namespace.
	Name string `json:"name"`
	// Namespace is mostly a database schema, and often empty.
	Namespace string `json:"namespace,omitempty"`
	// JSONSchema describes the records. The platform never enforces it.
	JSONSchema json.RawMessage `json:"json_schema"`
	// SupportedSyncModes has at least one mode.
	SupportedSyncModes []SyncMode `json:"supported_sync_modes"`
	// SourceDefinedCursor says that the source chooses the cursor field, and not the user. The
	// protocol asks for it with IsResumable.
	SourceDefinedCursor bool `json:"source_defined_cursor,omitempty"`
	// DefaultCursorField is the path of the cursor field where the user chooses none.
	DefaultCursorField []string `json:"default_cursor_field,omitempty"`
	// SourceDefinedPrimaryKey are the paths of the key's fields.
	SourceDefinedPrimaryKey [][]string `json:"source_defined_primary_key,omitempty"`
	// IsResumable says that even a full refresh has checkpoints to go on from within one sync.
	IsResumable bool `json:"is_resumable,omitempty"`
	// IsFileBased says that the records describe files.
	IsFileBased bool `json:"is_file_based,omitempty"`
}

// Descriptor returns the stream's name and namespace.
func (s *Stream) Descriptor() Descriptor {
	return Descriptor{Name: s.Name, Namespace: s.Namespace}
}

// ConfiguredCatalog is what the user chose from a [Catalog]: the --catalog of read and write.
type ConfiguredCatalog struct {
	Streams []ConfiguredStream `json:"streams"` // in no particular order
}

// ConfiguredStream is one chosen stream and how to sync it.
type ConfiguredStream struct {
	// Stream is what discover said, with the fields the user kept.
	Stream Stream `json:"stream"`
	// SyncMode is how to read.
	SyncMode SyncMode `json:"sync_mode"`
	// DestinationSyncMode is how to write.
	DestinationSyncMode DestinationSyncMode `json:"destination_sync_mode"`
	// CursorField is the path the user chose; it counts in incremental mode.
	CursorField []string `json:"cursor_field,omitempty"`
	// PrimaryKey are the paths of the key's fields; it counts where records are deduplicated.
	PrimaryKey [][]string `json:"primary_key,omitempty"`
	// DestinationObjectName is the object to write to, for data activation.
	DestinationObjectName string `json:"destination_object_name,omitempty"`
	// GenerationID counts how often the stream was to be replaced. This and the next two are nil
	// when the platform has no refreshes for the destination, as for every custom one.
	GenerationID *int64 `json:"generation_id,omitempty"`
	// MinimumGenerationID equal to GenerationID asks to replace what older generations wrote, and
	// zero to keep it. The platform sends no other value.
	MinimumGenerationID *int64 `json:"minimum_generation_id,omitempty"`
	// SyncID is the platform's number of the job.
	SyncID *int64 `json:"sync_id,omitempty"`
	// IncludeFiles asks to copy the files of a file-based stream as well.
	IncludeFiles bool `json:"include_files,omitempty"`
}

// DestinationCatalog answers the discover command of a destination for data activation.
type DestinationCatalog struct {
	Operations []DestinationOperation `json:"operations"` // what can be done
}

// DestinationOperation is something that can be done with an object of the destination.
type DestinationOperation struct {
	// ObjectName names the object.
	ObjectName string `json:"object_name"`
	// SyncMode is what can be done with it.
	SyncMode DestinationSyncMode `json:"sync_mode"`
	// JSONSchema describes the object's fields.
	JSONSchema json.RawMessage `json:"json_schema"`
	// MatchingKeys are the paths of fields by which a record finds its object.
	MatchingKeys [][]string `json:"matching_keys,omitempty"`
}
