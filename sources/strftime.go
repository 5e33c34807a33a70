package sources

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// The directives of Python's strftime that a format may hold, with a Go layout to write them, or
// the directives they stand for. Those without either are written by appendDirective.
var directives = map[string]string{
	"%": "%", "f": "", "_ms": "", "-H": "",
	"Y": "2006", "y": "06", "m": "01", "-m": "1", "d": "02", "-d": "2", "e": "_2", "j": "002",
	"H": "15", "I": "03", "-I": "3", "p": "PM", "M": "04", "-M": "4", "S": "05", "-S": "5",
	"b": "Jan", "B": "January", "a": "Mon", "A": "Monday",
	"z": "-0700", ":z": "-07:00", "Z": "MST",
	"F": "%Y-%m-%d", "T": "%H:%M:%S", "R": "%H:%M", "D": "%m/%d/%y",
}

// cutDirective takes the directive off the front of a format that has had its percent sign cut.
func cutDirective(format string) (directive, rest string) {
	n := 1
	switch {
	case strings.HasPrefix(format, "_ms"):
		n = 3
	case strings.HasPrefix(format, "-"), strings.HasPrefix(format, ":"):
		n = 2
	}
	n = min(n, len(format))
	return format[:n], format[n:]
}

// checkDirectives finds a directive that does not exist.
func checkDirectives(format string) error {
	for {
		_, after, found := strings.Cut(format, "%")
		if !found {
			return nil
		}
		directive, rest := cutDirective(after)
		if _, ok := directives[directive]; !ok {
			return fmt.Errorf("%q is no directive that can be read", "%"+directive)
		}
		format = rest
	}
}

// appendStrftime writes t.
func appendStrftime(text []byte, format string, t time.Time) []byte {
	for {
		literal, after, found := strings.Cut(format, "%")
		text = append(text, literal...)
		if !found {
			return text
		}
		var directive string
		directive, format = cutDirective(after)
		text = appendDirective(text, directive, t)
	}
}

func appendDirective(text []byte, directive string, t time.Time) []byte {
	switch directive {
	case "f":
		return appendPadded(text, int64(t.Nanosecond()/1000), 6)
	case "_ms":
		return appendPadded(text, int64(t.Nanosecond()/1_000_000), 3)
	case "-H":
		return strconv.AppendInt(text, int64(t.Hour()), 10)
	case "F", "T", "R", "D":
		return appendStrftime(text, directives[directive], t)
	}
	return t.AppendFormat(text, directives[directive])
}

// strptime reads a time in a format of Python's strptime. It is as lenient as that: names and
// literals in any case, numbers with or without leading zeros, a space for any white space.
type strptime struct {
	timeScanner
	at civil

	day12  int // 1 for the morning, 2 for the afternoon, where the format says it
	hour12 bool
	ofYear int // the day of the year, where the format has it
}

func readStrptime(format string, text []byte, zone *time.Location) (time.Time, error) {
	p := strptime{timeScanner: timeScanner{rest: text}}
	p.at.year, p.at.month, p.at.day = 1900, 1, 1
	p.read(format)
	t, ok := p.finish(zone)
	if !ok || !p.done() {
		return t, errNotTime
	}
	return t, nil
}

func (p *strptime) read(format string) {
	for format != "" && !p.failed {
		c := format[0]
		format = format[1:]
		switch c {
		case '%':
			var directive string
			directive, format = cutDirective(format)
			p.directive(directive)
		case ' ', '\t', '\n':
			p.spaces()
		default:
			p.expect(c)
		}
	}
}

// directive reads what it stands for. A flag changes only how it is written.
func (p *strptime) directive(directive string) {
	switch strings.TrimLeft(directive, "-:") {
	case "Y":
		p.at.year = p.number(4, 4, 9999)
	case "y":
		p.at.year = fullYear(p.number(2, 2, 99))
	case "m":
		p.at.month = p.number(1, 2, 12)
	case "d":
		p.at.day = p.number(1, 2, 31)
	case "e":
		p.skip(" ")
		p.at.day = p.number(1, 2, 31)
	case "j":
		p.ofYear = p.number(1, 3, 366)
		p.failed = p.failed || p.ofYear == 0
	case "b", "B":
		p.at.month = p.month()
	case "a", "A":
		p.weekday()
	case "%":
		p.expect('%')
	case "F", "T", "R", "D":
		p.read(directives[directive])
	default:
		p.clock(directive)
	}
}

// clock reads the directives of the time of day.
func (p *strptime) clock(directive string) {
	switch strings.TrimLeft(directive, "-:") {
	case "H":
		p.at.hour = p.number(1, 2, 23)
	case "I":
		p.at.hour, p.hour12 = p.number(1, 2, 12), true
	case "p":
		p.day12 = 1 + p.word("am", "pm")
		p.failed = p.failed || p.day12 == 0
	case "M":
		p.at.minute = p.number(1, 2, 59)
	case "S":
		p.at.second = p.number(1, 2, 60)
	case "f", "_ms":
		p.at.nano = p.fraction()
	case "z":
		p.at.offset, p.at.zoned = p.offset(), true
	case "Z":
		p.failed = p.failed || p.word("utc", "gmt") < 0
		p.at.zoned = true
	default:
		p.failed = true
	}
}

// fullYear completes a year of two digits as Python and POSIX do.
func fullYear(short int) int {
	if short < 69 {
		return 2000 + short
	}
	return 1900 + short
}

func (p *strptime) finish(zone *time.Location) (t time.Time, ok bool) {
	if p.hour12 {
		p.at.hour %= 12
		if p.day12 == 2 {
			p.at.hour += 12
		}
	}
	if p.ofYear > 0 {
		t = time.Date(p.at.year, 1, p.ofYear, 0, 0, 0, 0, time.UTC)
		if t.Year() != p.at.year {
			return t, false
		}
		p.at.month, p.at.day = int(t.Month()), t.Day()
	}
	return p.at.instant(zone)
}
