package sources

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const day = 24 * time.Hour

func at(text string) time.Time {
	t, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		panic(err)
	}
	return t
}

func TestSpans(t *testing.T) {
	t.Parallel()
	var (
		jan1  = at("2026-01-01T00:00:00Z")
		jan4  = at("2026-01-04T00:00:00Z")
		now   = at("2026-01-05T12:00:00Z")
		day10 = at("2026-01-10T00:00:00Z")
	)
	for _, test := range []struct {
		name   string
		cursor Cursor
		saved  *key
		want   []string
	}{
		{"time: open", TimeCursor{}, nil, []string{"- 05T12:00:00Z"}},
		{"time: open with a step", TimeCursor{Step: day}, nil, []string{"- 05T12:00:00Z"}},
		{"time: from a start", TimeCursor{Start: jan1}, nil, []string{"01 05T12:00:00Z"}},
		{"time: start beyond now", TimeCursor{Start: day10}, nil, nil},
		{"time: from a state",
			TimeCursor{Start: jan1}, new(timeKey(jan4)), []string{"04 05T12:00:00Z"}},
		{"time: state of future", TimeCursor{Start: jan1}, new(timeKey(day10)), nil},
		{"time: lookback",
			TimeCursor{Start: jan1, Lookback: day}, new(timeKey(jan4)),
			[]string{"03 05T12:00:00Z"}},
		{"time: lookback to start",
			TimeCursor{Start: jan1, Lookback: 30 * day}, new(timeKey(jan4)),
			[]string{"01 05T12:00:00Z"}},
		{"time: steps", TimeCursor{Start: jan1, Step: 2 * day}, nil, []string{
			"01 03",
			"03 05",
			"05 05T12:00:00Z",
		}},
		{"time: steps end where the read does",
			TimeCursor{Start: jan1, End: jan1.Add(4 * day), Step: 2 * day}, nil, []string{
				"01 03",
				"03 05",
			}},
		{"time: granularity",
			TimeCursor{Start: jan1, Step: 3 * day, Granularity: time.Second}, nil, []string{
				"01 03T23:59:59Z",
				"04 05T12:00:00Z",
			}},
		{"time: dates",
			TimeCursor{Start: jan1, Step: 3 * day, Formats: []string{time.DateOnly}}, nil, []string{
				"01 04", "04 05",
			}},
		{"time: a step that overflows", TimeCursor{Start: jan4, Step: math.MaxInt64}, nil, []string{
			"04 05T12:00:00Z",
		}},
		{"int: open", IntCursor{}, nil, []string{"- -"}},
		{"int: from a start", IntCursor{Start: 5}, nil, []string{"5 -"}},
		{"int: from a state", IntCursor{Start: 5}, new(key{hi: 7}), []string{"7 -"}},
		{"int: steps", IntCursor{Start: 1, End: 10, Step: 4}, nil, []string{"1 5", "5 9", "9 10"}},
		{"int: state beyond end", IntCursor{Start: 1, End: 10, Step: 4}, new(key{hi: 11}), nil},
		{"int: step that overflow",
			IntCursor{Start: 1, End: math.MaxInt64, Step: math.MaxInt64}, nil,
			[]string{fmt.Sprint("1 ", math.MaxInt64)}},
	} {
		var got []string
		p := &progress{cursor: test.cursor}
		if test.saved != nil {
			p = readUpTo(test.cursor, nil, *test.saved)
		}
		for s := range p.pending(now) {
			got = append(got, spell(s.span.slice(test.cursor)))
		}
		assert.Equal(t, test.want, got, test.name)
	}
}

func spell(s Slice) string {
	bound := func(v Value) string {
		if v.IsZero() {
			return "-"
		}
		return v.String()
	}
	return short.Replace(bound(s.From) + " " + bound(s.To))
}

// short leaves the day of January 2026, and the time where it is not midnight.
var short = strings.NewReplacer("2026-01-", "", "T00:00:00Z", "")

