//go:build linux

package killtest_test

import (
	"encoding/json"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/airbyte-go/cdk/internal/platform"
	"github.com/airbyte-go/cdk/protocol"
)

// rig is a connection that is disturbed. Its customers are deduplicated, its orders appended, and
// its products replaced.
type rig struct {
	*target

	t      *testing.T
	market *market
	dir    string
	task   task
	shown  int           // the growth that the replaced table shows
	first  time.Duration // that the first sync took
	usual  time.Duration // that one takes of late
	runs   int
	found  map[string][]string // the rows of the tables after a sync, sorted
	counts map[string]int      // of what was done and what came of it
}

// newRig makes one sync without any disturbance.
func newRig(t *testing.T, x *target, w world, unkind int) *rig {
	t.Helper()
	r := &rig{
		target: x, t: t, market: openMarket(t, unkind), dir: t.TempDir(), counts: map[string]int{},
	}
	r.task = task{
		Source:       filepath.Join(programs, "source-rest"),
		Destination:  filepath.Join(programs, x.program),
		SourceConfig: r.market.config(t), DestinationConfig: x.config,
		State: filepath.Join(r.dir, "state.json"), World: w,
	}
	r.task.Catalog = r.catalog()
	r.settle()
	return r
}

// catalog asks the source for its streams and says what becomes of them.
func (r *rig) catalog() *protocol.ConfiguredCatalog {
	r.t.Helper()
	answer, err := platform.Ask(r.t.Context(), platform.Question{
		Connector: platform.Process(r.task.Source), Verb: "discover",
		Config: r.task.SourceConfig, Origin: platform.Source,
	})
	require.NoError(r.t, err)
	replacing := protocol.DestinationOverwrite
	if r.task.World.SupportsRefreshes {
		replacing = platform.OverwriteDedup
	}
	c := new(protocol.ConfiguredCatalog)
	for _, s := range answer.Catalog.Streams {
		one := protocol.ConfiguredStream{
			Stream: s, SyncMode: protocol.SyncIncremental,
			CursorField: s.DefaultCursorField, PrimaryKey: s.SourceDefinedPrimaryKey,
		}
		switch s.Name {
		case mergedTable:
			one.DestinationSyncMode = protocol.DestinationAppendDedup
		case appendedTable:
			one.DestinationSyncMode = protocol.DestinationAppend
		case replacedTable:
			one.SyncMode, one.DestinationSyncMode = protocol.SyncFullRefresh, replacing
		}
		c.Streams = append(c.Streams, one)
	}
	require.Len(r.t, c.Streams, len(columnsOf))
	return c
}

// start starts a sync, often one of a shop that has grown, and now and then one from the beginning,
// which reads all again.
func (r *rig) start() *syncRun {
	r.t.Helper()
	if rand.IntN(3) == 0 {
		r.market.grow()
	}
	if rand.IntN(10) == 0 {
		require.NoError(r.t, platform.ReplaceFile(r.task.State, []byte("[]\n")))
	}
	r.task.Attempts = 1 + rand.IntN(3)
	r.runs++
	return startRun(r.t, r.dir, r.task)
}

// moment is a random one of a sync.
func (r *rig) moment() time.Duration { return rand.N(r.usual) }

// finish waits for the end of a sync, however it came, and looks at what must always be true.
func (r *rig) finish(run *syncRun) {
	r.t.Helper()
	report := run.wait(r.t)
	if report == nil {
		r.counts["syncs without a report"]++
	} else {
		r.counts["syncs "+string(report.Outcome)]++
		r.counts["attempts"] += len(report.Attempts)
		if report.Outcome == platform.Succeeded {
			r.usual = (3*r.usual + min(r.first, time.Since(run.begun))) / 4
		}
	}
	r.check(run)
	if report != nil && report.Outcome == platform.Succeeded {
		r.checkWhole(run)
	}
}

// check looks at the tables, whatever came of a sync.
func (r *rig) check(run *syncRun) {
	r.t.Helper()
	r.found = map[string][]string{}
	for table := range columnsOf {
		r.found[table] = r.rows(r.t, table)
		slices.Sort(r.found[table])
	}
	r.checkReplaced(run)
	r.checkCovered(run)
}

