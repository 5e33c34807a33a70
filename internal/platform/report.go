package platform

import (
	"encoding/json"
	"time"

	"github.com/airbyte-go/cdk/protocol"
)

// Origin is who said or did something.
type Origin string

// The origins.
const (
	Source      Origin = "source"
	Destination Origin = "destination"
	Platform    Origin = "platform"
)

// Outcome is how a sync ended.
type Outcome string

// The outcomes.
const (
	Succeeded Outcome = "succeeded"
	Failed    Outcome = "failed"
	Cancelled Outcome = "cancelled"
)

// Report is what is known of a sync, while it runs and after its end.
type Report struct {
	SyncID   int64           `json:"sync_id"`
	Outcome  Outcome         `json:"outcome,omitempty"` // empty while it runs
	Begun    time.Time       `json:"begun"`
	Seconds  float64         `json:"seconds"`
	Streams  []StreamReport  `json:"streams"` // over all attempts, in the catalog's order
	Attempts []AttemptReport `json:"attempts"`
	Findings []Finding       `json:"findings"`
}

// StreamReport is what is known of one stream.
type StreamReport struct {
	Stream protocol.Descriptor `json:"stream_descriptor"`

	// Status is what the source said last of the stream; empty: nothing.
	Status protocol.StreamStatus `json:"status,omitempty"`
	// Complete says that the source said COMPLETE in the last attempt and the destination wrote the
	// last state back, which is when the platform's user interface shows it (A.9).
	Complete bool `json:"complete"`

	Records        int64 `json:"records_emitted"`
	Bytes          int64 `json:"bytes_emitted"` // of data
	Committed      int64 `json:"records_committed"`
	CommittedBytes int64 `json:"bytes_committed"`
	// Rejected is how many the destination has rejected. Those of a GLOBAL state, which names no
	// stream, are counted in the attempt only.
	Rejected     int64 `json:"records_rejected"`
	Dropped      int64 `json:"records_dropped"` // by the platform
	States       int64 `json:"states_emitted"`
	Acknowledged int64 `json:"states_committed"`

	// RowEstimate and ByteEstimate are the source's guess at what this attempt brings.
	RowEstimate  int64 `json:"row_estimate,omitempty"`
	ByteEstimate int64 `json:"byte_estimate,omitempty"`

	// LastState is the state of the stream that was acknowledged last, in this sync or before.
	LastState json.RawMessage `json:"last_state,omitempty"`

	Seconds float64 `json:"seconds"` // from STARTED to the end, summed over attempts

	// RateLimitedUntil is when the API takes requests again, by the source's word; zero where it is
	// not limited, or does not say until when.
	RateLimitedUntil time.Time `json:"rate_limited_until,omitzero"`
	RateLimited      bool      `json:"rate_limited,omitempty"`

	attempt attemptCounts
}

// attemptCounts are what one attempt counts of a stream.
type attemptCounts struct {
	records, bytes int64 // for the share of an estimate
	began          time.Time
}

// AttemptReport is what is known of one attempt.
type AttemptReport struct {
	Number          int       `json:"attempt"`
	Begun           time.Time `json:"begun"`
	Seconds         float64   `json:"seconds"`
	SourceExit      *int      `json:"source_exit_code"`      // null: not ended, or not known
	DestinationExit *int      `json:"destination_exit_code"` // like SourceExit
	Committed       int64     `json:"records_committed"`
	Rejected        int64     `json:"records_rejected"`
	Failures        []Failure `json:"failures"` // the earliest is the platform's headline
}

// Partial tells whether the platform counts a failed attempt as a partial failure, of which it
// repeats many: one that committed or rejected at least one record (C.4).
func (a *AttemptReport) Partial() bool { return a.Committed > 0 || a.Rejected > 0 }

// Failure is one reason why an attempt failed.
type Failure struct {
	Origin   Origin               `json:"origin"`
	Type     protocol.FailureType `json:"failure_type"`
	Message  string               `json:"message"`
	Internal string               `json:"internal_message,omitempty"`
	Stream   *protocol.Descriptor `json:"stream_descriptor,omitempty"`
	At       time.Time            `json:"at"`
}

// Finding is something that the platform takes without failing, and that an author should know:
// dropped records, counts that disagree, lines that are no messages.
type Finding struct {
	Origin Origin `json:"origin"` // whose defect it is
	Text   string `json:"text"`
	Count  int64  `json:"count"` // how often it was seen
}

// Totals sums up the streams.
func (r *Report) Totals() (total StreamReport) {
	for i := range r.Streams {
		s := &r.Streams[i]
		total.Records += s.Records
		total.Bytes += s.Bytes
		total.Committed += s.Committed
		total.CommittedBytes += s.CommittedBytes
		total.Rejected += s.Rejected
		total.Dropped += s.Dropped
		total.States += s.States
		total.Acknowledged += s.Acknowledged
	}
	return total
}

// Share is how much of the stream's estimate has been read in this attempt, from 0 to 1; ok is
// false where there is no estimate.
func (s *StreamReport) Share() (share float64, ok bool) {
	switch {
	case s.RowEstimate > 0:
		share = float64(s.attempt.records) / float64(s.RowEstimate)
	case s.ByteEstimate > 0:
		share = float64(s.attempt.bytes) / float64(s.ByteEstimate)
	default:
		return 0, false
	}
	return min(share, 1), true
}
