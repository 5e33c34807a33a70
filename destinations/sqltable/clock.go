package sqltable

import (
	"bytes"
	"slices"
	"strconv"
	"time"
)

const (
	microsPerSecond = 1_000_000
	secondsPerDay   = 24 * 60 * 60
	microsPerDay    = secondsPerDay * microsPerSecond
	epochDays       = 10957 // from 1970-01-01 to 2000-01-01, where PostgreSQL counts from
)

// moment is a parsed date, time of day, or both. Days count from 2000-01-01.
type moment struct {
	days   int64
	micros int64 // of the day
	zone   int   // seconds east of UTC
}

// scanner reads an ISO 8601 text piece by piece.
type scanner struct {
	text []byte
	bad  bool
}

// parseMoment reads a date, or a date and a time of day behind T or a space. Digits beyond
// microseconds are cut off. A text that ends in BC counts years back from the year 1.
func parseMoment(text []byte) (m moment, ok bool) {
	text, beforeChrist := bytes.CutSuffix(text, []byte(" BC"))
	s := scanner{text: text}
	m.days = s.date(beforeChrist)
	if len(s.text) > 0 && !s.bad {
		if c := s.text[0]; c != 'T' && c != 't' && c != ' ' {
			return m, false
		}
		s.text = s.text[1:]
		s.clock(&m)
	}
	return m, s.ended()
}

// parseClock reads a time of day.
func parseClock(text []byte) (m moment, ok bool) {
	s := scanner{text: text}
	s.clock(&m)
	return m, s.ended()
}

func (s *scanner) ended() bool { return !s.bad && len(s.text) == 0 }

// number reads a run of min to most digits.
func (s *scanner) number(least, most int) int {
	n, i := 0, 0
	for i < len(s.text) && i < most && s.text[i] >= '0' && s.text[i] <= '9' {
		n = n*10 + int(s.text[i]-'0')
		i++
	}
	if i < least {
		s.bad = true
	}
	s.text = s.text[i:]
	return n
}

// accept takes c if it comes next.
func (s *scanner) accept(c byte) bool {
	if len(s.text) == 0 || s.text[0] != c {
		return false
	}
	s.text = s.text[1:]
	return true
}

func (s *scanner) expect(c byte) {
	if !s.accept(c) {
		s.bad = true
	}
}

func (s *scanner) date(beforeChrist bool) int64 {
	year := s.number(4, 6)
	s.expect('-')
	month := s.number(2, 2)
	s.expect('-')
	day := s.number(2, 2)
	if beforeChrist {
		year = 1 - year
	}
	if month < 1 || month > 12 || day < 1 || day > daysIn(year, month) || year > 294275 ||
		year < -4711 {
		s.bad = true
		return 0
	}
	return daysFromCivil(year, month, day)
}

func (s *scanner) clock(m *moment) {
	hour := s.number(2, 2)
	s.expect(':')
	minute := s.number(2, 2)
	second, fraction := 0, int64(0)
	if s.accept(':') {
		second = s.number(2, 2)
		if s.accept('.') || s.accept(',') {
			fraction = s.fraction()
		}
	}
	if hour > 23 || minute > 59 || second > 60 {
		s.bad = true
	}
	m.micros = int64(hour*3600+minute*60+second)*microsPerSecond + fraction
	s.accept(' ')
	s.zone(m)
}

// fraction reads the digits behind the point as microseconds.
func (s *scanner) fraction() int64 {
	micros, i := int64(0), 0
	for ; i < len(s.text) && s.text[i] >= '0' && s.text[i] <= '9'; i++ {
		if i < 6 {
			micros = micros*10 + int64(s.text[i]-'0')
		}
	}
	s.bad = s.bad || i == 0
	s.text = s.text[i:]
	for ; i < 6; i++ {
		micros *= 10
	}
	return micros
}

// zone reads Z, or a distance to UTC as +01, +0100 or +01:00, or nothing.
func (s *scanner) zone(m *moment) {
	if len(s.text) == 0 {
		return
	}
	direction := 1
	switch {
	case s.accept('Z') || s.accept('z'):
		return
	case s.accept('-'):
		direction = -1
	default:
		s.expect('+')
	}
	hours := s.number(2, 2)
	minutes := 0
	if s.accept(':') || len(s.text) > 0 {
		minutes = s.number(2, 2)
	}
	s.bad = s.bad || hours > 15 || minutes > 59
	m.zone = direction * (hours*3600 + minutes*60)
}

func isLeap(year int) bool { return year%4 == 0 && (year%100 != 0 || year%400 == 0) }

func daysIn(year, month int) int {
	switch month {
	case 2:
		if isLeap(year) {
			return 29
		}
		return 28
	case 4, 6, 9, 11:
		return 30
	default:
		return 31
	}
}

// daysFromCivil returns the day's distance to 2000-01-01 in the Gregorian calendar.
func daysFromCivil(year, month, day int) int64 {
	at := time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC)
	return at.Unix()/secondsPerDay - epochDays
}

// civil is the inverse of daysFromCivil.
func civil(days int64) (year, month, day int) {
	year, named, day := time.Unix((days+epochDays)*secondsPerDay, 0).UTC().Date()
	return year, int(named), day
}

// floorDiv divides and rounds down, where Go rounds towards zero. The divisor is positive.
func floorDiv(a, b int64) int64 {
	if a < 0 {
		a -= b - 1
	}
	return a / b
}

// appendDate appends a day as YYYY-MM-DD; the caller appends the suffix of years before Christ.
func appendDate(dst []byte, days int64) (text []byte, beforeChrist bool) {
	year, month, day := civil(days)
	if year < 1 {
		beforeChrist, year = true, 1-year
	}
	dst = appendPadded(dst, year, 4)
	dst = appendPadded(append(dst, '-'), month, 2)
	return appendPadded(append(dst, '-'), day, 2), beforeChrist
}

// appendClock appends a time of day with six digits behind the point, always, so that the order of
// texts is the order of times.
func appendClock(dst []byte, micros int64) []byte {
	second := int(micros / microsPerSecond)
	dst = appendPadded(dst, second/3600, 2)
	dst = appendPadded(append(dst, ':'), second/60%60, 2)
	dst = appendPadded(append(dst, ':'), second%60, 2)
	return appendPadded(append(dst, '.'), int(micros%microsPerSecond), 6)
}

// appendPadded appends n with zeros before it, at least width digits.
func appendPadded(dst []byte, n, width int) []byte {
	start := len(dst)
	dst = strconv.AppendInt(dst, int64(n), 10)
	for len(dst)-start < width {
		dst = slices.Insert(dst, start, '0')
	}
	return dst
}
