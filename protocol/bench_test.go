package protocol

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"testing"
)

// wideRecord has about 500 bytes of JSON in 20 fields, as the records of many APIs.
func wideRecord() []byte {
	var b strings.Builder
	b.WriteString(`{"id":9007199254740993`)
	for i := range 19 {
		fmt.Fprintf(&b, `,"field_%02d":"a value %02d"`, i, i)
	}
	b.WriteString(`,"more":"` + strings.Repeat("x", 20) + `"}`)
	return []byte(b.String())
}

// BenchmarkRecordBuffer is the path of a record, from its bytes to the output.
func BenchmarkRecordBuffer(b *testing.B) {
	for _, data := range [][]byte{wideRecord(), []byte(`{"id":1,"name":"small"}`)} {
		b.Run(fmt.Sprintf("bytes=%d", len(data)), func(b *testing.B) {
			w := NewWriter(io.Discard, WriterOptions{})
			records := w.Records(Descriptor{Name: "users", Namespace: "public"}, BufferHooks{})
			b.SetBytes(int64(len(data)))
			b.ReportAllocs()
			for b.Loop() {
				if err := records.Append(data); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkRecordLoop is the yardstick of BenchmarkRecordBuffer: nothing but the copy.
func BenchmarkRecordLoop(b *testing.B) {
	data := wideRecord()
	buf := make([]byte, 0, bufferSize)
	prefix := []byte(`{"type":"RECORD","record":{"stream":"users","namespace":"public",` +
		`"emitted_at":1700000000000,"data":`)
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		if len(buf)+len(prefix)+len(data)+len(recordEnd) > cap(buf) {
			_, _ = io.Discard.Write(buf)
			buf = buf[:0]
		}
		start := len(buf)
		buf = append(append(append(buf, prefix...), data...), recordEnd...)
		if bytes.IndexByte(buf[start:len(buf)-1], '\n') >= 0 {
			b.Fatal("a line break")
		}
	}
}

// BenchmarkRecordBufferParallel has one buffer for each worker, as the engine does.
func BenchmarkRecordBufferParallel(b *testing.B) {
	data := wideRecord()
	w := NewWriter(io.Discard, WriterOptions{})
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		records := w.Records(Descriptor{Name: "users"}, BufferHooks{})
		for pb.Next() {
			if err := records.Append(data); err != nil {
				b.Error(err)
			}
		}
	})
}

// BenchmarkWriteState is a state between records.
func BenchmarkWriteState(b *testing.B) {
	count := Count(100)
	m := &Message{Type: MessageState, State: &State{
		Type: StateStream,
		Stream: &StreamState{
			Descriptor: Descriptor{Name: "users"},
			State:      json.RawMessage(`{"updated_at":"2026-01-01T00:00:00Z"}`),
		},
		SourceStats: &StateStats{RecordCount: &count},
	}}
	w := NewWriter(io.Discard, WriterOptions{})
	b.ReportAllocs()
	for b.Loop() {
		if err := w.Write(m); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkParse reads the line of a record, beside plain encoding/json.
func BenchmarkParse(b *testing.B) {
	line := fmt.Appendf(nil, `{"type":"RECORD","record":{"stream":"users","namespace":"public",`+
		`"emitted_at":1700000000000,"data":%s}}`, wideRecord())
	b.Run("protocol", func(b *testing.B) {
		b.SetBytes(int64(len(line)))
		b.ReportAllocs()
		for b.Loop() {
			if _, err := Parse(line); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("encoding_json", func(b *testing.B) {
		b.SetBytes(int64(len(line)))
		b.ReportAllocs()
		for b.Loop() {
			var m struct {
				Type   string
				Record struct {
					Stream, Namespace string
					EmittedAt         int64 `json:"emitted_at"`
					Data              json.RawMessage
				}
			}
			if err := json.Unmarshal(line, &m); err != nil {
				b.Fatal(err)
			}
		}
	})
}
