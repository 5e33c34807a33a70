package rows

import (
	"bytes"
	"time"
)

// Clock is one record whose moment goes on by a second at a time, at next to no cost: a source that
// is not to be the limit of a measurement.
type Clock struct {
	// Record is the current record. Next changes it in place.
	Record []byte

	at   int // where the moment stands in Record
	hour time.Time
}

// firstMoment is that of the first record of a clock.
var firstMoment = time.Date(2020, time.January, 1, 0, 0, 0, 0, time.UTC)

// NewClock returns the first record.
func NewClock(s Shape) *Clock {
	text := firstMoment.Format(MomentLayout)
	record := s.Append(nil, 12345, text)
	return &Clock{Record: record, at: bytes.Index(record, []byte(text)), hour: firstMoment}
}

// Next makes Record the next one.
func (c *Clock) Next() {
	const minute, second = len("2020-01-01T00:"), len("2020-01-01T00:00:")
	text := c.Record[c.at : c.at+len(MomentLayout)]
	if tick(text[second:]) && tick(text[minute:]) {
		c.hour = c.hour.Add(time.Hour)
		copy(text, c.hour.Format(MomentLayout))
	}
}

// tick adds one to two digits that count to 59, and tells whether they began anew.
func tick(digits []byte) (carry bool) {
	if digits[1]++; digits[1] <= '9' {
		return false
	}
	digits[1] = '0'
	if digits[0]++; digits[0] <= '5' {
		return false
	}
	digits[0] = '0'
	return true
}
