package sources_test

import (
	"context"
	"encoding/json"
	"iter"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/airbyte-go/cdk/internal/hook"
	"github.com/airbyte-go/cdk/protocol"
	"github.com/airbyte-go/cdk/sources"
)

// renewing is a source whose token is replaced whenever it is used.
type renewing struct{}

type renewingConfig struct {
	Token string `json:"token" airbyte:"secret"`
	Size  int    `json:"size" default:"7"`
}

func (renewing) Streams(ctx context.Context, _ renewingConfig) ([]sources.Stream, error) {
	err := sources.UpdateConfig(ctx, "/token", "from-streams")
	return []sources.Stream{&sources.StreamOf[json.RawMessage]{
		Name:   "records",
		Schema: sources.SchemaJSON([]byte(`{"type":"object"}`)),
		Read: func(ctx context.Context, _ sources.Slice) iter.Seq2[json.RawMessage, error] {
			return func(yield func(json.RawMessage, error) bool) {
				if err := sources.UpdateConfig(ctx, "/token", "from-read"); err != nil {
					yield(nil, err)
					return
				}
				hook.From(ctx).AddSecret("run-time-secret")
				yield(nil, protocol.Errorf(protocol.SystemError,
					"old-token from-streams from-read run-time-secret"))
			}
		},
	}}, err
}

func TestUpdateConfigInEveryVerb(t *testing.T) {
	t.Parallel()
	for verb, want := range map[string][]string{
		"check":    {`{"token":"from-streams"}`, `{"token":"from-read"}`},
		"discover": {`{"token":"from-streams"}`},
		"read":     {`{"token":"from-streams"}`, `{"token":"from-read"}`},
		"schema":   {`{"token":"from-streams"}`, `{"token":"from-read"}`},
	} {
		r := call(t, renewing{}, command{verb: verb, config: `{"token":"old-token"}`})
		var configs, texts []string
		for _, m := range r.messages {
			switch {
			case m.Type == protocol.MessageControl:
				configs = append(configs, string(m.Control.ConnectorConfig.Config))
			case m.Type == protocol.MessageTrace && m.Trace.Type == protocol.TraceError:
				texts = append(texts, m.Trace.Error.Message)
			}
		}
		assert.Equal(t, want, configs, verb)
		if verb != "discover" {
			require.Len(t, texts, 1, verb)
			assert.Contains(t, texts[0], "**** **** **** ****")
		}
	}
}
