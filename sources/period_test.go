package sources

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

// allPeriods are all there are.
func allPeriods() []Period {
	all := []Period{Days, Months, Quarters, Years}
	for d := time.Sunday; d <= time.Saturday; d++ {
		all = append(all, Weeks(d))
	}
	return all
}

func TestPeriods(t *testing.T) {
	t.Parallel()
	berlin, paulo, apia := zone("Europe/Berlin"), zone("America/Sao_Paulo"), zone("Pacific/Apia")
	for _, test := range []struct {
		period          Period
		zone            *time.Location
		at, begin, next string
	}{
		{Days, time.UTC, "2024-02-28T23:59:59Z", "2024-02-28T00:00:00Z", "2024-02-29T00:00:00Z"},
		{Days, berlin, "2026-03-28T23:30:00Z",
			"2026-03-29T00:00:00+01:00", "2026-03-30T00:00:00+02:00"},
		{Days, berlin, "2026-10-25T12:00:00Z",
			"2026-10-25T00:00:00+02:00", "2026-10-26T00:00:00+01:00"},
		{Days, paulo, "2018-11-04T12:00:00Z",
			"2018-11-04T01:00:00-02:00", "2018-11-05T00:00:00-02:00"},
		{Days, apia, "2011-12-30T09:00:00Z",
			"2011-12-29T00:00:00-10:00", "2011-12-31T00:00:00+14:00"},
		{Weeks(time.Monday), time.UTC, "2026-01-01T12:00:00Z",
			"2025-12-29T00:00:00Z", "2026-01-05T00:00:00Z"},
		{Weeks(time.Thursday), time.UTC, "2026-01-01T00:00:00Z",
			"2026-01-01T00:00:00Z", "2026-01-08T00:00:00Z"},
		{Weeks(time.Friday), time.UTC, "2026-01-01T00:00:00Z",
			"2025-12-26T00:00:00Z", "2026-01-02T00:00:00Z"},
		{Months, time.UTC, "2024-02-29T12:00:00Z", "2024-02-01T00:00:00Z", "2024-03-01T00:00:00Z"},
		{Months, berlin, "2025-12-31T23:00:00Z",
			"2026-01-01T00:00:00+01:00", "2026-02-01T00:00:00+01:00"},
		{Quarters, time.UTC, "2026-05-31T12:00:00Z",
			"2026-04-01T00:00:00Z", "2026-07-01T00:00:00Z"},
		{Quarters, time.UTC, "2026-12-31T12:00:00Z",
			"2026-10-01T00:00:00Z", "2027-01-01T00:00:00Z"},
		{Years, time.UTC, "2024-12-31T12:00:00Z", "2024-01-01T00:00:00Z", "2025-01-01T00:00:00Z"},
	} {
		begin := test.period.begin(at(test.at).In(test.zone))
		assert.Equal(t, test.begin, begin.Format(time.RFC3339), "%+v", test)
		assert.Equal(t, test.next, test.period.next(begin).Format(time.RFC3339), "%+v", test)
	}
}

func TestPeriodsPartTheTime(t *testing.T) {
	t.Parallel()
	for _, z := range oddZones {
		for _, p := range allPeriods() {
			changes(z, func(change time.Time) {
				for m := -26 * 60; m <= 26*60; m += 95 {
					at := change.Add(time.Duration(m)*time.Minute - 1).In(z)
					begin := p.begin(at)
					next := p.next(begin)
					if begin.After(at) || !next.After(at) || !p.begin(begin).Equal(begin) ||
						!p.end(begin).Equal(begin) || !p.end(begin.Add(1)).Equal(next) ||
						!p.last(next).Equal(begin) {
						t.Fatalf("%d at %s: %s to %s", p, at, begin, next)
					}
				}
			})
		}
	}
}
