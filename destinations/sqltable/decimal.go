package sqltable

import (
	"bytes"
	"math"
	"strconv"
)

// decimal is a number as its text says it: digits times ten to the power of exp, no digit lost.
type decimal struct {
	negative bool
	digits   []byte // without leading zeros; empty for zero
	exp      int
	places   int // digits behind the point in the text, at least 0
}

const (
	// maxExponent bounds what an exponent may say, so that sums of two cannot overflow.
	maxExponent = 1_000_000
	// The most digits that PostgreSQL's numeric holds before and behind the point.
	maxWholeDigits    = 131072
	maxFractionDigits = 16383
)

// parseDecimal reads a JSON number or the content of a string that holds one; more than JSON's
// grammar it accepts leading zeros, a leading plus, and a point without digits on one side. The
// digits are a part of text, or stand in buf where the text has a point between them.
func parseDecimal(text []byte, buf *[]byte) (d decimal, ok bool) {
	text, d.negative = sign(text)
	mantissa, exponent, hasExponent := cutExponent(text)
	if hasExponent {
		if d.exp, ok = parseExponent(exponent); !ok {
			return decimal{}, false
		}
	}
	whole, fraction, _ := bytes.Cut(mantissa, []byte{'.'})
	if len(whole)+len(fraction) == 0 || !allDigits(whole) || !allDigits(fraction) {
		return decimal{}, false
	}
	d.digits = whole
	if len(fraction) > 0 {
		*buf = append(append((*buf)[:0], whole...), fraction...)
		d.digits = *buf
		d.exp -= len(fraction)
	}
	d.digits = bytes.TrimLeft(d.digits, "0")
	d.places = max(0, -d.exp)
	return d, true
}

func sign(text []byte) (rest []byte, negative bool) {
	if len(text) > 0 && (text[0] == '-' || text[0] == '+') {
		return text[1:], text[0] == '-'
	}
	return text, false
}

func cutExponent(text []byte) (mantissa, exponent []byte, found bool) {
	if i := bytes.IndexAny(text, "eE"); i >= 0 {
		return text[:i], text[i+1:], true
	}
	return text, nil, false
}

func parseExponent(text []byte) (int, bool) {
	text, negative := sign(text)
	if len(text) == 0 || !allDigits(text) {
		return 0, false
	}
	text = bytes.TrimLeft(text, "0")
	if len(text) > 7 {
		return 0, false
	}
	value := 0
	for _, c := range text {
		value = value*10 + int(c-'0')
	}
	if negative {
		value = -value
	}
	return value, value <= maxExponent && value >= -maxExponent
}

func allDigits(text []byte) bool {
	for _, c := range text {
		if c < '0' || c > '9' {
			return false
		}
	}
	return true
}

// isWhole reports whether d is an integer, and drops the zeros behind its point.
func (d *decimal) isWhole() bool {
	for d.exp < 0 && len(d.digits) > 0 && d.digits[len(d.digits)-1] == '0' {
		d.digits = d.digits[:len(d.digits)-1]
		d.exp++
	}
	if len(d.digits) == 0 {
		d.exp = 0
	}
	return d.exp >= 0
}

// int64 returns a whole number if it has 64 bits.
func (d *decimal) int64() (int64, bool) {
	if len(d.digits)+d.exp > 19 {
		return 0, false
	}
	var value uint64
	for _, c := range d.digits {
		value = value*10 + uint64(c-'0') // 19 digits are less than 2 to the power of 64
	}
	for range d.exp {
		value *= 10
	}
	switch {
	case !d.negative && value <= math.MaxInt64:
		return int64(value), true
	case d.negative && value <= 1<<63:
		return -int64(value), true
	default:
		return 0, false
	}
}

// fits reports whether the number is within what an exact column holds.
func (d *decimal) fits() bool {
	return len(d.digits)+d.exp <= maxWholeDigits && d.places <= maxFractionDigits
}

// float returns the nearest double; ok is false where there is none.
func (d *decimal) float() (value float64, ok bool) {
	text := make([]byte, 0, len(d.digits)+8)
	if d.negative {
		text = append(text, '-')
	}
	text = append(text, '0')
	text = append(text, d.digits...)
	text = append(text, 'e')
	text = strconv.AppendInt(text, int64(d.exp), 10)
	value, err := strconv.ParseFloat(string(text), 64)
	return value, err == nil
}

// appendText appends the number without an exponent, with the places that its text had.
func (d *decimal) appendText(dst []byte) []byte {
	if d.negative && len(d.digits) > 0 {
		dst = append(dst, '-')
	}
	whole := len(d.digits) + d.exp
	switch {
	case len(d.digits) == 0 || whole <= 0:
		dst = append(dst, '0')
	case d.exp >= 0:
		dst = append(dst, d.digits...)
		return append(dst, bytes.Repeat([]byte{'0'}, d.exp)...)
	default:
		dst = append(dst, d.digits[:whole]...)
	}
	if d.places == 0 || d.exp >= 0 {
		return dst
	}
	dst = append(dst, '.')
	if len(d.digits) == 0 {
		return append(dst, bytes.Repeat([]byte{'0'}, d.places)...)
	}
	if whole < 0 {
		dst = append(dst, bytes.Repeat([]byte{'0'}, -whole)...)
		whole = 0
	}
	return append(dst, d.digits[whole:]...)
}
