package sources

import "time"

// readISO reads a date, or a date and a time of day, as ISO 8601 spells them: RFC 3339 and its
// relatives without an offset, without separators, with a space for the T, with a comma for the
// point, with an offset of hours only. What has no offset is meant in zone.
func readISO(text []byte, zone *time.Location) (time.Time, error) {
	if t, ok := readSeconds(text); ok {
		return t, nil
	}
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

// readSeconds reads the most common spelling, 2026-01-02T03:04:05Z, in a fifth of the time that the
// standard library takes. Days beyond the 28th are left to others, so no calendar is needed here
// but the one that counts days.
func readSeconds(text []byte) (t time.Time, ok bool) {
	const layout = "0000-00-00T00:00:00Z"
	if len(text) != len(layout) {
		return t, false
	}
	for i := range len(layout) {
		if c := text[i]; c != layout[i] && (layout[i] != '0' || !isDigit(c)) {
			return t, false
		}
	}
	two := func(at int) int { return int(text[at]-'0')*10 + int(text[at+1]-'0') }
	year, month, day := two(0)*100+two(2), two(5), two(8)
	hour, minute, second := two(11), two(14), two(17)
	if year < 1 || month < 1 || month > 12 || day < 1 || day > 28 ||
		hour > 23 || minute > 59 || second > 59 {
		return t, false
	}
	days := int64(daysBefore(year, month) + day - 1)
	return time.Unix(days*86400+int64(hour*3600+minute*60+second), 0).UTC(), true
}

// daysBefore counts the days from 1970 to the first of a month. A year begins in March here, so
// that the leap day is its last.
func daysBefore(year, month int) int {
	if month < 3 {
		year, month = year-1, month+12
	}
	const before1970 = 719_468 // days from March of the year 0
	leaps := year/4 - year/100 + year/400
	return year*365 + leaps + (153*(month-3)+2)/5 - before1970
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
