package platform

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/airbyte-go/cdk/internal/envelope"
	"github.com/airbyte-go/cdk/internal/jsonraw"
	"github.com/airbyte-go/cdk/protocol"
)

const (
	// longLine is the number of characters from which the platform warns of a line (A.9).
	longLine = 20_000_000
	// forwardSize is what a pipe takes at once.
	forwardSize = 64 << 10
	// shownOfLine is how much of a line that is no message is logged.
	shownOfLine = 500
)

// errHungUp says that the destination takes no more input.
var errHungUp = errors.New("the destination does not take its input any more")

// intake reads what the source writes and passes on RECORD and STATE, and nothing else (A.9, stream
// status). It is used by one goroutine.
type intake struct {
	*attempt

	to   *bufio.Writer // the destination's input
	env  envelope.Message
	last *streamOf // of the last record: most come in runs
	beat bool      // there was a RECORD or STATE since the last look
}

// streamOf is a stream of the catalog as the intake needs it.
type streamOf struct {
	*StreamReport

	names       protocol.Descriptor
	mode        protocol.SyncMode
	isResumable bool
	keys        [][]string // of which one must be there; nil: none
	stated      bool       // the source has written a state of it
}

func newIntake(a *attempt, to io.Writer) *intake {
	return &intake{attempt: a, to: bufio.NewWriterSize(&timed{a, to}, forwardSize)}
}

// timed notes when a write to the destination blocks.
type timed struct {
	*attempt

	w io.Writer
}

func (t *timed) Write(p []byte) (int, error) {
	t.blocked.Store(time.Now().UnixNano())
	n, err := t.w.Write(p)
	t.blocked.Store(0)
	t.lastBeat.Store(time.Now().UnixNano()) // the source could not be heard meanwhile
	if err != nil {
		err = fmt.Errorf("%w: %w", errHungUp, err)
	}
	return n, err
}

// pulse is the source's output. All that was passed on is flushed before the next read, which may
// block, so that nothing is kept back from the destination while the source is silent.
type pulse struct {
	*intake

	r io.Reader
}

func (p *pulse) Read(b []byte) (int, error) {
	if p.beat {
		p.beat = false
		p.lastBeat.Store(time.Now().UnixNano())
	}
	if err := p.to.Flush(); err != nil {
		return 0, err
	}
	return p.r.Read(b)
}

// read passes on what comes until the source's output ends. An error is the reason why the sync
// cannot go on.
func (in *intake) read(r io.Reader) error {
	lines := protocol.NewReader(&pulse{intake: in, r: r}, protocol.ReaderOptions{})
	for line, err := range lines.Lines() {
		switch {
		case errors.Is(err, protocol.ErrLineTooLong):
			return fmt.Errorf("line %d of the source's output is too long to be read", lines.Line())
		case err != nil:
			return err
		}
		if err := in.handle(line); err != nil {
			return err
		}
	}
	return nil
}

func (in *intake) handle(line []byte) error {
	if len(line) >= longLine && utf8.RuneCount(line) >= longLine {
		in.found(Source, "A line has more than 20,000,000 characters, of which the platform warns.")
	}
	if in.env.Open(line) != nil || jsonraw.Valid(line) != nil {
		in.stray(Source, line)
		return nil //nolint:nilerr // it is dropped
	}
	switch in.env.Kind {
	case protocol.MessageRecord:
		return in.record(line)
	case protocol.MessageState:
		return in.state(line)
	default:
		return in.other(line)
	}
}

// stray judges a line that is no message. The platform logs and drops it, and warns where it
// may have been a record (A.9).
func (a *attempt) stray(origin Origin, line []byte) {
	if line[0] == '{' && bytes.Contains(line, []byte(`RECORD`)) {
		a.found(origin, "A line that mentions RECORD cannot be read and is dropped.")
	} else {
		a.found(origin, "A line of standard output is no message; the platform logs it and "+
			"goes on.")
	}
	a.say(origin, protocol.LevelInfo, strings.ToValidUTF8(string(
		line[:min(len(line), shownOfLine)]), "?"))
}

