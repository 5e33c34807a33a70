package cdktest

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/airbyte-go/cdk/internal/transcript"
	"github.com/airbyte-go/cdk/protocol"
)

// inNamespace moves the stream a of a line into the namespace ns.
func inNamespace(line string) string {
	return strings.Replace(line, `"a"`, `"a","namespace":"ns"`, 1)
}

func TestResultTellsStreamsApart(t *testing.T) {
	t.Parallel()
	r := newResult(transcript.Parse("read", stdout([]string{
		logLine("begin"),
		statusLine("a", protocol.StatusStarted),
		recordLine("a", `{"id":1}`),
		inNamespace(recordLine("a", `{"id":2}`)),
		stateLine("a", `{"id":1}`, 1),
		inNamespace(stateLine("a", `{}`, 0)),
		errorLine("a", "no access"),
		"stray text",
		statusLine("b", protocol.StatusIncomplete),
	})))
	one, two := json.RawMessage(`{"id":1}`), json.RawMessage(`{"id":2}`)
	assert.Equal(t, []json.RawMessage{one, two}, r.Records("a"))
	assert.Equal(t, []json.RawMessage{two}, r.Records("ns.a"))
	assert.Empty(t, r.Records("b"))
	assert.Len(t, r.States("a"), 2)
	assert.Len(t, r.States("ns.a"), 1)
	assert.Equal(t, []protocol.StreamStatus{protocol.StatusStarted}, r.Statuses("a"))
	assert.Equal(t, []protocol.StreamStatus{protocol.StatusIncomplete}, r.Statuses("b"))
	assert.Equal(t, []*protocol.ErrorTrace{{
		Message: "no access", Descriptor: &protocol.Descriptor{Name: "a"},
	}}, r.Errors())
	assert.Equal(t, []*protocol.Log{{Level: protocol.LevelInfo, Message: "begin"}}, r.Logs())
	assert.Len(t, r.Lines, 9)
	assert.Equal(t, "stray text", r.Lines[7])
	assert.Len(t, r.Messages, 8)
}

func TestResultKeepsTheFirstAnswer(t *testing.T) {
	t.Parallel()
	r := newResult(transcript.Parse("check", stdout([]string{
		checkLine(protocol.ConnectionFailed),
		checkLine(protocol.ConnectionSucceeded),
		`{"type":"SPEC","spec":{"connectionSpecification":{"a":1}}}`,
		catalogLine("a"),
	})))
	assert.Equal(t, protocol.ConnectionFailed, r.ConnectionStatus.Status)
	assert.JSONEq(t, `{"a":1}`, string(r.Spec.ConnectionSpecification))
	assert.Equal(t, "a", r.Catalog.Streams[0].Name)
}

func TestLastState(t *testing.T) {
	t.Parallel()
	const exact = `{"id": 12345678901234567890, "x":"<"}`
	var (
		a, newA   = streamState("a", `{"id":1}`), streamState("a", exact)
		b         = streamState("b", `{"id":7}`)
		aAndB     = stateFile(a, b)
		global    = `"type":"GLOBAL","global":{"shared_state":{"lsn":1},"stream_states":[]}`
		newGlobal = `"type":"GLOBAL","global":{"shared_state":{"lsn":2},"stream_states":[]}`
	)
	for name, test := range map[string]struct {
		before string
		lines  []string
		want   string
	}{
		"none": {"", nil, `[]`},
		"the newest": {
			"", []string{stateOf(b, 1), stateOf(a, 1), stateOf(newA, 0)}, stateFile(newA, b),
		},
		"the old one": {aAndB, []string{logLine("x")}, aAndB},
		"one of two":  {aAndB, []string{stateOf(newA, 1)}, stateFile(newA, b)},
		"legacy":      {`{"a":{"id":1}}`, []string{stateOf(b, 1)}, aAndB},
		"unreadable":  {`[1]`, []string{stateOf(a, 1)}, stateFile(a)},
		"reset":       {aAndB, []string{stateLine("a", `null`, 1)}, stateFile(b)},
		"old global":  {stateFile(global), nil, stateFile(global)},
		"new global": {
			stateFile(global), []string{stateOf(newGlobal, 0)}, stateFile(newGlobal),
		},
		"from global to streams": {stateFile(global), []string{stateOf(a, 1)}, stateFile(a)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newResult(transcript.Parse("read", stdout(test.lines)))
			r.run.Before = []byte(test.before)
			assert.Equal(t, test.want, string(r.LastState()))
		})
	}
}
