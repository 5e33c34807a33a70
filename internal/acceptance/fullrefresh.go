package acceptance

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/airbyte-go/cdk/internal/jsonraw"
	"github.com/airbyte-go/cdk/internal/transcript"
	"github.com/airbyte-go/cdk/protocol"
)

// fullRefresh reads everything twice.
type fullRefresh struct {
	readSubject
	test FullRefreshTest

	second *heard
}

func (s *session) fullRefreshChecks(prefix string, test FullRefreshTest) []Check {
	r := &fullRefresh{readSubject: readSubject{
		session: s, common: test.common, prefix: prefix, catalogPath: test.CatalogPath,
		mode: protocol.SyncFullRefresh,
	}, test: test}
	return slices.Concat(containerOf(prefix, test.Container), checksOf(prefix, r, fullRefreshLooks))
}

var fullRefreshLooks = []look[*fullRefresh]{
	succeeds[*fullRefresh](),
	{
		"keeps_the_rules", "a second read that keeps the rules of every read",
		"See the sentence; the checks of basic_read say more on each rule.",
		func(ctx context.Context, r *fullRefresh, v *Verdict) {
			if _, second, ok := r.both(ctx, v); ok {
				r.keepsRules(second, "The second read", v, transcript.LineRules,
					transcript.EndRules)
			}
		},
	},
	{
		"reads_all_again", "each record of the first read in the second, but for " +
			"ignored_fields",
		"Read from the beginning each time, or name the fields that change by themselves.",
		readsAllAgain,
	},
	{
		"time_goes_on", "an emitted_at in the second read that is not before that of the first",
		"Take the present time for each record.",
		timeGoesOn,
	},
}

// both reads twice.
func (r *fullRefresh) both(ctx context.Context, v *Verdict) (first, second *heard, ok bool) {
	first, ok = r.begin(ctx, v)
	if !ok {
		return nil, nil, false
	}
	if r.second == nil {
		call, err := r.call(ctx)
		if err != nil {
			v.Skip("%v", err)
			return nil, nil, false
		}
		r.second = r.session.call(ctx, call, r.bound(longReadTimeout), r.DeploymentMode)
	}
	return first, r.second, r.second.mustEnd(v)
}

func readsAllAgain(ctx context.Context, r *fullRefresh, v *Verdict) {
	first, second, ok := r.both(ctx, v)
	if !ok {
		return
	}
	for _, s := range r.streamsOf() {
		d := s.Stream.Descriptor()
		left := map[string]int{}
		for _, record := range second.records(d) {
			left[r.plain(d, record.data)]++
		}
		for _, record := range first.records(d) {
			key := r.plain(d, record.data)
			if left[key] == 0 {
				v.Fail("Stream %s: the record on line %d of the first read is not in the second.",
					d, record.line)
			}
			left[key]--
		}
	}
}

// plain is the text of a record by which it is found again.
func (r *fullRefresh) plain(d protocol.Descriptor, data []byte) string {
	if ignored := r.test.Ignored[d.Name]; ignored != nil {
		rest, err := json.Marshal(withoutFields(data, ignored))
		if err != nil { // it comes out of JSON
			panic(err)
		}
		data = rest
	}
	return string(jsonraw.Canonical(data))
}

func timeGoesOn(ctx context.Context, r *fullRefresh, v *Verdict) {
	first, second, ok := r.both(ctx, v)
	if !ok {
		return
	}
	const clockStep = 1000 // milliseconds by which a kit may be late
	var last int64
	for _, m := range first.Messages {
		if m.Record != nil {
			last = max(last, m.Record.EmittedAt)
		}
	}
	for l := range second.Said() {
		if record := l.Message.Record; record != nil && record.EmittedAt < last-clockStep {
			if first.out.Took == 0 { // in virtual time each run begins at the same moment
				v.Skip("the reads took place in virtual time")
				return
			}
			v.Fail("Line %d of the second read: emitted_at is %d, before the %d of the first read.",
				l.Number, record.EmittedAt, last)
			return
		}
	}
}
