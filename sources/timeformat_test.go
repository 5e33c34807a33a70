package sources

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/airbyte-go/cdk/internal/jsonraw"
)

func zone(name string) *time.Location {
	z, err := time.LoadLocation(name)
	if err != nil {
		panic(err)
	}
	return z
}

// in returns a cursor that reads and writes one format.
func in(format string) TimeCursor { return TimeCursor{Formats: []string{format}} }

func TestTimeFormatsRead(t *testing.T) {
	t.Parallel()
	const (
		python = "%Y-%m-%dT%H:%M:%S.%fZ"
		offset = "%Y-%m-%dT%H:%M:%S%z"
		second = "2026-01-02T03:04:05Z"
	)
	for _, test := range []struct {
		format, raw string
		want        string // in UTC; empty: an error
	}{
		// ISO 8601, with the default.
		{"", `"2026-01-02T03:04:05Z"`, second},
		{"", `"2026-01-02T03:04:05.5Z"`, "2026-01-02T03:04:05.5Z"},
		{"", `"2026-01-02T03:04:05,5Z"`, "2026-01-02T03:04:05.5Z"},
		{"", `"2026-01-02T03:04:05.1234567899Z"`, "2026-01-02T03:04:05.123456789Z"},
		{"", `"2026-01-02T03:04:05"`, second},
		{"", `"2026-01-02t03:04:05z"`, second},
		{"", `"2026-01-02 03:04:05"`, second},
		{"", `"2026-01-02 03:04:05 UTC"`, second},
		{"", `"2026-01-02 04:04:05 +0100"`, second},
		{"", `"2026-01-02T04:04:05+0100"`, second},
		{"", `"2026-01-02T04:04:05+01"`, second},
		{"", `"2026-01-02T02:34:05-00:30"`, second},
		{"", `"2026-01-02T04:04:35+01:00:30"`, second},
		{"", `"20260102T030405Z"`, second},
		{"", `"20260102T030405.25+0000"`, "2026-01-02T03:04:05.25Z"},
		{"", `"2026-01-02T03:04Z"`, "2026-01-02T03:04:00Z"},
		{"", `"20260102T0304"`, "2026-01-02T03:04:00Z"},
		{"", `"2026-01-02"`, "2026-01-02T00:00:00Z"},
		{"", `"20260102"`, "2026-01-02T00:00:00Z"},
		{"", `"2026-01-02T24:00:00Z"`, "2026-01-03T00:00:00Z"},
		{"", `"2024-02-29"`, "2024-02-29T00:00:00Z"},
		{"", `"2016-12-31T23:59:60Z"`, "2016-12-31T23:59:59.999999999Z"},
		{"", `"2016-12-31T23:59:60.7Z"`, "2016-12-31T23:59:59.999999999Z"},
		{"", `"0001-01-01T00:00:00Z"`, "0001-01-01T00:00:00Z"},
		{"", `"0000-12-31T23:59:59Z"`, "-0001-12-30T22:00:00Z"},
		{"", `"0000-01-01"`, "-0001-12-30T22:00:00Z"},
		{EpochSeconds, `-99999999999`, "-0001-12-30T22:00:00Z"},
		{"", `"9999-12-31T23:59:59.999999999Z"`, "9999-12-31T23:59:59.999999999Z"},
		{"", `"2026-02-29"`, ""},
		{"", `"1900-02-29"`, ""},
		{"", `"2026-00-01"`, ""},
		{"", `"2026-13-01"`, ""},
		{"", `"2026-01-32"`, ""},
		{"", `"2026-01-00"`, ""},
		{"", `"2026-1-2"`, ""},
		{"", `"2026-0102"`, ""},
		{"", `"2026"`, ""},
		{"", `"12026-01-02"`, ""},
		{"", `"2026-01-02T"`, ""},
		{"", `"2026-01-02T03"`, ""},
		{"", `"2026-01-02T24:00:01"`, ""},
		{"", `"2026-01-02T03:60"`, ""},
		{"", `"2026-01-02T03:04:61"`, ""},
		{"", `"2026-01-02T03:04:05."`, ""},
		{"", `"2026-01-02T03:04:05+1"`, ""},
		{"", `"2026-01-02T03:04:05+25:00"`, ""},
		{"", `"2026-01-02T03:04:05+01:61"`, ""},
		{"", `"2026-01-02T03:04:05+01:"`, ""},
		{"", `"2026-01-02T03:04:05 PST"`, ""},
		{"", `"2026-01-02T03:04:05Zulu"`, ""},
		{"", `" 2026-01-02"`, ""},
		{"", `"today"`, ""},
		{"", `1767323045`, ""},
		{"", `20260102`, ""},
		{"", `"1767323045"`, ""},

		// Epochs, as numbers and as strings.
		{EpochSeconds, `1767323045`, second},
		{EpochSeconds, `"1767323045"`, second},
		{EpochSeconds, `1767323045.25`, "2026-01-02T03:04:05.25Z"},
		{EpochSeconds, `1.767323045e9`, second},
		{EpochSeconds, `"1767323045E+0"`, second},
		{EpochSeconds, `17673230450000000000e-10`, second},
		{EpochSeconds, `0`, "1970-01-01T00:00:00Z"},
		{EpochSeconds, `-0`, "1970-01-01T00:00:00Z"},
		{EpochSeconds, `0e99999999999999999999`, "1970-01-01T00:00:00Z"},
		{EpochSeconds, `-0.5`, "1969-12-31T23:59:59.5Z"},
		{EpochSeconds, `-1e-12`, "1969-12-31T23:59:59.999999999Z"},
		{EpochSeconds, `1e-12`, "1970-01-01T00:00:00Z"},
		{EpochSeconds, `-2208988800`, "1900-01-01T00:00:00Z"},
		{EpochSeconds, `253402300799`, "9999-12-31T23:59:59Z"},
		{EpochFloatSeconds, `"1577934245.678901"`, "2020-01-02T03:04:05.678901Z"},
		{EpochMilliseconds, `1767323045678`, "2026-01-02T03:04:05.678Z"},
		{EpochMilliseconds, `"-1"`, "1969-12-31T23:59:59.999Z"},
		{EpochMilliseconds, `5`, "1970-01-01T00:00:00.005Z"},
		{EpochMicroseconds, `1767323045678901`, "2026-01-02T03:04:05.678901Z"},
		{EpochNanoseconds, `1767323045678901234`, "2026-01-02T03:04:05.678901234Z"},
		{EpochNanoseconds, `253402300799000000001`, "9999-12-31T23:59:59.000000001Z"},
		{EpochSeconds, `1767323045678`, ""},
		{EpochSeconds, `1e30`, ""},
		{EpochSeconds, `99999999999999999999`, ""},
		{EpochMilliseconds, `1767323045678901`, ""},
		{EpochSeconds, `-1e99`, ""},
		{EpochSeconds, `""`, ""},
		{EpochSeconds, `"-"`, ""},
		{EpochSeconds, `"."`, ""},
		{EpochSeconds, `"1."`, ""},
		{EpochSeconds, `".5"`, ""},
		{EpochSeconds, `"1e"`, ""},
		{EpochSeconds, `"1e+"`, ""},
		{EpochSeconds, `"1e5x"`, ""},
		{EpochSeconds, `"0x10"`, ""},
		{EpochSeconds, `"1_000"`, ""},
		{EpochSeconds, `" 1"`, ""},
		{EpochSeconds, `"NaN"`, ""},
		{EpochSeconds, `"Infinity"`, ""},
		{EpochSeconds, `true`, ""},
		{EpochSeconds, `null`, ""},
		{EpochSeconds, `[1]`, ""},
		{EpochSeconds, ``, ""},
		{EpochSeconds, `"2026-01-02"`, ""},

		// Python's, as its kit reads them.
		{python, `"2026-01-02T03:04:05.5Z"`, "2026-01-02T03:04:05.5Z"},
		{python, `"2026-1-2t3:4:5.5z"`, "2026-01-02T03:04:05.5Z"},
		{offset, `"2026-01-02T03:04:05Z"`, second},
		{offset, `"2026-01-02T03:04:05z"`, second},
		{offset, `"2026-01-02T04:04:05+01:00"`, second},
		{offset, `"2026-01-02T04:04:05+0100"`, second},
		{"%Y-%m-%dT%H:%M:%S.%_ms%z", `"2026-01-02T03:04:05.123456+0000"`,
			"2026-01-02T03:04:05.123456Z"},
		{"%Y%m%d", `20260102`, "2026-01-02T00:00:00Z"},
		{"%Y%m%d", `"2026131"`, "2026-01-31T00:00:00Z"},
		{"%Y %j", `"2024 366"`, "2024-12-31T00:00:00Z"},
		{"%d/%m/%y", `"02/01/68"`, "2068-01-02T00:00:00Z"},
		{"%d/%m/%y", `"02/01/69"`, "1969-01-02T00:00:00Z"},
		{"%B %d, %Y %I:%M %p", `"JANUARY 2, 2026 12:04 am"`, "2026-01-02T00:04:00Z"},
		{"%B %d, %Y %I:%M %p", `"Jan 2, 2026 12:04 PM"`, "2026-01-02T12:04:00Z"},
		{"%b %e %Y", `"Jan  2 2026"`, "2026-01-02T00:00:00Z"},
		{"%a, %d %b %Y %T %Z", `"Fri, 02 Jan 2026 03:04:05 GMT"`, second},
		{"%F %R", `"2026-01-02   03:04"`, "2026-01-02T03:04:00Z"},
		{"%D", `"01/02/26"`, "2026-01-02T00:00:00Z"},
		{"%-d.%-m.%Y", `"2.1.2026"`, "2026-01-02T00:00:00Z"},
		{"%Y", `"2026"`, "2026-01-01T00:00:00Z"},
		{"100%% %F", `"100% 2026-01-02"`, "2026-01-02T00:00:00Z"},
		{"%FT%TZ", `"2016-12-31T23:59:60Z"`, "2016-12-31T23:59:59.999999999Z"},
		{"%Y %j", `"2026 366"`, ""},
		{"%Y %j", `"2026 0"`, ""},
		{"%F", `"2026-02-30"`, ""},
		{"%F", `"2026-01-02 "`, ""},
		{"%F", `" 2026-01-02"`, ""},
		{"%F %T", `"2026-01-0203:04:05"`, ""},
		{"%B", `"Janu"`, ""},
		{"%A", `"Someday"`, ""},
		{"%p", `"xm"`, ""},
		{"%F %Z", `"2026-01-02 EST"`, ""},
		{"%Y", `"26"`, ""},
		{python, `"2026-01-02T03:04:05.Z"`, ""},
		{"%", `"%"`, ""},
		{"%Q", `"Q"`, ""},

		// Go layouts.
		{time.DateOnly, `"2026-01-02"`, "2026-01-02T00:00:00Z"},
		{time.DateTime, `"2026-01-02 03:04:05.5"`, "2026-01-02T03:04:05.5Z"},
		{"20060102", `20260102`, "2026-01-02T00:00:00Z"},
		{"2006-01-02T15:04:05.000Z", `"2026-01-02T03:04:05.678Z"`, "2026-01-02T03:04:05.678Z"},
		{time.RFC1123Z, `"Fri, 02 Jan 2026 04:04:05 +0100"`, second},
		{time.RFC1123, `"Fri, 02 Jan 2026 03:04:05 GMT"`, second},
		{time.RFC1123, `"Fri, 02 Jan 2026 03:04:05 UTC"`, second},
		{time.RFC1123, `"Fri, 02 Jan 2026 03:04:05 EST"`, ""},
		{time.DateOnly, `"2026-02-30"`, ""},
		{time.DateOnly, `"2026-01-02T03:04:05Z"`, ""},
	} {
		c := TimeCursor{}
		if test.format != "" {
			c = in(test.format)
		}
		k, err := c.parse([]byte(test.raw))
		if test.want == "" {
			assert.Error(t, err, "%s: %s", test.format, test.raw)
			continue
		}
		if assert.NoError(t, err, "%s: %s", test.format, test.raw) {
			assert.Equal(t, test.want, k.time().Format(time.RFC3339Nano), "%s: %s",
				test.format, test.raw)
		}
	}
}

