package entry_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/airbyte-go/cdk/internal/entry"
	"github.com/airbyte-go/cdk/protocol"
)

// update runs a verb that reads the config and then does what f says.
func update(t *testing.T, config string, f func(c *entry.Call) error) result {
	t.Helper()
	return run(t, program(func(_ context.Context, c *entry.Call) error {
		if _, err := c.Config(); err != nil {
			return err
		}
		return f(c)
	}), "check", "--config", writeFile(t, "config.json", config))
}

// configs returns the configs in the CONTROL messages.
func (r result) configs() (found []string) {
	for _, m := range r.messages {
		if m.Type == protocol.MessageControl {
			found = append(found, string(m.Control.ConnectorConfig.Config))
		}
	}
	return found
}

func TestUpdateConfig(t *testing.T) {
	t.Parallel()
	r := update(t, `{"api_key": "old-key", "more": 1.0}`, func(c *entry.Call) error {
		if err := c.UpdateConfig("/api_key", "new-key"); err != nil {
			return err
		}
		if err := c.UpdateConfig("/api_key", "new-key"); err != nil { // nothing changes
			return err
		}
		c.Log.Info("the keys are old-key and new-key")
		return c.UpdateConfig("/a~1b/~0", []int{1})
	})
	require.Equal(t, 0, r.code)
	// Without the default of region, which may change with the next version.
	assert.Equal(t, []string{
		`{"api_key":"new-key","more":1.0}`,
		`{"api_key":"new-key","more":1.0,"a/b":{"~":[1]}}`,
	}, r.configs())
	require.Len(t, r.messages, 3)
	assert.Equal(t, "the keys are **** and ****", r.messages[1].Log.Message)
}

func TestUpdateConfigRefuses(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		pointer string
		value   any
		says    string
	}{
		{"api_key", "x", "a JSON pointer starts with /"},
		{"", "x", "a JSON pointer starts with /"},
		{"/api_key/x", "x", `there is no object to hold "x"`},
		{"/region", func() {}, "the new value has no JSON form"},
		{"/api_key", 12345678, "would not be valid any more"},
	} {
		r := update(t, `{"api_key": "a-secret"}`, func(c *entry.Call) error {
			return c.UpdateConfig(tt.pointer, tt.value)
		})
		assert.Equal(t, 1, r.code)
		e := r.onlyError(t)
		assert.Contains(t, e.Message, tt.says)
		assert.Equal(t, protocol.SystemError, e.FailureType)
		assert.NotContains(t, fmt.Sprint(e), "a-secret")
		assert.NotContains(t, fmt.Sprint(e), "12345678")
	}
}

func TestUpdateConfigBeforeItWasRead(t *testing.T) {
	t.Parallel()
	r := run(t, program(func(_ context.Context, c *entry.Call) error {
		return c.UpdateConfig("/api_key", "x")
	}), "check", "--config", "none")
	assert.Contains(t, r.onlyError(t).Message, "before it was read")
}

func TestUpdateConfigKeepsEveryConcurrentUpdate(t *testing.T) {
	t.Parallel()
	const n = 20
	r := update(t, `{"api_key": "a-secret"}`, func(c *entry.Call) error {
		var flight sync.WaitGroup
		for i := range n {
			flight.Go(func() { assert.NoError(t, c.UpdateConfig(fmt.Sprintf("/m%d", i), i)) })
		}
		flight.Wait()
		return nil
	})
	configs := r.configs()
	require.Len(t, configs, n)
	for i, config := range configs {
		assert.Equal(t, i+1, strings.Count(config, `"m`), "each holds those before it")
	}
}
