package sources

import (
	"bytes"
	"encoding/json"

	"github.com/airbyte-go/cdk/internal/jsonraw"
	"github.com/airbyte-go/cdk/protocol"
)

// Output takes the records of one slice. The engine makes one for each call of ReadSlice; it is not
// safe for concurrent use and worth nothing once ReadSlice has returned.
//
// An error from any method means that the slice must end: return it from ReadSlice, wrapped or not.
// Not every such error is a failure: the engine also stops a slice this way when it has enough.
type Output struct {
	stream  protocol.Descriptor
	sink    sink
	encoded bytes.Buffer
	encoder *json.Encoder
	err     error // the first error, which every later call returns
}

// sink is what an Output leads to.
type sink interface {
	emit(record []byte) error
	checkpoint(token []byte) error
	share(shared []byte) error
}

// recordsOnly is a sink outside of a read, where there are no states.
type recordsOnly func(record []byte) error

func (f recordsOnly) emit(record []byte) error { return f(record) }
func (f recordsOnly) checkpoint([]byte) error  { return nil }
func (f recordsOnly) share([]byte) error       { return nil }

// Raw emits a record as it is: one JSON object, valid, of which no reference is kept. This is the
// fast path: nothing is decoded, numbers stay exact, and only the cursor value is looked up. A
// record that is not an object, or has no members, is an error, because the platform would drop it
// without a word and then miss it in its counts.
func (o *Output) Raw(record []byte) error {
	if o.err != nil {
		return o.err
	}
	if isObject, empty := jsonraw.EmptyObject(record); !isObject || empty {
		return o.stop(o.unfit(isObject))
	}
	return o.stop(o.sink.emit(record))
}

// Record encodes v and emits it. A [json.RawMessage] passes untouched, after a check that it is
// valid JSON.
func (o *Output) Record(v any) error {
	if o.err != nil {
		return o.err
	}
	raw, ok := v.(json.RawMessage)
	if !ok {
		return o.encode(v)
	}
	if err := jsonraw.Valid(raw); err != nil {
		return o.stop(o.failed("emitted a record that is not valid JSON: %w", err))
	}
	return o.Raw(raw)
}

// Checkpoint says that this is a good moment for a STATE message, such as the end of a page.
// Whether one follows is the engine's affair: it depends on the declared order and on the pace of
// states. A stream that never calls it still gets its states.
//
// A token is a promise on top: a read of this slice that gets it as [Slice.Resume] need not repeat
// what has been emitted so far. It must be text, and nothing of it is kept where the stream is
// neither Resumable nor read by a [TokenCursor]. Nil makes no such promise.
func (o *Output) Checkpoint(token []byte) error {
	if o.err != nil {
		return o.err
	}
	return o.stop(o.sink.checkpoint(token))
}

// Share replaces the shared state of a source that keeps one: see [GlobalState]. It is a promise
// that whoever goes on from it need not see again what any slice has emitted before the call.
// shared is a JSON object, of which nothing is kept.
func (o *Output) Share(shared json.RawMessage) error {
	if o.err != nil {
		return o.err
	}
	if isObject, _ := jsonraw.EmptyObject(shared); !isObject || jsonraw.Valid(shared) != nil {
		return o.stop(o.failed("shares a state that is not a JSON object"))
	}
	return o.stop(o.sink.share(shared))
}

func (o *Output) encode(v any) error {
	if o.encoder == nil {
		o.encoder = json.NewEncoder(&o.encoded)
		o.encoder.SetEscapeHTML(false)
	}
	o.encoded.Reset()
	if err := o.encoder.Encode(v); err != nil {
		return o.stop(o.failed("emitted a record that has no JSON form: %w", err))
	}
	return o.Raw(bytes.TrimSuffix(o.encoded.Bytes(), []byte{'\n'}))
}

// stop remembers the first error, because an author may overlook the one that Raw returned.
func (o *Output) stop(err error) error {
	o.err = err
	return err
}

func (o *Output) unfit(isObject bool) error {
	if isObject {
		return o.failed("emitted an empty record {}; leave such records out, or map them to " +
			"something: the platform drops them")
	}
	return o.failed("emitted a record that is not a JSON object; check which part of the " +
		"answer holds the records")
}

func (o *Output) failed(format string, args ...any) error {
	e := protocol.Errorf(protocol.SystemError, "Stream "+o.stream.String()+" "+format, args...)
	e.Stream = o.stream
	return e
}