func TestCursorParse(t *testing.T) {
	t.Parallel()
	var (
		rfc  = TimeCursor{}
		both = TimeCursor{Formats: []string{time.DateOnly, time.RFC3339}}
		num  = IntCursor{}
	)
	for _, test := range []struct {
		cursor Cursor
		raw    string
		want   string // as a state spells it; empty: an error
	}{
		{rfc, `"2026-01-02T03:04:05Z"`, `"2026-01-02T03:04:05Z"`},
		{rfc, `"2026-01-02T03:04:05.000000001Z"`, `"2026-01-02T03:04:05.000000001Z"`},
		{rfc, `"2026-01-02T03:04:05+02:00"`, `"2026-01-02T01:04:05Z"`},
		{rfc, `"2026\u002d01-02T03:04:05Z"`, `"2026-01-02T03:04:05Z"`},
		{rfc, `"2026-01-02"`, `"2026-01-02T00:00:00Z"`},
		{rfc, `"2026-02-30T00:00:00Z"`, ``},
		{rfc, `""`, ``},
		{rfc, `"`, ``},
		{rfc, `17`, ``},
		{rfc, `{}`, ``},
		{both, `"2026-01-02"`, `"2026-01-02"`},
		{both, `"2026-01-02T23:59:59Z"`, `"2026-01-02"`},
		{num, `17`, `17`},
		{num, `"17"`, `17`},
		{num, `-9223372036854775808`, `-9223372036854775808`},
		{num, `9223372036854775807`, `9223372036854775807`},
		{num, `9223372036854775808`, ``},
		{num, `1.5`, ``},
		{num, `1e3`, `1000`},
		{num, `true`, ``},
		{num, `""`, ``},
	} {
		k, err := test.cursor.parse([]byte(test.raw))
		if test.want == "" {
			assert.Error(t, err, test.raw)
			continue
		}
		if assert.NoError(t, err, test.raw) {
			assert.Equal(t, test.want, string(test.cursor.encode(k)), test.raw)
		}
	}
}

func TestCursorParseAllocatesNothing(t *testing.T) {
	raw := []byte(`"2026-01-02T03:04:05Z"`)
	assert.Zero(t, testing.AllocsPerRun(100, func() { _, _ = TimeCursor{}.parse(raw) }))
	number := []byte(`1234567890123`)
	assert.Zero(t, testing.AllocsPerRun(100, func() { _, _ = IntCursor{}.parse(number) }))
}

func FuzzCursorParse(f *testing.F) {
	for _, seed := range []string{
		`"2026-01-02T03:04:05Z"`, `"2026-01-02"`, `17`, `-1`, `"x`, `"\u00"`,
	} {
		f.Add([]byte(seed))
	}
	cursors := []Cursor{TimeCursor{}, TimeCursor{Formats: []string{time.DateOnly}}, IntCursor{}}
	f.Fuzz(func(t *testing.T, raw []byte) {
		for _, c := range cursors {
			k, err := c.parse(raw)
			if err != nil {
				continue
			}
			again, err := c.parse(c.encode(k))
			require.NoError(t, err, "what a state spells must be read again")
			require.LessOrEqual(t, again.compare(k), 0, "a state must not pass the record")
		}
	})
}

func TestCursorValidate(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		cursor Cursor
		want   string
	}{
		{TimeCursor{Field: "at"}, ""},
		{TimeCursor{Field: "at", Filter: true}, ""},
		{IntCursor{Field: "id", End: 10, Step: 5}, ""},
		{TimeCursor{}, "no Field"},
		{IntCursor{}, "no Field"},
		{TimeCursor{Field: "at", Step: -1}, "negative"},
		{TimeCursor{Field: "at", Lookback: -1}, "negative"},
		{TimeCursor{Field: "at", Step: 1, Granularity: 2}, "Granularity"},
		{TimeCursor{Field: "at", Step: 1, Filter: true}, "Filter and Step"},
		{TimeCursor{Field: "at", Start: time.Unix(2, 0), End: time.Unix(1, 0)}, "End before"},
		{IntCursor{Field: "id", Step: -1}, "negative"},
		{IntCursor{Field: "id", Step: 1}, "no End"},
		{IntCursor{Field: "id", Step: 1, End: 9, Filter: true}, "Filter and Step"},
		{IntCursor{Field: "id", Start: 10, End: 9}, "End before"},
	} {
		err := test.cursor.validate()
		if test.want == "" {
			assert.NoError(t, err, "%+v", test.cursor)
		} else {
			assert.ErrorContains(t, err, test.want, "%+v", test.cursor)
		}
	}
}
