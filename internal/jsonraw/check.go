package jsonraw

import (
	"encoding/binary"
	"math/bits"
	"strings"
)

// maxDepth is how deeply objects and arrays may lie in each other. It is jsontext's limit.
const maxDepth = 10000

// What the functions below return in place of an index.
const (
	isWrong   = -1 // whatever follows
	endsEarly = -2 // before something wrong was met
)

// checkValue returns the index after the JSON value that starts at i, of which it has checked every
// byte, or why there is none. depth is how many objects and arrays are open around it. What is
// valid is what [Valid] says.
func checkValue(data []byte, i, depth int) int {
	if i >= len(data) {
		return endsEarly
	}
	switch c := data[i]; c {
	case '"':
		return checkString(data, i+1)
	case '{':
		return checkObject(data, i+1, depth+1)
	case '[':
		return checkArray(data, i+1, depth+1)
	case 't':
		return checkLiteral(data, i, "true")
	case 'f':
		return checkLiteral(data, i, "false")
	case 'n':
		return checkLiteral(data, i, "null")
	default:
		return checkNumber(data, i)
	}
}

// noneAt says why nothing that is due stands at i.
func noneAt(data []byte, i int) int {
	if i >= len(data) {
		return endsEarly
	}
	return isWrong
}

// checkObject checks from the byte after the opening bracket on.
func checkObject(data []byte, i, depth int) int {
	if depth > maxDepth {
		return isWrong
	}
	if i = skipSpace(data, i); i < len(data) && data[i] == '}' {
		return i + 1
	}
	for {
		if i = checkName(data, i); i < 0 {
			return i
		}
		if i = checkValue(data, i, depth); i < 0 {
			return i
		}
		if i = skipSpace(data, i); i < len(data) && data[i] == '}' {
			return i + 1
		}
		if i >= len(data) || data[i] != ',' {
			return noneAt(data, i)
		}
		i = skipSpace(data, i+1)
	}
}

// checkName checks a name and its colon, and returns where its value starts.
func checkName(data []byte, i int) int {
	if i >= len(data) || data[i] != '"' {
		return noneAt(data, i)
	}
	if i = checkString(data, i+1); i < 0 {
		return i
	}
	if i = skipSpace(data, i); i >= len(data) || data[i] != ':' {
		return noneAt(data, i)
	}
	return skipSpace(data, i+1)
}

// checkArray checks from the byte after the opening bracket on.
func checkArray(data []byte, i, depth int) int {
	if depth > maxDepth {
		return isWrong
	}
	if i = skipSpace(data, i); i < len(data) && data[i] == ']' {
		return i + 1
	}
	for {
		if i = checkValue(data, i, depth); i < 0 {
			return i
		}
		if i = skipSpace(data, i); i < len(data) && data[i] == ']' {
			return i + 1
		}
		if i >= len(data) || data[i] != ',' {
			return noneAt(data, i)
		}
		i = skipSpace(data, i+1)
	}
}

func checkLiteral(data []byte, i int, literal string) int {
	end := min(i+len(literal), len(data))
	switch there := string(data[i:end]); {
	case there == literal:
		return end
	case strings.HasPrefix(literal, there):
		return endsEarly
	}
	return isWrong
}

// checkNumber leaves it to its caller to see that nothing but the end of the value follows.
func checkNumber(data []byte, i int) int {
	if i < len(data) && data[i] == '-' {
		i++
	}
	switch start := i; {
	case i < len(data) && data[i] == '0':
		i++
	default:
		if i = skipDigits(data, i); i == start {
			return noneAt(data, i)
		}
	}
	if i < len(data) && data[i] == '.' {
		start := i + 1
		if i = skipDigits(data, start); i == start {
			return noneAt(data, i)
		}
	}
	if i < len(data) && data[i]|0x20 == 'e' {
		if i++; i < len(data) && (data[i] == '+' || data[i] == '-') {
			i++
		}
		start := i
		if i = skipDigits(data, start); i == start {
			return noneAt(data, i)
		}
	}
	return i
}

func skipDigits(data []byte, i int) int {
	for i < len(data) && data[i]-'0' <= 9 {
		i++
	}
	return i
}

// checkString checks from the byte after the opening quote on, a word of bytes at a time.
func checkString(data []byte, i int) int {
	for i+wordSize <= len(data) {
		word := data[i : i+wordSize]
		ends := endsOfText(binary.LittleEndian.Uint64(word))
		if ends == 0 {
			i += wordSize
			continue
		}
		i += bits.TrailingZeros64(ends) / 8
		if data[i] == '"' {
			return i + 1
		}
		if i = checkEscape(data, i); i < 0 {
			return i
		}
	}
	return checkLastWord(data, i)
}

// checkLastWord is checkString where less than a word is left.
func checkLastWord(data []byte, i int) int {
	for i < len(data) {
		switch c := data[i]; {
		case c == '"':
			return i + 1
		case c == '\\' || c < ' ':
			if i = checkEscape(data, i); i < 0 {
				return i
			}
		default:
			i++
		}
	}
	return endsEarly
}

const wordSize = 8

// endsOfText has the highest bit set of each byte of w that is a quote, a backslash or a control
// character, up to the first one; what it says of later bytes may be wrong, as a subtraction may
// have borrowed from them. A byte below 0x80 gets the bit where more is subtracted than it is. With
// its second bit turned over, a quote comes right behind the control characters.
func endsOfText(w uint64) uint64 {
	const (
		each    = 0x0101010101010101
		highest = 0x80 * each
		turn    = 0x02 * each
		below   = ('"' ^ 0x02 + 1) * each
		slashes = '\\' * each
	)
	return ((w ^ turn - below) | (w ^ slashes - each)) &^ w & highest
}

// checkEscape checks the backslash at i and what it escapes. A control character is no escape.
func checkEscape(data []byte, i int) int {
	if data[i] != '\\' {
		return isWrong
	}
	if i+1 >= len(data) {
		return endsEarly
	}
	switch data[i+1] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return i + 2
	case 'u':
		return checkHex(data, i+2)
	}
	return isWrong
}

// checkHex checks the four digits of an escape. One half of a surrogate pair is as good as both.
func checkHex(data []byte, i int) int {
	end := i + len("0000")
	for ; i < end && i < len(data); i++ {
		if c := data[i]; c-'0' > 9 && (c|0x20)-'a' > 'f'-'a' {
			return isWrong
		}
	}
	if i < end {
		return endsEarly
	}
	return end
}
