package sources

import "time"

// readISO reads a date, or a date and a time of day, as ISO 8601 spells them: RFC 3339 and its
// relatives without an offset, without separators, with a space for the T, with a comma for the
// point, with an offset of hours only. What has no offset is meant in zone.
func readISO(text []byte, zone *time.Location) (time.Time, error) {
	if k, ok := readZulu(text); ok {
		return k.time(), nil
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

// readZulu reads the most common spelling, 2026-01-02T03:04:05Z with or without a fraction of up to
// nine digits, in a tenth of the time that the standard library takes, as seconds since 1970 and
// nanoseconds. Days beyond the 28th are left to others, so no calendar is needed here but the one
// that counts days.
func readZulu(text []byte) (k key, ok bool) {
	const size = len("2026-01-02T03:04:05")
	if len(text) <= size {
		return k, false
	}
	t := (*[size]byte)(text)
	if t[4] != '-' || t[7] != '-' || t[10] != 'T' || t[13] != ':' || t[16] != ':' {
		return k, false
	}
	century, year := twoDigits(t[0], t[1]), twoDigits(t[2], t[3])
	month, day := twoDigits(t[5], t[6]), twoDigits(t[8], t[9])
	hour, minute := twoDigits(t[11], t[12]), twoDigits(t[14], t[15])
	second := twoDigits(t[17], t[18])
	if century > 99 || year > 99 || month-1 > 11 || day-1 > 27 ||
		hour > 23 || minute > 59 || second > 59 || century+year == 0 {
		return k, false
	}
	days := daysBefore(int(century*100+year), int(month)) + int(day) - 1
	k.hi = int64(days)*86400 + int64(hour*3600+minute*60+second)
	k.lo, ok = zuluFraction(text[size:])
	return k, ok
}

// zuluFraction reads what follows the second: Z, or a point, digits and Z.
func zuluFraction(text []byte) (nanos int64, ok bool) {
	last := len(text) - 1
	switch {
	case text[last] != 'Z':
		return 0, false
	case last == 0:
		return 0, true
	case text[0] != '.' || last == 1 || last > 10:
		return 0, false
	}
	for i := 1; i <= 9; i++ {
		nanos *= 10
		if i >= last {
			continue
		}
		if !isDigit(text[i]) {
			return 0, false
		}
		nanos += int64(text[i] - '0')
	}
	return nanos, true
}

// twoDigits is the number that two digits spell, and more than 99 where one of them is none.
func twoDigits(tens, ones byte) uint {
	tens, ones = tens-'0', ones-'0'
	if tens > 9 || ones > 9 {
		return 255
	}
	return uint(tens)*10 + uint(ones)
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
