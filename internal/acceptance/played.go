package acceptance

import (
	"context"
	"encoding/json"
	"io"
	"slices"
	"strings"

	"github.com/airbyte-go/cdk/internal/platform"
	"github.com/airbyte-go/cdk/protocol"
)

// playedLooks play what the basic read wrote as the platform takes it, into a destination that is
// correct, in both of the worlds that one may live in. The connector does not run again.
var playedLooks = []look[*basicRead]{
	{
		"platform_custom",
		"a sync that succeeds, and nothing that the platform drops, adds or finds odd",
		"See what the sentence says that the platform does; it does so in every sync.",
		func(ctx context.Context, r *basicRead, v *Verdict) { r.play(ctx, v, false) },
	},
	{
		"platform_registry",
		"the same where the destination supports refreshes",
		"See what the sentence says that the platform does; it does so in every sync.",
		func(ctx context.Context, r *basicRead, v *Verdict) { r.play(ctx, v, true) },
	},
}

// play plays the read. What the first world has shown is only noted in the second.
func (r *basicRead) play(ctx context.Context, v *Verdict, refreshes bool) {
	for _, rule := range []string{"statuses_are_in_order", "counts_agree"} {
		if reason := r.excuse(rule); reason != "" {
			v.Skip("%s", reason)
			return
		}
	}
	h, ok := r.begin(ctx, v)
	if !ok {
		return
	}
	if h.Code != 0 {
		v.Skip("the read failed; see %ssucceeds", r.prefix)
		return
	}
	var catalog protocol.ConfiguredCatalog
	if err := json.Unmarshal(r.file, &catalog); err != nil {
		v.Skip("the catalog of the read cannot be read: %v", err)
		return
	}
	sync := &platform.Sync{
		Source: replay(h.Texts), Destination: platform.InProcess(echo), Catalog: &catalog,
		Store: new(platform.Scratch), SupportsRefreshes: refreshes,
	}
	report, err := sync.Run(ctx)
	if err != nil {
		v.Fail("The platform cannot play the read: %v.", err)
		return
	}
	for _, attempt := range report.Attempts {
		for _, f := range attempt.Failures {
			r.tell(v, "The sync fails: "+strings.TrimSuffix(f.Message, ".")+".", 1)
		}
	}
	for _, f := range report.Findings {
		r.tell(v, f.Text, f.Count)
	}
}

// tell fails with a sentence, once in both worlds.
func (r *basicRead) tell(v *Verdict, text string, count int64) {
	if slices.Contains(r.told, text) {
		v.Note("%s It is the same in the other world.", text)
		return
	}
	r.told = append(r.told, text)
	if count > 1 {
		v.Fail("%s It was so %d times.", text, count)
	} else {
		v.Fail("%s", text)
	}
}

// replay is a source that says again what was said.
func replay(lines []string) platform.InProcess {
	return func(ctx context.Context, _ platform.Call, _ io.Reader, out io.Writer) int {
		for _, line := range lines {
			if _, err := io.WriteString(out, line+"\n"); err != nil || ctx.Err() != nil {
				return 1
			}
		}
		return 0
	}
}

// echo is a destination that keeps nothing, and writes every state back with true counts.
func echo(_ context.Context, _ platform.Call, in io.Reader, out io.Writer) int {
	since := map[protocol.Descriptor]int{}
	for m, err := range protocol.NewReader(in, protocol.ReaderOptions{}).Messages() {
		switch {
		case err != nil:
			return 1
		case m.Record != nil:
			since[m.Record.Descriptor()]++
		case m.State != nil:
			m.State.DestinationStats = &protocol.StateStats{
				RecordCount: new(protocol.Count(covered(m.State, since))),
			}
			text, err := m.MarshalJSON()
			if err != nil {
				return 1
			}
			if _, err := out.Write(append(text, '\n')); err != nil {
				return 1
			}
		}
	}
	return 0
}

// covered counts the records that a state covers, and begins anew.
func covered(st *protocol.State, since map[protocol.Descriptor]int) (n int) {
	if st.Stream != nil {
		n = since[st.Stream.Descriptor]
		delete(since, st.Stream.Descriptor)
		return n
	}
	for _, records := range since {
		n += records
	}
	clear(since)
	return n
}
