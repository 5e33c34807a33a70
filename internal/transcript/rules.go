package transcript

import (
	"fmt"
	"slices"
	"strings"

	"github.com/airbyte-go/cdk/internal/jsonraw"
	"github.com/airbyte-go/cdk/protocol"
	"github.com/airbyte-go/cdk/state"
)

// A Rule is one demand of the protocol on every run.
type Rule struct {
	Name string
	Want string // what is expected, a phrase
	Mend string // how to mend a breach, a sentence

	look func(r *Run, breach breacher)
}

type breacher = func(format string, args ...any)

// Breaches are the places where a run breaks the rule, a sentence each.
func (rule Rule) Breaches(r *Run) (sentences []string) {
	rule.look(r, func(format string, args ...any) {
		sentences = append(sentences, fmt.Sprintf(format, args...))
	})
	return sentences
}

// Breaches are the sentences of all the rules that a run breaks.
func (r *Run) Breaches(rules ...[]Rule) (sentences []string) {
	for _, rule := range slices.Concat(rules...) {
		sentences = append(sentences, rule.Breaches(r)...)
	}
	return sentences
}

// LineRules hold for what a connector writes at any moment. The platform passes over a few of these
// breaches in silence and fails the sync at others.
var LineRules = []Rule{
	{
		"lines_are_messages", "nothing but messages of the protocol on standard output",
		"Write for people to standard error or as LOG messages, and each message on one line.",
		linesAreMessages,
	},
	{
		"records_have_data", "records whose data is an object with at least one property",
		"Leave records without data out; the platform drops them and the counts then differ.",
		recordsHaveData,
	},
	{
		"records_are_asked_for", "records of the streams of the catalog only",
		"Read only the streams of --catalog; a record of another one fails the sync.",
		recordsAreAskedFor,
	},
	{
		"records_come_after_started", "the status STARTED before a stream's first record",
		"Write a STREAM_STATUS trace with STARTED when the reading of a stream begins.",
		recordsComeAfterStarted,
	},
	{
		"states_are_of_one_kind", "either STREAM or GLOBAL states, and no LEGACY one",
		"Give each state the type STREAM and a descriptor, or make all of them GLOBAL.",
		statesAreOfOneKind,
	},
	{
		"states_are_asked_for", "states of the streams of the catalog only",
		"Write states only for the streams of --catalog.",
		statesAreAskedFor,
	},
	{
		"counts_agree", "a sourceStats.recordCount equal to the records since the state before",
		"Count the records of a stream as they are written, and start anew after each state.",
		countsAgree,
	},
	{
		"statuses_are_in_order", "the statuses STARTED, RUNNING and COMPLETE or INCOMPLETE",
		"Write each status once, in this order; RUNNING may be repeated, also without a record.",
		statusesAreInOrder,
	},
	{
		"nothing_follows_the_end", "nothing of a stream after COMPLETE or INCOMPLETE",
		"Write the last record and the last state of a stream before its last status.",
		nothingFollowsTheEnd,
	},
	{
		"streams_fail_once", "one ERROR trace for each stream that fails",
		"Put everything a user must know into one trace; the platform shows the first.",
		streamsFailOnce,
	},
}

// EndRules hold for how a run ends.
var EndRules = []Rule{
	{
		"answers_come_once", "exactly one answer to spec, check and discover, and to read none",
		"Write one message of the type that the verb asks for.",
		answersComeOnce,
	},
	{
		"success_is_complete",
		"for exit code 0: every stream COMPLETE, with a state behind its last record",
		"End with another code when anything failed, and write a state for each stream, even an " +
			"empty one.",
		successIsComplete,
	},
	{
		"failure_is_explained", "for any other exit code: an ERROR trace that says why",
		"Write an ERROR trace with a sentence for the user before the process fails.",
		failureIsExplained,
	},
	{
		"streams_end", "a last status COMPLETE or INCOMPLETE for each stream that STARTED",
		"Write INCOMPLETE for the streams under way before the process fails.",
		streamsEnd,
	},
}

