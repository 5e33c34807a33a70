package protocol

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestWriterMasks(t *testing.T) {
	t.Parallel()
	var out output
	w := NewWriter(&out, WriterOptions{Mask: func(s string) string {
		return strings.ReplaceAll(s, "secret", "****")
	}})
	masked := []*Message{
		{Type: MessageLog, Log: &Log{Message: "a secret", StackTrace: "at secret"}},
		{Type: MessageConnectionStatus, ConnectionStatus: &ConnectionStatus{
			Status: ConnectionFailed, Message: "bad secret",
		}},
		(&Error{Message: "secret", Internal: "secret", StackTrace: "secret"}).Trace(time.Now()),
		{Type: MessageTrace, Trace: &Trace{Type: TraceAnalytics, Analytics: &Analytics{
			Type: "a", Value: "the secret",
		}}},
	}
	before, err := json.Marshal(masked)
	require.NoError(t, err)
	for _, m := range masked {
		require.NoError(t, w.Write(m))
	}
	assert.Equal(t, 7, strings.Count(out.String(), "****"))
	assert.NotContains(t, out.String(), "secret")
	after, err := json.Marshal(masked)
	require.NoError(t, err)
	assert.Equal(t, string(before), string(after), "the caller's messages stay as they are")
}

func TestWriterNeverMasksData(t *testing.T) {
	t.Parallel()
	var out output
	w := NewWriter(&out, WriterOptions{Mask: func(string) string { panic("not called") }})
	raw := json.RawMessage(`{"a":"secret"}`)
	for _, m := range []*Message{
		{Type: MessageRecord, Record: &Record{Stream: "secret", Data: raw}},
		{Type: MessageState, State: &State{Data: raw}},
		{Type: MessageControl, Control: &Control{ConnectorConfig: &ControlConfig{Config: raw}}},
		{Type: MessageSpec, Spec: &ConnectorSpecification{ConnectionSpecification: raw}},
		{Type: MessageTrace, Trace: &Trace{
			StreamStatus: &StreamStatusTrace{Descriptor: Descriptor{Name: "secret"}},
		}},
	} {
		require.NoError(t, w.Write(m))
	}
	assert.Equal(t, 6, strings.Count(out.String(), "secret"))
	require.NoError(t, w.Records(Descriptor{Name: "s"}, BufferHooks{}).Append(raw))
}
