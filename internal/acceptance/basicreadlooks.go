package acceptance

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/airbyte-go/cdk/internal/jsonraw"
	"github.com/airbyte-go/cdk/protocol"
)

// basicRead is a full read of everything.
type basicRead struct {
	readSubject
	test BasicReadTest
	told []string // what the platform has found
}

func (s *session) basicReadChecks(prefix string, test BasicReadTest) []Check {
	r := &basicRead{
		readSubject: readSubject{
			session: s, common: test.common, prefix: prefix, catalogPath: test.CatalogPath,
			mode: protocol.SyncFullRefresh,
		}, test: test,
	}
	s.reads = append(s.reads, &r.readSubject)
	return slices.Concat(containerOf(prefix, test.Container), checksOf(prefix, r, basicReadLooks))
}

var basicReadLooks = slices.Concat(
	[]look[*basicRead]{succeeds[*basicRead]()},
	ruleLooks(),
	playedLooks,
	[]look[*basicRead]{
		{
			"has_records", "at least one record",
			"Give the test an account with data, or a config that finds it.",
			func(ctx context.Context, r *basicRead, v *Verdict) {
				if h, ok := r.begin(ctx, v); ok && len(h.Arrived()) == 0 {
					v.Fail("The read brought no record.")
				}
			},
		},
		{
			"no_empty_stream", "a record of each stream that empty_streams does not name",
			"Give the account data, or name the stream in empty_streams with a reason.",
			noEmptyStream,
		},
		{
			"schema", "records that keep to the json_schema of their stream, formats included",
			"Correct the schema or convert the value.",
			conformsToSchema,
		},
		{
			"extra_columns", "no properties beyond those of the schema",
			"Add the columns to the schema; destinations drop what it does not name.",
			extraColumns,
		},
		{
			"keys", "primary keys that are there, not null, no objects, and unique in each read",
			"Choose a key that each record has, and read no record twice.",
			keysAreUnique,
		},
		{
			"data_points", "a value for each column in at least one record",
			"Give the account data, or take the column out of the schema.",
			dataPoints,
		},
		{
			"expected_records", "the records of the file expect_records.path",
			"Bring the file up to date, or see why the record changed.",
			expectedRecords,
		},
		{
			"emitted_at", "an emitted_at in milliseconds that lies near the time of the read",
			"Write the present time in milliseconds since 1970 into emitted_at.",
			emittedAt,
		},
		{
			"unknown_stream", "a failure with an ERROR trace where the catalog names a stream " +
				"that is not there",
			"Compare the catalog with the streams of the source, and name the one that is missing.",
			unknownStream,
		},
		{
			"bad_catalog", "a failure with an ERROR trace for a catalog that cannot be read",
			"Say what is wrong with the file, and fail.",
			badCatalog,
		},
		{
			"file_types", "", "",
			func(_ context.Context, _ *basicRead, v *Verdict) {
				v.Skip("which types of files a source reads is asked of certified sources only")
			},
		},
	},
)

// excuse is why a rule is not looked at.
func (r *basicRead) excuse(rule string) string {
	switch {
	case rule == "statuses_are_in_order" && !isOn(r.test.Statuses):
		return "validate_stream_statuses is off"
	case (rule == "counts_agree" || rule == "states_are_of_one_kind") && !isOn(r.test.States):
		return "validate_state_messages is off"
	}
	return ""
}

// recordAt is a record and its place.
type recordAt struct {
	line int
	data json.RawMessage
}

// records are the records of a stream.
func (h *heard) records(d protocol.Descriptor) (records []recordAt) {
	for l := range h.Said() {
		if r := l.Message.Record; r != nil && r.Descriptor() == d {
			records = append(records, recordAt{l.Number, r.Data})
		}
	}
	return records
}

func noEmptyStream(ctx context.Context, r *basicRead, v *Verdict) {
	h, ok := r.begin(ctx, v)
	if !ok {
		return
	}
	for _, s := range r.streamsOf() {
		d := s.Stream.Descriptor()
		if len(h.records(d)) == 0 && !excused(r.test.Empty, d.Name) {
			v.Fail("Stream %s has no record.", d)
		}
	}
}

func conformsToSchema(ctx context.Context, r *basicRead, v *Verdict) {
	h, ok := r.begin(ctx, v)
	if !ok {
		return
	}
	if !isOn(r.test.Schema) {
		v.Skip("validate_schema is off")
		return
	}
	for _, s := range r.streamsOf() {
		c, err := newConformer(s.Stream)
		if err != nil {
			v.Fail("The json_schema of stream %s cannot be used; see discovery.", s.Stream.Name)
			continue
		}
		for _, record := range h.records(s.Stream.Descriptor()) {
			for _, sentence := range c.violations(record.data) {
				v.Fail("Line %d, stream %s: %s.", record.line, s.Stream.Name, sentence)
			}
		}
	}
}

func extraColumns(ctx context.Context, r *basicRead, v *Verdict) {
	h, ok := r.begin(ctx, v)
	if !ok {
		return
	}
	if !isOn(r.test.ExtraColumns) {
		v.Skip("fail_on_extra_columns is off")
		return
	}
	for _, s := range r.streamsOf() {
		columns := members(decode(s.Stream.JSONSchema), "properties")
		said := map[string]bool{}
		for _, record := range h.records(s.Stream.Descriptor()) {
			for _, name := range sorted(decode(record.data)) {
				if _, known := columns[name]; !known && !said[name] {
					said[name] = true
					v.Fail("Line %d, stream %s: the column %q is not in the schema.", record.line,
						s.Stream.Name, clip(name))
				}
			}
		}
	}
}

