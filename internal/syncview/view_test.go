package syncview_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/airbyte-go/cdk/internal/platform"
	"github.com/airbyte-go/cdk/internal/syncview"
	"github.com/airbyte-go/cdk/protocol"
)

var update = flag.Bool("update", false, "write the golden files anew")

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func descriptor(namespace, name string) protocol.Descriptor {
	return protocol.Descriptor{Namespace: namespace, Name: name}
}

// shopSync is a sync in the middle of its second attempt.
func shopSync() *platform.Report {
	return &platform.Report{
		SyncID: 3, Begun: noon, Seconds: 83.5,
		Attempts: []platform.AttemptReport{{Number: 1}, {Number: 2}},
		Streams: []platform.StreamReport{
			{
				Stream: descriptor("shop", "customers"), Status: protocol.StatusComplete,
				Records: 4000, Committed: 4000, Bytes: 1_240_000, Seconds: 12.3,
				LastState: json.RawMessage(`{"updated_at":"2026-02-28T10:00:00Z","go_cdk":{"v":1}}`),
			},
			{
				Stream: descriptor("shop", "orders"), Status: protocol.StatusRunning,
				Records: 1_234_567, Committed: 1_200_000, Bytes: 3_456_000_000, Seconds: 80,
				LastState: json.RawMessage(`{"states":[{"partition":{"shop":1},"cursor":{"id":7}}]}`),
			},
			{
				Stream: descriptor("shop", "products"), Status: protocol.StatusRunning,
				Records: 12, Bytes: 500, RateLimited: true,
				RateLimitedUntil: noon.Add(42 * time.Second),
			},
			{Stream: descriptor("", "a stream whose name is far too long for a column of a table")},
			{
				Stream: descriptor("", "stopped \x1b[31m"), Status: protocol.StatusIncomplete,
				Records: 3, Committed: 1, Rejected: 1, Bytes: 30,
			},
			{
				Stream: descriptor("", "loading"), Status: protocol.StatusComplete,
				Records: 30, Committed: 10, Bytes: 300,
			},
		},
	}
}

// TestMain lets reset times be those of one place.
func TestMain(m *testing.M) {
	time.Local = time.UTC //nolint:gosmopolitan // the tests' own
	os.Exit(m.Run())
}

// golden compares a text with the one of the file.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name+".txt")
	got = strings.ReplaceAll(got, "\x1b", "<esc>")
	if *update {
		require.NoError(t, os.MkdirAll("testdata", 0o750))
		require.NoError(t, os.WriteFile(path, []byte(got), 0o600))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err)
	assert.Equal(t, strings.ReplaceAll(string(want), "\r\n", "\n"), got)
}

// pace is that of a sync which has read a tenth of its records in the last second.
func pace(r *platform.Report) *syncview.Pace {
	before := *r
	before.Streams = append([]platform.StreamReport(nil), r.Streams...)
	for i := range before.Streams {
		before.Streams[i].Records -= before.Streams[i].Records / 10
	}
	p := new(syncview.Pace)
	p.Add(&before, noon.Add(-time.Second))
	p.Add(r, noon)
	return p
}

func TestFrame(t *testing.T) {
	t.Parallel()
	for _, width := range []int{30, 60, 80, 200} {
		t.Run(fmt.Sprint(width), func(t *testing.T) {
			t.Parallel()
			r := shopSync()
			v := syncview.View{Title: "source-shop -> sqlite", Width: width, Height: 24}
			lines := v.Frame(r, pace(r), noon)
			for _, l := range lines {
				assert.Less(t, utf8.RuneCountInString(l), width)
			}
			golden(t, fmt.Sprintf("frame-%d", width), strings.Join(lines, "\n")+"\n")
		})
	}
	r := shopSync()
	v := syncview.View{Title: "source-shop -> sqlite", Width: 120, Height: 24, Colour: true}
	golden(t, "frame-colour", strings.Join(v.Frame(r, pace(r), noon), "\n")+"\n")
}

