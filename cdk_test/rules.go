package cdktest

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/airbyte-go/cdk/internal/jsonraw"
	"github.com/airbyte-go/cdk/protocol"
	"github.com/airbyte-go/cdk/state"
)

// rule looks for breaches of one demand of the protocol and says each in a sentence.
type rule func(r *Result, breach func(format string, args ...any))

// lineRules hold for what a connector writes at any moment; endRules for how its run ends. The
// platform passes over a few of these breaches in silence and fails the sync at others.
var (
	lineRules = []rule{
		linesAreMessages,
		recordsHaveData,
		recordsAreAskedFor,
		recordsComeAfterStarted,
		statesAreOfOneKind,
		statesAreAskedFor,
		countsAgree,
		statusesAreInOrder,
		nothingFollowsTheEnd,
		streamsFailOnce,
	}
	endRules = []rule{
		answersComeOnce,
		successIsComplete,
		failureIsExplained,
		streamsEnd,
	}
)

// judge fails the test with every breach in the whole of a run.
func judge(t testing.TB, r *Result) *Result {
	t.Helper()
	for _, sentence := range slices.Concat(r.breaches(lineRules), r.breaches(endRules)) {
		t.Errorf("%s: %s", r.verb, sentence)
	}
	if r.Code != 0 {
		t.Logf("%s ended with exit code %d: %s", r.verb, r.Code, r.excuse())
	}
	return r
}

// breaches are the sentences of the rules that a run breaks.
func (r *Result) breaches(rules []rule) (sentences []string) {
	for _, rule := range rules {
		rule(r, func(format string, args ...any) {
			sentences = append(sentences, fmt.Sprintf(format, args...))
		})
	}
	return sentences
}

// excuse is what a run says about its failure.
func (r *Result) excuse() string {
	var said []string
	for _, e := range r.Errors() {
		said = append(said, e.Message)
	}
	if len(said) == 0 {
		return "it does not say why"
	}
	return strings.Join(said, " | ")
}

// linesAreMessages: the platform drops any other line, and with it a record that is written
// wrong.
func linesAreMessages(r *Result, breach func(string, ...any)) {
	for _, l := range r.lines {
		switch text := r.Lines[l.number-1]; {
		case strings.TrimSpace(text) == "":
			breach("Line %d is empty.", l.number)
		case l.err != nil:
			breach("Line %d is not a message of the protocol (%v): %s", l.number, l.err, clip(text))
		case !slices.Contains(messageTypes, l.message.Type):
			breach("Line %d is of the unknown type %q.", l.number, l.message.Type)
		}
	}
}

var messageTypes = []protocol.MessageType{
	protocol.MessageRecord, protocol.MessageState, protocol.MessageLog, protocol.MessageSpec,
	protocol.MessageConnectionStatus, protocol.MessageCatalog, protocol.MessageTrace,
	protocol.MessageControl,
}

// answersComeOnce: the platform takes the first answer and ignores the others.
func answersComeOnce(r *Result, breach func(string, ...any)) {
	counts := map[protocol.MessageType]int{}
	for _, m := range r.Messages {
		counts[m.Type]++
	}
	for _, a := range answers {
		switch n := counts[a.answer]; {
		case a.verb != r.verb && n > 0:
			breach("%s was answered with a %s, the answer to %s.", r.verb, a.answer, a.verb)
		case a.verb == r.verb && n != 1 && r.Code == 0:
			breach("%s must be answered with one %s, but there are %d.", a.verb, a.answer, n)
		}
	}
	s := r.ConnectionStatus
	if s != nil && s.Status == protocol.ConnectionFailed && s.Message == "" {
		breach("The check FAILED without a message that tells the user why.")
	}
	if r.Catalog != nil && len(r.Catalog.Streams) == 0 {
		breach("The catalog holds no stream.")
	}
}

var answers = []struct {
	verb   string
	answer protocol.MessageType
}{
	{"spec", protocol.MessageSpec},
	{"check", protocol.MessageConnectionStatus},
	{"discover", protocol.MessageCatalog},
}

