package platform_test

import (
	"context"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/airbyte-go/cdk/internal/platform"
	"github.com/airbyte-go/cdk/protocol"
)

// seeds are outputs of connectors, good and bad.
func seeds() []string {
	return []string{
		strings.Join(whole("a", record1, state("a", `{"i":1}`)), "\n"),
		global(`{"lsn":1}`, `null`) + "\n" + state("a", `{}`),
		stateWith("a", `null`, `,"id":7,"sourceStats":{"recordCount":1e99}`),
		stateWith("a", `{}`, `,"id":-1`) + "\n" + stateWith("a", `{}`, `,"id":-1`),
		`{"type":"STATE","state":{"type":"STREAM","id":1}}`,
		`{"type":"STATE","state":{"type":"STREAM","stream":{"stream_descriptor":{"name":"a"},` +
			`"stream_state":{"i":1}},"id":1,"destinationStats":{"recordCount":1.0,` +
			`"rejectedRecordCount":7}}}`,
		control(`{"a":1}`) + failure(1, "x", "") + "\n" + failure(-1, "x", `,"failure_type":"?"`),
		status("a", "RUNNING", `,"reasons":[{"type":"RATE_LIMITED"}]`),
		trace(`"type":"ESTIMATE","estimate":{"name":"a","type":"STREAM","row_estimate":-3}`),
		trace(`"type":"ANALYTICS","analytics":{"type":"a"}`),
		"{\"type\":\"RECORD\"}\n\xff\x00{", `{"type":"RECORD","record":{"stream":"a","data":{"i":{}}}}`,
		`{"type":"STATE"}`, `{"type":"TRACE"}`, `{"type":"LOG"}`, "null\n[]\n7",
	}
}

// writes is a connector that reads its input and writes a text.
func writes(text string) platform.InProcess {
	return func(_ context.Context, _ platform.Call, in io.Reader, out io.Writer) int {
		go func() { _, _ = io.Copy(io.Discard, in) }()
		_, _ = io.WriteString(out, text)
		return 0
	}
}

// FuzzSourceOutput: whatever a source writes, a sync ends, nothing but messages come to the
// destination, and what is stored can be read again.
func FuzzSourceOutput(f *testing.F) {
	for _, seed := range seeds() {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		in, kept := new(input), new(shelf)
		s := &platform.Sync{
			Source: writes(text), Destination: in.echo(), Store: kept, SupportsRefreshes: true,
			Catalog: catalogOf(fullRefresh("a", protocol.DestinationAppend)),
		}
		r, err := s.Run(t.Context())
		require.NoError(t, err)
		assert.NotEmpty(t, r.Outcome)
		for _, line := range in.lines {
			m, err := protocol.Parse([]byte(line))
			require.NoError(t, err)
			assert.Contains(t, []protocol.MessageType{
				protocol.MessageRecord, protocol.MessageState, protocol.MessageTrace,
			}, m.Type)
		}
		_, err = kept.Load()
		require.NoError(t, err)
		assert.LessOrEqual(t, r.Streams[0].Committed, r.Streams[0].Records)
	})
}

// FuzzDestinationOutput: whatever a destination writes, a sync ends, and what is stored can be read
// again.
func FuzzDestinationOutput(f *testing.F) {
	for _, seed := range seeds() {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		kept := new(shelf)
		s := &platform.Sync{
			Source:      script(0, whole("a", record1, state("a", `{"i":1}`))...),
			Destination: writes(text), Store: kept, Catalog: appending(),
		}
		r, err := s.Run(t.Context())
		require.NoError(t, err)
		assert.NotEmpty(t, r.Outcome)
		_, err = kept.Load()
		require.NoError(t, err)
	})
}