// settle syncs without a disturbance until all is well, and compares all.
func (r *rig) settle() {
	r.t.Helper()
	r.task.Attempts = 10
	run := startRun(r.t, r.dir, r.task)
	report := run.wait(r.t)
	require.NotNil(r.t, report, run.log())
	require.Equal(r.t, platform.Succeeded, report.Outcome, run.log())
	if r.first == 0 {
		r.first = time.Since(run.begun)
		r.usual = r.first
	}
	r.check(run)
	r.checkWhole(run)
}

// checkReplaced wants the table that is replaced to be a whole one, the one before or the new one.
func (r *rig) checkReplaced(run *syncRun) {
	r.t.Helper()
	for _, growth := range []int{r.market.growth(), r.shown} {
		if slices.Equal(texts(r.market.rows(r.t, replacedTable, growth)), r.found[replacedTable]) {
			r.shown = growth
			return
		}
	}
	r.t.Fatalf("the replaced table has %d rows, which are neither those of growth %d nor of %d\n%s",
		len(r.found[replacedTable]), r.shown, r.market.growth(), run.log())
}

// checkCovered wants every record that a stored state covers to be there.
func (r *rig) checkCovered(run *syncRun) {
	r.t.Helper()
	for stream, spans := range r.covered() {
		for _, record := range r.market.rows(r.t, stream, r.market.growth()) {
			_, there := slices.BinarySearch(r.found[stream], record.text)
			if !there && slices.ContainsFunc(spans, record.isIn) {
				r.t.Fatalf("the state of %s covers %v, and this record is not there: %s\n%s",
					stream, spans, record.text, run.log())
			}
		}
	}
}

// span is a stretch of time whose records have been read.
type span struct {
	Start time.Time
	End   time.Time
}

func (r row) isIn(s span) bool { return r.updated.After(s.Start) && !r.updated.After(s.End) }

// covered is what the stored states cover of the incremental streams: all up to a time, or single
// slices while a read is under way.
func (r *rig) covered() map[string][]span {
	r.t.Helper()
	text, err := os.ReadFile(r.task.State)
	require.NoError(r.t, err)
	states, err := platform.ParseStates(text)
	require.NoError(r.t, err, "%s", text)
	covered := map[string][]span{}
	for _, stream := range []string{mergedTable, appendedTable} {
		text := states.Of(protocol.Descriptor{Name: stream})
		if text == nil {
			continue
		}
		var state struct {
			UpdatedAt time.Time `json:"updated_at"`
			Slices    []span
		}
		require.NoError(r.t, json.Unmarshal(text, &state), "%s", text)
		if !state.UpdatedAt.IsZero() {
			state.Slices = append(state.Slices, span{End: state.UpdatedAt})
		}
		require.NotEmpty(r.t, state.Slices, "%s", text)
		r.counts["states looked at, of "+stream]++
		covered[stream] = state.Slices
	}
	return covered
}

// checkWhole compares the shop with the tables after a sync that has succeeded: what is
// deduplicated is equal, and of what is appended nothing is missing.
func (r *rig) checkWhole(run *syncRun) {
	r.t.Helper()
	require.Equal(r.t, r.market.growth(), r.shown, "%s", run.log())
	want := texts(r.market.rows(r.t, mergedTable, r.market.growth()))
	if !slices.Equal(want, r.found[mergedTable]) {
		assert.Equal(r.t, want, r.found[mergedTable])
		r.t.Fatal(run.log())
	}
	for _, text := range texts(r.market.rows(r.t, appendedTable, r.market.growth())) {
		if _, there := slices.BinarySearch(r.found[appendedTable], text); !there {
			r.t.Fatalf("this order is missing: %s\n%s", text, run.log())
		}
	}
}

// texts are those of records.
func texts(rows []row) []string {
	found := make([]string, len(rows))
	for i, r := range rows {
		found[i] = r.text
	}
	return found
}

// say logs the numbers.
func (r *rig) say(begun time.Time) {
	g := r.market.growth()
	for _, name := range slices.Sorted(maps.Keys(r.counts)) {
		r.t.Logf("%6d %s", r.counts[name], name)
	}
	r.t.Logf("%d runs in %v; the shop has grown %d times and has %d customers, %d orders and "+
		"%d products; the appended table has %d rows", r.runs,
		time.Since(begun).Round(time.Second), g, len(r.market.rows(r.t, mergedTable, g)),
		len(r.market.rows(r.t, appendedTable, g)), len(r.market.rows(r.t, replacedTable, g)),
		r.count(r.t, appendedTable))
}
