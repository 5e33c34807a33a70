package sources

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// slicesOf are the bounds of what a cursor reads, as the API gets them.
func slicesOf(c TimeCursor, saved string, now string) []string {
	whole := c.bounds(at(now))
	if saved != "" {
		k, err := c.parse([]byte(saved))
		if err != nil {
			panic(err)
		}
		if k = c.again(k); !whole.bounded || k.compare(whole.from) > 0 {
			whole.from, whole.bounded = k, true
		}
	}
	var got []string
	for s := range c.divide(whole) {
		sl := s.slice(c)
		got = append(got, sl.From.String()+" "+sl.To.String())
	}
	return got
}

func TestClamp(t *testing.T) {
	t.Parallel()
	const day = 24 * time.Hour
	var (
		dates  = []string{time.DateOnly}
		berlin = zone("Europe/Berlin")
		start  = at("2026-01-10T12:00:00Z")
	)
	report := TimeCursor{Start: start, Clamp: Months, Granularity: day, Formats: dates}
	shared := TimeCursor{Start: start, Clamp: Months, Formats: dates}
	daily := TimeCursor{Start: start, Clamp: Days, Granularity: day, Formats: dates}
	with := func(c TimeCursor, change func(*TimeCursor)) TimeCursor {
		change(&c)
		return c
	}
	for _, test := range []struct {
		name       string
		cursor     TimeCursor
		saved, now string
		want       []string
	}{
		{"months", report, "", "2026-03-15T00:00:00Z",
			[]string{"2026-01-01 2026-01-31", "2026-02-01 2026-02-28"}},
		{"months that share bounds", shared, "", "2026-03-15T00:00:00Z",
			[]string{"2026-01-01 2026-02-01", "2026-02-01 2026-03-01"}},
		{"now begins a month", report, "", "2026-02-01T00:00:00Z",
			[]string{"2026-01-01 2026-01-31"}},
		{"now ends a month", report, "", "2026-01-31T23:59:59.999999999Z", nil},
		{"start beyond now", report, "", "2025-11-01T00:00:00Z", nil},
		{"nothing new", report, `"2026-02-28"`, "2026-03-31T00:00:00Z", nil},
		{"nothing new that share", shared, `"2026-03-01"`, "2026-03-31T00:00:00Z", nil},
		{"one more", report, `"2026-02-28"`, "2026-04-01T00:00:00Z",
			[]string{"2026-03-01 2026-03-31"}},
		{"one more that share", shared, `"2026-03-01"`, "2026-04-01T00:00:00Z",
			[]string{"2026-03-01 2026-04-01"}},
		{"a position inside", report, `"2026-02-15"`, "2026-03-01T00:00:00Z",
			[]string{"2026-02-01 2026-02-28"}},
		{"a position inside the running month", report, `"2026-03-15"`, "2026-03-20T00:00:00Z",
			nil},
		{"lookback", with(report, func(c *TimeCursor) { c.Lookback = day }), `"2026-02-28"`,
			"2026-03-20T00:00:00Z", []string{"2026-02-01 2026-02-28"}},
		{"lookback to start", with(report, func(c *TimeCursor) { c.Lookback = 999 * day }),
			`"2026-02-28"`, "2026-03-20T00:00:00Z",
			[]string{"2026-01-01 2026-01-31", "2026-02-01 2026-02-28"}},
		{"a step", with(report, func(c *TimeCursor) { c.Step = 40 * day }), "",
			"2026-04-15T00:00:00Z",
			[]string{"2026-01-01 2026-02-28", "2026-03-01 2026-03-31"}},
		{"a short step", with(report, func(c *TimeCursor) { c.Step = day }), "",
			"2026-03-15T00:00:00Z",
			[]string{"2026-01-01 2026-01-31", "2026-02-01 2026-02-28"}},
		{"end", with(report, func(c *TimeCursor) { c.End = at("2026-02-10T00:00:00Z") }), "",
			"2026-09-01T00:00:00Z", []string{"2026-01-01 2026-01-31"}},
		{"open", with(report, func(c *TimeCursor) { c.Start = time.Time{} }), "",
			"2026-03-15T00:00:00Z",
			[]string{" 2026-02-28"}},
		{"max age", with(report, func(c *TimeCursor) { c.MaxAge = 60 * day }), "",
			"2026-04-15T00:00:00Z",
			[]string{"2026-03-01 2026-03-31"}},
		{"days", daily, "", "2026-01-12T12:00:00Z",
			[]string{"2026-01-10 2026-01-10", "2026-01-11 2026-01-11"}},
		{"days, nothing new", daily, `"2026-01-11"`, "2026-01-12T23:00:00Z", nil},
		{"days, one more", daily, `"2026-01-11"`, "2026-01-13T00:00:00Z",
			[]string{"2026-01-12 2026-01-12"}},
		{"days of 23 and 25 hours", with(daily, func(c *TimeCursor) {
			c.Zone, c.Start = berlin, time.Date(2026, 3, 28, 12, 0, 0, 0, berlin)
			c.End = time.Date(2026, 3, 31, 0, 0, 0, 0, berlin)
		}), "", "2026-05-01T00:00:00Z", []string{
			"2026-03-28 2026-03-28", "2026-03-29 2026-03-29", "2026-03-30 2026-03-30"}},
		{"two days of them", with(daily, func(c *TimeCursor) {
			c.Zone, c.Start, c.Step = berlin, time.Date(2026, 10, 24, 12, 0, 0, 0, berlin), 2*day
			c.End = time.Date(2026, 10, 28, 0, 0, 0, 0, berlin)
		}), "", "2026-11-01T00:00:00Z", []string{
			"2026-10-24 2026-10-25", "2026-10-26 2026-10-27"}},
		{"a month that ends in a short day", with(report, func(c *TimeCursor) {
			c.Zone, c.Start = berlin, time.Date(2024, 3, 1, 0, 0, 0, 0, berlin)
			c.End = time.Date(2024, 4, 1, 0, 0, 0, 0, berlin)
		}), "", "2026-11-01T00:00:00Z", []string{"2024-03-01 2024-03-31"}},
	} {
		assert.Equal(t, test.want, slicesOf(test.cursor, test.saved, test.now), test.name)
	}
}

