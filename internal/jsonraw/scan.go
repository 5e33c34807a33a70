package jsonraw

import "bytes"

// skipSpace returns the index of the first byte at or after i that is not white space.
func skipSpace(data []byte, i int) int {
	for i < len(data) && isSpace(data[i]) {
		i++
	}
	return i
}

func isSpace(c byte) bool {
	return c <= ' ' && (c == ' ' || c == '\n' || c == '\t' || c == '\r')
}

// skipString returns the index after the string whose opening quote is at i, and -1 when it has
// no end.
func skipString(data []byte, i int) int {
	const short = 32 // within which a loop is faster than a call
	near := data[:min(len(data), i+short)]
	for i++; i < len(near); i++ {
		switch near[i] {
		case '"':
			return i + 1
		case '\\':
			i++
		}
	}
	return skipLongString(data, i)
}

// skipLongString is skipString from the byte at i on. A quote ends the string unless an odd number
// of backslashes stands before it.
func skipLongString(data []byte, i int) int {
	for i < len(data) {
		length := bytes.IndexByte(data[i:], '"')
		if length < 0 {
			return -1
		}
		end := i + length
		slashes := 0
		for end-slashes > i && data[end-slashes-1] == '\\' {
			slashes++
		}
		if slashes%2 == 0 {
			return end + 1
		}
		i = end + 1
	}
	return -1
}

// skipValue returns the index after the value that starts at i, and -1 when there is none. Only
// strings and brackets are followed: the text is trusted to be valid.
func skipValue(data []byte, i int) int {
	if i >= len(data) {
		return -1
	}
	switch data[i] {
	case '"':
		return skipString(data, i)
	case '{', '[':
		return skipNested(data, i)
	case '}', ']', ',', ':':
		return -1
	}
	return skipScalar(data, i)
}

// skipScalar returns the index after a number or a literal.
func skipScalar(data []byte, i int) int {
	for ; i < len(data); i++ {
		switch data[i] {
		case ',', '}', ']', ':', '"', '{', '[', ' ', '\n', '\t', '\r':
			return i
		}
	}
	return i
}

// skipNested returns the index after the object or array that opens at i. Objects and arrays are
// counted together, for in valid text their brackets match.
func skipNested(data []byte, i int) int {
	depth := 0
	for i < len(data) {
		switch data[i] {
		case '"':
			if i = skipString(data, i); i < 0 {
				return -1
			}
			continue
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth == 0 {
				return i + 1
			}
		}
		i++
	}
	return -1
}

// EmptyObject looks at the first bytes of data, which is one valid JSON value: isObject says that
// it opens an object, empty that the object closes at once.
func EmptyObject(data []byte) (isObject, empty bool) {
	i := skipSpace(data, 0)
	if i >= len(data) || data[i] != '{' {
		return false, false
	}
	i = skipSpace(data, i+1)
	return true, i < len(data) && data[i] == '}'
}

// IsNull reports whether data is the literal null, white space around it allowed.
func IsNull(data []byte) bool {
	const null = "null"
	start := skipSpace(data, 0)
	end := start + len(null)
	return end <= len(data) && string(data[start:end]) == null && skipSpace(data, end) == len(data)
}
