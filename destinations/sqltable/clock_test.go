package sqltable

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

// Every day of 800 years, and their turn to text and back, as package time has them.
func TestCivil(t *testing.T) {
	t.Parallel()
	start := time.Date(1600, 1, 1, 0, 0, 0, 0, time.UTC)
	epoch := time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC).Unix() / secondsPerDay
	for n := range 800 * 366 {
		day := start.AddDate(0, 0, n)
		days := daysFromCivil(day.Year(), int(day.Month()), day.Day())
		if want := day.Unix()/secondsPerDay - epoch; days != want && day.Unix()%secondsPerDay == 0 {
			t.Fatalf("%v is day %d, not %d", day, days, want)
		}
		year, month, dayOfMonth := civil(days)
		if year != day.Year() || month != int(day.Month()) || dayOfMonth != day.Day() {
			t.Fatalf("%v became %d-%d-%d", day, year, month, dayOfMonth)
		}
	}
}

func TestTimes(t *testing.T) {
	t.Parallel()
	c := caster{}
	for _, test := range []struct {
		kind Kind
		text string
		want string // empty: cannot be kept
	}{
		{Date, "2024-02-29", "2024-02-29"},
		{Date, "2023-02-29", ""},
		{Date, "1900-02-29", ""},
		{Date, "2024-13-01", ""},
		{Date, "2024-00-01", ""},
		{Date, "2024-1-1", ""},
		{Date, "2024-01-01T00:00:00Z", "2024-01-01"},
		{Date, "2024-01-01T00:00:01Z", ""},
		{Date, "0044-03-15 BC", "0044-03-15 BC"},
		{Date, "0000-01-01", "0001-01-01 BC"},
		{Date, "0001-01-01", "0001-01-01"},
		{Date, "12024-01-01", "12024-01-01"},
		{Date, "999999-01-01", ""},
		{Date, "yesterday", ""},
		{Date, "", ""},
		{TimestampTZ, "2024-01-02T03:04:05Z", "2024-01-02T03:04:05.000000Z"},
		{TimestampTZ, "2024-01-02 03:04:05.5 +02:00", "2024-01-02T01:04:05.500000Z"},
		{TimestampTZ, "2024-01-02T03:04:05.123456789-0130", "2024-01-02T04:34:05.123456Z"},
		{TimestampTZ, "2024-01-02T03:04+05", "2024-01-01T22:04:00.000000Z"},
		{TimestampTZ, "2024-01-02", "2024-01-02T00:00:00.000000Z"},
		{TimestampTZ, "2024-01-02T03:04:05", "2024-01-02T03:04:05.000000Z"},
		{TimestampTZ, "2016-12-31T23:59:60Z", "2017-01-01T00:00:00.000000Z"},
		{TimestampTZ, "2024-01-02T24:00:00Z", ""},
		{TimestampTZ, "2024-01-02T03:60:00Z", ""},
		{TimestampTZ, "2024-01-02T03:04:05.Z", ""},
		{TimestampTZ, "2024-01-02T03:04:05Zz", ""},
		{TimestampTZ, "2024-01-02T03:04:05+16:00", ""},
		{TimestampTZ, "0044-03-15T12:00:00Z BC", "0044-03-15T12:00:00.000000Z BC"},
		{Timestamp, "2024-01-02T03:04:05", "2024-01-02T03:04:05.000000"},
		{Timestamp, "2024-01-02T03:04:05+02:00", "2024-01-02T03:04:05.000000"},
		{Time, "03:04:05.25", "03:04:05.250000"},
		{Time, "03:04", "03:04:00.000000"},
		{Time, "3:04", ""},
		{Time, "25:00:00", ""},
		{TimeTZ, "03:04:05+02:00", "03:04:05.000000+02:00"},
		{TimeTZ, "03:04:05-08", "03:04:05.000000-08:00"},
		{TimeTZ, "03:04:05Z", "03:04:05.000000+00:00"},
	} {
		v, what := c.cast(test.kind, []byte(`"`+test.text+`"`))
		assert.Equal(t, test.want != "", what == kept, test.text)
		assert.Equal(t, test.want, string(v.AppendText(nil)), test.text)
	}
}

// FuzzMoment compares with package time where that reads the text, and reads back what was written.
func FuzzMoment(f *testing.F) {
	for _, text := range []string{
		"2024-01-02T03:04:05.123456Z", "2024-02-29", "0044-03-15 BC", "2024-01-02 03:04:05+02:00",
		"0001-01-01T0:00:00Z", // one digit for the hour, which is none of RFC 3339
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		m, ok := parseMoment([]byte(text))
		want, err := time.Parse(time.RFC3339Nano, text)
		if !ok {
			if err == nil && isRFC3339(text) && 0 < want.Year() && want.Year() < 9999 &&
				smallZone(want) {
				t.Fatalf("%q is refused, and package time reads %v", text, want)
			}
			return
		}
		v := Value{form: formInstant}
		v.bits = m.days*microsPerDay + m.micros - int64(m.zone)*microsPerSecond
		if err == nil && want.UnixMicro()-epochDays*microsPerDay != v.bits {
			t.Fatalf("%q became %s, and package time reads %v", text, v.AppendText(nil), want)
		}
		again, ok := parseMoment(v.AppendText(nil))
		if !ok || again.days*microsPerDay+again.micros != v.bits {
			t.Fatalf("%q became %s, which does not come back", text, v.AppendText(nil))
		}
	})
}

// isRFC3339 leaves out what package time reads beside RFC 3339: an hour of one digit, and a comma.
func isRFC3339(text string) bool {
	return text[len("2006-01-02T03")] == ':' && !strings.Contains(text, ",")
}

func smallZone(at time.Time) bool {
	_, offset := at.Zone()
	return offset < 16*3600 && offset > -16*3600
}
