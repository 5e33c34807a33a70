package sources

import (
	"bytes"
	"strings"
	"time"
)

// timeScanner reads the parts of a time from the front of a text. Once something is not there it
// has failed, and what it returns means nothing.
type timeScanner struct {
	rest   []byte
	failed bool
}

// done reports whether everything was there, and nothing else.
func (s *timeScanner) done() bool { return !s.failed && len(s.rest) == 0 }

// next tells what comes next, zero at the end.
func (s *timeScanner) next() byte {
	if len(s.rest) == 0 {
		return 0
	}
	return s.rest[0]
}

// number reads at least and at most so many digits. It leaves a digit that would carry the number
// beyond its limit to what follows.
func (s *timeScanner) number(least, most, limit int) (n int) {
	read := 0
	for read < most && isDigit(s.next()) {
		more := n*10 + int(s.next()-'0')
		if more > limit {
			break
		}
		n, s.rest = more, s.rest[1:]
		read++
	}
	s.failed = s.failed || read < least
	return n
}

// fraction reads the digits behind a decimal point as nanoseconds, and rounds down.
func (s *timeScanner) fraction() (nanos int) {
	digits := digitsAhead(s.rest)
	s.failed = s.failed || digits == 0
	for i := range 9 {
		nanos *= 10
		if i < digits {
			nanos += int(s.rest[i] - '0')
		}
	}
	s.rest = s.rest[digits:]
	return nanos
}

// skip passes over one letter of chars, if there is one.
func (s *timeScanner) skip(chars string) bool {
	if len(s.rest) == 0 || strings.IndexByte(chars, s.rest[0]) < 0 {
		return false
	}
	s.rest = s.rest[1:]
	return true
}

// expect reads a literal, in upper or lower case.
func (s *timeScanner) expect(c byte) {
	s.failed = s.failed || lower(s.next()) != lower(c)
	if !s.failed {
		s.rest = s.rest[1:]
	}
}

func lower(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		return c | 0x20
	}
	return c
}

// spaces reads one space or more.
func (s *timeScanner) spaces() {
	before := len(s.rest)
	s.rest = bytes.TrimLeft(s.rest, " \t\n\r\v\f")
	s.failed = s.failed || len(s.rest) == before
}

// offset reads Z, UTC, GMT, or a sign with hours, minutes and seconds, with colons or without.
func (s *timeScanner) offset() (seconds int) {
	if s.word("utc", "gmt", "z") >= 0 {
		return 0
	}
	sign := 1
	if s.next() == '-' {
		sign = -1
	}
	if !s.skip("+-") {
		s.failed = true
		return 0
	}
	seconds = s.number(2, 2, 23) * 3600
	for _, unit := range []int{60, 1} {
		colon := s.skip(":")
		if !colon && !isDigit(s.next()) {
			break
		}
		seconds += s.number(2, 2, 59) * unit
	}
	return sign * seconds
}

// word reads one of words, which are in lower case, and tells which; -1 where it is none.
func (s *timeScanner) word(words ...string) int {
	for i, w := range words {
		if len(s.rest) >= len(w) && bytes.EqualFold(s.rest[:len(w)], []byte(w)) {
			s.rest = s.rest[len(w):]
			return i
		}
	}
	return -1
}

// month reads the English name of a month, in full or short.
func (s *timeScanner) month() int {
	for m := time.January; m <= time.December; m++ {
		if s.name(m.String()) {
			return int(m)
		}
	}
	s.failed = true
	return 1
}

// weekday passes over the English name of a weekday, in full or short.
func (s *timeScanner) weekday() {
	for d := time.Sunday; d <= time.Saturday; d++ {
		if s.name(d.String()) {
			return
		}
	}
	s.failed = true
}

// name reads a name, or its first three letters.
func (s *timeScanner) name(full string) bool {
	return s.word(full) >= 0 || s.word(full[:3]) >= 0
}
