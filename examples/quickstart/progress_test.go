package main

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/airbyte-go/cdk/protocol"
)

// testTally is one that waits for the records of two streams.
func testTally() *tally {
	catalog := &protocol.ConfiguredCatalog{Streams: []protocol.ConfiguredStream{
		{Stream: protocol.Stream{Name: "orders"}}, {Stream: protocol.Stream{Name: "products"}},
	}}
	return newTally(catalog)
}

func record(stream, data string) *protocol.Record {
	return &protocol.Record{Stream: stream, Data: json.RawMessage(data)}
}

func message(r *protocol.Record) *protocol.Message {
	return &protocol.Message{Type: protocol.MessageRecord, Record: r}
}

func statusMessage(stream string, status protocol.StreamStatus) *protocol.Message {
	return &protocol.Message{Type: protocol.MessageTrace, Trace: &protocol.Trace{
		Type: protocol.TraceStreamStatus,
		StreamStatus: &protocol.StreamStatusTrace{
			Descriptor: protocol.Descriptor{Name: stream}, Status: status,
		},
	}}
}

func TestTally(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		counts := testTally()
		counts.read(statusMessage("orders", protocol.StatusStarted))
		counts.read(message(record("orders", `{"id":1}`)))
		counts.read(message(record("orders", `{"id":10}`)))
		counts.read(message(record("unknown", `{"id":10}`)))
		time.Sleep(3 * time.Second)
		counts.read(statusMessage("orders", protocol.StatusComplete))
		counts.read(statusMessage("products", protocol.StatusStarted))
		time.Sleep(time.Second)
		counts.stored(streamState("orders", `{"n":10}`))

		streams := counts.result()
		assert.Equal(t, int64(2), streams[0].records)
		assert.Equal(t, int64(17), streams[0].bytes)
		assert.Equal(t, "n 10", streams[0].state)
		assert.Equal(t, 3*time.Second, streams[0].took(time.Now()))
		assert.Equal(t, time.Second, streams[1].took(time.Now()))
		assert.Equal(t, int64(2), sum(streams).records)
		assert.Equal(t, int64(17), sum(streams).bytes)
	})
}

func TestProgressWithoutATerminal(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		counts := testTally()
		stop := newProgress(&out, counts).start()
		time.Sleep(1500 * time.Millisecond)
		counts.read(message(record("orders", `{"id":1}`)))
		time.Sleep(time.Second)
		stop()
		assert.Equal(t, "sync      orders 0  products 0  (0 B, 1.0 s)\n"+
			"sync      orders 1  products 0  (8 B, 2.0 s)\n", out.String())
	})
}

func TestProgressOnATerminal(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		p := newProgress(&out, testTally())
		p.every, p.width = redrawEvery, func() int { return 30 }
		stop := p.start()
		time.Sleep(250 * time.Millisecond)
		stop()
		lines := strings.Split(out.String(), "\r")
		assert.Equal(t, []string{
			"", "sync      orders 0  products ", "sync      orders 0  products ",
			strings.Repeat(" ", 29), "",
		}, lines)
	})
}

func TestUnits(t *testing.T) {
	t.Parallel()
	for n, want := range map[int64]string{
		0: "0", 999: "999", 1000: "1,000", -1000: "-1,000", -100: "-100", 12345678: "12,345,678",
	} {
		assert.Equal(t, want, thousands(n))
	}
	for n, want := range map[int64]string{
		0: "0 B", 9_999: "9999 B", 10_000: "10 kB", 1_240_000: "1.2 MB",
	} {
		assert.Equal(t, want, bytesText(n))
	}
	assert.Equal(t, "1 record", plural(1, "record"))
	assert.Equal(t, "1,200 records", plural(1200, "record"))
	for raw, want := range map[string]string{
		`{"at":"2024"}`: "at 2024", `{"a":1,"b":2}`: `{"a":1,"b":2}`, `null`: "null", ``: "",
		`{"s":"` + strings.Repeat("x", 60) + `","n":1}`: `{"s":"` + strings.Repeat("x", 44),
	} {
		assert.Equal(t, want, shortState(json.RawMessage(raw)))
	}
}
