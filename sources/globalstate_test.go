package sources_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/airbyte-go/cdk/protocol"
	"github.com/airbyte-go/cdk/sources"
)

// shared is a source of two streams that are read from one log.
func sharedLog(seen *[]string) streams {
	read := func(id int, share string) func(context.Context, sources.Slice, *sources.Output) error {
		return func(_ context.Context, s sources.Slice, out *sources.Output) error {
			*seen = append(*seen, string(s.Shared))
			return errors.Join(out.Raw(fmt.Appendf(nil, `{"id":%d}`, id)), out.Share([]byte(share)),
				out.Checkpoint(nil))
		}
	}
	cursor := sources.IntCursor{Field: "id", Order: sources.Ascending}
	return streams{
		by{sources.Description{Name: "a", Cursor: cursor}, read(1, `{"lsn":10}`)},
		by{sources.Description{Name: "b", Cursor: cursor}, read(2, `{"lsn":20}`)},
		by{sources.Description{Name: "c", Cursor: cursor}, nil},
	}
}

func TestGlobalState(t *testing.T) {
	t.Parallel()
	const before = `[{"type":"GLOBAL","global":{"shared_state":{"lsn":5},"stream_states":[
		{"stream_descriptor":{"name":"a"},"stream_state":{"id":1}},
		{"stream_descriptor":{"name":"c"},"stream_state":{"id":99}}]}}]`
	var seen []string
	got := read(t, sharedLog(&seen), command{
		catalog: configured("a:incremental", "b:incremental"), state: before,
		options: append(everyState, sources.Concurrency(1)),
	})
	require.Equal(t, 0, got.code, got.logs())
	assert.Equal(t, []string{`{"lsn":5}`, `{"lsn":5}`}, seen)
	var last *protocol.State
	var counted protocol.Count
	for _, m := range got.messages {
		if m.Type == protocol.MessageState {
			last = m.State
			require.Equal(t, protocol.StateGlobal, last.Type)
			counted += *last.SourceStats.RecordCount
		}
	}
	text, err := json.Marshal(last.Global)
	require.NoError(t, err)
	assert.JSONEq(t, `{"shared_state":{"lsn":20},"stream_states":[
		{"stream_descriptor":{"name":"c"},"stream_state":{"id":99}},
		{"stream_descriptor":{"name":"a"},"stream_state":{"id":1}},
		{"stream_descriptor":{"name":"b"},"stream_state":{"id":2}}]}`, string(text))
	assert.EqualValues(t, 2, counted)
	mark, _ := last.Extra.Get("go_cdk")
	assert.JSONEq(t, `{"complete":true}`, string(mark))
}

func TestGlobalStateMustBeAskedFor(t *testing.T) {
	t.Parallel()
	var seen []string
	got := read(t, sharedLog(&seen)[:1], command{catalog: configured("a:incremental")})
	assert.Contains(t, got.oneError(t).Message, "option GlobalState")

	got = read(t, sharedLog(&seen)[:1], command{
		catalog: configured("a:incremental"), options: []sources.Option{sources.GlobalState()},
	})
	require.Equal(t, 0, got.code)

	bad := streams{by{sources.Description{Name: "a"}, func(
		_ context.Context, _ sources.Slice, out *sources.Output,
	) error {
		return out.Share([]byte(`[1]`))
	}}}
	got = read(t, bad, command{options: []sources.Option{sources.GlobalState()}})
	assert.Contains(t, got.oneError(t).Message, "not a JSON object")
}
