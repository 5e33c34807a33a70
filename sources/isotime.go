package sources

import "time"

// readISO reads a date, or a date and a time of day, as ISO 8601 spells them: RFC 3339 and its
// relatives without an offset, without separators, with a space for the T, with a comma for the
// point, with an offset of hours only. What has no offset is meant in zone.
func readISO(text []byte, zone *time.Location) (time.Time, error) {
	if t, ok := readRFC3339(text); ok {
		return t, nil
	}
	s := timeScanner{rest: text}
	c := s.isoDate()
	if len(s.rest) > 0 {
		if !s.skip("Tt ") {
			return time.Time{}, errNotTime
		}
		s.isoClock(&c)
	}
	t, ok := c.instant(zone)
	if !ok || !s.done() {
		return t, errNotTime
	}
	return t, nil
}

// readRFC3339 reads the common spelling fast. It looks at the shape first, to avoid the error, an
// allocation, that another spelling would cost.
func readRFC3339(text []byte) (t time.Time, ok bool) {
	n := len(text)
	looks := n >= len("2006-01-02T15:04:05Z") && text[len(time.DateOnly)] == 'T' &&
		(text[n-1] == 'Z' || text[n-3] == ':' && (text[n-6] == '+' || text[n-6] == '-'))
	return t, looks && t.UnmarshalText(text) == nil
}

func (s *timeScanner) isoDate() (c civil) {
	c.year = s.number(4, 4, 9999)
	dashed := s.skip("-")
	c.month = s.number(2, 2, 99)
	if dashed {
		s.expect('-')
	}
	c.day = s.number(2, 2, 99)
	return c
}

func (s *timeScanner) isoClock(c *civil) {
	c.hour = s.number(2, 2, 24)
	colons := s.skip(":")
	c.minute = s.number(2, 2, 59)
	if colons && s.skip(":") || !colons && isDigit(s.next()) {
		c.second = s.number(2, 2, 60)
		if s.skip(".,") {
			c.nano = s.fraction()
		}
	}
	s.skip(" ")
	if len(s.rest) > 0 {
		c.offset, c.zoned = s.offset(), true
	}
}