// record counts a record and passes it on, or drops it as the platform does.
func (in *intake) record(line []byte) error {
	name, namespace, named := in.env.Names()
	if !in.env.IsRecord || !named || len(name) == 0 {
		in.found(Source, "A RECORD names no stream; the platform drops it without a word.")
		return nil
	}
	s, err := in.find(name, namespace)
	if err != nil {
		return err
	}
	if reason := in.env.Judge(); reason != nil {
		in.mu.Lock()
		s.Dropped++
		in.note(Source, "A RECORD of stream %s is dropped by the platform without a word: %v.",
			s.names, reason)
		in.mu.Unlock()
		return nil
	}
	if s.keys != nil && !hasKey(in.env.Data, s.keys) {
		return fmt.Errorf("a record of stream %s, which is to be deduplicated, has no value in "+
			"any field of its primary key; the platform fails such a sync", s.names)
	}
	in.beat = true
	bytes := int64(len(in.env.Data))
	in.mu.Lock()
	in.ledger.count(s.StreamReport, bytes)
	s.Records++
	s.Bytes += bytes
	s.attempt.records++
	s.attempt.bytes += bytes
	s.RateLimited = false
	in.mu.Unlock()
	return in.forward(line)
}

// find returns the stream of a record. One that the catalog does not have fails the sync (A.9).
func (in *intake) find(name, namespace []byte) (*streamOf, error) {
	if s := in.last; s != nil && string(name) == s.names.Name &&
		string(namespace) == s.names.Namespace {
		return s, nil
	}
	d := protocol.Descriptor{Name: string(name), Namespace: string(namespace)}
	s := in.streams[d]
	if s == nil {
		return nil, fmt.Errorf("the source wrote a record of stream %s, which the configured "+
			"catalog does not have; the platform fails such a sync", d)
	}
	in.last = s
	return s, nil
}

// hasKey tells whether a field of the key has a value.
func hasKey(data []byte, keys [][]string) bool {
	for _, path := range keys {
		if value, ok := jsonraw.Member(data, path); ok && !jsonraw.IsNull(value) {
			return true
		}
	}
	return false
}

// forward passes a line on.
func (in *intake) forward(line []byte) error {
	if _, err := in.to.Write(line); err != nil {
		return err
	}
	return in.to.WriteByte('\n')
}

// state numbers a state and passes it on.
func (in *intake) state(line []byte) error {
	m, err := protocol.Parse(line)
	if err != nil {
		in.stray(Source, line)
		return nil //nolint:nilerr // it is dropped
	}
	if !isReadable(m.State) {
		in.found(Source, "A state names no stream or holds no object; the platform cannot read "+
			"it and drops it.")
		in.stray(Source, line)
		return nil
	}
	in.beat = true
	if err := in.admit(m.State); err != nil {
		return err
	}
	return in.pass(m)
}

// isReadable tells whether a state file can hold a state: it names its streams, each once, and what
// it has of them are objects, or null, which starts over (A.3).
func isReadable(st *protocol.State) bool {
	var one States
	one.Take(st)
	_, err := ParseStates(one.File())
	return err == nil
}

// pass writes a message that was changed on its way, and all before it.
func (in *intake) pass(m *protocol.Message) error {
	text, err := m.MarshalJSON()
	if err != nil {
		return fmt.Errorf("a %s message cannot be passed on: %w", m.Type, err)
	}
	if err := in.forward(text); err != nil {
		return err
	}
	return in.to.Flush()
}

func (in *intake) admit(st *protocol.State) error {
	in.mu.Lock()
	defer in.mu.Unlock()
	if err := in.ledger.checkKind(st); err != nil {
		return err
	}
	var scope *StreamReport
	covered := in.ordered
	if st.Stream != nil {
		s := in.streams[st.Stream.Descriptor]
		if s == nil {
			in.note(Source, "A state is of stream %s, which the configured catalog does not have.",
				st.Stream.Descriptor)
			s = in.ledger.stranger(st.Stream.Descriptor)
		}
		scope, covered = s.StreamReport, []*streamOf{s}
	}
	own, theirs := in.ledger.enrich(st, scope)
	for _, s := range covered {
		s.stated = true
		s.States++
		in.ledger.covers(s.StreamReport, *st.ID)
	}
	if theirs != nil && *theirs != float64(own) {
		in.noteFirst("sourceStats of "+scopeName(st), Source, fmt.Sprintf(
			"A state of %s says %v records in sourceStats, and %d came.",
			scopeName(st), *theirs, own))
	}
	if in.ledger.doubled {
		in.note(Source, "Two states have one id; the platform declares its counts unreliable.")
	}
	return nil
}

// scopeName says for a sentence what a state speaks of.
func scopeName(st *protocol.State) string {
	if st.Stream != nil {
		return "stream " + st.Stream.Descriptor.String()
	}
	return "all streams"
}
