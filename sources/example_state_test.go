package sources_test

import (
	"bytes"
	"context"
	"fmt"

	"github.com/airbyte-go/cdk/protocol"
	"github.com/airbyte-go/cdk/sources"
)

// A state at every checkpoint is for tests; by default they come at most every 15 seconds.
func ExampleStateInterval() {
	var out bytes.Buffer
	catalog := file("catalog.json", `{"streams":[{
		"stream": {"name":"months","json_schema":{},"supported_sync_modes":["incremental"]},
		"sync_mode": "incremental", "destination_sync_mode": "append"}]}`)
	cursor := sources.IntCursor{Field: "to", Start: 1, End: 250, Step: 100}
	sources.Run(context.Background(), one{months{cursor}}, sources.Process{
		Args: []string{"read", "--config", file("empty.json", `{}`), "--catalog", catalog},
		Out:  &out,
	}, sources.StateInterval(0), sources.Concurrency(1))
	show(&out)
	// Output:
	// RECORD months {"from":"1","to":"101"}
	// STATE months {"to":101}
	// RECORD months {"from":"101","to":"201"}
	// STATE months {"to":201}
	// RECORD months {"from":"201","to":"250"}
	// STATE months {"to":250}
}

// changes is a stream of an API that hands out a token for what comes next.
type changes struct{}

func (changes) Describe() sources.Description {
	return sources.Description{
		Name: "changes", Schema: sources.SchemaOf[struct{}](), Cursor: sources.TokenCursor{},
	}
}

func (changes) ReadSlice(_ context.Context, s sources.Slice, out *sources.Output) error {
	if string(s.Resume) == "expired" {
		return fmt.Errorf("the API says 410: %w", sources.ErrStaleToken)
	}
	if err := out.Raw(fmt.Appendf(nil, `{"since":%q}`, s.Resume)); err != nil {
		return err
	}
	return out.Checkpoint([]byte("next"))
}

func ExampleTokenCursor() {
	catalog := file("catalog.json", `{"streams":[{
		"stream": {"name":"changes","json_schema":{},"supported_sync_modes":["incremental"]},
		"sync_mode": "incremental", "destination_sync_mode": "append"}]}`)
	for _, token := range []string{"abc", "expired"} {
		state := file("state.json", `[{"type":"STREAM","stream":{
			"stream_descriptor":{"name":"changes"},"stream_state":{"token":"`+token+`"}}}]`)
		var out bytes.Buffer
		sources.Run(context.Background(), one{changes{}}, sources.Process{
			Args: []string{
				"read", "--config", file("empty.json", `{}`), "--catalog", catalog, "--state", state,
			},
			Out: &out,
		})
		show(&out)
	}
	// Output:
	// RECORD changes {"since":"abc"}
	// STATE changes {"token":"next"}
	// STATE changes {"token":"next"}
	// RECORD changes {"since":""}
	// STATE changes {"token":"next"}
	// STATE changes {"token":"next"}
}

// logReader reads a log from the position that all of its streams share.
type logReader struct{}

func (logReader) Describe() sources.Description {
	return sources.Description{Name: "rows", Schema: sources.SchemaOf[struct{}]()}
}

func (logReader) ReadSlice(_ context.Context, s sources.Slice, out *sources.Output) error {
	if err := out.Raw([]byte(`{"id":1}`)); err != nil {
		return err
	}
	return out.Share([]byte(`{"position":42}`))
}

func ExampleGlobalState() {
	var out bytes.Buffer
	sources.Run(context.Background(), one{logReader{}}, sources.Process{
		Args: []string{"read", "--config", file("empty.json", `{}`)}, Out: &out,
	}, sources.GlobalState())
	for m := range protocol.NewReader(&out, protocol.ReaderOptions{}).Messages() {
		if m.Type == protocol.MessageState {
			fmt.Println(m.State.Type, string(m.State.Global.SharedState))
		}
	}
	// Output: GLOBAL {"position":42}
}

// renamed is a source whose older version called the cursor field added.
type renamed struct{ library }

func (renamed) MigrateState(stream protocol.Descriptor, old []byte) ([]byte, error) {
	return bytes.ReplaceAll(old, []byte(`"added"`), []byte(`"id"`)), nil
}

func ExampleStateMigrator() {
	catalog := file("catalog.json", `{"streams":[{
		"stream": {"name":"books","json_schema":{},"supported_sync_modes":["incremental"]},
		"sync_mode": "incremental", "destination_sync_mode": "append"}]}`)
	state := file("state.json", `[{"type":"STREAM","stream":{
		"stream_descriptor":{"name":"books"},"stream_state":{"added":2}}}]`)
	var out bytes.Buffer
	sources.Run(context.Background(), renamed{}, sources.Process{
		Args: []string{
			"read", "--config", file("config.json", `{}`), "--catalog", catalog, "--state", state,
		},
		Out: &out,
	})
	show(&out)
	// Output:
	// RECORD books {"id":3,"title":"Book 3 of the top shelf","added_at":"0001-01-01T00:00:00Z"}
	// STATE books {"id":3}
}
