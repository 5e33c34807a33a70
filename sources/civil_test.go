package sources

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// oddZones change their clocks in every way there is: by an hour and by half of one, at midnight,
// just after it, over the date line, by a few seconds, and four times a year.
var oddZones = []*time.Location{
	time.UTC, zone("Europe/Berlin"), zone("America/New_York"), zone("America/Sao_Paulo"),
	zone("America/Havana"), zone("America/St_Johns"), zone("Australia/Lord_Howe"),
	zone("Pacific/Apia"), zone("Pacific/Kwajalein"), zone("Africa/Casablanca"),
	zone("Asia/Kolkata"), zone("Europe/Amsterdam"), zone("Europe/Dublin"), zone("Asia/Manila"),
	time.FixedZone("", -9*3600-1830),
}

// changes calls check with moments at which the clocks of z change: early ones, those around odd
// decisions, and late ones, beyond the tables; and always with the beginnings of some years.
func changes(z *time.Location, check func(change time.Time)) {
	for _, years := range [][2]int{
		{1928, 1942}, {1985, 1988}, {1993, 1996}, {2009, 2013}, {2044, 2046},
	} {
		at := time.Date(years[0], 1, 1, 0, 0, 0, 0, z)
		for check(at); at.Year() < years[1]; at = at.Add(24 * time.Hour) {
			_, before := at.Zone()
			next := at.Add(24 * time.Hour)
			if _, after := next.Zone(); before != after {
				check(changeBetween(at, next))
			}
		}
	}
}

// changeBetween finds the moment at which the offset becomes that of late.
func changeBetween(early, late time.Time) time.Time {
	_, after := late.Zone()
	for late.Sub(early) > 1 {
		middle := early.Add(late.Sub(early) / 2)
		if _, offset := middle.Zone(); offset == after {
			late = middle
		} else {
			early = middle
		}
	}
	return late
}

func TestOnClocks(t *testing.T) {
	t.Parallel()
	berlin, apia := zone("Europe/Berlin"), zone("Pacific/Apia")
	for _, test := range []struct {
		zone       *time.Location
		wall, want string
	}{
		{berlin, "2026-01-02T03:04:05Z", "2026-01-02T02:04:05Z"},
		{berlin, "2026-03-29T01:59:59Z", "2026-03-29T00:59:59Z"},
		{berlin, "2026-03-29T02:00:00Z", "2026-03-29T01:00:00Z"}, // left out
		{berlin, "2026-03-29T02:30:00Z", "2026-03-29T01:00:00Z"},
		{berlin, "2026-03-29T03:00:00Z", "2026-03-29T01:00:00Z"},
		{berlin, "2026-10-25T01:59:59Z", "2026-10-24T23:59:59Z"},
		{berlin, "2026-10-25T02:30:00Z", "2026-10-25T00:30:00Z"}, // shown twice
		{berlin, "2026-10-25T03:00:00Z", "2026-10-25T02:00:00Z"},
		{apia, "2011-12-30T12:00:00Z", "2011-12-30T10:00:00Z"}, // a day that never was
		{berlin, "2044-12-31T12:00:00Z", "2044-12-31T11:00:00Z"},
		{berlin, "0001-01-01T00:00:00Z", "0000-12-31T23:06:32Z"},
		{berlin, "9999-12-31T23:59:59Z", "9999-12-31T22:59:59Z"},
	} {
		got := onClocks(at(test.wall), test.zone)
		assert.Equal(t, test.want, got.UTC().Format(time.RFC3339Nano), "%s in %s",
			test.wall, test.zone)
	}
}

func TestClocksNeverGoBack(t *testing.T) {
	t.Parallel()
	for _, z := range oddZones {
		changes(z, func(change time.Time) {
			var before time.Time
			for m := -30 * 60; m < 30*60; m += 20 {
				shown := wall(change).Add(time.Duration(m)*time.Minute + 30*time.Second)
				got := onClocks(shown, z)
				require.False(t, got.Before(before), "%s in %s", shown, z)
				require.False(t, wall(got).Before(shown), "%s in %s", shown, z)
				before = got

				truly := change.Add(time.Duration(m) * time.Minute)
				require.False(t, onClocks(wall(truly), z).After(truly), "%s", truly)
				require.Equal(t, wall(truly), wall(onClocks(wall(truly), z)), "%s", truly)
			}
		})
	}
}

// Whatever the clocks do, a state never names a later time than it stands for.
func TestStatesNeverPassTheRecord(t *testing.T) {
	t.Parallel()
	formats := []string{
		time.RFC3339Nano, time.RFC3339, time.DateOnly, time.DateTime, time.RFC1123, time.RFC1123Z,
		"2006-01-02T15:04:05Z07", "2006-01-02T15:04:05.000Z", "2006-01-02T15", "2006-01", "2006",
		EpochSeconds, EpochFloatSeconds, EpochMilliseconds, EpochMicroseconds, EpochNanoseconds,
		"%Y-%m-%dT%H:%M:%S.%fZ", "%Y-%m-%dT%H:%M:%S.%_ms", "%Y-%m-%d %I %p", "%F %T %Z",
		"%Y-%m-%dT%H:%M:%S%z", "%Y-%m-%dT%H:%M%:z", "%d %b %Y", "%Y %j",
	}
	for _, z := range oddZones {
		for _, format := range formats {
			c := TimeCursor{Field: "at", Formats: []string{format}, Zone: z}
			require.NoError(t, c.validate(), format)
			changes(z, func(change time.Time) {
				for m := -150; m <= 150; m += 50 {
					k := timeKey(change.Add(time.Duration(m)*time.Minute - 1))
					requireNotAfter(t, c, k)
					again := c.again(k) // rounded down as the state is
					if again.compare(k) > 0 || string(c.encode(k)) != string(c.encode(again)) {
						t.Fatalf("%s instead of %s", c.encode(again), c.encode(k))
					}
				}
			})
		}
	}
}

func TestMove(t *testing.T) {
	t.Parallel()
	const day = 24 * time.Hour
	berlin := zone("Europe/Berlin")
	for _, test := range []struct {
		at   string
		by   time.Duration
		want string
	}{
		{"2026-03-28T12:00:00+01:00", day, "2026-03-29T12:00:00+02:00"},
		{"2026-03-28T12:00:00+01:00", 24*time.Hour + 1, "2026-03-29T13:00:00.000000001+02:00"},
		{"2026-03-29T12:00:00+02:00", -day, "2026-03-28T12:00:00+01:00"},
		{"2026-03-28T02:30:00+01:00", day, "2026-03-29T03:00:00+02:00"},
		{"2026-10-24T02:30:00+02:00", day, "2026-10-25T02:30:00+02:00"},
		{"2026-10-25T02:30:00+01:00", day, "2026-10-26T02:30:00+01:00"},
		{"2024-02-28T12:00:00+01:00", 2 * day, "2024-03-01T12:00:00+01:00"},
	} {
		got := move(at(test.at).In(berlin), test.by)
		assert.Equal(t, test.want, got.Format(time.RFC3339Nano), "%s by %s", test.at, test.by)
	}
}
