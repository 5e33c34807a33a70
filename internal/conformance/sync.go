package conformance

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/airbyte-go/cdk/internal/platform"
	"github.com/airbyte-go/cdk/internal/transcript"
	"github.com/airbyte-go/cdk/protocol"
)

// stream is a stream of a check.
type stream struct {
	protocol.ConfiguredStream
}

func (s stream) of() protocol.Descriptor { return s.Stream.Descriptor() }

// stream makes a stream of the check, which appends. Its name was never used before.
func (w *writing) stream(name, properties string) stream {
	return stream{protocol.ConfiguredStream{
		Stream: protocol.Stream{
			Name:       w.check + name,
			JSONSchema: []byte(`{"type":"object","properties":` + properties + `}`),
			SupportedSyncModes: []protocol.SyncMode{
				protocol.SyncFullRefresh, protocol.SyncIncremental,
			},
			IsResumable: true,
		},
		SyncMode: protocol.SyncIncremental, DestinationSyncMode: appendMode,
	}}
}

// replacing is the stream as one that is to be replaced.
func (s stream) replacing() stream {
	s.SyncMode, s.DestinationSyncMode = protocol.SyncFullRefresh, overwriteMode
	return s
}

// dedup is the stream with one row for each key; an empty cursor is none.
func (s stream) dedup(cursor string, key ...string) stream {
	s.DestinationSyncMode, s.PrimaryKey, s.CursorField = dedupMode, nil, nil
	for _, k := range key {
		s.PrimaryKey = append(s.PrimaryKey, []string{k})
	}
	if cursor != "" {
		s.CursorField = []string{cursor}
	}
	return s
}

// in is the stream in a namespace.
func (s stream) in(namespace string) stream {
	s.Stream.Namespace = namespace
	return s
}

// with is the stream with other properties.
func (s stream) with(properties string) stream {
	s.Stream.JSONSchema = []byte(`{"type":"object","properties":` + properties + `}`)
	return s
}

// sync plays a plot. It fails the check, and returns nil, where it could not be played.
func (w *writing) sync(ctx context.Context, v *verdict, p plot) *platform.Report {
	w.syncs++
	w.sent = append(w.sent, fmt.Sprintf("Sync %d sent, as %s.", w.syncs, &p))
	catalog := new(protocol.ConfiguredCatalog)
	for _, s := range p.streams {
		catalog.Streams = append(catalog.Streams, s.ConfiguredStream)
	}
	source := &script{
		number: w.syncs, sayings: p.sayings, streams: p.streams, fails: p.fails, again: p.again,
		back: make(chan struct{}, 1),
	}
	sync := &platform.Sync{
		Source: platform.InProcess(source.run),
		Destination: &tap{
			Connector: w.Connector, cuts: p.cuts, acked: p.acked, back: source.back,
		},
		DestinationConfig: w.Config, Catalog: catalog, Store: w.store,
		SupportsRefreshes: w.counted, ResumeFullRefresh: true, Attempts: p.attempts,
		DestinationTimeout: w.Timeout, Grace: w.Timeout,
		Backoff: func(int) time.Duration { return 0 },
	}
	report, err := sync.Run(ctx)
	if err != nil {
		v.Fail("The sync could not be played: %v.", err)
		return nil
	}
	w.judge(v, report)
	return report
}

// write plays a sync that must succeed, and reports whether it did.
func (w *writing) write(ctx context.Context, v *verdict, p plot) bool {
	report := w.sync(ctx, v, p)
	if report == nil {
		return false
	}
	if report.Outcome != platform.Succeeded {
		v.Fail("Sync %d of the check %s: %s", w.syncs, report.Outcome, why(report))
		return false
	}
	return true
}

// plain plays a sync that appends to streams.
func (w *writing) plain(ctx context.Context, v *verdict, s stream, sayings ...saying) bool {
	return w.write(ctx, v, plot{streams: []stream{s}, sayings: sayings})
}

// why are the reasons of the last attempt.
func why(r *platform.Report) string {
	last := r.Attempts[len(r.Attempts)-1]
	var reasons []string
	for _, f := range last.Failures {
		reasons = append(reasons, strings.TrimSuffix(f.Message, "."))
	}
	if len(reasons) == 0 {
		return "nobody said why."
	}
	return strings.Join(reasons, "; ") + "."
}

// numbers are what makes two sentences about one defect different.
var numbers = regexp.MustCompile(`[0-9]+`)

// judge fails with what the platform has found. What an earlier check has told is only noted.
func (w *writing) judge(v *verdict, r *platform.Report) {
	for _, f := range r.Findings {
		if f.Origin != platform.Destination {
			continue
		}
		kind := f.Text
		for _, s := range r.Streams {
			kind = strings.ReplaceAll(kind, s.Stream.String(), "")
		}
		kind = numbers.ReplaceAllString(kind, "")
		if w.said[kind] {
			v.Note("%s This was told before.", f.Text)
			continue
		}
		defer func() { w.said[kind] = true }()
		v.Fail("%s", f.Text)
	}
}

// has fails unless a stream holds the rows and no others.
func (w *writing) has(ctx context.Context, v *verdict, s stream, want ...string) {
	w.hasWhen(ctx, v, "", s, want...)
}

// hasWhen is has at a moment, a phrase like "after the failure".
func (w *writing) hasWhen(
	ctx context.Context, v *verdict, moment string, s stream, want ...string,
) {
	rows, err := w.Rows(ctx, s.of())
	if err != nil {
		v.Fail("The rows of stream %s cannot be read: %v.", s.of(), err)
		return
	}
	missing, odd := compareRows(want, rows)
	if len(missing) == 0 && len(odd) == 0 {
		return
	}
	if moment != "" {
		moment = ", " + moment + ","
	}
	v.Fail("Stream %s%s holds other rows than expected: there are %d, expected %d.%s", s.of(),
		moment, len(rows), len(want), told(missing, odd))
}

// told says what is missing and what is too many; where that is one row, in what it differs.
func told(missing, odd []string) string {
	if len(missing) == len(odd) {
		var texts []string
		for _, row := range missing {
			for _, other := range odd {
				if text := different(row, other); text != "" {
					texts = append(texts, text)
				}
			}
		}
		if len(texts) == len(missing) {
			return listed("Different", texts)
		}
	}
	return listed("Missing", missing) + listed("Not expected", odd)
}

// listed names some rows.
func listed(what string, rows []string) string {
	const enough = 3
	if len(rows) == 0 {
		return ""
	}
	var texts []string
	for _, row := range rows[:min(len(rows), enough)] {
		texts = append(texts, transcript.Clip(row))
	}
	if len(rows) > enough {
		texts = append(texts, fmt.Sprintf("and %d more", len(rows)-enough))
	}
	return fmt.Sprintf(" %s: %s.", what, strings.Join(texts, ", "))
}
