package conformance

import (
	"context"
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/airbyte-go/cdk/internal/acceptance"
	"github.com/airbyte-go/cdk/protocol"
)

// Kills says how a destination is killed.
type Kills struct {
	// Number is how often it is killed. Defaults to 10.
	Number int
	// Other ends something else that the destination needs, such as its database, and starts it
	// again. Every second kill is one of it then, and the destination must fail by itself. Nil:
	// only the destination is killed.
	Other func() error
}

const (
	defaultKills = 10
	killRecords  = 1000 // of each stream in a round
	killStep     = 100  // records of a stream between two states
	killKeys     = 97
	// mostDelay is how long a kill comes behind the state that it waits for.
	mostDelay = 60 * time.Millisecond
	// patience is how long it waits for that state.
	patience = 5 * time.Second
)

// Kill kills a destination at random moments of a sync and goes on from the last state that came
// back, as the platform does. It is in the world of the registry, where a stream that is replaced
// is gone on with, too. The sync has as many rounds as the kills need; each has a new generation of
// the stream that is replaced.
//
// After each kill what was acknowledged must be there, and of the stream that is replaced the old
// rows or all of the new ones. At the end the streams hold what was sent.
func Kill(ctx context.Context, d Destination, kills Kills) *acceptance.Verdict {
	v := new(verdict)
	k := &killing{Destination: d, kills: kills, v: v}
	if k.kills.Number == 0 {
		k.kills.Number = defaultKills
	}
	if k.begin(ctx) {
		k.run(ctx)
	}
	return v
}

// killing is a sync that is killed again and again.
type killing struct {
	Destination

	kills Kills
	v     *verdict

	streams []*killedStream
	round   int64
	stateID int
	done    int // kills so far
	useful  int // of these, how many came after a state of their attempt
}

// killedStream is a stream of such a sync. Its records are numbered.
type killedStream struct {
	stream

	kind  string
	first int // number before the first record of the round
	sent  int // number of the last record that was sent
	acked int // number of the last record that a state has covered
}

func (s *killedStream) last() int { return s.first + killRecords }

// begin asks the spec what the destination can do, and writes a first round undisturbed.
func (k *killing) begin(ctx context.Context) bool {
	t := newTrial(k.Destination)
	answer, err := t.ask(ctx, "spec", nil)
	if err != nil {
		k.v.Fail("There was no spec: %v.", err)
		return false
	}
	w := &writing{trial: t, world: registryWorld, check: t.token}
	properties := `{"n":{"type":"integer"},"k":{"type":"integer"},"g":{"type":"integer"},` +
		`"text":{"type":"string"}}`
	for _, one := range []struct {
		mode protocol.DestinationSyncMode
		kind string
	}{{appendMode, "appended"}, {dedupMode, "merged"}, {overwriteMode, "replaced"}} {
		if !slices.Contains(answer.Spec.SupportedDestinationSyncModes, one.mode) {
			k.v.Note("The spec does not offer %s, so no stream is %s.", one.mode, one.kind)
			continue
		}
		s := w.stream(one.kind, properties)
		if one.mode == dedupMode {
			s = s.dedup("n", "k")
		}
		k.streams = append(k.streams, &killedStream{stream: s, kind: one.kind})
	}
	return len(k.streams) > 0 && k.newRound(ctx)
}

// newRound begins a round and writes the first one.
func (k *killing) newRound(ctx context.Context) bool {
	k.round++
	for _, s := range k.streams {
		s.first = s.acked
		if s.kind == "replaced" {
			s.first, s.acked, s.sent = 0, 0, 0
		}
	}
	if k.round > 1 {
		return true
	}
	a := k.attempt(ctx, nil)
	return a != nil && k.expects(nil, a) && k.look(ctx, true) && k.newRound(ctx)
}

