package protocol

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestExtra(t *testing.T) {
	t.Parallel()
	var x Extra
	assert.True(t, x.IsZero())
	_, ok := x.Get("a")
	assert.False(t, ok)

	x.Set("b", json.RawMessage(`1`))
	x.Set(`a"`, json.RawMessage(`{"c": 2}`))
	copied := x
	x.Set("b", json.RawMessage(`3`))

	value, ok := x.Get("b")
	assert.True(t, ok)
	assert.Equal(t, `3`, string(value))
	value, _ = x.Get(`a"`)
	assert.Equal(t, `{"c": 2}`, string(value))
	assert.Equal(t, `{"a\"":{"c": 2},"b":3}`, string(x.object()))
	assert.Equal(t, `{"b":1,"a\"":{"c": 2}}`, string(copied.object()), "a copy stays as it is")

	x.Delete(`a"`)
	x.Delete("absent")
	x.Delete("b")
	assert.True(t, x.IsZero())
}

func TestExtraAll(t *testing.T) {
	t.Parallel()
	s := parseState(t, `{"b":1,"type":"STREAM","a":[2],"b":null}`)
	var got []string
	for name, value := range s.Extra.All() {
		got = append(got, name+"="+string(value))
	}
	assert.Equal(t, []string{"b=1", "a=[2]", "b=null"}, got)
	for range s.Extra.All() {
		break
	}
	value, _ := s.Extra.Get("b")
	assert.Equal(t, "1", string(value), "the first of two")
	s.Extra.Delete("b")
	assert.Equal(t, `{"type":"STREAM","a":[2]}`, stateText(t, s))
}

// A property that the package knows is written from its field only.
func TestExtraCannotShadowAField(t *testing.T) {
	t.Parallel()
	s := &State{Type: StateStream}
	s.Extra.Set("type", json.RawMessage(`"GLOBAL"`))
	s.Extra.Set("mine", json.RawMessage(`true`))
	assert.Equal(t, `{"type":"STREAM","mine":true}`, stateText(t, s))
}

func TestExtraOfGarbage(t *testing.T) {
	t.Parallel()
	var x Extra
	x.Set("a", json.RawMessage(`}, {`))
	for range x.All() {
		t.Error("there is no property")
	}
	_, err := marshal(&State{Extra: x})
	require.Error(t, err)
}
