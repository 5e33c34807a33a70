package sources

import (
	"bytes"
	"time"

	"github.com/airbyte-go/cdk/internal/jsonraw"
)

// glance reads the cursor values of one slice's records, one after the other, as the cursor does,
// and mostly much faster: records that stand beside each other often have the same value, and a
// time is mostly spelled in one way. It is not safe for concurrent use.
type glance struct {
	cursor Cursor
	zulu   bool   // whether the cursor reads what readZulu does, to the same time
	last   []byte // the latest value that was one,
	key    key    // and what it means
}

func newGlance(c Cursor) glance {
	g := glance{cursor: c}
	if t, ok := c.(TimeCursor); ok {
		first := t.written()
		g.zulu = first == time.RFC3339Nano || first == time.RFC3339 || first.beginsLikeRFC3339()
	}
	return g
}

// parse is that of the cursor.
func (g *glance) parse(raw []byte) (k key, err error) {
	if len(raw) > 0 && bytes.Equal(raw, g.last) {
		return g.key, nil
	}
	if k, ok := g.readZulu(raw); ok {
		g.last, g.key = append(g.last[:0], raw...), k
		return k, nil
	}
	if k, err = g.cursor.parse(raw); err == nil {
		g.last, g.key = append(g.last[:0], raw...), k
	}
	return k, err
}

// readZulu reads a string as a time. One with an escape is none.
func (g *glance) readZulu(raw []byte) (k key, ok bool) {
	end := len(raw) - 1
	if !g.zulu || end < 1 || raw[0] != jsonraw.String || raw[end] != jsonraw.String {
		return k, false
	}
	return readZulu(raw[1:end])
}