func TestTimeFormatsWrite(t *testing.T) {
	t.Parallel()
	const (
		now    = "2026-01-02T03:04:05.678901234Z"
		before = "1969-12-31T23:59:59.5Z"
		early  = "0009-01-02T03:04:05Z"
	)
	for _, test := range []struct{ format, at, want string }{
		{time.RFC3339Nano, now, now},
		{time.RFC3339, now, "2026-01-02T03:04:05Z"},
		{time.DateOnly, now, "2026-01-02"},
		{EpochSeconds, now, "1767323045"},
		{EpochSeconds, before, "-1"},
		{EpochSeconds, "1970-01-01T00:00:00.9Z", "0"},
		{EpochFloatSeconds, now, "1767323045.678901234"},
		{EpochFloatSeconds, before, "-0.5"},
		{EpochFloatSeconds, early, "-61883038555.0"},
		{EpochMilliseconds, now, "1767323045678"},
		{EpochMilliseconds, before, "-500"},
		{EpochMilliseconds, "1969-12-31T23:59:59.9999Z", "-1"},
		{EpochMilliseconds, "1970-01-01T00:00:00.0051Z", "5"},
		{EpochMicroseconds, now, "1767323045678901"},
		{EpochNanoseconds, now, "1767323045678901234"},
		{EpochNanoseconds, early, "-61883038555000000000"},
		{"%Y-%m-%dT%H:%M:%S.%fZ", now, "2026-01-02T03:04:05.678901Z"},
		{"%Y-%m-%dT%H:%M:%S.%_msZ", now, "2026-01-02T03:04:05.678Z"},
		{"%Y-%m-%dT%H:%M:%S%z", now, "2026-01-02T03:04:05+0000"},
		{"%Y-%m-%dT%H:%M:%S%:z", now, "2026-01-02T03:04:05+00:00"},
		{"%F %T %Z", early, "0009-01-02 03:04:05 UTC"},
		{"%-d.%-m.%Y %-H %-I%p %-M:%-S", now, "2.1.2026 3 3AM 4:5"},
		{"%e|%I|%p|%j|%D|%R|%%", now, " 2|03|AM|002|01/02/26|03:04|%"},
		{"%a %A %b %B", now, "Fri Friday Jan January"},
	} {
		got := timeFormat(test.format).text(at(test.at), time.UTC)
		assert.Equal(t, test.want, got, "%s at %s", test.format, test.at)
	}
}