// recordsHaveData: the platform drops a record without data in silence, and then the counts
// differ.
func recordsHaveData(r *Result, breach func(string, ...any)) {
	for l := range r.messages() {
		record := l.message.Record
		if record == nil {
			continue
		}
		isObject, empty := jsonraw.EmptyObject(record.Data)
		switch d := record.Descriptor(); {
		case !isObject:
			breach("Line %d: the data of a record of stream %s is not an object.", l.number, d)
		case empty:
			breach("Line %d: the data of a record of stream %s is empty.", l.number, d)
		}
	}
}

// recordsAreAskedFor: a record of another stream fails the sync.
func recordsAreAskedFor(r *Result, breach func(string, ...any)) {
	for l := range r.messages() {
		if record := l.message.Record; record != nil && !r.isAsked(record.Descriptor()) {
			breach("Line %d: a record of stream %s, which is not in the catalog.", l.number,
				record.Descriptor())
		}
	}
}

func recordsComeAfterStarted(r *Result, breach func(string, ...any)) {
	started := map[protocol.Descriptor]bool{}
	for l := range r.messages() {
		if s := statusOf(l.message); s != nil {
			started[s.Descriptor] = true
		}
		if l.message.Record != nil && !started[l.message.Record.Descriptor()] {
			breach("Line %d: a record of stream %s, which has not STARTED.", l.number,
				l.message.Record.Descriptor())
		}
	}
}

// statesAreOfOneKind: the platform fails a sync at a LEGACY state, and at STREAM and GLOBAL
// mixed.
func statesAreOfOneKind(r *Result, breach func(string, ...any)) {
	var kind protocol.StateType
	for l := range r.messages() {
		s := l.message.State
		switch {
		case s == nil:
			continue
		case s.Type == protocol.StateStream && s.Stream != nil:
		case s.Type == protocol.StateGlobal && s.Global != nil:
		default:
			breach("Line %d: a state that is neither a STREAM nor a GLOBAL one.", l.number)
			continue
		}
		if kind != "" && kind != s.Type {
			breach("Line %d: a %s state after %s states; a sync must keep to one kind.",
				l.number, s.Type, kind)
		}
		kind = s.Type
	}
}

func statesAreAskedFor(r *Result, breach func(string, ...any)) {
	for l := range r.messages() {
		s := l.message.State
		if s != nil && s.Stream != nil && !r.isAsked(s.Stream.Descriptor) {
			breach("Line %d: a state of stream %s, which is not in the catalog.", l.number,
				s.Stream.Descriptor)
		}
	}
}

// countsAgree compares each state with the records since the one before it. The platform counts
// too, and calls a sync with a difference unreliable.
func countsAgree(r *Result, breach func(string, ...any)) {
	var counter state.Counter
	for l := range r.messages() {
		if l.message.Record != nil {
			counter.Add(l.message.Record.Descriptor(), 1)
		}
		s := l.message.State
		if s == nil {
			continue
		}
		var of string
		var counted protocol.Count
		if s.Stream == nil {
			of, counted = "all streams", counter.TakeAll()
		} else {
			of, counted = "stream "+s.Stream.Descriptor.String(), counter.Take(s.Stream.Descriptor)
		}
		if s.SourceStats == nil || s.SourceStats.RecordCount == nil {
			breach("Line %d: a state without sourceStats.recordCount.", l.number)
		} else if says := *s.SourceStats.RecordCount; says != counted {
			breach("Line %d: the state says that %v records of %s came before it, but there were "+
				"%v.", l.number, says, of, counted)
		}
	}
}

// statusesAreInOrder follows each stream from STARTED to its end. A stream that could not even
// start is INCOMPLETE at once.
func statusesAreInOrder(r *Result, breach func(string, ...any)) {
	last := map[protocol.Descriptor]protocol.StreamStatus{}
	for l := range r.messages() {
		s := statusOf(l.message)
		if s == nil || isEnd(last[s.Descriptor]) { // nothingFollowsTheEnd speaks of what follows
			continue
		}
		before := last[s.Descriptor]
		if !slices.Contains(followers[before], s.Status) {
			if before == "" {
				before = "no status"
			}
			breach("Line %d: the status %s of stream %s follows %s.", l.number, s.Status,
				s.Descriptor, before)
		}
		last[s.Descriptor] = s.Status
	}
}

