package state

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/airbyte-go/cdk/protocol"
)

func TestMark(t *testing.T) {
	t.Parallel()
	var s protocol.State
	require.NoError(t, json.Unmarshal([]byte(`{"type":"STREAM","id":7,"other":{}}`), &s))
	for _, want := range []bool{false, true, false} {
		Mark(&s, want)
		marked, complete := Marked(&s)
		assert.True(t, marked)
		assert.Equal(t, want, complete)
	}
	text, err := json.Marshal(s)
	require.NoError(t, err)
	const line = `{"type":"STREAM","id":7,"other":{},"go_cdk":{"complete":false}}`
	assert.Equal(t, line, string(text))
}

func TestMarkedOfOthers(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		`{}`: false, `{"go_cdk":true}`: false, `{"go_cdk":{"complete":1}}`: false,
		`{"go_cdk":{"complete":true,"more":1}}`: true,
	} {
		var s protocol.State
		require.NoError(t, json.Unmarshal([]byte(text), &s))
		marked, complete := Marked(&s)
		assert.Equal(t, want, marked, text)
		assert.Equal(t, want, complete, text)
	}
}