// What an API would take for another time is written another way.
func TestTimeFormatsWriteOffsets(t *testing.T) {
	t.Parallel()
	var (
		kolkata   = zone("Asia/Kolkata")
		amsterdam = zone("Europe/Amsterdam")
		berlin    = zone("Europe/Berlin")
	)
	for _, test := range []struct {
		format string
		zone   *time.Location
		at     string
		want   string
	}{
		{time.RFC3339, kolkata, "2026-01-02T03:04:05Z", "2026-01-02T08:34:05+05:30"},
		{"2006-01-02T15:04:05Z07", kolkata, "2026-01-02T03:04:05Z", "2026-01-02T03:04:05Z"},
		{"2006-01-02T15:04:05Z07", berlin, "2026-01-02T03:04:05Z", "2026-01-02T04:04:05+01"},
		{time.RFC3339, amsterdam, "1930-01-02T03:04:05Z", "1930-01-02T03:04:05Z"},
		{"2006-01-02T15:04:05-07:00:00", amsterdam, "1930-01-02T03:04:05Z",
			"1930-01-02T03:23:37+00:19:32"},
		{"2006-01-02T15:04:05Z", berlin, "2026-01-02T03:04:05Z", "2026-01-02T03:04:05Z"},
		{"%Y-%m-%dT%H:%M:%SZ", berlin, "2026-01-02T03:04:05Z", "2026-01-02T03:04:05Z"},
		{time.RFC1123, berlin, "2026-01-02T03:04:05Z", "Fri, 02 Jan 2026 03:04:05 UTC"},
		{time.DateTime, berlin, "2026-01-02T03:04:05Z", "2026-01-02 04:04:05"},
		{time.DateOnly, berlin, "2026-01-02T23:04:05Z", "2026-01-03"},
		{EpochSeconds, berlin, "2026-01-02T03:04:05Z", "1767323045"},
		{time.DateOnly, kolkata, "9999-12-31T23:59:59Z", "9999-12-31"},
	} {
		got := timeFormat(test.format).text(at(test.at), test.zone)
		assert.Equal(t, test.want, got, test.format)
	}
}

