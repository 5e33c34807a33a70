package conformance

import (
	"context"

	"github.com/airbyte-go/cdk/internal/platform"
	"github.com/airbyte-go/cdk/protocol"
)

var (
	dedups         = []protocol.DestinationSyncMode{dedupMode}
	dedupReplacing = []protocol.DestinationSyncMode{dedupMode, overwriteMode}
)

var dedupLooks = []writeLook{
	{
		name: "dedup", want: "one row for each key, that of the greatest cursor",
		mend:  "Replace a row only by one whose cursor is not older, in one batch and in another.",
		needs: dedups, at: dedup,
	},
	{
		name: "dedup_ties", want: "of records with one cursor the last one",
		mend:  "Where cursors are equal, the later extraction counts, and then the later record.",
		needs: dedups, at: dedupTies,
	},
	{
		name: "dedup_with_string_key", want: "one row for each key of several texts",
		mend:  "Compare all fields of the key, and texts by their characters.",
		needs: dedups, at: dedupWithStringKey,
	},
	{
		name: "dedup_change_cursor", want: "rows with a new cursor newer than those without",
		mend:  "Take a missing cursor for older than any other.",
		needs: dedups, at: dedupChangeCursor,
	},
	{
		name: "dedup_change_pk", want: "one row for each value of the new key",
		mend:  "Look for older rows by the key of this catalog.",
		needs: dedups, at: dedupChangeKey,
	},
	{
		name: "truncate_dedup", want: "one row for each key of the last sync, and no others",
		mend:  "Deduplicate what replaces, too.",
		needs: dedupReplacing, counted: true, at: truncateDedup,
	},
}

const (
	early  = `"at":"2024-01-01T00:00:00Z"}`
	middle = `"at":"2024-01-02T00:00:00Z"}`
	late   = `"at":"2024-01-03T00:00:00Z"}`
)

func dedup(ctx context.Context, w *writing, v *verdict) {
	s := w.stream("t", userProperties).dedup("at", "id")
	if !w.plain(ctx, v, s, record(s, `{"id":1,"name":"a",`+middle),
		record(s, `{"id":1,"name":"older",`+early), record(s, `{"id":2,"name":"b",`+middle),
		stateOf(s)) {
		return
	}
	w.hasWhen(ctx, v, "after the first sync", s, `{"id":1,"name":"a"}`, `{"id":2,"name":"b"}`)
	if w.plain(ctx, v, s, record(s, `{"id":1,"name":"older",`+early),
		record(s, `{"id":2,"name":"c",`+late), record(s, `{"id":3,"name":"d",`+early), stateOf(s)) {
		w.hasWhen(ctx, v, "after the second sync", s, `{"id":1,"name":"a"}`,
			`{"id":2,"name":"c"}`, `{"id":3,"name":"d"}`)
	}
}

func dedupTies(ctx context.Context, w *writing, v *verdict) {
	s := w.stream("t", userProperties).dedup("at", "id")
	if !w.plain(ctx, v, s, record(s, `{"id":1,"name":"a",`+early), stateOf(s)) {
		return
	}
	if w.plain(ctx, v, s, record(s, `{"id":1,"name":"b",`+early), stateOf(s)) {
		w.hasWhen(ctx, v, "with one cursor in two syncs", s, `{"id":1,"name":"b"}`)
	}
	const moment = firstEmitted + 86_400_000
	if w.plain(ctx, v, s, recordAt(s, moment, `{"id":2,"name":"c",`+early),
		recordAt(s, moment, `{"id":2,"name":"a",`+early),
		recordAt(s, moment, `{"id":2,"name":"b",`+early), stateOf(s)) {
		w.hasWhen(ctx, v, "with one cursor and one emitted_at", s, `{"id":1,"name":"b"}`,
			`{"id":2,"name":"b"}`)
	}
}

func dedupWithStringKey(ctx context.Context, w *writing, v *verdict) {
	s := w.stream("t", `{"k":{"type":"string"},"l":{"type":"string"},"name":{"type":"string"}}`)
	s = s.dedup("", "k", "l")
	if w.plain(ctx, v, s, record(s, `{"k":"a","l":"x","name":"1"}`),
		record(s, `{"k":"A","l":"x","name":"2"}`), record(s, `{"k":"a","l":"y","name":"3"}`),
		record(s, `{"k":"a","l":"x","name":"4"}`), stateOf(s)) {
		w.has(ctx, v, s, `{"k":"A","l":"x","name":"2"}`, `{"k":"a","l":"y","name":"3"}`,
			`{"k":"a","l":"x","name":"4"}`)
	}
}

func dedupChangeCursor(ctx context.Context, w *writing, v *verdict) {
	s := w.stream("t", `{"id":{"type":"integer"},"name":{"type":"string"},"n":{"type":"integer"}}`)
	s = s.dedup("n", "id")
	if !w.plain(ctx, v, s, record(s, `{"id":1,"name":"a","n":9}`), stateOf(s)) {
		return
	}
	s = s.with(`{"id":{"type":"integer"},"name":{"type":"string"},"m":{"type":"integer"}}`)
	s = s.dedup("m", "id")
	if !w.plain(ctx, v, s, record(s, `{"id":1,"name":"b","m":1}`), stateOf(s)) {
		return
	}
	w.hasWhen(ctx, v, "with another cursor", s, `{"id":1,"name":"b"}`)
	if w.plain(ctx, v, s, record(s, `{"id":1,"name":"c"}`), stateOf(s)) {
		w.hasWhen(ctx, v, "after a record without a cursor", s, `{"id":1,"name":"b"}`)
	}
}

func dedupChangeKey(ctx context.Context, w *writing, v *verdict) {
	properties := `{"id":{"type":"integer"},"id2":{"type":"integer"},"name":{"type":"string"}}`
	s := w.stream("t", properties).dedup("", "id")
	if !w.plain(ctx, v, s, record(s, `{"id":1,"id2":7,"name":"a"}`),
		record(s, `{"id":2,"id2":8,"name":"b"}`), stateOf(s)) {
		return
	}
	s = s.dedup("", "id2")
	if w.plain(ctx, v, s, record(s, `{"id":1,"id2":9,"name":"c"}`),
		record(s, `{"id":4,"id2":7,"name":"d"}`), stateOf(s)) {
		w.has(ctx, v, s, `{"id2":7,"name":"d"}`, `{"id2":8,"name":"b"}`, `{"id2":9,"name":"c"}`)
	}
}

func truncateDedup(ctx context.Context, w *writing, v *verdict) {
	s := w.stream("t", userProperties).replacing()
	if !w.prior(ctx, v, s) {
		return
	}
	s = s.dedup("at", "id")
	s.DestinationSyncMode = platform.OverwriteDedup
	if w.plain(ctx, v, s, record(s, `{"id":2,"name":"a",`+early),
		record(s, `{"id":2,"name":"b",`+late), record(s, `{"id":3,"name":"c",`+early), stateOf(s)) {
		w.has(ctx, v, s, `{"id":2,"name":"b"}`, `{"id":3,"name":"c"}`)
	}
}