// A range between two that have been read does not begin and end where the cursor would.
func TestClampTakesInWholePeriods(t *testing.T) {
	t.Parallel()
	const day = 24 * time.Hour
	divide := func(c TimeCursor, from, to string) (got []string) {
		c.Formats = []string{time.DateOnly}
		s := span{from: timeKey(at(from)), to: timeKey(at(to)), bounded: true, ended: true}
		for s := range c.divide(s) {
			got = append(got, s.slice(c).From.String()+" "+s.slice(c).To.String())
		}
		return got
	}
	monthly := TimeCursor{Clamp: Months, Granularity: day}
	assert.Equal(t, []string{"2026-01-01 2026-01-31"},
		divide(monthly, "2026-01-10T00:00:00Z", "2026-01-20T00:00:00Z"))
	assert.Equal(t, []string{"2026-01-01 2026-01-31"},
		divide(monthly, "2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z"), "up to what has been read")
	assert.Equal(t, []string{"2026-01-01 2026-02-01"},
		divide(TimeCursor{Clamp: Months}, "2026-01-10T00:00:00Z", "2026-01-20T00:00:00Z"))
}

func TestStepsAlongTheCalendar(t *testing.T) {
	t.Parallel()
	berlin := zone("Europe/Berlin")
	c := TimeCursor{
		Start: time.Date(2026, 10, 24, 0, 0, 0, 0, berlin), Step: day, Granularity: day,
		Zone: berlin, Formats: []string{time.DateOnly},
	}
	assert.Equal(t, []string{"2026-10-24 2026-10-24", "2026-10-25 2026-10-25",
		"2026-10-26 2026-10-26"}, slicesOf(c, "", "2026-10-26T11:00:00Z"))
	c.Granularity = 0
	assert.Equal(t, []string{"2026-10-24 2026-10-25", "2026-10-25 2026-10-26",
		"2026-10-26 2026-10-26"}, slicesOf(c, "", "2026-10-26T11:00:00Z"))
}