func TestTimeFormatsCheck(t *testing.T) {
	t.Parallel()
	const day = 24 * time.Hour
	for _, test := range []struct {
		format  string
		written bool
		unit    time.Duration
		err     string
	}{
		{time.RFC3339Nano, true, 1, ""},
		{time.RFC3339, true, time.Second, ""},
		{time.RFC1123, true, time.Second, ""},
		{time.ANSIC, true, time.Second, ""},
		{"2006-01-02T15:04:05.0Z07:00", true, 100 * time.Millisecond, ""},
		{"2006-01-02 15h", true, time.Hour, ""},
		{time.DateOnly, true, day, ""},
		{"2006-01", true, 28 * day, ""},
		{"2006", true, 365 * day, ""},
		{"2006 002", true, day, ""},
		{EpochSeconds, true, time.Second, ""},
		{EpochMilliseconds, true, time.Millisecond, ""},
		{EpochNanoseconds, true, 1, ""},
		{"%Y-%m-%dT%H:%M:%S.%_msZ", true, time.Millisecond, ""},
		{"%Y-%m-%d %I:%M %p", true, time.Minute, ""},
		{"%d.%m.%y", false, day, ""},
		{"%d.%m.%y", true, 0, "year of four digits"},
		{time.RFC822, true, 0, "year of four digits"},
		{"200612", true, 0, "leading zeros"},
		{"%Y%-m%-d", true, 0, "leading zeros"},
		{"%Y-%m-%d %I:%M", true, 0, "does not spell a time"},
		{"%H:%M", true, 0, "does not spell a time"},
		{"%m-%d", false, 0, "does not spell a time"},
		{time.Kitchen, false, 0, "does not spell a time"},
		{"YYYY-MM-DD", true, 0, `"YYYY-MM-DD"`},
		{"", false, 0, "does not spell a time"},
		{"%Y-%Q", true, 0, `"%Q" is no directive`},
		{"%Y-%", true, 0, `"%" is no directive`},
		{"%Y %U", true, 0, `"%U" is no directive`},
		{"2006-01-02\xff", true, 0, "not UTF-8"},
		{"%s.%f", true, 0, `"%s" is no directive`},
	} {
		for _, z := range []*time.Location{time.UTC, zone("Asia/Kolkata")} {
			unit, err := timeFormat(test.format).check(test.written, z)
			if test.err != "" {
				assert.ErrorContains(t, err, test.err, test.format)
				assert.ErrorContains(t, err, "format", test.format)
				continue
			}
			require.NoError(t, err, test.format)
			assert.Equal(t, test.unit, unit, "%s in %s", test.format, z)
		}
	}
}

