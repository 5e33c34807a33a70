package sources

import (
	"bytes"
	"errors"
	"time"

	"github.com/airbyte-go/cdk/internal/jsonraw"
)

// glance reads the cursor values of one slice's records, one after the other, as the cursor does,
// and mostly much faster: of records that stand beside each other many are of one day, and a
// time is mostly spelled in one way. It is not safe for concurrent use.
type glance struct {
	cursor Cursor
	zulu   bool // whether the cursor reads what readZulu does, to the same time

	day      [daySize]byte // the latest day of readZulu's spelling,
	midnight int64         // and where it begins

	last []byte // the latest other string that was a value,
	key  key    // and what it means
}

func newGlance(c Cursor) glance {
	g := glance{cursor: c}
	if t, ok := c.(TimeCursor); ok {
		first := t.written()
		g.zulu = first == time.RFC3339Nano || first == time.RFC3339 || first.beginsLikeRFC3339()
	}
	return g
}

// read reads the value that data begins with; the caller knows that there is one.
func (g *glance) read(data []byte) (key, error) {
	if k, ok := g.readZulu(data); ok {
		return k, nil
	}
	if n := len(g.last); n > 0 && n <= len(data) && bytes.Equal(data[:n], g.last) {
		return g.key, nil // it ends there, too, with its quote
	}
	value, ok := jsonraw.First(data)
	if !ok || jsonraw.IsNull(value) {
		return key{}, errNoValue
	}
	k, err := g.cursor.parse(value)
	if err == nil && value[0] == jsonraw.String {
		g.last, g.key = append(g.last[:0], value...), k
	}
	return k, err
}

// errNoValue says that there is nothing to read.
var errNoValue = errors.New("null")

// readZulu reads a string as a time. One with an escape is none.
func (g *glance) readZulu(data []byte) (k key, ok bool) {
	const start = len(`"`)
	if !g.zulu || len(data) < start+daySize || data[0] != jsonraw.String {
		return k, false
	}
	if day := data[start : start+daySize]; !g.isToday(day) {
		midnight, ok := scanDay(day)
		if !ok {
			return k, false
		}
		g.day, g.midnight = [daySize]byte(day), midnight
	}
	k, n := scanClock(data[start+daySize:])
	k.hi += g.midnight
	end := start + daySize + n
	return k, n > 0 && end < len(data) && data[end] == jsonraw.String
}

// isToday reports whether this is the latest day. Two words overlap in the text, and are compared
// in less time than a call takes.
func (g *glance) isToday(day []byte) bool {
	const word, second = 8, daySize - 8
	return [word]byte(day[:word]) == [word]byte(g.day[:word]) &&
		[word]byte(day[second:daySize]) == [word]byte(g.day[second:])
}
