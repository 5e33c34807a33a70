package protocol_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/airbyte-go/cdk/protocol"
)

// A worker appends records, and a state written later covers exactly what has left before it.
func ExampleNewWriter() {
	var out bytes.Buffer
	w := protocol.NewWriter(&out, protocol.WriterOptions{})

	var waiting, flushed int
	users := protocol.Descriptor{Name: "users"}
	records := w.Records(users, protocol.BufferHooks{
		Appended: func() { waiting++ },
		Flushed:  func() { flushed, waiting = flushed+waiting, 0 },
	})
	for _, data := range []string{`{"id": 1}`, `{"id": 2}`} {
		if err := records.Append([]byte(data)); err != nil {
			fmt.Println(err)
		}
	}
	err := w.WriteFunc(func() *protocol.Message {
		count := protocol.Count(flushed)
		return &protocol.Message{Type: protocol.MessageState, State: &protocol.State{
			Type:        protocol.StateStream,
			Stream:      &protocol.StreamState{Descriptor: users, State: json.RawMessage(`{"id":2}`)},
			SourceStats: &protocol.StateStats{RecordCount: &count},
		}}
	})
	fmt.Println(err, w.Close())

	for m := range protocol.NewReader(&out, protocol.ReaderOptions{}).Messages() {
		switch m.Type {
		case protocol.MessageRecord:
			fmt.Println(m.Record.Stream, string(m.Record.Data))
		case protocol.MessageState:
			fmt.Println("state after", *m.State.SourceStats.RecordCount, "records")
		}
	}
	// Output:
	// <nil> <nil>
	// users {"id": 1}
	// users {"id": 2}
	// state after 2 records
}

// What people read is masked, data is not.
func ExampleWriterOptions() {
	w := protocol.NewWriter(os.Stdout, protocol.WriterOptions{
		Mask: func(text string) string { return strings.ReplaceAll(text, "s3cr3t", "****") },
	})
	_ = w.Write(&protocol.Message{Type: protocol.MessageLog, Log: &protocol.Log{
		Level: protocol.LevelInfo, Message: "Logging in with s3cr3t.",
	}})
	_ = w.Write(&protocol.Message{Type: protocol.MessageRecord, Record: &protocol.Record{
		Stream: "keys", Data: json.RawMessage(`{"key":"s3cr3t"}`), EmittedAt: 1,
	}})
	// Output:
	// {"type":"LOG","log":{"level":"INFO","message":"Logging in with ****."}}
	// {"type":"RECORD","record":{"stream":"keys","data":{"key":"s3cr3t"},"emitted_at":1}}
}

// A line that is not a message is reported, and reading goes on.
func ExampleNewReader() {
	input := `starting up
{"type":"LOG","log":{"level":"INFO","message":"ready"}}
{"type":"RECORD","record":{"stream":"users","data":{"id":9007199254740993},"emitted_at":1}}
`
	r := protocol.NewReader(strings.NewReader(input), protocol.ReaderOptions{MaxLine: 1 << 20})
	for m, err := range r.Messages() {
		if bad, ok := errors.AsType[*protocol.LineError](err); ok {
			fmt.Printf("line %d: %q\n", bad.Line, bad.Text)
			continue
		}
		if err != nil {
			fmt.Println(err) // the input itself failed
			return
		}
		switch m.Type {
		case protocol.MessageLog:
			fmt.Println(m.Log.Level, m.Log.Message)
		case protocol.MessageRecord:
			fmt.Println(m.Record.Descriptor(), string(m.Record.Data))
		}
	}
	// Output:
	// line 1: "starting up"
	// INFO ready
	// users {"id":9007199254740993}
}

func ExampleParse() {
	m, err := protocol.Parse([]byte(`{"type":"TRACE","trace":{"type":"STREAM_STATUS",` +
		`"emitted_at":1700000000000,"stream_status":{"status":"COMPLETE",` +
		`"stream_descriptor":{"name":"users","namespace":"public"}}}}`))
	if err != nil {
		fmt.Println(err)
		return
	}
	status := m.Trace.StreamStatus
	fmt.Println(status.Descriptor, status.Status)

	_, err = protocol.Parse([]byte(`{"type":"STATE","state":{"stream":"users"}}`))
	fmt.Println(err)
	// Output:
	// public.users COMPLETE
	// state.stream: want an object, have a string
}

// A connector says who can do something about a failure, and what.
func ExampleErrorf() {
	fetch := func() error { return io.ErrUnexpectedEOF }

	err := protocol.Errorf(protocol.TransientError, "The API closed the connection: %w.", fetch())
	fmt.Println(err)
	fmt.Println(errors.Is(err, io.ErrUnexpectedEOF))
	// Output:
	// The API closed the connection: unexpected EOF.
	// true
}

// Any error becomes the one ERROR trace of a failure; what wraps it is kept for the maintainer.
func ExampleAsError() {
	refused := protocol.Errorf(protocol.ConfigError, "The API key was refused; renew it.")
	err := fmt.Errorf("stream users, page 3: %w", refused)

	e := protocol.AsError(err)
	e.Stream = protocol.Descriptor{Name: "users"}
	trace := e.Trace(time.Now()).Trace.Error
	fmt.Println(trace.FailureType, trace.Descriptor)
	fmt.Println(trace.Message)
	fmt.Println(trace.InternalMessage)
	// Output:
	// config_error users
	// The API key was refused; renew it.
	// stream users, page 3: The API key was refused; renew it.
}

// What the platform adds to a state comes back unchanged.
func ExampleExtra() {
	m, err := protocol.Parse([]byte(`{"type":"STATE","state":{"type":"STREAM","added": [1.0],` +
		`"stream":{"stream_descriptor":{"name":"users"},"stream_state":{"id":7}}}}`))
	if err != nil {
		fmt.Println(err)
		return
	}
	value, ok := m.State.Extra.Get("added")
	fmt.Println(string(value), ok)

	m.State.Extra.Set("mine", json.RawMessage(`true`))
	for name, value := range m.State.Extra.All() {
		fmt.Println(name, string(value))
	}
	// Output:
	// [1.0] true
	// added [1.0]
	// mine true
}
