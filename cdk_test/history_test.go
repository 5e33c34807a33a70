package cdktest_test

import (
	"cmp"
	"context"
	"encoding/json"
	"math/rand/v2"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	cdktest "github.com/airbyte-go/cdk/cdk_test"
	"github.com/airbyte-go/cdk/sources"
)

// livingAPI is an API whose records are updated while they are read. It hands out pages by the last
// record of the page before, as APIs do whose pages do not shift.
type livingAPI struct {
	sources.Description

	order  sources.Order
	noEnd  bool // it ignores the upper bound of a slice
	random *rand.Rand

	mu    sync.Mutex
	items []living
}

// living is a record: version counts its updates, at is the time of the last.
type living struct {
	ID      int       `json:"id"`
	Of      string    `json:"of"`
	Version int       `json:"version"`
	At      time.Time `json:"at"`
}

func (a *livingAPI) Describe() sources.Description {
	d := a.Description
	d.Schema = anything
	return d
}

func (a *livingAPI) ReadSlice(ctx context.Context, s sources.Slice, out *sources.Output) error {
	var last *living
	for {
		wait(ctx, a.pause())
		page := a.page(s, last)
		for _, one := range page {
			if err := out.Record(one); err != nil {
				return err
			}
			last = &one
		}
		if err := out.Checkpoint(nil); err != nil || len(page) == 0 {
			return err
		}
	}
}

func (a *livingAPI) pause() time.Duration {
	a.mu.Lock()
	defer a.mu.Unlock()
	return time.Duration(a.random.IntN(2000)) * time.Millisecond
}

// page is what the API holds at this moment behind the last record of the page before.
func (a *livingAPI) page(s sources.Slice, last *living) (page []living) {
	a.mu.Lock()
	defer a.mu.Unlock()
	sorted := slices.SortedFunc(slices.Values(a.items), a.compare)
	for _, one := range sorted {
		inside := one.Of == s.Partition.Get("of") &&
			(s.From.IsZero() || !one.At.Before(s.From.Time())) &&
			(a.noEnd || !one.At.After(s.To.Time()))
		if inside && (last == nil || a.compare(one, *last) > 0) && len(page) < 3 {
			page = append(page, one)
		}
	}
	return page
}

func (a *livingAPI) compare(x, y living) int {
	switch a.order {
	case sources.Ascending:
		return cmp.Or(x.At.Compare(y.At), cmp.Compare(x.ID, y.ID))
	case sources.Descending:
		return cmp.Or(y.At.Compare(x.At), cmp.Compare(x.ID, y.ID))
	case sources.Unordered:
	}
	return cmp.Compare(x.ID, y.ID)
}

// live updates and adds records until ctx ends.
func (a *livingAPI) live(ctx context.Context, partitions []string) {
	for ctx.Err() == nil {
		wait(ctx, a.pause())
		a.mu.Lock()
		now := time.Now().UTC().Truncate(time.Second)
		if n := a.random.IntN(25); n < len(a.items) {
			a.items[n].Version++
			a.items[n].At = now
		} else {
			of := partitions[a.random.IntN(len(partitions))]
			a.items = append(a.items, living{ID: len(a.items), Of: of, At: now})
		}
		a.mu.Unlock()
	}
}

// After the last sync the newest version of every record has arrived, whatever happened during the
// syncs before.
func TestNewestVersionsArrive(t *testing.T) {
	t.Parallel()
	for seed := range uint64(40) {
		t.Run(strconv.FormatUint(seed, 10), func(t *testing.T) {
			t.Parallel()
			cdktest.Bubble(t, func(t *testing.T, _ *cdktest.API) {
				random := rand.New(rand.NewPCG(seed, 3))
				api := &livingAPI{
					order: sources.Order(
						random.IntN(3),
					), noEnd: random.IntN(3) == 0, random: random,
				}
				api.Name = "a"
				cursor := sources.TimeCursor{Field: "at", Order: api.order}
				if random.IntN(2) == 0 {
					cursor.Start, cursor.Step = time.Now(), 10*time.Second
				}
				api.Cursor = cursor
				partitions := []string{""}
				if random.IntN(2) == 0 {
					partitions = []string{"x", "y", "z"}
					api.Partitions = sources.List("of", partitions...)
				}
				mustArrive(t, api, partitions, random)
			})
		})
	}
}

func mustArrive(t *testing.T, api *livingAPI, partitions []string, random *rand.Rand) {
	t.Helper()
	opts := []sources.Option{
		sources.StateInterval(0), sources.Concurrency(1 + random.IntN(3)),
		sources.PartitionLimit(2 + random.IntN(2)),
	}
	arrived := map[int]int{} // the newest version of each record
	state := json.RawMessage(`[]`)
	read := func() {
		got := cdktest.Read(
			t,
			streams{api},
			none{},
			cdktest.State(state),
			cdktest.RunOptions(opts...),
		)
		for _, raw := range got.Records("a") {
			var one living
			assert.NoError(t, json.Unmarshal(raw, &one))
			arrived[one.ID] = max(arrived[one.ID], one.Version)
		}
		state = got.LastState()
	}
	ctx, stop := context.WithCancel(t.Context())
	var life sync.WaitGroup
	life.Go(func() { api.live(ctx, partitions) })
	for range 4 {
		wait(ctx, 20*time.Second)
		read()
	}
	stop()
	life.Wait()
	wait(t.Context(), 2*time.Second) // what is being written now lies before the last sync's end
	read()
	for _, one := range api.items {
		version, ok := arrived[one.ID]
		assert.True(t, ok, "record %d never arrived", one.ID)
		assert.Equal(t, one.Version, version, "record %d of %q, updated at %s; %s",
			one.ID, one.Of, one.At, state)
	}
}