func TestMaxAge(t *testing.T) {
	t.Parallel()
	const now = "2026-01-31T12:00:00Z"
	c := TimeCursor{MaxAge: 10 * day}
	assert.Equal(t, []string{"2026-01-21T12:00:00Z " + now}, slicesOf(c, "", now), "no start")
	c.Start = at("2026-01-01T00:00:00Z")
	assert.Equal(t, []string{"2026-01-21T12:00:00Z " + now}, slicesOf(c, "", now), "an old start")
	assert.Equal(t, []string{"2026-01-21T12:00:00Z " + now},
		slicesOf(c, `"2026-01-02T00:00:00Z"`, now), "an old position")
	assert.Equal(t, []string{"2026-01-30T00:00:00Z " + now},
		slicesOf(c, `"2026-01-30T00:00:00Z"`, now), "a young position")
	assert.Equal(t, timeKey(c.Start), c.bounds(time.Time{}).from, "the start that a state names")
}

// Records come in the precision of the API, so bounds that are compared with them must, too.
func TestBoundsAreWhatIsWritten(t *testing.T) {
	t.Parallel()
	c := TimeCursor{
		Start: at("2026-01-10T12:00:00Z"), Lookback: 6 * time.Hour,
		Formats: []string{time.DateOnly},
	}
	whole := c.bounds(at("2026-01-20T12:00:00Z"))
	first, err := c.parse([]byte(`"2026-01-10"`))
	require.NoError(t, err)
	assert.True(t, whole.contains(first), "a record of the first day")
	saved, err := c.parse([]byte(`"2026-01-12"`))
	require.NoError(t, err)
	assert.Equal(t, at("2026-01-11T00:00:00Z"), c.again(saved).time())
}

func TestTimeCursorErrorsNameTheFormat(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		formats   []string
		raw, want string
	}{
		{nil, `"secret"`, "not a time in the format 2006-01-02T15:04:05.999999999Z07:00"},
		{[]string{"%F", "%s"}, `"secret"`, "not a time in the format %F or %s"},
		{nil, `1767323045`, "needs a format such as %s for seconds"},
		{[]string{EpochSeconds}, `1767323045678`, "count in another unit"},
		{nil, `true`, "must be a string or a number"},
		{nil, `{"secret":1}`, "must be a string or a number"},
	} {
		_, err := TimeCursor{Formats: test.formats}.parse([]byte(test.raw))
		require.ErrorContains(t, err, test.want)
		assert.NotContains(t, err.Error(), "secret")
	}
}

func TestTimeCursorValidates(t *testing.T) {
	t.Parallel()
	const day = 24 * time.Hour
	for _, test := range []struct {
		cursor TimeCursor
		want   string
	}{
		{TimeCursor{Clamp: Months, Granularity: day}, ""},
		{TimeCursor{Clamp: Days, Granularity: day, Formats: []string{time.DateOnly}}, ""},
		{TimeCursor{Step: day, Granularity: day}, ""},
		{TimeCursor{Clamp: Weeks(time.Saturday)}, ""},
		{TimeCursor{Formats: []string{EpochSeconds, "%d.%m.%y"}}, ""},
		{TimeCursor{Clamp: Weeks(7)}, "no period"},
		{TimeCursor{Clamp: -1}, "no period"},
		{TimeCursor{Clamp: Days, Granularity: day + 1}, "period of Clamp"},
		{TimeCursor{Clamp: Days, Filter: true}, "Filter"},
		{TimeCursor{MaxAge: -1}, "negative"},
		{TimeCursor{Step: time.Hour, Formats: []string{time.DateOnly}}, "tell apart"},
		{TimeCursor{Clamp: Days, Formats: []string{"2006-01"}}, "tell apart"},
		{TimeCursor{Formats: []string{EpochSeconds, "YYYY"}}, `"YYYY"`},
		{TimeCursor{Formats: []string{""}}, `""`},
	} {
		test.cursor.Field = "at"
		err := test.cursor.validate()
		if test.want == "" {
			assert.NoError(t, err, "%+v", test.cursor)
		} else {
			assert.ErrorContains(t, err, test.want, "%+v", test.cursor)
		}
	}
}

