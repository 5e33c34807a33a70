package destinations

import (
	"time"

	"github.com/airbyte-go/cdk/protocol"
)

// streamRun is one stream of a write. It is guarded by the engine's lock.
type streamRun struct {
	target

	open     *Batch   // takes records; never empty
	queue    []*Batch // wait for loading, in order
	loading  *Batch   // in the loader's hands, or what it failed on
	ready    bool     // stands in the engine's list of those that can be loaded
	deadline time.Time
	timer    *time.Timer // closes the open batch at its deadline

	// What came since the last state that covers this stream.
	since         int64
	sinceRejected int64

	stated   bool // a state came
	marked   bool // the last state was marked, and
	complete bool // said that the stream is complete
	status   protocol.StreamStatus

	loaded, rejected, batches int64
	took                      time.Duration // by loading
	reasons                   int           // of rejections, that were logged
}

// oldest is the number of the first record that is not durable yet, and never where all are.
func (s *streamRun) oldest() int64 {
	switch {
	case s.loading != nil:
		return s.loading.first()
	case len(s.queue) > 0:
		return s.queue[0].first()
	case s.open != nil:
		return s.open.first()
	}
	return never
}

// lacks is how much memory the stream needs to take a record of n bytes.
func (s *streamRun) lacks(n, chunk int) int64 {
	if s.open == nil {
		return new(records).lacks(n, chunk)
	}
	return s.open.lacks(n, chunk)
}

// takeCounts returns what came since the last state, and begins anew.
func (s *streamRun) takeCounts() (records, rejected int64) {
	records, rejected = s.since, s.sinceRejected
	s.since, s.sinceRejected = 0, 0
	return records, rejected
}
