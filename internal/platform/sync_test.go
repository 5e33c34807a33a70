package platform_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/airbyte-go/cdk/internal/platform"
	"github.com/airbyte-go/cdk/protocol"
)

// script is a source that writes lines and ends with a code.
func script(code int, lines ...string) platform.InProcess {
	return func(_ context.Context, _ platform.Call, _ io.Reader, out io.Writer) int {
		for _, line := range lines {
			if _, err := io.WriteString(out, line+"\n"); err != nil {
				return 1
			}
		}
		return code
	}
}

// echoing is a destination that writes every state back with true counts. It keeps what it gets.
func echoing(got *[]string) platform.InProcess {
	return func(_ context.Context, _ platform.Call, in io.Reader, out io.Writer) int {
		n := 0
		for lines := bufio.NewScanner(in); lines.Scan(); {
			*got = append(*got, lines.Text())
			m, err := protocol.Parse(lines.Bytes())
			if err != nil {
				return 1
			}
			switch {
			case m.Record != nil:
				n++
			case m.State != nil:
				m.State.DestinationStats = &protocol.StateStats{RecordCount: new(protocol.Count(n))}
				text, _ := m.MarshalJSON()
				fmt.Fprintf(out, "%s\n", text)
				n = 0
			}
		}
		return 0
	}
}

func oneStream(mode protocol.SyncMode, to protocol.DestinationSyncMode) *protocol.ConfiguredCatalog {
	return &protocol.ConfiguredCatalog{Streams: []protocol.ConfiguredStream{{
		Stream: protocol.Stream{
			Name: "a", JSONSchema: []byte(`{}`),
			SupportedSyncModes: []protocol.SyncMode{protocol.SyncFullRefresh, mode},
		},
		SyncMode: mode, DestinationSyncMode: to,
	}}}
}

const (
	recordA  = `{"type":"RECORD","record":{"stream":"a","data":{"i":1},"emitted_at":1}}`
	stateA   = `{"type":"STATE","state":{"type":"STREAM","stream":{"stream_descriptor":{"name":"a"},"stream_state":{"i":1}}}}`
	startedA = `{"type":"TRACE","trace":{"type":"STREAM_STATUS","emitted_at":1,"stream_status":{"stream_descriptor":{"name":"a"},"status":"STARTED"}}}`
)

func TestSync(t *testing.T) {
	t.Parallel()
	var got []string
	path := filepath.Join(t.TempDir(), "state.json")
	s := &platform.Sync{
		Source: script(0, startedA, strings.Replace(startedA, "STARTED", "RUNNING", 1), recordA, recordA,
			stateA, strings.Replace(startedA, "STARTED", "COMPLETE", 1)),
		Destination: echoing(&got),
		Catalog:     oneStream(protocol.SyncIncremental, protocol.DestinationAppend),
		Store:       platform.FileStore(path), SupportsRefreshes: true,
	}
	r, err := s.Run(t.Context())
	require.NoError(t, err)
	assert.Equal(t, platform.Succeeded, r.Outcome, "%+v", r.Attempts)
	assert.Empty(t, r.Findings)
	require.Len(t, got, 4)
	assert.Equal(t, recordA, got[0])
	assert.Contains(t, got[2], `"id":1`)
	assert.Contains(t, got[2], `"recordCount":2.0`)
	assert.Contains(t, got[3], "COMPLETE")
	assert.EqualValues(t, 2, r.Streams[0].Committed)
	assert.True(t, r.Streams[0].Complete)
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	assert.Contains(t, string(text), `"stream_state":{"i":1}`)
}
