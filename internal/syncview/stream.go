package syncview

import (
	"fmt"
	"strings"
	"time"

	"github.com/airbyte-go/cdk/internal/platform"
	"github.com/airbyte-go/cdk/protocol"
)

// phase is what a stream is doing, in one word.
type phase string

const (
	waiting    phase = "waiting"
	reading    phase = "reading"
	limited    phase = "limited"
	loading    phase = "loading" // it was read to its end, and is not durable yet
	incomplete phase = "incomplete"
	done       phase = "done"
)

// phases in the order in which they are counted.
var phases = []phase{reading, limited, loading, incomplete, done, waiting}

func phaseOf(s *platform.StreamReport) phase {
	switch {
	case s.Status == protocol.StatusComplete && s.Committed+s.Rejected < s.Records:
		return loading
	case s.Status == protocol.StatusComplete:
		return done
	case s.Status == protocol.StatusIncomplete:
		return incomplete
	case s.RateLimited:
		return limited
	case s.Status != "" || s.Records > 0:
		return reading
	}
	return waiting
}

func (p phase) style() style {
	switch p {
	case done:
		return green
	case incomplete:
		return red
	case limited:
		return yellow
	case waiting:
		return dim
	case reading, loading:
	}
	return plain
}

// nameOf is a stream's name, with the namespace if there is one.
func nameOf(s *platform.StreamReport) string { return Clean(s.Stream.String()) }

// news is what there is to say of a stream in words: until when its API refuses, or how far it is.
func news(s *platform.StreamReport) string {
	if phaseOf(s) != limited {
		return ShortState(s.LastState)
	}
	if s.RateLimitedUntil.IsZero() {
		return "rate limited by the API"
	}
	until := s.RateLimitedUntil.Local() //nolint:gosmopolitan // by the clock of who looks
	return "rate limited until " + until.Format(time.TimeOnly)
}

// speed is how fast records come, or for how long none will.
func speed(s *platform.StreamReport, perSecond float64, now time.Time) string {
	switch p := phaseOf(s); {
	case p == limited && s.RateLimitedUntil.After(now):
		return "in " + clock(s.RateLimitedUntil.Sub(now))
	case p == reading:
		return rate(perSecond)
	}
	return ""
}

// share is how much of an estimate has been read; empty where there is no estimate.
func share(s *platform.StreamReport) string {
	part, ok := s.Share()
	switch {
	case !ok:
		return ""
	case part == 1 && phaseOf(s) == reading:
		return "99%" // an estimate that was too low
	}
	return fmt.Sprintf("%d%%", int(part*100))
}

// bar draws a share.
func bar(s *platform.StreamReport, width int) string {
	part, ok := s.Share()
	if !ok {
		return ""
	}
	full := int(part * float64(width))
	return strings.Repeat("#", full) + strings.Repeat("-", width-full)
}