// FuzzTimeFormats writes and reads in any format that is accepted. Formats are made of parts, since
// what a layout does with digits of its own between those of the time, no check can foresee.
func FuzzTimeFormats(f *testing.F) {
	formats := []string{
		time.RFC3339Nano, time.DateOnly, time.ANSIC, "2006.2.1 3PM", "20060102150405", "%Y%m%d%H",
		"%d %b %Y %I %p", "%F %T.%f", EpochFloatSeconds, EpochNanoseconds, "%Y %j %Z", "2006 __2",
		"2006-01-02T15:04:05.999Z07", "%Y-%m-%d %Q",
	}
	for i := range formats {
		f.Add(byte(i), []byte(nil), int64(1767323045), int64(678901234), "2026-01-02T03:04:05Z")
	}
	f.Add(byte(0), []byte{0, 0, 24, 1, 24, 4}, int64(0), int64(0), "2026-01-02")
	f.Add(byte(0), []byte{1, 0, 1, 3, 10}, int64(0), int64(0), "2026010203")
	layouts := [][]string{
		{"2006"}, {"01", "1", "Jan", "January"}, {"02", "2", "_2", "002"}, {"15", "03", "3"},
		{"PM"}, {"04", "4"}, {"05", "5", "05.000", "05.999", "05,999999"}, {"Mon", "Monday"},
		{"Z07", "Z0700", "-07:00", "-07:00:00", "MST", "Z"}, {"-", ":", "T", " ", "/", ",", "x"},
	}
	directives := [][]string{
		{"%Y", "%y"}, {"%m", "%-m", "%b", "%B"}, {"%d", "%-d", "%e", "%j"}, {"%H", "%-H", "%I"},
		{"%p"}, {"%M"}, {"%S", "%S.%f", "%S.%_ms", "%-S"}, {"%a"}, {"%z", "%:z", "%Z", "Z"},
		{"-", ":", "T", " ", "/", ",", "x", "%%"},
	}
	zones := []*time.Location{time.UTC, zone("Europe/Berlin"), zone("Australia/Lord_Howe")}
	f.Fuzz(func(t *testing.T, which byte, parts []byte, seconds, nanos int64, text string) {
		format := formats[int(which)%len(formats)]
		if len(parts) > 0 {
			format = assemble(parts, layouts, directives)
		}
		seconds = yearOne.Unix() + unsigned(seconds)%(latest.Unix()-yearOne.Unix())
		for _, z := range zones {
			c := TimeCursor{Field: "at", Formats: []string{format}, Zone: z}
			if len(format) > 100 || c.validate() != nil {
				continue
			}
			requireNotAfter(t, c, timeKey(time.Unix(seconds, unsigned(nanos)%1e9)))
			if k, err := c.parse(jsonraw.AppendString(nil, text)); err == nil {
				requireNotAfter(t, c, k)
			}
		}
	})
}

// assemble makes a format: the first byte says in which language, the others name parts, each of
// which comes once but for the last, the separators.
func assemble(names []byte, languages ...[][]string) string {
	parts := slices.Clone(languages[int(names[0])%len(languages)])
	var format strings.Builder
	for _, name := range names[1:] {
		i := int(name) % len(parts)
		words := parts[i]
		format.WriteString(words[int(name)/len(parts)%len(words)])
		if i < len(parts)-1 {
			parts = slices.Delete(parts, i, i+1)
		}
	}
	return format.String()
}

// unsigned is n without its sign bit.
func unsigned(n int64) int64 { return n & (1<<63 - 1) }

// requireNotAfter demands that a state can be read again and never has passed the record.
func requireNotAfter(t *testing.T, c TimeCursor, k key) {
	t.Helper()
	text := c.encode(k)
	again, err := c.parse(text)
	if err != nil || again.compare(k) > 0 {
		t.Fatalf("%s of %s in %q %s: %v", text, k.time(), c.Formats, c.Zone, err)
	}
}
