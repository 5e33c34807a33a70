package destinations

import (
	"errors"
	"strconv"

	"github.com/airbyte-go/cdk/internal/jsonraw"
	"github.com/airbyte-go/cdk/protocol"
)

// Why a record is rejected before any Loader sees it.
var (
	errNoData      = errors.New("it has no data")
	errEmptyData   = errors.New("its data is an empty object")
	errNotObject   = errors.New("its data is not an object")
	errNoEmittedAt = errors.New("its emitted_at is missing or not a number")
)

// envelope is a message of which only the way to a record's data was walked. All bytes are parts of
// the line.
type envelope struct {
	kind      protocol.MessageType // one of a few, or empty
	isRecord  bool                 // there is an object record
	stream    []byte
	namespace []byte
	data      []byte
	meta      []byte
	emittedAt []byte
}

// open walks a line in whatever order its members come. It looks at brackets and quotes only: what
// the values hold is for those who decode them.
func (e *envelope) open(line []byte) error {
	*e = envelope{}
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
			e.kind = kindOf(w.Value())
		}
	}
	return w.Err()
}

func (e *envelope) openRecord(w *jsonraw.Walker) {
	e.isRecord = true
	for w.Next() {
		switch string(w.Name()) {
		case "stream":
			e.stream = w.Value()
		case "namespace":
			e.namespace = w.Value()
		case "data":
			e.data = w.Value()
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

// names reads the stream's name and namespace; an absent namespace and null count as empty.
func (e *envelope) names() (name, namespace []byte, ok bool) {
	name, ok = jsonraw.Content(e.stream)
	if ok && len(e.namespace) > 0 && !jsonraw.IsNull(e.namespace) {
		namespace, ok = jsonraw.Content(e.namespace)
	}
	return name, namespace, ok
}

// judge says why the record cannot be loaded by anyone; nil where it can.
func (e *envelope) judge() error {
	isObject, empty := jsonraw.EmptyObject(e.data)
	switch {
	case len(e.data) == 0 || jsonraw.IsNull(e.data):
		return errNoData
	case !isObject:
		return errNotObject
	case empty:
		return errEmptyData
	}
	return nil
}

// changes is the record's meta where it has one.
func (e *envelope) changes() []byte {
	if isObject, _ := jsonraw.EmptyObject(e.meta); !isObject {
		return nil
	}
	return e.meta
}

// milliseconds reads emitted_at. A fraction is cut off.
func (e *envelope) milliseconds() (ms int64, ok bool) {
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

func (e *envelope) slowMilliseconds() (ms int64, ok bool) {
	const limit = 1 << 62
	f, err := strconv.ParseFloat(string(e.emittedAt), 64)
	if err != nil || f != f || f > limit || f < -limit {
		return 0, false
	}
	return int64(f), true
}
