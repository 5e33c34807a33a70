package envelope

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/airbyte-go/cdk/internal/jsonraw"
	"github.com/airbyte-go/cdk/protocol"
)

// FuzzEnvelope compares the walk with the codec: whatever the codec takes for a record, the walk
// finds, with the same stream, time and data.
func FuzzEnvelope(f *testing.F) {
	for _, line := range []string{
		`{"type":"RECORD","record":{"stream":"a","data":{"i":1},"emitted_at":5}}`,
		`{"record":{"data":{"a":[{"b":"\"]}"}]},"emitted_at":1.5e3,"namespace":null},"type":"RECORD"}`,
		` {"x":{"record":{}},"record" : 7, "type":"\u0052ECORD","record":{"stream":"\u00e4"}} `,
		`{"type":"STATE","state":{"type":"STREAM"}}`, `{"type":"LOG"`, `[{}]`, `{"a":1}}`, `{`,
	} {
		f.Add(line)
	}
	f.Fuzz(func(t *testing.T, line string) {
		var e Message
		err := e.Open([]byte(line))
		if json.Valid([]byte(line)) && strings.HasPrefix(strings.TrimSpace(line), "{") {
			assert.NoError(t, err)
		}
		m, codecErr := protocol.Parse([]byte(line))
		if codecErr != nil || m.Type != protocol.MessageRecord || hasTwins(line) {
			return
		}
		assert.Equal(t, protocol.MessageRecord, e.Kind)
		assert.True(t, e.IsRecord)
		name, namespace, ok := e.Names()
		assert.True(t, ok || m.Record.Stream == "")
		if ok {
			assert.Equal(t, m.Record.Stream, string(name))
			assert.Equal(t, m.Record.Namespace, string(namespace))
		}
		if isObject, _ := jsonraw.EmptyObject(m.Record.Data); isObject {
			assert.Equal(t, string(m.Record.Data), string(e.Data))
		}
		if at, ok := e.Milliseconds(); ok {
			assert.Equal(t, m.Record.EmittedAt, at)
		}
	})
}

// hasTwins tells whether a member comes twice, of which either may count.
func hasTwins(line string) bool {
	seen := map[string]bool{}
	for p, err := range jsonraw.Members([]byte(line)) {
		if err != nil || seen[p.Name] {
			return true
		}
		seen[p.Name] = true
	}
	inner := map[string]bool{}
	record, _ := jsonraw.Member([]byte(line), []string{"record"})
	for p, err := range jsonraw.Members(record) {
		if err != nil || inner[p.Name] {
			return true
		}
		inner[p.Name] = true
	}
	return false
}
