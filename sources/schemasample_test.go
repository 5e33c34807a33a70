package sources_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/airbyte-go/cdk/protocol"
	"github.com/airbyte-go/cdk/sources"
)

// differences returns what a read logs about schemas.
func differences(t *testing.T, s sources.Stream, flags ...string) []string {
	t.Helper()
	var found []string
	for _, m := range call(t, streams{s}, command{verb: "read", config: `{}`, flags: flags}).messages {
		if m.Type == protocol.MessageLog && strings.Contains(m.Log.Message, "schema") {
			found = append(found, string(m.Log.Level)+" "+m.Log.Message)
		}
	}
	return found
}

func TestDifferencesFromTheSchemaAreToldOnce(t *testing.T) {
	t.Parallel()
	s := counting("numbers", 300, nil)
	s.Schema = sources.SchemaJSON([]byte(`{"properties":{"n":{"type":"integer"}}}`))
	assert.Equal(t, []string{"DEBUG The records of stream x.numbers differ from its schema: " +
		"field n " +
		"is of type string, but the schema says integer."}, differences(t, s, "--debug"))
	assert.Empty(t, differences(t, s), "at debug level only")

	s.Schema = func(context.Context) (json.RawMessage, error) { return nil, errors.New("busy") }
	assert.Equal(t, []string{"DEBUG The records of stream x.numbers are not compared with its " +
		"schema: busy."}, differences(t, s, "--debug"))
}