func keysAreUnique(ctx context.Context, r *basicRead, v *Verdict) {
	h, ok := r.begin(ctx, v)
	if !ok {
		return
	}
	for _, s := range r.streamsOf() {
		if len(s.Stream.SourceDefinedPrimaryKey) > 0 {
			uniqueKeys(h, s.Stream, isOn(r.test.KeyTypes), v)
		}
	}
}

// uniqueKeys looks at the keys of one stream. A stream with a cursor may bring the very same record
// twice, where its slices meet; that is worth a note, for appending destinations keep both.
func uniqueKeys(h *heard, s protocol.Stream, types bool, v *Verdict) {
	seen, repeated := map[string]recordAt{}, 0
	for _, record := range h.records(s.Descriptor()) {
		key := keyOf(record, s, types, v)
		first, twice := seen[key]
		switch {
		case !twice:
			seen[key] = record
		case len(s.DefaultCursorField) > 0 && jsonraw.Equal(first.data, record.data):
			repeated++
		default:
			v.Fail("Line %d, stream %s: the record has the key of line %d.", record.line, s.Name,
				first.line)
		}
	}
	if repeated > 0 {
		v.Note("Stream %s: %d records came twice, unchanged.", s.Name, repeated)
	}
}

// keyOf is the key of a record as a text.
func keyOf(record recordAt, s protocol.Stream, types bool, v *Verdict) string {
	var key strings.Builder
	for _, path := range s.SourceDefinedPrimaryKey {
		name := strings.Join(path, ".")
		value, ok := jsonraw.Member(record.data, path)
		switch {
		case !ok || jsonraw.IsNull(value):
			v.Fail("Line %d, stream %s: the key %s is null or missing.", record.line, s.Name, name)
		case types && (value[0] == '{' || value[0] == '['):
			v.Fail("Line %d, stream %s: the key %s is an object or an array.", record.line,
				s.Name, name)
		}
		key.Write(jsonraw.Canonical(value))
		key.WriteByte(0)
	}
	return key.String()
}

func dataPoints(ctx context.Context, r *basicRead, v *Verdict) {
	h, ok := r.begin(ctx, v)
	if !ok {
		return
	}
	if r.test.DataPoints == nil || !*r.test.DataPoints {
		v.Skip("validate_data_points is off")
		return
	}
	for _, s := range r.streamsOf() {
		missing := members(decode(s.Stream.JSONSchema), "properties")
		for _, record := range h.records(s.Stream.Descriptor()) {
			for name, value := range decode(record.data) {
				if value != nil {
					delete(missing, name)
				}
			}
		}
		if len(missing) > 0 && !excused(r.test.Empty, s.Stream.Name) {
			v.Fail("Stream %s has no value for: %s.", s.Stream.Name,
				strings.Join(sorted(missing), ", "))
		}
	}
}

// emittedAt allows for virtual time and for a kit that sets its clock once in a while. What it
// finds is a time in seconds, or one of a record instead of the read.
func emittedAt(ctx context.Context, r *basicRead, v *Verdict) {
	h, ok := r.begin(ctx, v)
	if !ok {
		return
	}
	early, late := time.Now().AddDate(-2, 0, 0), time.Now().AddDate(3, 0, 0)
	for l := range h.Said() {
		record := l.Message.Record
		if record == nil {
			continue
		}
		if at := time.UnixMilli(record.EmittedAt); at.Before(early) || at.After(late) {
			v.Fail("Line %d, stream %s: emitted_at is %d, which is %s.", l.Number,
				record.Descriptor(), record.EmittedAt, at.UTC().Format(time.RFC3339))
		}
	}
}

// unknownStream asks for a stream that is not there.
func unknownStream(ctx context.Context, r *basicRead, v *Verdict) {
	r.mustRefuse(ctx, "names a stream that is not there", v,
		func(streams []protocol.ConfiguredStream) []protocol.ConfiguredStream {
			streams[0].Stream.Name = "a_stream_that_is_not_there"
			return streams[:1]
		})
}

// badCatalog asks for a sync mode that does not exist.
func badCatalog(ctx context.Context, r *basicRead, v *Verdict) {
	if !isOn(r.test.TraceOnFailure) {
		v.Skip("expect_trace_message_on_failure is off")
		return
	}
	r.mustRefuse(ctx, "has sync modes that do not exist", v,
		func(streams []protocol.ConfiguredStream) []protocol.ConfiguredStream {
			for i := range streams {
				streams[i].SyncMode, streams[i].DestinationSyncMode = "incorrect", "incorrect"
			}
			return streams
		})
}

// mustRefuse reads with a catalog that was made wrong.
func (r *basicRead) mustRefuse(
	ctx context.Context, what string, v *Verdict,
	wrong func(streams []protocol.ConfiguredStream) []protocol.ConfiguredStream,
) {
	call, err := r.call(ctx)
	if err != nil {
		v.Skip("%v", err)
		return
	}
	call.Catalog = configuredCatalog(wrong(r.streamsOf()))
	h := r.session.call(ctx, call, r.bound(readTimeout), r.DeploymentMode)
	if !h.mustEnd(v) {
		return
	}
	if h.Code == 0 {
		v.Fail("The catalog %s, and the exit code is 0.", what)
	}
	explained := slices.ContainsFunc(h.Errors(), func(e *protocol.ErrorTrace) bool {
		return e.Message != ""
	})
	if !explained {
		v.Fail("The catalog %s, and there is no ERROR trace with a message.", what)
	}
	h.mustNotCrash(v)
}