// followers are the statuses that may follow a status.
var followers = map[protocol.StreamStatus][]protocol.StreamStatus{
	"":                     {protocol.StatusStarted, protocol.StatusIncomplete},
	protocol.StatusStarted: {protocol.StatusRunning, protocol.StatusIncomplete},
	protocol.StatusRunning: {
		protocol.StatusRunning, protocol.StatusComplete, protocol.StatusIncomplete,
	},
}

func isEnd(s protocol.StreamStatus) bool {
	return s == protocol.StatusComplete || s == protocol.StatusIncomplete
}

// nothingFollowsTheEnd: the end of a stream is the platform's word to the destination that all is
// there.
func nothingFollowsTheEnd(r *Result, breach func(string, ...any)) {
	ended := map[protocol.Descriptor]protocol.StreamStatus{}
	for l := range r.messages() {
		d, what := subject(l.message)
		if end, ok := ended[d]; ok && what != "" {
			breach("Line %d: %s of stream %s after its %s.", l.number, what, d, end)
		}
		if s := statusOf(l.message); s != nil && isEnd(s.Status) {
			ended[d] = s.Status
		}
	}
}

// streamsFailOnce: a user reads the first error of a stream; others hide it.
func streamsFailOnce(r *Result, breach func(string, ...any)) {
	failed := map[protocol.Descriptor]bool{}
	for l := range r.messages() {
		e := errorOf(l.message)
		if e == nil || e.Descriptor == nil {
			continue
		}
		if failed[*e.Descriptor] {
			breach("Line %d: another ERROR trace of stream %s; one must say it all.", l.number,
				e.Descriptor)
		}
		failed[*e.Descriptor] = true
	}
}

// successIsComplete: exit code 0 says that everything that was asked for is there.
func successIsComplete(r *Result, breach func(string, ...any)) {
	if r.Code != 0 {
		return
	}
	for _, e := range r.Errors() {
		breach("Exit code 0 in spite of an ERROR trace: %s", clip(e.Message))
	}
	if r.verb != "read" {
		return
	}
	for _, d := range r.expected() {
		if last := r.lastStatus(d); last != protocol.StatusComplete {
			breach("Exit code 0, but stream %s is not COMPLETE; its last status is %q.", d, last)
		}
		switch states, after := r.statesOf(d); {
		case states == 0:
			breach("Exit code 0, but stream %s has no state; every stream needs one.", d)
		case after > 0:
			breach("Stream %s has no state after its last %d records.", d, after)
		}
	}
}

// failureIsExplained: without an ERROR trace a user learns no more than that something went
// wrong.
func failureIsExplained(r *Result, breach func(string, ...any)) {
	if r.Code == 0 {
		return
	}
	traces := r.Errors()
	if len(traces) == 0 {
		breach("Exit code %d without an ERROR trace that says why.", r.Code)
		return
	}
	for _, d := range r.expected() {
		if r.lastStatus(d) != protocol.StatusIncomplete {
			continue
		}
		explained := slices.ContainsFunc(traces, func(e *protocol.ErrorTrace) bool {
			return e.Descriptor == nil || *e.Descriptor == d // one without a stream is of them all
		})
		if !explained {
			breach("Stream %s is INCOMPLETE without an ERROR trace that says why.", d)
		}
	}
}

// streamsEnd: what has STARTED must come to an end, also when the connector fails.
func streamsEnd(r *Result, breach func(string, ...any)) {
	if r.Code == 0 { // successIsComplete asks for more
		return
	}
	for _, d := range r.expected() {
		if last := r.lastStatus(d); last != "" && !isEnd(last) {
			breach("The last status of stream %s is %s; it must end as COMPLETE or INCOMPLETE.",
				d, last)
		}
	}
}
