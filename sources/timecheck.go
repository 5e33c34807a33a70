package sources

import (
	"errors"
	"fmt"
	"time"
	"unicode/utf8"
)

func (c TimeCursor) validate() error {
	switch {
	case c.Field == "":
		return errors.New("its TimeCursor has no Field")
	case c.Step < 0 || c.Lookback < 0 || c.Granularity < 0 || c.MaxAge < 0:
		return errors.New("its TimeCursor has a negative Step, Lookback, Granularity or MaxAge")
	case c.Step > 0 && c.Granularity > c.Step:
		return errors.New("its TimeCursor has a Granularity that is greater than Step")
	case c.Filter && (c.Step > 0 || c.Clamp != 0):
		return errors.New("its TimeCursor has Filter and Step or Clamp: an API that cannot " +
			"filter would be read in full for each slice; leave Step and Clamp zero")
	case !c.End.IsZero() && c.End.Before(c.Start):
		return errors.New("its TimeCursor has an End before its Start")
	}
	if err := c.checkClamp(); err != nil {
		return fmt.Errorf("its TimeCursor has %w", err)
	}
	if err := c.checkFormats(); err != nil {
		return fmt.Errorf("its TimeCursor has %w", err)
	}
	return nil
}

func (c TimeCursor) checkClamp() error {
	switch {
	case c.Clamp == 0:
		return nil
	case !c.Clamp.valid():
		return fmt.Errorf("a Clamp of %d, which is no period", c.Clamp)
	case c.Granularity > c.Clamp.shortest():
		return errors.New("a Granularity that is greater than the period of Clamp")
	}
	return nil
}

// checkFormats also refuses slices so short that both of their bounds would be written alike.
func (c TimeCursor) checkFormats() error {
	for i, format := range c.formats() {
		unit, err := timeFormat(format).check(i == 0, c.zone())
		if err != nil {
			return err
		}
		step := c.Step
		if c.Clamp != 0 {
			step = max(step, c.Clamp.shortest())
		}
		if i == 0 && step > 0 && step < unit {
			return fmt.Errorf("slices that are shorter than what its first format %q can tell "+
				"apart; make Step or Clamp longer", format)
		}
	}
	return nil
}

// The times, as clocks show them, on which a format is tried. Some tell digits without separators
// apart, others a year of two digits.
var (
	readSamples = samples("2033-11-23T17:48:52.987654321Z", "2033-01-02T03:04:05.060708091Z",
		"2033-01-11T12:01:11.111111111Z", "2033-11-01T01:11:01.111111111Z",
		"2034-02-03T00:00:08Z")
	writtenSamples = append(samples("1960-10-20T12:30:40.5Z", "2077-02-28T23:59:59.9Z"),
		readSamples...)
)

func samples(texts ...string) (times []time.Time) {
	for _, text := range texts {
		t, err := time.Parse(time.RFC3339Nano, text)
		if err != nil {
			panic(err)
		}
		times = append(times, t)
	}
	return times
}

// check finds a format that does not spell a date, or that cannot be read again where it is to be
// written. It returns the difference that the format can tell apart.
func (f timeFormat) check(written bool, zone *time.Location) (unit time.Duration, err error) {
	if _, ok := epochPlaces(string(f)); f.isPython() && !ok {
		if err := checkDirectives(string(f)); err != nil {
			return 0, fmt.Errorf("the format %q: %w", string(f), err)
		}
	}
	if !utf8.ValidString(string(f)) {
		return 0, fmt.Errorf("the format %q, which is not UTF-8", string(f))
	}
	times := readSamples
	if written {
		times = writtenSamples
	}
	for _, t := range times {
		step := f.rounds(t, zone)
		switch {
		case step > 0:
			unit = max(unit, step)
		case written && f.rounds(readSamples[0], zone) > 0:
			return 0, fmt.Errorf("the first format %q, which is to be written, but is not always "+
				"read as the same time again; it needs a year of four digits, and separators or "+
				"leading zeros", string(f))
		default:
			return 0, fmt.Errorf("the format %q, which does not spell a time with its date; "+
				"write a Go layout such as %s or a Python one such as %%Y-%%m-%%d", string(f),
				time.DateOnly)
		}
	}
	return unit, nil
}

// rounds returns what a time, as clocks show it, is rounded down to where it is written and read
// again; zero where that does not give the time it was.
func (f timeFormat) rounds(shown time.Time, zone *time.Location) time.Duration {
	t := f.local(onClocks(shown, f.clocks(zone)), zone)
	again, err := f.read([]byte(f.text(t, zone)), false, zone)
	if err != nil {
		return 0
	}
	return roundedTo(t, again.In(t.Location()))
}

// roundedTo returns the unit of the calendar or the clock to which t was rounded down to get floor;
// zero where it is none.
func roundedTo(t, floor time.Time) time.Duration {
	const day = 24 * time.Hour
	t, floor = wall(t), wall(floor)
	for _, power := range powers {
		if floor.Equal(t.Truncate(time.Duration(power))) {
			return time.Duration(power)
		}
	}
	for _, unit := range []time.Duration{time.Minute, time.Hour, day} {
		if floor.Equal(t.Truncate(unit)) {
			return unit
		}
	}
	switch {
	case floor.Equal(time.Date(t.Year(), t.Month(), 1, 0, 0, 0, 0, time.UTC)):
		return 28 * day
	case floor.Equal(time.Date(t.Year(), 1, 1, 0, 0, 0, 0, time.UTC)):
		return 365 * day
	}
	return 0
}