// run kills until it is enough, and then lets the sync end.
func (k *killing) run(ctx context.Context) {
	for k.done < k.kills.Number {
		how := k.choose()
		if k.left() == 0 && rand.IntN(2) == 0 {
			how = nil // or a round would end with kills of processes that have nothing to do
		}
		a := k.attempt(ctx, how)
		if a == nil || !k.expects(how, a) || !k.look(ctx, a.code == 0) {
			return
		}
		if a.code == 0 {
			k.newRound(ctx)
		}
	}
	a := k.attempt(ctx, nil)
	switch {
	case a == nil || !k.expects(nil, a):
	case k.useful == 0:
		k.v.Fail("No state came back before any kill, so that nothing was proved. Run the " +
			"destination with small batches and often written states, such as BatchRecords(150) " +
			"and StateInterval(time.Millisecond).")
	default:
		k.look(ctx, true)
	}
}

// expects reports whether an attempt ended as it had to, and counts a kill.
func (k *killing) expects(how *death, a *killedAttempt) bool {
	switch ended := a.code == 0; {
	case how == nil && ended, how != nil && how.atEnd && ended: // it was quicker than the kill
		return true
	case how == nil:
		k.v.Fail("A write that nobody killed ended with exit code %d.%s", a.code, a.lastWords())
		return false
	case ended || !how.other && !wasKilled(a.code):
		k.v.Fail("The destination ended by itself with exit code %d, before or although %s.%s",
			a.code, how, a.lastWords())
		return false
	}
	k.done++
	if a.states > 0 {
		k.useful++
	}
	k.v.Note("Kill %d: %s; acknowledged: %s.", k.done, how, k.reached())
	return true
}

// wasKilled tells whether an exit code is that of SIGKILL. Windows has no such code.
func wasKilled(code int) bool {
	const killed = 128 + 9
	return code == killed || runtime.GOOS == "windows"
}

// reached says what was acknowledged.
func (k *killing) reached() string {
	var texts []string
	for _, s := range k.streams {
		texts = append(texts, fmt.Sprintf("%s %d", s.kind, s.acked))
	}
	return strings.Join(texts, ", ")
}

// death is how an attempt is killed.
type death struct {
	after  int // so many records
	atEnd  bool
	other  bool
	states int           // that must have come back, of those that were sent
	delay  time.Duration // behind the last of them
}

func (d *death) String() string {
	what := "it was killed"
	if d.other {
		what = "what it needs was killed"
	}
	if d.atEnd {
		return what + " after the end of its input"
	}
	return fmt.Sprintf("%s after %d records of its input", what, d.after)
}

// choose makes up the next death: mostly within the records that are left, or while the streams are
// being finished.
func (k *killing) choose() *death {
	d := &death{
		delay: rand.N(mostDelay).Round(time.Microsecond),
		other: k.kills.Other != nil && k.done%2 == 1,
	}
	left := k.left()
	const oneIn, quick = 3, 10
	switch {
	case left == 0: // the process has only to start and to finish its streams
		d.atEnd = true
	case rand.IntN(oneIn) == 0:
		d.atEnd, d.after = true, left
		d.delay /= quick // the streams are finished soon after the last state
	default:
		d.after = 1 + rand.IntN(left)
	}
	if d.states = left / killStep; !d.atEnd {
		each := d.after / len(k.streams) / killStep
		d.states = rand.IntN(1 + each*len(k.streams))
	}
	return d
}

// left is how many records of the round are not acknowledged.
func (k *killing) left() (n int) {
	for _, s := range k.streams {
		n += s.last() - s.acked
	}
	return n
}

// catalog is the text of the round's catalog.
func (k *killing) catalog() *protocol.ConfiguredCatalog {
	c := new(protocol.ConfiguredCatalog)
	for _, s := range k.streams {
		one, first, none := s.ConfiguredStream, int64(1), int64(0)
		one.GenerationID, one.MinimumGenerationID, one.SyncID = &first, &none, &k.round
		if s.kind == "replaced" {
			one.SyncMode = protocol.SyncFullRefresh
			one.GenerationID, one.MinimumGenerationID = &k.round, &k.round
		}
		c.Streams = append(c.Streams, one)
	}
	return c
}
