package protocol

import (
	"encoding/json"
	"errors"
	"math"
	"strconv"
	"strings"
)

// StateType says what a [State] describes.
type StateType string

// The state types. An absent type counts as LEGACY for the protocol.
const (
	StateStream StateType = "STREAM" // one stream: State.Stream
	StateGlobal StateType = "GLOBAL" // all streams together: State.Global
	StateLegacy StateType = "LEGACY" // deprecated: State.Data; the platform refuses new ones
)

// State is a point a sync has reached. A source writes it after the records it covers; a
// destination writes it back once these are durable, with nothing missing: the platform adds
// properties of its own and fails the sync when they are lost. So every property of a state that
// this package does not know survives byte for byte, at every level, in an [Extra].
type State struct {
	// Type says which of the next three fields counts.
	Type StateType `json:"type,omitempty"`
	// Stream is the state of one stream.
	Stream *StreamState `json:"stream,omitempty"`
	// Global is the state of all streams.
	Global *GlobalState `json:"global,omitempty"`
	// Data is a legacy state, deprecated.
	Data json.RawMessage `json:"data,omitempty"`

	// SourceStats is what the source counted since its previous state.
	SourceStats *StateStats `json:"sourceStats,omitempty"`
	// DestinationStats is what the destination counted when it writes the state back.
	DestinationStats *StateStats `json:"destinationStats,omitempty"`

	Bookkeeping
	Extra Extra `json:"-"` // unknown properties of the state itself
}

// StreamState is the state of one stream, alone or as a part of a [GlobalState].
type StreamState struct {
	// Descriptor names the stream.
	Descriptor Descriptor `json:"stream_descriptor"`

	// State is the connector's own object. Nil means absent and the text null means null; for the
	// platform both say that the stream starts anew.
	State json.RawMessage `json:"stream_state,omitempty"`

	Bookkeeping
	Extra           Extra `json:"-"`                           // of this object
	DescriptorExtra Extra `json:"-" extra:"stream_descriptor"` // of the stream_descriptor object
}

// GlobalState is the state of all streams of a source that reads them from one log.
type GlobalState struct {
	// SharedState is the source's own object for all streams, such as a position in the log.
	SharedState json.RawMessage `json:"shared_state,omitempty"`
	// StreamStates are the states of the single streams.
	StreamStates []StreamState `json:"stream_states"`
	Extra        Extra         `json:"-"` // unknown properties of this object
}

// Bookkeeping holds the properties that the platform and its newest destinations add to a state
// beside the published protocol. A value of another JSON type than the field's stays in the Extra
// instead: these properties never make a state unreadable.
type Bookkeeping struct {
	// ID numbers the states of one sync from 1. Over stdin and stdout the platform sets it and
	// demands it back; over sockets the source sets it.
	ID *int64 `json:"id,omitempty" loose:"true"`

	// PartitionID joins a state to the records of one partition, over sockets only.
	PartitionID string `json:"partition_id,omitempty" loose:"true"`

	// CommittedRecordsCount is the number of durable records since the start of the sync, which a
	// destination reports over sockets.
	CommittedRecordsCount *int64 `json:"committedRecordsCount,omitempty" loose:"true"`
	// CommittedBytesCount is the size of these records.
	CommittedBytesCount *int64 `json:"committedBytesCount,omitempty" loose:"true"`
	// RejectedRecordsCount is the number of records that could not be written.
	RejectedRecordsCount *int64 `json:"rejectedRecordsCount,omitempty" loose:"true"`
}

// StateStats counts what lies between the previous state of the same scope and this one. The
// platform compares the source's counts with the destination's.
type StateStats struct {
	// RecordCount is the number of records, of this stream or of all.
	RecordCount *Count `json:"recordCount,omitempty"`
	// RejectedRecordCount is how many of them could not be written; since release 0.18.
	RejectedRecordCount *Count `json:"rejectedRecordCount,omitempty"`
	// AdditionalStats are further counts by name, which the platform sums up; since 0.19.
	AdditionalStats map[string]Count `json:"additionalStats,omitempty"`
	Extra           Extra            `json:"-"` // unknown properties of this object
}

// Count is a number of records. It is a float because the protocol says so, and it is always
// written with a decimal point, which the protocol's own text demands of a serializer.
type Count float64

// MarshalJSON writes the count with a decimal point. Infinity and NaN are errors.
func (c Count) MarshalJSON() ([]byte, error) { return c.append(nil) }

func (c Count) append(b []byte) ([]byte, error) {
	f := float64(c)
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return b, errors.New("a count must be a finite number")
	}
	start := len(b)
	b = strconv.AppendFloat(b, f, 'f', -1, 64)
	if !strings.Contains(string(b[start:]), ".") {
		b = append(b, ".0"...)
	}
	return b, nil
}

// Descriptor names a stream. It can be compared and used as the key of a map.
type Descriptor struct {
	Name      string `json:"name"`                // unique within the namespace
	Namespace string `json:"namespace,omitempty"` // mostly a database schema; often empty
}

// String returns "namespace.name", and the name alone when there is no namespace.
func (d Descriptor) String() string {
	if d.Namespace == "" {
		return d.Name
	}
	return d.Namespace + "." + d.Name
}