// TestSlicesAreTheRange checks of cursors of all kinds that their slices come in order, join, and
// are the whole range together; and that the next sync goes on where they end.
func TestSlicesAreTheRange(t *testing.T) {
	t.Parallel()
	const day = 24 * time.Hour
	random := rand.New(rand.NewPCG(1, 2))
	pick := func(of ...time.Duration) time.Duration { return of[random.IntN(len(of))] }
	for range 3000 {
		c := TimeCursor{
			Field:       "at",
			Zone:        oddZones[random.IntN(len(oddZones))],
			Step:        pick(0, 5*time.Hour, day, day, 36*time.Hour, 7*day, 30*day),
			Granularity: pick(0, 0, 1, time.Second, day),
			Lookback:    pick(0, 0, time.Hour, day, 10*day),
			Formats:     []string{time.RFC3339Nano},
		}
		if random.IntN(3) > 0 {
			c.Clamp = allPeriods()[random.IntN(len(allPeriods()))]
		}
		year := []int{1930, 1994, 2010, 2018, 2044}[random.IntN(5)]
		start := time.Date(year, 1, 1, 0, 0, 0, 0, c.Zone)
		c.Start = start.Add(time.Duration(random.Int64N(int64(2 * 365 * day))))
		now := c.Start.Add(time.Duration(random.Int64N(int64(50 * day))))
		if random.IntN(3) == 0 {
			now = now.Add(400 * day)
		}
		if c.validate() != nil {
			continue
		}
		name := fmt.Sprintf("%+v at %s", c, now)
		whole := c.bounds(now)
		read := slices.Collect(c.divide(whole))
		requireJoined(t, c, read, name)
		if len(read) == 0 {
			require.NotZero(t, c.Clamp, name)
			require.True(t, c.Clamp.next(c.Clamp.begin(c.Start.In(c.Zone))).After(now), name)
			continue
		}
		first, last := read[0], read[len(read)-1]
		require.Equal(t, whole.from, first.from, name)
		require.Equal(t, whole.to, last.to, name)
		require.LessOrEqual(t, first.from.compare(timeKey(c.Start)), 0, name)
		if c.Clamp != 0 {
			requirePeriods(t, c, read, now, name)
		}
	}
}

// requireJoined demands order, and nothing between two slices.
func requireJoined(t *testing.T, c TimeCursor, read []span, name string) {
	t.Helper()
	for i, s := range read {
		require.LessOrEqual(t, s.from.compare(s.to), 0, name)
		if i == 0 {
			continue
		}
		before := read[i-1]
		require.Positive(t, s.from.compare(before.from), name)
		require.GreaterOrEqual(t, c.after(before.to).compare(s.from), 0, name)
		if c.Granularity == 0 {
			require.Equal(t, before.to, s.from, name)
		} else {
			require.Negative(t, before.to.compare(s.from), name)
		}
	}
}

// requirePeriods demands whole periods that are over, and that the next sync goes on behind them.
func requirePeriods(t *testing.T, c TimeCursor, read []span, now time.Time, name string) {
	t.Helper()
	running := c.Clamp.begin(now.In(c.Zone))
	for _, s := range read {
		begin := c.local(s.from)
		require.Equal(t, begin, c.Clamp.begin(begin), name)
		next := c.Clamp.next(begin)
		if c.Step == 0 {
			require.Equal(t, c.Clamp.next(begin), c.Clamp.end(c.local(s.to).Add(
				min(1, c.Granularity))), name)
		}
		require.False(t, next.After(running), name)
	}
	c.Lookback = 0
	again := c.again(read[len(read)-1].to)
	require.Equal(t, timeKey(running), again, name)
	later := c.bounds(c.Clamp.next(running))
	later.from = again
	more := slices.Collect(c.divide(later))
	require.Len(t, more, 1, name)
	require.Equal(t, timeKey(running), more[0].from, name)
	inside := running.Add(c.Clamp.next(running).Sub(running) / 3)
	require.Equal(t, timeKey(running), c.again(timeKey(inside)), name)
}

