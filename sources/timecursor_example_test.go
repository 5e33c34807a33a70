package sources_test

import (
	"time"

	"github.com/airbyte-go/cdk/sources"
)

// An API that counts milliseconds gets its bounds as such.
func ExampleTimeCursor_formats() {
	printStream(months{sources.TimeCursor{
		Field:   "from",
		Start:   time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC),
		End:     time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC),
		Formats: []string{sources.EpochMilliseconds, time.RFC3339},
	}})
	// Output:
	// RECORD months {"from":"1767225600000","to":"1769860800000"}
	// STATE months {"__ab_no_cursor_state_message":true}
}

// Formats of a manifest can be pasted.
func ExampleTimeCursor_python() {
	printStream(months{sources.TimeCursor{
		Field:   "from",
		Start:   time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC),
		End:     time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC),
		Formats: []string{"%Y-%m-%dT%H:%M:%S.%_msZ", "%s"},
	}})
	// Output:
	// RECORD months {"from":"2026-01-01T00:00:00.000Z","to":"2026-01-31T12:00:00.000Z"}
	// STATE months {"__ab_no_cursor_state_message":true}
}

// An API that speaks the time of the clocks on its wall, across the beginning of summer time: a day
// of Step has 23 hours on that day.
func ExampleTimeCursor_zone() {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		panic(err)
	}
	printStream(months{sources.TimeCursor{
		Field:   "from",
		Start:   time.Date(2026, 3, 28, 12, 0, 0, 0, berlin),
		End:     time.Date(2026, 3, 30, 12, 0, 0, 0, berlin),
		Step:    24 * time.Hour,
		Zone:    berlin,
		Formats: []string{time.DateTime},
	}}, sources.Concurrency(1))
	// Output:
	// RECORD months {"from":"2026-03-28 12:00:00","to":"2026-03-29 12:00:00"}
	// RECORD months {"from":"2026-03-29 12:00:00","to":"2026-03-30 12:00:00"}
	// STATE months {"__ab_no_cursor_state_message":true}
}

// A report of whole months, from an API that takes in the day of its upper bound. March is not over
// yet, so a later sync reads it.
func ExampleTimeCursor_clamp() {
	printStream(months{sources.TimeCursor{
		Field:       "from",
		Start:       time.Date(2026, 1, 10, 0, 0, 0, 0, time.UTC),
		End:         time.Date(2026, 3, 15, 12, 0, 0, 0, time.UTC),
		Clamp:       sources.Months,
		Granularity: 24 * time.Hour,
		Formats:     []string{time.DateOnly},
	}}, sources.Concurrency(1))
	// Output:
	// RECORD months {"from":"2026-01-01","to":"2026-01-31"}
	// RECORD months {"from":"2026-02-01","to":"2026-02-28"}
	// STATE months {"__ab_no_cursor_state_message":true}
}

func ExampleWeeks() {
	printStream(months{sources.TimeCursor{
		Field:   "from",
		Start:   time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC),
		End:     time.Date(2026, 1, 14, 0, 0, 0, 0, time.UTC),
		Clamp:   sources.Weeks(time.Monday),
		Formats: []string{"Mon 2006-01-02"},
	}}, sources.Concurrency(1))
	// Output:
	// RECORD months {"from":"Mon 2025-12-29","to":"Mon 2026-01-05"}
	// RECORD months {"from":"Mon 2026-01-05","to":"Mon 2026-01-12"}
	// STATE months {"__ab_no_cursor_state_message":true}
}
