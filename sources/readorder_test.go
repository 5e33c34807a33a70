package sources_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/airbyte-go/cdk/sources"
)

func TestReadSlicesOutOfOrder(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		cursor := sources.IntCursor{Field: "id", Start: 1, End: 40, Step: 10}
		source := streams{reader{"a", cursor, func(
			_ context.Context, s sources.Slice, out *sources.Output,
		) error {
			pause(time.Duration(50-s.From.Int()) * time.Second)
			return out.Raw(fmt.Appendf(nil, `{"id":%d}`, s.From.Int()+1))
		}}}
		got := read(t, source, command{
			catalog: configured("a:incremental"),
			options: everyState,
		})
		require.Equal(t, 0, got.code)
		assert.Equal(
			t,
			[]string{`{"id":32}`, `{"id":22}`, `{"id":12}`, `{"id":2}`},
			got.records("a"),
		)
		const state = `{"slices":[{"start":%d,"end":32,"most_recent_cursor_value":32}],` +
			`"state_type":"integer"}`
		assert.Equal(t, []string{
			fmt.Sprintf(state, 31), fmt.Sprintf(state, 21), fmt.Sprintf(state, 11), `{"id":32}`,
		}, got.states("a"), "no state passes a slice that is still being read")
	})
}

func TestReadDescending(t *testing.T) {
	t.Parallel()
	cursor := sources.IntCursor{Field: "id", Order: sources.Descending}
	asked := 0
	source := streams{reader{"a", cursor, func(
		_ context.Context, _ sources.Slice, out *sources.Output,
	) error {
		for id := 9; id > 0; id-- {
			asked++
			if err := out.Raw(fmt.Appendf(nil, `{"id":%d}`, id)); err != nil {
				return err
			}
		}
		return nil
	}}}
	got := read(t, source, command{
		catalog: configured("a:incremental"),
		state:   savedStates(map[string]string{"a": `{"id":7}`}),
	})
	require.Equal(t, 0, got.code)
	assert.Equal(t, []string{`{"id":9}`, `{"id":8}`, `{"id":7}`}, got.records("a"))
	assert.Equal(t, 4, asked, "reading stops behind the slice's start")
	assert.Equal(t, `{"id":9}`, got.states("a")[len(got.states("a"))-1])
}

func TestReadFilter(t *testing.T) {
	t.Parallel()
	cursor := sources.IntCursor{Field: "id", End: 5, Filter: true}
	records := append(numbers(1, 6, 3, 5, 2), json.RawMessage(`{"name":"no id"}`))
	got := read(t, streams{listed("a", cursor, records...)}, command{
		catalog: configured("a:incremental"),
		state:   savedStates(map[string]string{"a": `{"id":3}`}),
	})
	require.Equal(t, 0, got.code)
	assert.Equal(t, []string{`{"id":3}`, `{"id":5}`, `{"name":"no id"}`}, got.records("a"))
	assert.Contains(t, got.logs(), "WARN Stream a has records without the cursor field")
}

func TestReadDescentFallsBack(t *testing.T) {
	t.Parallel()
	cursor := sources.IntCursor{Field: "id", Start: 1, Order: sources.Ascending}
	source := streams{reader{"a", cursor, func(
		_ context.Context, _ sources.Slice, out *sources.Output,
	) error {
		for _, r := range numbers(2, 3, 4, 2, 9, 10) {
			if err := errors.Join(out.Raw(r), out.Checkpoint(nil)); err != nil {
				return err
			}
		}
		return nil
	}}}
	got := read(t, source, command{
		catalog: configured("a:incremental"), options: everyState,
	})
	require.Equal(t, 0, got.code)
	assert.Equal(t, []string{
		`{"id":2}`, `{"id":3}`, `{"id":1}`, `{"id":10}`,
	}, got.states("a"), "a descent takes the state back, until the end of the slice")
	assert.Equal(t, 1, strings.Count(got.logs(), "declared Ascending"))
}
