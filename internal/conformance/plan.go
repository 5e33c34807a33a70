package conformance

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/airbyte-go/cdk/internal/acceptance"
	"github.com/airbyte-go/cdk/internal/platform"
	"github.com/airbyte-go/cdk/protocol"
)

// Destination is a destination to be judged, with what its author knows of it.
type Destination struct {
	Connector platform.Connector
	Config    []byte
	// Rows returns what a reader of the destination's system sees of a stream, a JSON object for
	// each row. A stream that was never written has none, which is no error.
	Rows func(ctx context.Context, stream protocol.Descriptor) ([]json.RawMessage, error)
	// Rejected is the data of a record that the destination rejects; empty: there is none.
	Rejected string
	// Skip are checks that are not made, by name with or without the world, with the reason.
	Skip map[string]string
	// Timeout bounds the end of each write, which it may exceed three times. Defaults to a minute.
	Timeout time.Duration
}

// world is one of the two in which a destination lives (see package platform).
type world struct {
	name string
	// counted tells that there are generation ids, and COMPLETE at the end.
	counted bool
}

var (
	customWorld   = world{"custom", false}
	registryWorld = world{"registry", true}
)

type verdict = acceptance.Verdict

// trial is one pass over a destination.
type trial struct {
	Destination

	token string // begins the names of all streams, so that none was there before
	spec  *protocol.ConnectorSpecification
	lost  map[world]string // the check in which a plain write failed: there is no use in others
	said  map[string]bool  // kinds of findings that have been told
}

// writing is a check in one world.
type writing struct {
	*trial
	world

	check string
	store *platform.Scratch
	syncs int      // so far
	sent  []string // in each of them
}

// writeLook is a look at what a destination makes of syncs.
type writeLook struct {
	name, want, mend string

	needs   []protocol.DestinationSyncMode // that the spec must offer
	counted bool                           // it makes sense in the world of the registry only
	at      func(ctx context.Context, w *writing, v *verdict)
}

const (
	appendMode    = protocol.DestinationAppend
	overwriteMode = protocol.DestinationOverwrite
	dedupMode     = protocol.DestinationAppendDedup
)

// writeLooks are made in both worlds, unless they say otherwise. Their names are those of Airbyte's
// own suite for destinations (D.8), as far as it has them.
var writeLooks = slices.Concat(
	basicWriteLooks, checkpointLooks, replaceLooks, appendLooks, dedupLooks, typeLooks,
)

// Plan lists the checks of a destination in the order in which they must run.
func Plan(d Destination) []acceptance.Check {
	t := newTrial(d)
	var checks []acceptance.Check
	for _, l := range trialLooks {
		checks = append(checks, acceptance.NewCheck(l.name, l.want, l.mend,
			func(ctx context.Context, v *verdict) { l.at(ctx, t, v) }))
	}
	for _, in := range []world{customWorld, registryWorld} {
		for i, l := range writeLooks {
			if l.counted && !in.counted {
				continue
			}
			w := &writing{
				trial: t, world: in, store: new(platform.Scratch),
				check: fmt.Sprintf("%s%s%02d", t.token, in.name[:1], i),
			}
			checks = append(checks, acceptance.NewCheck(in.name+"/"+l.name, l.want, l.mend,
				func(ctx context.Context, v *verdict) { w.look(ctx, l, v) }))
		}
	}
	return checks
}

func newTrial(d Destination) *trial {
	if d.Timeout == 0 {
		d.Timeout = time.Minute
	}
	return &trial{
		Destination: d, token: "t" + strings.ToLower(rand.Text()[:6]),
		lost: map[world]string{}, said: map[string]bool{},
	}
}

// look makes the check, unless there is a reason not to.
func (w *writing) look(ctx context.Context, l writeLook, v *verdict) {
	reason, skipped := w.Skip[w.name+"/"+l.name]
	if !skipped {
		reason, skipped = w.Skip[l.name]
	}
	switch {
	case skipped && strings.TrimSpace(reason) == "":
		v.Fail("The check is to be skipped, and the reason is empty.")
		return
	case skipped:
		v.Skip("%s", reason)
		return
	case w.spec == nil:
		v.Skip("the spec is not known; see spec")
		return
	case w.lost[w.world] != "":
		v.Skip("a plain write fails; see %s", w.lost[w.world])
		return
	}
	for _, mode := range append([]protocol.DestinationSyncMode{appendMode}, l.needs...) {
		if !slices.Contains(w.spec.SupportedDestinationSyncModes, mode) {
			v.Skip("the spec does not offer the sync mode %s", mode)
			return
		}
	}
	if l.at(ctx, w, v); v.Failed() {
		v.Notes = append(w.sent, v.Notes...)
	}
}

// trialLooks stand before all others.
var trialLooks = []struct {
	name, want, mend string

	at func(ctx context.Context, t *trial, v *verdict)
}{
	{
		"skips", "skips that name a check",
		"Take it out of the skips, or correct its name.",
		func(_ context.Context, t *trial, v *verdict) {
			known := t.names()
			for _, name := range slices.Sorted(maps.Keys(t.Skip)) {
				if !known[name] {
					v.Fail("There is no check %q to be skipped.", name)
				}
			}
		},
	},
	{
		"spec", "one answer to spec, with the sync modes that it supports",
		"Answer with a SPEC message, and fill in supported_destination_sync_modes.",
		func(ctx context.Context, t *trial, v *verdict) {
			answer, err := t.ask(ctx, "spec", nil)
			switch {
			case err != nil:
				v.Fail("There was no spec: %v.", err)
			case len(answer.Spec.SupportedDestinationSyncModes) == 0:
				v.Fail("The spec has no supported_destination_sync_modes, so that nobody can " +
					"choose one.")
			default:
				t.spec = answer.Spec
			}
		},
	},
	{
		"check", "a check of the config that succeeds",
		"Name a system that can be written to in the config of the tests.",
		func(ctx context.Context, t *trial, v *verdict) {
			switch answer, err := t.ask(ctx, "check", t.Config); {
			case err != nil:
				v.Fail("There was no answer to check: %v.", err)
			case answer.ConnectionStatus.Status != protocol.ConnectionSucceeded:
				v.Fail("The check %s: %s", answer.ConnectionStatus.Status,
					answer.ConnectionStatus.Message)
			}
		},
	},
}

// names are those under which a check may be skipped.
func (t *trial) names() map[string]bool {
	known := map[string]bool{}
	for _, l := range writeLooks {
		known[l.name], known[registryWorld.name+"/"+l.name] = true, true
		if !l.counted {
			known[customWorld.name+"/"+l.name] = true
		}
	}
	return known
}

func (t *trial) ask(ctx context.Context, verb string, config []byte) (*protocol.Message, error) {
	if t.Rows == nil {
		return nil, errors.New("there is no function Rows to look at what was written")
	}
	return platform.Ask(ctx, platform.Question{
		Connector: t.Connector, Verb: verb, Config: config, Timeout: t.Timeout,
		Origin: platform.Destination,
	})
}
