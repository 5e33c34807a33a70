package transcript

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/airbyte-go/cdk/protocol"
)

const (
	recordOne = `{"type":"RECORD","record":{"stream":"a","emitted_at":1,"data":{"id":1}}}`
	recordTwo = `{"type":"RECORD","record":{"stream":"a","emitted_at":1,"data":{"id":2}}}`
)

func stateOf(stream, blob string) string {
	return `{"type":"STATE","state":{"type":"STREAM","stream":{"stream_descriptor":{"name":"` +
		stream + `"},"stream_state":` + blob + `}}}`
}

func parse(lines ...string) *Run { return Parse("read", strings.Join(lines, "\n")+"\n") }

func TestCheckpoints(t *testing.T) {
	t.Parallel()
	r := parse(stateOf("b", `{}`), recordOne, stateOf("a", `{"n":1}`), recordTwo,
		stateOf("a", `{"n":1}`), stateOf("a", `null`), "stray")
	r.Before = []byte(`[{"type":"STREAM","stream":{"stream_descriptor":{"name":"c"},` +
		`"stream_state":{"old":true}}}]`)
	points := r.Checkpoints()
	require.Len(t, points, 3)
	assert.Equal(t, []int{1, 5, 6}, []int{points[0].Line, points[1].Line, points[2].Line})
	assert.Equal(t, r.LastState(), points[2].State)
	assert.Contains(t, string(points[0].State), `{"old":true}`)
	assert.Contains(t, string(points[1].State), `{"n":1}`)
	assert.NotContains(t, string(points[2].State), `{"n":1}`)
	assert.Empty(t, parse(recordOne).Checkpoints())
}

func TestUntil(t *testing.T) {
	t.Parallel()
	r := parse("stray", recordOne, stateOf("a", `{}`), recordTwo)
	r.Asked = []protocol.Descriptor{{Name: "a"}}
	assert.Empty(t, r.Until(1).Messages)
	assert.Len(t, r.Until(3).Messages, 2)
	assert.Equal(t, r.Messages, r.Until(9).Messages)
	assert.Equal(t, r.Asked, r.Until(0).Asked)

	a := protocol.Descriptor{Name: "a"}
	assert.Equal(t, []Arrived{{a, `{"id":2}`}}, Missing(r, r.Until(3)))
	assert.Empty(t, Missing(r, r.Until(3), parse(recordTwo)))
}

func TestRulesSayWhatTheyWant(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, rules := range [][]Rule{LineRules, EndRules} {
		for _, rule := range rules {
			assert.False(t, seen[rule.Name], rule.Name)
			seen[rule.Name] = true
			assert.NotEmpty(t, rule.Want, rule.Name)
			assert.True(t, strings.HasSuffix(rule.Mend, "."), rule.Name)
		}
	}
	assert.Equal(t, []string{
		"Line 1: a record of stream a, which has not STARTED.",
	}, parse(recordOne).Breaches(LineRules))
}