// linesAreMessages: the platform drops any other line, and with it a record that is written
// wrong.
func linesAreMessages(r *Run, breach breacher) {
	for _, l := range r.Lines {
		switch text := r.Texts[l.Number-1]; {
		case strings.TrimSpace(text) == "":
			breach("Line %d is empty.", l.Number)
		case l.Err != nil:
			breach("Line %d is not a message of the protocol (%v): %s", l.Number, l.Err, Clip(text))
		case !slices.Contains(messageTypes, l.Message.Type):
			breach("Line %d is of the unknown type %q.", l.Number, l.Message.Type)
		}
	}
}

var messageTypes = []protocol.MessageType{
	protocol.MessageRecord, protocol.MessageState, protocol.MessageLog, protocol.MessageSpec,
	protocol.MessageConnectionStatus, protocol.MessageCatalog, protocol.MessageTrace,
	protocol.MessageControl,
}

// answersComeOnce: the platform takes the first answer and ignores the others.
func answersComeOnce(r *Run, breach breacher) {
	counts := map[protocol.MessageType]int{}
	for _, m := range r.Messages {
		counts[m.Type]++
	}
	for _, a := range answers {
		switch n := counts[a.answer]; {
		case a.verb != r.Verb && n > 0:
			breach("%s was answered with a %s, the answer to %s.", r.Verb, a.answer, a.verb)
		case a.verb == r.Verb && n != 1 && r.Code == 0:
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
func recordsHaveData(r *Run, breach breacher) {
	for l := range r.Said() {
		record := l.Message.Record
		if record == nil {
			continue
		}
		isObject, empty := jsonraw.EmptyObject(record.Data)
		switch d := record.Descriptor(); {
		case !isObject:
			breach("Line %d: the data of a record of stream %s is not an object.", l.Number, d)
		case empty:
			breach("Line %d: the data of a record of stream %s is empty.", l.Number, d)
		}
	}
}

// recordsAreAskedFor: a record of another stream fails the sync.
func recordsAreAskedFor(r *Run, breach breacher) {
	for l := range r.Said() {
		if record := l.Message.Record; record != nil && !r.IsAsked(record.Descriptor()) {
			breach("Line %d: a record of stream %s, which is not in the catalog.", l.Number,
				record.Descriptor())
		}
	}
}

func recordsComeAfterStarted(r *Run, breach breacher) {
	started := map[protocol.Descriptor]bool{}
	for l := range r.Said() {
		if s := StatusOf(l.Message); s != nil {
			started[s.Descriptor] = true
		}
		if l.Message.Record != nil && !started[l.Message.Record.Descriptor()] {
			breach("Line %d: a record of stream %s, which has not STARTED.", l.Number,
				l.Message.Record.Descriptor())
		}
	}
}

// statesAreOfOneKind: the platform fails a sync at a LEGACY state, and at STREAM and GLOBAL
// mixed.
func statesAreOfOneKind(r *Run, breach breacher) {
	var kind protocol.StateType
	for l := range r.Said() {
		s := l.Message.State
		switch {
		case s == nil:
			continue
		case s.Type == protocol.StateStream && s.Stream != nil:
		case s.Type == protocol.StateGlobal && s.Global != nil:
		default:
			breach("Line %d: a state that is neither a STREAM nor a GLOBAL one.", l.Number)
			continue
		}
		if kind != "" && kind != s.Type {
			breach("Line %d: a %s state after %s states; a sync must keep to one kind.",
				l.Number, s.Type, kind)
		}
		kind = s.Type
	}
}

func statesAreAskedFor(r *Run, breach breacher) {
	for l := range r.Said() {
		s := l.Message.State
		if s != nil && s.Stream != nil && !r.IsAsked(s.Stream.Descriptor) {
			breach("Line %d: a state of stream %s, which is not in the catalog.", l.Number,
				s.Stream.Descriptor)
		}
	}
}

// countsAgree compares each state with the records since the one before it. The platform counts
// too, and calls a sync with a difference unreliable.
func countsAgree(r *Run, breach breacher) {
	var counter state.Counter
	for l := range r.Said() {
		if l.Message.Record != nil {
			counter.Add(l.Message.Record.Descriptor(), 1)
		}
		s := l.Message.State
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
			breach("Line %d: a state without sourceStats.recordCount.", l.Number)
		} else if says := *s.SourceStats.RecordCount; says != counted {
			breach("Line %d: the state says that %v records of %s came before it, but there were "+
				"%v.", l.Number, says, of, counted)
		}
	}
}

// statusesAreInOrder follows each stream from STARTED to its end. A stream that could not even
// start is INCOMPLETE at once.
func statusesAreInOrder(r *Run, breach breacher) {
	last := map[protocol.Descriptor]protocol.StreamStatus{}
	for l := range r.Said() {
		s := StatusOf(l.Message)
		if s == nil || isEnd(last[s.Descriptor]) { // nothingFollowsTheEnd speaks of what follows
			continue
		}
		before := last[s.Descriptor]
		if !slices.Contains(followers[before], s.Status) {
			if before == "" {
				before = "no status"
			}
			breach("Line %d: the status %s of stream %s follows %s.", l.Number, s.Status,
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
func nothingFollowsTheEnd(r *Run, breach breacher) {
	ended := map[protocol.Descriptor]protocol.StreamStatus{}
	for l := range r.Said() {
		d, what := subject(l.Message)
		if end, ok := ended[d]; ok && what != "" {
			breach("Line %d: %s of stream %s after its %s.", l.Number, what, d, end)
		}
		if s := StatusOf(l.Message); s != nil && isEnd(s.Status) {
			ended[d] = s.Status
		}
	}
}

// streamsFailOnce: a user reads the first error of a stream; others hide it.
func streamsFailOnce(r *Run, breach breacher) {
	failed := map[protocol.Descriptor]bool{}
	for l := range r.Said() {
		e := ErrorOf(l.Message)
		if e == nil || e.Descriptor == nil {
			continue
		}
		if failed[*e.Descriptor] {
			breach("Line %d: another ERROR trace of stream %s; one must say it all.", l.Number,
				e.Descriptor)
		}
		failed[*e.Descriptor] = true
	}
}

// successIsComplete: exit code 0 says that everything that was asked for is there.
func successIsComplete(r *Run, breach breacher) {
	if r.Code != 0 {
		return
	}
	for _, e := range r.Errors() {
		breach("Exit code 0 in spite of an ERROR trace: %s", Clip(e.Message))
	}
	if r.Verb != "read" {
		return
	}
	for _, d := range r.Expected() {
		if last := r.LastStatus(d); last != protocol.StatusComplete {
			breach("Exit code 0, but stream %s is not COMPLETE; its last status is %q.", d, last)
		}
		switch states, after := r.StatesOf(d); {
		case states == 0:
			breach("Exit code 0, but stream %s has no state; every stream needs one.", d)
		case after > 0:
			breach("Stream %s has no state after its last %d records.", d, after)
		}
	}
}

// failureIsExplained: without an ERROR trace a user learns no more than that something went
// wrong.
func failureIsExplained(r *Run, breach breacher) {
	if r.Code == 0 {
		return
	}
	traces := r.Errors()
	if len(traces) == 0 {
		breach("Exit code %d without an ERROR trace that says why.", r.Code)
		return
	}
	for _, d := range r.Expected() {
		if r.LastStatus(d) != protocol.StatusIncomplete {
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
func streamsEnd(r *Run, breach breacher) {
	if r.Code == 0 { // successIsComplete asks for more
		return
	}
	for _, d := range r.Expected() {
		if last := r.LastStatus(d); last != "" && !isEnd(last) {
			breach("The last status of stream %s is %s; it must end as COMPLETE or INCOMPLETE.",
				d, last)
		}
	}
}