// Where there are more streams than rows, the busiest are shown, in the order of the catalog.
func TestFrameOfManyStreams(t *testing.T) {
	t.Parallel()
	r := &platform.Report{Begun: noon, Attempts: []platform.AttemptReport{{}}}
	for i := range 50 {
		s := platform.StreamReport{Stream: descriptor("", fmt.Sprintf("stream_%02d", i))}
		switch {
		case i < 10:
			s.Status = protocol.StatusComplete
		case i < 20:
			s.Status, s.Records = protocol.StatusRunning, int64(i)*100
		}
		r.Streams = append(r.Streams, s)
	}
	v := syncview.View{Title: "many", Width: 80, Height: 10}
	lines := v.Frame(r, pace(r), noon)
	golden(t, "frame-many", strings.Join(lines, "\n")+"\n")
	for height := 1; height < 60; height++ {
		v.Height = height
		assert.LessOrEqual(t, len(v.Frame(r, pace(r), noon)), max(1, height-1), height)
	}
}

func TestSummary(t *testing.T) {
	t.Parallel()
	r := shopSync()
	r.Outcome = platform.Failed
	orders := descriptor("shop", "orders")
	r.Attempts[0].Failures = []platform.Failure{{
		Origin: platform.Source, Type: protocol.TransientError, Message: "The API is\ngone.",
	}}
	r.Attempts[1].Failures = []platform.Failure{
		{
			Origin: platform.Destination, Type: protocol.ConfigError, Message: "The key is wrong.",
			Stream: &orders,
		},
		{Origin: platform.Source, Type: protocol.SystemError, Message: "A panic."},
	}
	r.Findings = []platform.Finding{
		{Origin: platform.Source, Text: "A RECORD names no stream.", Count: 1200},
		{Origin: platform.Destination, Text: "A state changed.", Count: 1},
	}
	golden(t, "summary", syncview.View{}.Summary(r))
	golden(t, "summary-80-colour", syncview.View{Width: 80, Colour: true}.Summary(r))
	done := &platform.Report{Outcome: platform.Succeeded, Streams: r.Streams[:1], Seconds: 61}
	golden(t, "summary-succeeded", syncview.View{}.Summary(done))
}

func TestUnits(t *testing.T) {
	t.Parallel()
	for n, want := range map[int64]string{
		0: "0", 999: "999", 1000: "1,000", -1000: "-1,000", -100: "-100", 12345678: "12,345,678",
	} {
		assert.Equal(t, want, syncview.Thousands(n))
	}
	for n, want := range map[int64]string{
		0: "0 B", 9_999: "9999 B", 10_000: "10 kB", 1_240_000: "1.2 MB", 3_456_000_000: "3.46 GB",
	} {
		assert.Equal(t, want, syncview.Bytes(n))
	}
	for d, want := range map[time.Duration]string{
		0: "0.0 s", 59 * time.Second: "59.0 s", time.Minute: "1:00", 3723 * time.Second: "1:02:03",
	} {
		assert.Equal(t, want, syncview.Seconds(d))
	}
	assert.Equal(t, "1 record", syncview.Plural(1, "record"))
	assert.Equal(t, "1,200 records", syncview.Plural(1200, "record"))
	assert.Equal(t, "a?b c d?", syncview.Clean("a\x07b\nc\td\u202e"))
}

func TestShortState(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 200)
	for raw, want := range map[string]string{
		`{"at":"2024"}`: "at 2024", `{"a":1,"b":2}`: `{"a":1,"b":2}`, `null`: "null", ``: "",
		`{"n":12345678901234567890}`:            "n 12345678901234567890",
		`{"go_cdk":{"x":1},"id":5}`:             "id 5",
		`{"__ab_no_cursor_state_message":true}`: `{"__ab_no_cursor_state_message":true}`,
		`{"a":{"b":1}}`:                         `{"a":{"b":1}}`,
		`{"a" : [1,  2]}`:                       `{"a":[1,2]}`,
		`{"s":"` + long + `","n":1}`:            `{"s":"` + long[:91] + "...",
	} {
		assert.Equal(t, want, syncview.ShortState(json.RawMessage(raw)))
	}
}
