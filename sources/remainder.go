package sources

import (
	"errors"
	"fmt"

	"github.com/airbyte-go/cdk/internal/jsonraw"
)

// Remainder returns what is left of a slice once all records up to the given one have been emitted:
// a slice that begins at the record's cursor value. Streams whose API does not serve a slice to its
// end, because it caps its offsets say, read on there. Records with the same value as the given one
// are read again.
//
// The error says why there is no such slice: the cursor is not declared [Ascending], so that any
// record may still follow; the record has no value of it; or the value is where the slice begins,
// so that nothing would be gained. What is left has no Resume.
func (s Slice) Remainder(c Cursor, record []byte) (Slice, error) {
	if c == nil || orderOf(c) != Ascending {
		return Slice{}, errors.New("its records come in no order that its cursor declares, so " +
			"any record may still follow; let the API sort by the cursor field, and set the " +
			"cursor's Order to Ascending")
	}
	raw, ok := jsonraw.Member(record, cursorPath(c))
	if !ok {
		return Slice{}, fmt.Errorf("its last record has no cursor field %q", c.name())
	}
	at, err := c.parse(raw)
	if err != nil {
		return Slice{}, fmt.Errorf("the cursor field %q of its last record has no usable value: "+
			"%w", c.name(), err)
	}
	from := c.value(at)
	if from == s.From {
		return Slice{}, fmt.Errorf("all of its records have the same value of the cursor field %q",
			c.name())
	}
	s.From, s.Resume = from, nil
	return s, nil
}