func TestTimeCursorParseAllocatesNothing(t *testing.T) {
	for _, test := range []struct{ format, raw string }{
		{time.RFC3339Nano, `"2026-01-02T03:04:05Z"`},
		{time.RFC3339Nano, `"2026-01-02T03:04:05.678901Z"`},
		{time.RFC3339Nano, `"2026-01-02 03:04:05"`},
		{time.RFC3339Nano, `"2026-01-02T03:04:05+0000"`},
		{EpochSeconds, `1767323045`},
		{EpochFloatSeconds, `1767323045.678`},
		{EpochMilliseconds, `"1767323045678"`},
		{time.DateOnly, `"2026-01-02"`},
		{time.DateTime, `"2026-01-02 03:04:05"`},
		{"2006-01-02T15:04:05.000Z", `"2026-01-02T03:04:05.678Z"`},
		{"%Y-%m-%d", `"2026-01-02"`},
		{"%Y-%m-%dT%H:%M:%S.%fZ", `"2026-01-02T03:04:05.678Z"`},
		{"%Y-%m-%dT%H:%M:%S", `"2026-01-02T03:04:05"`},
		{"%d %b %Y %I:%M %p", `"02 Jan 2026 03:04 PM"`},
	} {
		raw := []byte(test.raw)
		c := TimeCursor{Formats: []string{test.format}, Zone: oddZones[0]}
		_, err := c.parse(raw)
		require.NoError(t, err, test.raw)
		assert.Zero(t, testing.AllocsPerRun(100, func() { _, _ = c.parse(raw) }), test)
	}
}

func BenchmarkTimeCursorParse(b *testing.B) {
	for _, test := range []struct{ format, raw string }{
		{time.RFC3339Nano, `"2026-01-02T03:04:05Z"`},
		{time.RFC3339Nano, `"2026-01-02 03:04:05"`},
		{EpochMilliseconds, `1767323045678`},
		{time.DateOnly, `"2026-01-02"`},
		{"%Y-%m-%d", `"2026-01-02"`},
		{"%Y-%m-%dT%H:%M:%S.%fZ", `"2026-01-02T03:04:05.678Z"`},
	} {
		c, raw := TimeCursor{Formats: []string{test.format}}, []byte(test.raw)
		b.Run(test.format+" "+test.raw, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := c.parse(raw); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// TestReadZuluAgreesWithTheStandardLibrary goes through days of all kinds of years, and through
// texts that are nearly times.
func TestReadZuluAgreesWithTheStandardLibrary(t *testing.T) {
	t.Parallel()
	for at := yearOne; at.Before(latest); at = at.Add(1234567 * time.Second) {
		text := []byte(at.Format(time.RFC3339))
		got, ok := readZulu(text)
		require.True(t, ok, "%s", text)
		require.Equal(t, timeKey(at), got, "%s", text)
	}
	for _, text := range []string{
		"", "2026-01-02T03:04:05z", "2026-01-02T03:04:05+", "2026-13-02T03:04:05Z",
		"2026-00-02T03:04:05Z", "2026-01-00T03:04:05Z", "2026-01-02T24:04:05Z",
		"2026-01-02T03:60:05Z", "2026-01-02T03:04:60Z", "2026-01-02 03:04:05Z",
		"2O26-01-02T03:04:05Z", "0000-01-02T03:04:05Z", "2026-02-30T03:04:05Z",
		"2026-02-29T03:04:05Z", "2100-02-29T03:04:05Z", "2026-04-31T03:04:05Z",
		"2026-01-02T03:04:05.Z", "2026-01-02T03:04:05.1", "2026-01-02T03:04:05.1x3Z",
		"2026-01-02T03:04:05.1234567890Z", "2026-01-02T03:04:05,5Z",
	} {
		_, ok := readZulu([]byte(text))
		assert.False(t, ok, text)
	}
}
