package acceptance

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/airbyte-go/cdk/internal/transcript"
	"github.com/airbyte-go/cdk/protocol"
)

// processLooks are on runs that are ended from outside.
var processLooks = []look[*session]{
	{
		"sigterm", "an end within seconds of SIGTERM, with exit code 143 and the safe states",
		"Catch SIGTERM, stop reading, write the states that are safe and INCOMPLETE, and end " +
			"with 143.",
		sigterm,
	},
	{
		"closed_output", "an end with another code than 0 when nobody reads the output any more",
		"Stop when a write to standard output fails.",
		closedOutput,
	},
}

// longRead is the read with the most to read among those of the tests. One from which the next can
// go on comes first.
func (s *session) longRead() *readSubject {
	var longest *readSubject
	worth := func(r *readSubject) (bool, int) {
		return r.mode == protocol.SyncIncremental, len(r.read.Texts)
	}
	for _, r := range s.reads {
		if r.read == nil || r.read.err != nil || r.read.Code != 0 {
			continue
		}
		if longest == nil {
			longest = r
			continue
		}
		resumes, lines := worth(r)
		before, most := worth(longest)
		if resumes && !before || resumes == before && lines > most {
			longest = r
		}
	}
	return longest
}

// linesAfterWhich are where a read is stopped: in the first third, in the middle, near the end.
func linesAfterWhich(r *transcript.Run) []int {
	n := len(r.Texts)
	return slices.Compact([]int{max(1, n/3), max(1, n/2), max(1, n*3/4)})
}

// stopped ends a read early, at a few places, and looks at those runs that did not end before.
func (s *session) stopped(
	ctx context.Context, v *Verdict, closes bool, look func(h *heard, line int) (caught bool),
) {
	r := s.longRead()
	if r == nil {
		v.Skip("no read has succeeded")
		return
	}
	call, err := r.call(ctx)
	if err != nil {
		v.Skip("%v", err)
		return
	}
	caught := 0
	for _, line := range linesAfterWhich(r.read.Run) {
		call.Stop = &Stop{Lines: line, Close: closes, Grace: s.options.Grace}
		h := s.call(ctx, call, r.bound(longReadTimeout), r.DeploymentMode)
		if h.err != nil {
			v.Fail("The read was stopped after line %d: %v.", line, h.err)
			return
		}
		if h.out.Stopped && look(h, line) {
			caught++
		}
	}
	if caught == 0 {
		v.Skip("the reads ended before they could be stopped; give the account more data")
	}
}

func sigterm(ctx context.Context, s *session, v *Verdict) {
	const terminated = 143
	var slowest time.Duration
	s.stopped(ctx, v, false, func(h *heard, line int) bool {
		if h.Code == 0 && isComplete(h) { // it was done before the signal arrived
			return false
		}
		slowest = max(slowest, h.out.Ended)
		switch h.Code {
		case terminated:
		case 0:
			v.Fail("The read got SIGTERM after line %d, left streams that are not COMPLETE, and "+
				"ended with exit code 0.", line)
		default:
			v.Fail("The read got SIGTERM after line %d and ended with exit code %d.", line, h.Code)
		}
		s.keepsRules(h, fmt.Sprintf("The read that got SIGTERM after line %d", line), v,
			transcript.LineRules)
		s.goesOn(ctx, h, line, v)
		return true
	})
	if slowest > 0 {
		v.Note("The slowest end took %v.", slowest.Round(time.Millisecond))
	}
}

// goesOn reads on from where a read was stopped. A full refresh begins anew, so nothing can be
// lost.
func (s *session) goesOn(ctx context.Context, stopped *heard, line int, v *Verdict) {
	r := s.longRead()
	call, err := r.call(ctx)
	if r.mode != protocol.SyncIncremental || err != nil {
		return
	}
	call.State = stopped.LastState()
	next := s.call(ctx, call, r.bound(longReadTimeout), r.DeploymentMode)
	if !next.mustEnd(v) {
		return
	}
	if lost := transcript.Missing(r.read.Run, stopped.Run, next.Run); len(lost) > 0 {
		v.Fail("The read got SIGTERM after line %d, and %d records of stream %s came neither "+
			"before nor in the read that resumed from its last state.", line, len(lost),
			lost[0].Stream)
	}
}

func isComplete(h *heard) bool {
	for _, d := range h.Asked {
		if h.LastStatus(d) != protocol.StatusComplete {
			return false
		}
	}
	return true
}

// closedOutput looks at runs of which it is certain that a write was refused: what fits into the
// pipe of a process never meets its end.
func closedOutput(ctx context.Context, s *session, v *Verdict) {
	const pipe = 1 << 20 // the largest that a process may ask for
	s.stopped(ctx, v, true, func(h *heard, line int) bool {
		rest := len(s.longRead().read.out.Stdout) - len(h.out.Stdout)
		refused := h.Code != 0 || h.out.Refused || rest > pipe
		if refused && h.Code == 0 {
			v.Fail("The output was closed after line %d, and the exit code is 0.", line)
		}
		return refused
	})
}

// attributesSubject is a catalog, of which more is asked.
type attributesSubject struct {
	*session
	test AttributesTest
}

func (s *session) attributesChecks(prefix string, test AttributesTest) []Check {
	const certified = "it is in the metadata.yaml of certified connectors, not in the connector"
	return slices.Concat(
		checksOf(prefix, &attributesSubject{s, test}, []look[*attributesSubject]{{
			"primary_keys", "a primary key of each stream that streams_without_primary_key does " +
				"not name",
			"Set source_defined_primary_key, or name the stream with a reason.",
			primaryKeys,
		}}),
		[]Check{
			skipped(prefix+"allowed_hosts", reasonOf(test.AllowedHosts, certified)),
			skipped(prefix+"suggested_streams", reasonOf(test.SuggestedStreams, certified)),
		},
	)
}

func reasonOf(r *Reason, otherwise string) string {
	if r == nil || r.Bypass == "" {
		return otherwise
	}
	return "bypassed by the config file: " + r.Bypass
}

func primaryKeys(ctx context.Context, s *attributesSubject, v *Verdict) {
	config, err := s.config(s.test.common)
	if err != nil {
		v.Fail("%v.", err)
		return
	}
	h := s.catalog(ctx, s.test.common, config)
	if h.err != nil || h.Catalog == nil {
		v.Skip("there is no catalog to look at")
		return
	}
	for _, stream := range h.Catalog.Streams {
		if len(stream.SourceDefinedPrimaryKey) == 0 &&
			!excused(s.test.WithoutKey, stream.Name) {
			v.Fail("Stream %s has no primary key.", stream.Descriptor())
		}
	}
}
