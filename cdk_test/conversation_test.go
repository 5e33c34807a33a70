package cdktest

import (
	"fmt"
	"slices"
	"strings"

	"github.com/airbyte-go/cdk/protocol"
)

// These write the lines of a connector that does not use the kit, and may say anything.

func recordLine(stream, data string) string {
	return fmt.Sprintf(`{"type":"RECORD","record":{"stream":%q,"emitted_at":1,"data":%s}}`,
		stream, data)
}

func stateLine(stream, blob string, count int) string {
	return stateOf(streamState(stream, blob), count)
}

func globalLine(shared string, count int) string {
	return stateOf(`"type":"GLOBAL","global":{"shared_state":`+shared+`,"stream_states":[]}`, count)
}

func legacyLine(count int) string { return stateOf(`"type":"LEGACY","data":{}`, count) }

func stateOf(members string, count int) string {
	return fmt.Sprintf(`{"type":"STATE","state":{%s,"sourceStats":{"recordCount":%d.0}}}`,
		members, count)
}

func uncountedLine(stream, blob string) string {
	return `{"type":"STATE","state":{` + streamState(stream, blob) + `}}`
}

// streamState is the text of a STREAM state, without its braces.
func streamState(stream, blob string) string {
	return fmt.Sprintf(`"type":"STREAM","stream":{"stream_descriptor":{"name":%q},`+
		`"stream_state":%s}`, stream, blob)
}

// stateFile is the text of a state file; each state comes without its braces.
func stateFile(states ...string) string {
	for i := range states {
		states[i] = "{" + states[i] + "}"
	}
	return "[" + strings.Join(states, ",") + "]"
}

func statusLine(stream string, status protocol.StreamStatus) string {
	return fmt.Sprintf(`{"type":"TRACE","trace":{"type":"STREAM_STATUS","emitted_at":1,`+
		`"stream_status":{"stream_descriptor":{"name":%q},"status":%q}}}`, stream, status)
}

// errorLine is an ERROR trace; an empty stream means none in particular.
func errorLine(stream, message string) string {
	of := ""
	if stream != "" {
		of = fmt.Sprintf(`,"stream_descriptor":{"name":%q}`, stream)
	}
	return fmt.Sprintf(`{"type":"TRACE","trace":{"type":"ERROR","emitted_at":1,`+
		`"error":{"message":%q%s}}}`, message, of)
}

func logLine(text string) string {
	return fmt.Sprintf(`{"type":"LOG","log":{"level":"INFO","message":%q}}`, text)
}

func checkLine(status protocol.ConnectionState) string {
	return fmt.Sprintf(`{"type":"CONNECTION_STATUS","connectionStatus":{"status":%q}}`, status)
}

func catalogLine(streams ...string) string {
	for i := range streams {
		streams[i] = fmt.Sprintf(`{"name":%q}`, streams[i])
	}
	return `{"type":"CATALOG","catalog":{"streams":[` + strings.Join(streams, ",") + `]}}`
}

// goodRead is a read of the streams a and b in which nothing is wrong.
func goodRead() []string {
	return []string{
		logLine("begin"),
		statusLine("a", protocol.StatusStarted),
		statusLine("b", protocol.StatusStarted),
		statusLine("a", protocol.StatusRunning),
		recordLine("a", `{"id":1}`),
		recordLine("a", `{"id":2}`),
		stateLine("a", `{"id":2}`, 2),
		statusLine("b", protocol.StatusRunning),
		recordLine("a", `{"id":3}`),
		stateLine("b", `{}`, 0),
		stateLine("a", `{"id":3}`, 1),
		statusLine("a", protocol.StatusComplete),
		statusLine("b", protocol.StatusComplete),
		logLine("end"),
	}
}

// replaced returns lines with line n, from 1, replaced by others.
func replaced(lines []string, n int, by ...string) []string {
	return slices.Concat(lines[:n-1], by, lines[n:])
}

// inserted returns lines with others after line n.
func inserted(lines []string, n int, others ...string) []string {
	return slices.Concat(lines[:n], others, lines[n:])
}

// stdout makes an output of lines.
func stdout(lines []string) string {
	if len(lines) == 0 {
		return ""
	}
	return strings.Join(lines, "\n") + "\n"
}
