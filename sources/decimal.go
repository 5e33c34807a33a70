package sources

import "math"

// decimal is a number as JSON spells it. It is kept as digits, because a float64 has too few of
// them for nanoseconds and for large ids.
type decimal struct {
	negative bool
	digits   []byte // with the point where it was
	point    int    // how many of the digits stand before the decimal point
}

// maxExponent is beyond all that has a meaning here; larger exponents are cut to it.
const maxExponent = 9999

// readDecimal reads a number with or without sign, fraction and exponent.
func readDecimal(text []byte) (d decimal, ok bool) {
	if len(text) > 0 && text[0] == '-' {
		d.negative, text = true, text[1:]
	}
	d.point = digitsAhead(text)
	end := d.point
	if end < len(text) && text[end] == '.' {
		fraction := digitsAhead(text[end+1:])
		if fraction == 0 {
			return d, false
		}
		end += 1 + fraction
	}
	d.digits = text[:end]
	exponent, ok := readExponent(text[end:])
	d.point += exponent
	return d, ok && digitsAhead(text) > 0
}

func digitsAhead(text []byte) (n int) {
	for n < len(text) && isDigit(text[n]) {
		n++
	}
	return n
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

func readExponent(text []byte) (n int, ok bool) {
	if len(text) == 0 {
		return 0, true
	}
	if len(text) < 2 || text[0]|0x20 != 'e' {
		return 0, false
	}
	sign := 1
	text = text[1:]
	if text[0] == '+' || text[0] == '-' {
		if text[0] == '-' {
			sign = -1
		}
		text = text[1:]
	}
	if len(text) == 0 || digitsAhead(text) != len(text) {
		return 0, false
	}
	for _, c := range text {
		n = min(n*10+int(c-'0'), maxExponent)
	}
	return sign * n, true
}

// split returns the magnitude of the number times ten to the power of shift: its whole part, nine
// digits of its fraction, and whether anything follows those. ok is false where the whole part
// does not fit.
func (d decimal) split(shift int) (whole, nanos int64, more, ok bool) {
	point := d.point + shift
	i := 0
	for _, c := range d.digits {
		if c == '.' {
			continue
		}
		digit := int64(c - '0')
		switch place := i - point; {
		case place < 0:
			if whole > (math.MaxInt64-digit)/10 {
				return 0, 0, false, false
			}
			whole = whole*10 + digit
		case place < len(powers)-1:
			nanos += digit * powers[len(powers)-2-place]
		default:
			more = more || digit != 0
		}
		i++
	}
	for ; i < point && whole != 0; i++ {
		if whole > math.MaxInt64/10 {
			return 0, 0, false, false
		}
		whole *= 10
	}
	return whole, nanos, more, true
}

// powers are those of ten up to a second in nanoseconds.
var powers = [...]int64{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9}
