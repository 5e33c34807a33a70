// Package envelope finds the parts of a message without decoding it.
package envelope

import (
	"errors"
	"strconv"

	"github.com/airbyte-go/cdk/internal/jsonraw"
	"github.com/airbyte-go/cdk/protocol"
)

// Why a record cannot be loaded by anyone; the platform drops such a record without a word.
var (
	ErrNoData    = errors.New("it has no data")
	ErrEmptyData = errors.New("its data is an empty object")
	ErrNotObject = errors.New("its data is not an object")
)

// Message is a message of which only the way to a record's data was walked. All bytes are parts of
// the line.
type Message struct {
	Kind      protocol.MessageType // one of a few, or empty
	IsRecord  bool                 // there is an object record
	stream    []byte
	namespace []byte
	Data      []byte
	meta      []byte
	emittedAt []byte
}

// Open walks a line in whatever order its members come. It looks at brackets and quotes only: what
// the values hold is for those who decode them.
func (e *Message) Open(line []byte) error {
	*e = Message{}
	w := jsonraw.Walk(line)
	for w.NextName() {
		if string(w.Name()) == "record" {
			if inner, ok := w.Enter(); ok {
				e.openRecord(&inner)
				w.Leave(&inner)
				continue
			}
		}
		if w.ReadValue() && string(w.Name()) == "type" {
			e.Kind = kindOf(w.Value())
		}
	}
	return w.Err()
}

func (e *Message) openRecord(w *jsonraw.Walker) {
	e.IsRecord = true
	for w.Next() {
		switch string(w.Name()) {
		case "stream":
			e.stream = w.Value()
		case "namespace":
			e.namespace = w.Value()
		case "data":
			e.Data = w.Value()
		case "meta":
			e.meta = w.Value()
		case "emitted_at":
			e.emittedAt = w.Value()
		}
	}
}

// kindOf reads the type of a message without making a string of it.
func kindOf(text []byte) protocol.MessageType {
	name, _ := jsonraw.Content(text)
	for _, kind := range [...]protocol.MessageType{
		protocol.MessageRecord, protocol.MessageState, protocol.MessageTrace,
	} {
		if string(name) == string(kind) {
			return kind
		}
	}
	return protocol.MessageType(name)
}

// Names reads the stream's name and namespace; an absent namespace and null count as empty.
func (e *Message) Names() (name, namespace []byte, ok bool) {
	name, ok = jsonraw.Content(e.stream)
	if ok && len(e.namespace) > 0 && !jsonraw.IsNull(e.namespace) {
		namespace, ok = jsonraw.Content(e.namespace)
	}
	return name, namespace, ok
}

// Judge says why the record cannot be loaded by anyone; nil where it can.
func (e *Message) Judge() error {
	isObject, empty := jsonraw.EmptyObject(e.Data)
	switch {
	case len(e.Data) == 0 || jsonraw.IsNull(e.Data):
		return ErrNoData
	case !isObject:
		return ErrNotObject
	case empty:
		return ErrEmptyData
	}
	return nil
}

// Changes is the record's meta where it has one.
func (e *Message) Changes() []byte {
	if isObject, _ := jsonraw.EmptyObject(e.meta); !isObject {
		return nil
	}
	return e.meta
}

// Milliseconds reads emitted_at. A fraction is cut off.
func (e *Message) Milliseconds() (ms int64, ok bool) {
	const exactDigits = 18
	if len(e.emittedAt) <= exactDigits {
		for _, c := range e.emittedAt {
			if c < '0' || c > '9' {
				return e.slowMilliseconds()
			}
			ms = ms*10 + int64(c-'0')
		}
		return ms, len(e.emittedAt) > 0
	}
	return e.slowMilliseconds()
}

func (e *Message) slowMilliseconds() (ms int64, ok bool) {
	const limit = 1 << 62
	f, err := strconv.ParseFloat(string(e.emittedAt), 64)
	if err != nil || f != f || f > limit || f < -limit {
		return 0, false
	}
	return int64(f), true
}
