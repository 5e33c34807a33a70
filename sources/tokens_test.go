package sources_test

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/airbyte-go/cdk/sources"
)

// tokens is a stream of five pages of one record, each with the number of the next page as token.
func tokens(d sources.Description, from *[]string, refused string) by {
	return by{d, func(_ context.Context, s sources.Slice, out *sources.Output) error {
		*from = append(*from, string(s.Resume))
		if string(s.Resume) == refused && refused != "" {
			return fmt.Errorf("the API says 410: %w", sources.ErrStaleToken)
		}
		at, _ := strconv.Atoi(string(s.Resume))
		for ; at < 5; at++ {
			if err := out.Raw(fmt.Appendf(nil, `{"page":%d}`, at)); err != nil {
				return err
			}
			if err := out.Checkpoint([]byte(strconv.Itoa(at + 1))); err != nil {
				return err
			}
		}
		return nil
	}}
}

func TestTokens(t *testing.T) {
	t.Parallel()
	var from []string
	d := sources.Description{Name: "a", Cursor: sources.TokenCursor{Name: "delta"}}
	source := streams{tokens(d, &from, "3")}
	run := func(state string) transcript {
		got := read(t, source, command{
			catalog: configured("a:incremental"), options: everyState,
			state: savedStates(map[string]string{"a": state}),
		})
		require.Equal(t, 0, got.code, got.logs())
		return got
	}
	assert.Equal(t, []string{
		`{"delta":"1"}`, `{"delta":"2"}`, `{"delta":"3"}`, `{"delta":"4"}`, `{"delta":"5"}`,
		`{"delta":"5"}`,
	}, run(`{}`).states("a"))
	assert.Len(t, run(`{"delta":"2","more":1}`).records("a"), 3)
	assert.Len(t, run(`{"delta":4}`).records("a"), 1, "another kit may have written a number")

	from = nil
	got := run(`{"delta":"3"}`)
	assert.Len(t, got.records("a"), 5, "a token that is refused: everything again")
	assert.Equal(t, []string{"3", ""}, from)
	assert.Contains(t, got.logs(), "no longer accepts")
}

func TestTokenThatIsAlwaysStale(t *testing.T) {
	t.Parallel()
	source := streams{by{sources.Description{Name: "a", Cursor: sources.TokenCursor{}}, func(
		context.Context, sources.Slice, *sources.Output,
	) error {
		return sources.ErrStaleToken
	}}}
	got := read(t, source, command{
		catalog: configured("a:incremental"),
		state:   savedStates(map[string]string{"a": `{"token":"x"}`}),
	})
	assert.Equal(t, 1, got.code)
	assert.Len(t, got.errors(), 1)
}

func TestTokenThatIsNoText(t *testing.T) {
	t.Parallel()
	source := streams{by{sources.Description{Name: "a", Cursor: sources.TokenCursor{}}, func(
		_ context.Context, _ sources.Slice, out *sources.Output,
	) error {
		return out.Checkpoint([]byte{0xff})
	}}}
	got := read(t, source, command{catalog: configured("a:incremental")})
	assert.Contains(t, got.oneError(t).Message, "token is not text")
}

// generations is a catalog of a platform that counts generations.
func generations(name string) string {
	return strings.Replace(configured(name), `"sync_mode"`,
		`"generation_id":3,"minimum_generation_id":3,"sync_id":9,"sync_mode"`, 1)
}

func TestResumableFullRefresh(t *testing.T) {
	t.Parallel()
	var from []string
	source := streams{tokens(sources.Description{Name: "a", Resumable: true}, &from, "")}
	const complete = `{"__ab_full_refresh_sync_complete":true}`
	for _, test := range []struct {
		catalog, state string
		records        int
		last           string
	}{
		{generations("a"), `{}`, 5, complete},
		{generations("a"), `{"go_cdk":{"version":1,"open":[{"token":"3"}]}}`, 2, complete},
		{generations("a"), complete, 0, complete},
		{generations("a"), `{"__ab_no_cursor_state_message":true}`, 5, complete},
		// Without generations a destination could not tell two attempts from two syncs.
		{configured("a"), `{"go_cdk":{"version":1,"open":[{"token":"3"}]}}`, 5,
			`{"__ab_no_cursor_state_message":true}`},
		{configured("a"), complete, 5, `{"__ab_no_cursor_state_message":true}`},
	} {
		got := read(t, source, command{
			catalog: test.catalog, options: everyState,
			state: savedStates(map[string]string{"a": test.state}),
		})
		require.Equal(t, 0, got.code)
		assert.Len(t, got.records("a"), test.records, test.state)
		states := got.states("a")
		assert.Equal(t, test.last, states[len(states)-1], test.state)
		assert.Equal(t, []string{"STARTED", "RUNNING", "COMPLETE"}, got.statuses("a"))
	}
	got := read(t, source, command{catalog: generations("a"), options: everyState})
	assert.Equal(t, `{"go_cdk":{"version":1,"open":[{"token":"1"}]}}`, got.states("a")[0])
	catalog := call(t, source, command{verb: "discover", config: `{}`}).messages[0].Catalog
	assert.True(t, catalog.Streams[0].IsResumable)
	assert.True(t, catalog.Streams[0].SourceDefinedCursor)
}
