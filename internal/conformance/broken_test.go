package conformance

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/airbyte-go/cdk/internal/acceptance"
)

// defect is one thing that a destination does wrong.
type defect struct {
	offers string // the sync modes of its spec
	checks string // the answer of its check

	acksEarly, acksGlobalEarly                bool
	losesID, noStats                          bool
	states                                    func(w *write, line string) []string
	miscounts                                 func(n *counts)
	value                                     func(json.RawMessage) json.RawMessage
	ignoresNamespaces, ignoresGenerations     bool
	keepsColumns, keepsLeftovers, dropsStaged bool
	replacesAtOnce, needsNoComplete           bool
	swapsAnyway, swapsFirst                   bool
	exitsWell, toleratesHalfLines, hangs      bool
	losesInterleaved                          bool
	losesTies, lastWins, nullWins             bool
	swapsKilled, forgetsStaged                bool
	repeatsFailed                             bool
	oneKey, foldsKeys                         bool
}

// outcomes judges the reference with a defect, in virtual time.
func outcomes(t *testing.T, d defect) map[string]*acceptance.Verdict {
	t.Helper()
	found := map[string]*acceptance.Verdict{}
	synctest.Test(t, func(t *testing.T) {
		subject := newReference(d).subject()
		for _, c := range Plan(subject) {
			require.NotContains(t, found, c.Name)
			found[c.Name] = c.Run(t.Context())
		}
		time.Sleep(time.Hour) // what was killed ends
	})
	return found
}

func TestReferencePasses(t *testing.T) {
	t.Parallel()
	var skipped []string
	found := outcomes(t, defect{})
	for _, name := range slices.Sorted(maps.Keys(found)) {
		v := found[name]
		assert.Empty(t, v.Failures, name)
		assert.Empty(t, v.Notes, name)
		if v.Skipped != "" {
			skipped = append(skipped, name)
		}
	}
	assert.Equal(t, []string{"custom/basic_write_file", "registry/basic_write_file"}, skipped)
}

// states rewrites the states that come back.
func states(change func(line string) string) defect {
	return defect{states: func(_ *write, line string) []string { return []string{change(line)} }}
}

