package conformance

import (
	"context"
	"fmt"
	"strings"

	"github.com/airbyte-go/cdk/internal/jsonraw"
	"github.com/airbyte-go/cdk/protocol"
)

// userProperties are those of most streams.
const userProperties = `{"id":{"type":"integer"},"name":{"type":"string"},` +
	`"at":{"type":"string","format":"date-time"}}`

var basicWriteLooks = []writeLook{
	{
		name: "basic_write",
		want: "all rows, all states back with their ids and true counts, and exit code 0",
		mend: "Load what comes before a state, then write the state back as it came, with " +
			"destinationStats.",
		at: basicWrite,
	},
	{
		name: "basic_write_file", want: "files", mend: "",
		at: func(_ context.Context, _ *writing, v *verdict) {
			v.Skip("the kit does not support files, so that there is nobody to send one")
		},
	},
	{
		name: "namespaces", want: "streams of one name in several namespaces, kept apart",
		mend: "Keep streams by namespace and name. The namespace may be missing.",
		at:   namespaces,
	},
	{
		name: "funky_characters", want: "streams, columns and values with any character",
		mend: "Quote names and values, or replace what the system does not take so that two " +
			"names stay two.",
		at: funkyCharacters,
	},
	{
		name: "nul_characters", want: "the row of a text with NUL, with NUL or without",
		mend: "Take NUL out of texts where the system cannot hold it, and do not fail.",
		at:   nulCharacters,
	},
	{
		name: "many_streams", want: "all rows of many streams that come in turn",
		mend: "Keep a batch for each stream.",
		at:   manyStreams,
	},
	{
		name: "rejected_records", want: "the other rows, and the rejected record counted as " +
			"rejectedRecordCount",
		mend: "Count what is not loaded in destinationStats.rejectedRecordCount of the next state.",
		at:   rejectedRecords,
	},
	{
		name: "crash_in_input_loop", want: "a failure when the input ends within a record, and " +
			"all rows after the next attempt",
		mend: "Fail when the last line has no end, and write no state back that was not loaded.",
		at:   crashInInputLoop,
	},
}

func basicWrite(ctx context.Context, w *writing, v *verdict) {
	users := w.stream("users", userProperties)
	rows := []string{
		`{"id":1,"name":"a","at":"2024-01-02T03:04:05Z"}`, `{"id":2,"name":"b"}`,
		`{"id":3,"name":null,"at":null}`, `{"id":4,"name":""}`,
	}
	if !w.plain(ctx, v, users, record(users, rows[0]), record(users, rows[1]), stateOf(users),
		record(users, rows[2]), record(users, rows[3]), stateOf(users)) {
		w.lost[w.world] = w.name + "/basic_write"
		return
	}
	w.has(ctx, v, users, rows...)
}

func namespaces(ctx context.Context, w *writing, v *verdict) {
	var streams []stream
	var sayings []saying
	for _, namespace := range []string{"one", `Two "2"`, ""} {
		s := w.stream("t", userProperties).in(namespace)
		streams = append(streams, s)
		sayings = append(sayings, record(s, fmt.Sprintf(`{"id":%d}`, len(streams))), stateOf(s))
	}
	if !w.write(ctx, v, plot{streams: streams, sayings: sayings}) {
		return
	}
	for i, s := range streams {
		w.has(ctx, v, s, fmt.Sprintf(`{"id":%d}`, i+1))
	}
}

// funkyNames are names that are something else in some language.
var funkyNames = []string{
	`select`, `a"b`, `a'b`, "a`b", `a;DROP TABLE x--`, `with space`, `1st`, `dollar$`, `per%cent`,
	`back\slash`, `a/b`, `../up`, `brace{}`, `dot.ted`, "\u00fcml\u00e4ut", "\u65e5\u672c", `?`,
	`$1`, `a[0]`, `*`,
}

func funkyCharacters(ctx context.Context, w *writing, v *verdict) {
	properties, row := []string{`"id":{"type":"integer"}`}, []string{`"id":1`}
	for _, name := range funkyNames {
		quoted := string(jsonraw.AppendString(nil, name))
		properties = append(properties, quoted+`:{"type":"string"}`)
		row = append(row, quoted+":"+quoted)
	}
	data := "{" + strings.Join(row, ",") + "}"
	var streams []stream
	var sayings []saying
	for _, name := range funkyNames {
		s := w.stream(name, "{"+strings.Join(properties, ",")+"}")
		streams = append(streams, s)
		sayings = append(sayings, record(s, data), stateOf(s))
	}
	if !w.write(ctx, v, plot{streams: streams, sayings: sayings}) {
		return
	}
	for _, s := range streams {
		w.has(ctx, v, s, data)
	}
}

func nulCharacters(ctx context.Context, w *writing, v *verdict) {
	s := w.stream("t", userProperties)
	if w.plain(ctx, v, s, record(s, `{"id":1,"name":"a\u0000b"}`), record(s, `{"id":2}`),
		stateOf(s)) {
		w.has(ctx, v, s, `{"id":1}`, `{"id":2}`)
	}
}

func manyStreams(ctx context.Context, w *writing, v *verdict) {
	const count, rounds = 30, 4
	var streams []stream
	for i := range count {
		streams = append(streams, w.stream(fmt.Sprintf("n%d", i), userProperties))
	}
	want := map[protocol.Descriptor][]string{}
	var sayings []saying
	for round := range rounds {
		for i, s := range streams {
			row := fmt.Sprintf(`{"id":%d,"name":"%d"}`, round, i)
			want[s.of()] = append(want[s.of()], row)
			sayings = append(sayings, record(s, row))
			if (round+i)%2 == 1 || round == rounds-1 {
				sayings = append(sayings, stateOf(s))
			}
		}
	}
	if !w.write(ctx, v, plot{streams: streams, sayings: sayings}) {
		return
	}
	for _, s := range streams {
		w.has(ctx, v, s, want[s.of()]...)
	}
}

func rejectedRecords(ctx context.Context, w *writing, v *verdict) {
	if w.Rejected == "" {
		v.Fail("It is not known which record the destination rejects. Give the data of one as " +
			"Rejected, or skip the check with the reason why it rejects none.")
		return
	}
	s := w.stream("t", userProperties)
	report := w.sync(ctx, v, plot{streams: []stream{s}, sayings: []saying{
		record(s, `{"id":1}`), record(s, w.Rejected), record(s, `{"id":3}`), stateOf(s),
	}})
	if report == nil {
		return
	}
	if n := report.Streams[0].Rejected; n != 1 {
		v.Fail("The states say that %d records were rejected, and one was to be.", n)
	}
	w.has(ctx, v, s, `{"id":1}`, `{"id":3}`)
}

func crashInInputLoop(ctx context.Context, w *writing, v *verdict) {
	s := w.stream("t", userProperties)
	story := plot{streams: []stream{s}, sayings: []saying{
		record(s, `{"id":1}`), record(s, `{"id":2}`), waiting(stateOf(s)), record(s, `{"id":3}`),
		record(s, `{"id":4}`), stateOf(s),
	}, cuts: 4, attempts: 2}
	report := w.sync(ctx, v, story)
	if report == nil {
		return
	}
	w.mustFail(v, report, "its input ended in the midst of a record")
	w.eventually(ctx, v, report, s, `{"id":1}`, `{"id":2}`, `{"id":3}`, `{"id":4}`)
}
