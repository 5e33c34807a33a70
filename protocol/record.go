package protocol

import "encoding/json"

// Record is one record of one stream.
//
// A source should not write records as messages: [RecordBuffer] appends them to the output as
// bytes, many times faster.
type Record struct {
	// Stream and Namespace name the stream. A record of a stream that is not in the configured
	// catalog fails the sync.
	Stream    string `json:"stream"`
	Namespace string `json:"namespace,omitempty"` // see Stream

	// Data is a JSON object. The platform drops a record whose data is null or {} without a word,
	// and then the counts disagree.
	Data json.RawMessage `json:"data"`

	// EmittedAt is milliseconds since 1970. Fractions are cut off when reading.
	EmittedAt int64 `json:"emitted_at"`

	// Meta is what happened to the record on its way; nil: nothing.
	Meta *RecordMeta `json:"meta,omitempty"`

	// FileReference points at the file the record describes; nil: none.
	FileReference *FileReference `json:"file_reference,omitempty"`
}

// Descriptor returns the stream the record belongs to.
func (r *Record) Descriptor() Descriptor {
	return Descriptor{Name: r.Stream, Namespace: r.Namespace}
}

// RecordMeta tells what happened to a record on its way.
type RecordMeta struct {
	// Changes are the fields that differ from the source's, in the order it happened.
	Changes []RecordChange `json:"changes,omitempty"`
}

// RecordChange says that one field of a record is not what the source holds.
type RecordChange struct {
	Field  string       `json:"field"`  // its name in the record
	Change ChangeType   `json:"change"` // what happened to it
	Reason ChangeReason `json:"reason"` // why, and who did it
}

// ChangeType is what happened to a field.
type ChangeType string

// The changes of a field.
const (
	ChangeNulled    ChangeType = "NULLED"    // the value was replaced by null
	ChangeTruncated ChangeType = "TRUNCATED" // a part of the value was cut off
)

// ChangeReason is why a field was changed, and who did it.
type ChangeReason string

// The reasons of a change: the record as a whole too large, one field too large, a value that
// could not be read, written, fetched or converted.
const (
	ReasonSourceRecordSize      ChangeReason = "SOURCE_RECORD_SIZE_LIMITATION"
	ReasonDestinationRecordSize ChangeReason = "DESTINATION_RECORD_SIZE_LIMITATION"
	ReasonPlatformRecordSize    ChangeReason = "PLATFORM_RECORD_SIZE_LIMITATION"

	ReasonSourceFieldSize      ChangeReason = "SOURCE_FIELD_SIZE_LIMITATION"
	ReasonDestinationFieldSize ChangeReason = "DESTINATION_FIELD_SIZE_LIMITATION"
	ReasonPlatformFieldSize    ChangeReason = "PLATFORM_FIELD_SIZE_LIMITATION"

	ReasonSourceSerialization      ChangeReason = "SOURCE_SERIALIZATION_ERROR"
	ReasonDestinationSerialization ChangeReason = "DESTINATION_SERIALIZATION_ERROR"
	ReasonPlatformSerialization    ChangeReason = "PLATFORM_SERIALIZATION_ERROR"

	ReasonSourceRetrieval     ChangeReason = "SOURCE_RETRIEVAL_ERROR"
	ReasonDestinationTypecast ChangeReason = "DESTINATION_TYPECAST_ERROR"
)

// FileReference points at a file that travels beside a record of a file-based stream.
type FileReference struct {
	// StagingFileURL is the absolute path of the file in the staging area.
	StagingFileURL string `json:"staging_file_url,omitempty"`
	// SourceFileRelativePath is the path of the file in the source.
	SourceFileRelativePath string `json:"source_file_relative_path,omitempty"`
	// FileSizeBytes is the size of the file, by which the platform counts the sync's bytes.
	FileSizeBytes int64 `json:"file_size_bytes,omitempty"`
}