// brokenDestinations are the reference with one defect each, and the checks that see it: those of
// both worlds where no world is named. What the platform finds is told once, in the first check
// that shows it.
var brokenDestinations = map[string]struct {
	defect

	fails []string
	says  string // a part of what the first of them says
}{
	"acknowledges early": {
		defect{acksEarly: true},
		[]string{
			"custom/basic_write",
			"mid_sync_checkpointing_global_state",
			"mid_sync_checkpointing_stream_state",
			"rejected_records",
		},
		"When a state came back, 1 of the 1 records before it",
	},
	"acknowledges GLOBAL early": {
		defect{acksGlobalEarly: true},
		[]string{"mid_sync_checkpointing_global_state"},
		"1 of the 1 records before it were not there",
	},
	"loses the id": {
		defect{losesID: true},
		[]string{"basic_write"},
		"without the id that the platform gave it",
	},
	"writes no statistics": {
		defect{noStats: true},
		[]string{"custom/basic_write", "rejected_records"},
		"without destinationStats.recordCount",
	},
	"drops what is nested and unknown": {
		states(func(line string) string {
			return strings.Replace(line, `"deep":[1.0,{"n":9007199254740993}]`, `"deep":null`, 1)
		}),
		[]string{"custom/states_come_back_as_they_were"},
		"properties of it changed",
	},
	"reads numbers of a state as floats": {
		states(func(line string) string {
			return strings.Replace(line, "12345678901234567890.10", "12345678901234567000", 1)
		}),
		[]string{
			"custom/global_states_come_back_as_they_were",
			"custom/states_come_back_as_they_were",
		},
		"its stream_state changed",
	},
	"reorders states": {
		defect{states: func(w *write, line string) []string {
			if w.sent%2 == 1 {
				w.held = []string{line}
				return nil
			}
			lines := []string{line, w.held[0]}
			w.held = nil
			return lines
		}},
		[]string{"custom/basic_write"},
		"before earlier ones of its stream",
	},
	"drops a state": {
		defect{states: func(w *write, line string) []string {
			if w.sent == 3 {
				return nil
			}
			return []string{line}
		}},
		[]string{"custom/many_streams", "custom/namespaces"},
		"wrote not all states back",
	},
	"keeps the last state to itself": {
		defect{states: func(w *write, line string) []string {
			if strings.Contains(line, `"at":11`) {
				return nil
			}
			return []string{line}
		}},
		[]string{"custom/many_streams", "custom/mid_sync_checkpointing_stream_state"},
		"wrote not all states back",
	},
	"writes a state twice": {
		defect{states: func(w *write, line string) []string {
			if w.sent == 3 {
				return []string{line, line}
			}
			return []string{line}
		}},
		[]string{"custom/namespaces"},
		"was written back again",
	},
	"swaps without COMPLETE": {
		defect{needsNoComplete: true},
		[]string{
			"registry/append_after_failure",
			"registry/interrupted_truncate_with_prior_data",
			"registry/interrupted_truncate_without_prior_data",
			"registry/resume_after_cancelled_truncate",
		},
		"although it was not told that the stream is complete",
	},
	"swaps after a failure": {
		defect{swapsAnyway: true},
		[]string{
			"interrupted_truncate_with_prior_data",
			"registry/resume_after_cancelled_truncate",
		},
		"after the first attempt",
	},
	"swaps a half after a failure": {
		defect{swapsFirst: true},
		[]string{
			"interrupted_truncate_with_prior_data",
			"registry/resume_after_cancelled_truncate",
		},
		"after the first attempt",
	},
	"replaces at once": {
		defect{replacesAtOnce: true},
		[]string{
			"interrupted_truncate_with_prior_data",
			"registry/interrupted_truncate_without_prior_data",
			"registry/resume_after_cancelled_truncate",
		},
		"after the first attempt",
	},
	"takes up what an attempt has left": {
		defect{keepsLeftovers: true},
		[]string{
			"custom/interrupted_truncate_with_prior_data",
			"custom/interrupted_truncate_without_prior_data",
		},
		"after the second attempt",
	},
	"forgets a cancelled truncate": {
		defect{dropsStaged: true},
		[]string{"registry/resume_after_cancelled_truncate"},
		`Missing: {"id":2}`,
	},
	"ignores generations": {
		defect{ignoresGenerations: true},
		[]string{
			"registry/interrupted_truncate_then_newer_generation",
			"registry/resume_after_cancelled_truncate",
		},
		`Not expected: {"id":2}`,
	},
	"loses ties": {
		defect{losesTies: true},
		[]string{"dedup_change_pk", "dedup_ties", "dedup_with_string_key"},
		"with one cursor in two syncs",
	},
	"older overwrites newer": {
		defect{lastWins: true},
		[]string{"dedup", "dedup_change_cursor"},
		`name is "older" instead of "a"`,
	},
	"null cursor wins": {
		defect{nullWins: true},
		[]string{"dedup_change_cursor"},
		"after a record without a cursor",
	},
	"looks at one field of a key": {
		defect{oneKey: true},
		[]string{"dedup_with_string_key"},
		`Missing: {"k":"a","l":"y","name":"3"}`,
	},
	"folds the case of keys": {
		defect{foldsKeys: true},
		[]string{"dedup_with_string_key"},
		`Missing: {"k":"A","l":"x","name":"2"}`,
	},
	"drops rejected records in silence": {
		defect{miscounts: func(n *counts) { n.rejected = 0 }},
		[]string{"rejected_records"},
		"says 2 records in destinationStats, and 3 were sent",
	},
	"counts rejected records as loaded": {
		defect{miscounts: func(n *counts) { n.loaded, n.rejected = n.loaded+n.rejected, 0 }},
		[]string{"rejected_records"},
		"say that 0 records were rejected",
	},
	"counts from the start": {
		defect{miscounts: func(n *counts) { n.loaded++ }},
		[]string{"custom/basic_write", "custom/mid_sync_checkpointing_global_state"},
		"says 3 records in destinationStats, and 2 were sent",
	},
	"loses records of interleaved streams": {
		defect{losesInterleaved: true},
		[]string{
			"many_streams",
			"mid_sync_checkpointing_global_state",
			"mid_sync_checkpointing_stream_state",
		},
		`Missing: {"id":1}, {"id":4}`,
	},
	"ignores namespaces": {
		defect{ignoresNamespaces: true},
		[]string{"namespaces"},
		`Not expected: {"id":2}, {"id":3}`,
	},
	"exits with 0 after a failure": {
		defect{exitsWell: true},
		[]string{
			"crash_in_input_loop",
			"interrupted_truncate_with_prior_data",
			"interrupted_truncate_without_prior_data",
			"registry/append_after_failure",
		},
		"ended with exit code 0, although its input ended in the midst of a record",
	},
	"takes half a line for the end": {
		defect{toleratesHalfLines: true},
		[]string{
			"custom/crash_in_input_loop",
			"custom/interrupted_truncate_with_prior_data",
			"custom/interrupted_truncate_without_prior_data",
		},
		"its input ended in the midst of a record",
	},
	"hangs at the end of the input": {
		defect{hangs: true},
		[]string{"basic_write"},
		"did not end within 1m0s",
	},
	"adds no columns": {
		defect{keepsColumns: true},
		[]string{"append_schema_evolution", "dedup_change_cursor"},
		`new is null instead of true`,
	},
	"loads again what a failed attempt has loaded": {
		defect{repeatsFailed: true},
		[]string{
			"crash_in_input_loop", "registry/append_after_failure",
			"registry/resume_after_cancelled_truncate",
		},
		"or too often: {\"id\":1}",
	},
	"numbers are floats": {
		defect{value: func(v json.RawMessage) json.RawMessage {
			text := strings.ReplaceAll(string(v), "9007199254740993", "9007199254740992")
			return json.RawMessage(text)
		}},
		[]string{"basic_types", "container_types"},
		`i is 9007199254740992 instead of 9007199254740993`,
	},
	"all values are texts": {
		defect{value: func(v json.RawMessage) json.RawMessage {
			if v[0] == '"' {
				return v
			}
			return json.RawMessage(strconv.Quote(string(v)))
		}},
		[]string{
			"append_schema_evolution",
			"basic_types",
			"basic_write",
			"container_types",
			"unions",
		},
		`new is "true" instead of true`,
	},
	"offers nothing": {
		defect{offers: "[]"},
		[]string{"spec"},
		"no supported_destination_sync_modes",
	},
	"fails its check": {
		defect{checks: "FAILED"},
		[]string{"check"},
		"The check FAILED",
	},
}

func TestBrokenDestinationsFail(t *testing.T) {
	t.Parallel()
	require.GreaterOrEqual(t, len(brokenDestinations), 36)
	for name, test := range brokenDestinations {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			found := outcomes(t, test.defect)
			var failed, want []string
			for name, v := range found {
				if v.Failed() {
					failed = append(failed, name)
				}
			}
			for _, name := range test.fails {
				if _, both := found["custom/"+name]; both {
					want = append(want, "custom/"+name, "registry/"+name)
				} else {
					want = append(want, name)
				}
			}
			slices.Sort(failed)
			slices.Sort(want)
			var said []string
			for _, name := range failed {
				said = append(said, name+": "+strings.Join(found[name].Failures, "\n"))
			}
			for _, name := range failed {
				if strings.Contains(name, "/") {
					assert.Contains(t, found[name].Notes[0], "Sync 1 sent, as ", name)
				}
			}
			text := strings.Join(said, "\n")
			assert.Equal(t, want, failed, text)
			assert.Contains(t, text, test.says)
		})
	}
}
