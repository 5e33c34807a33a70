package conformance

import (
	"context"
	"slices"

	"github.com/airbyte-go/cdk/internal/platform"
)

// mustFail fails where the destination of the first attempt ended as if all was well.
func (w *writing) mustFail(v *verdict, r *platform.Report, because string) {
	if code := r.Attempts[0].DestinationExit; code != nil && *code == 0 {
		v.Fail("The destination ended with exit code 0, although %s.", because)
	}
}

// eventually looks at what two attempts have left. What the first one has acknowledged does not
// come again, and so must be there once; the rest may be there twice.
func (w *writing) eventually(
	ctx context.Context, v *verdict, r *platform.Report, s stream, want ...string,
) {
	if r.Outcome != platform.Succeeded {
		v.Fail("The second attempt %s: %s", r.Outcome, why(r))
		return
	}
	rows, err := w.Rows(ctx, s.of())
	if err != nil {
		v.Fail("The rows of stream %s cannot be read: %v.", s.of(), err)
		return
	}
	covered := int(min(r.Attempts[0].Committed, int64(len(want))))
	most := slices.Concat(want[:covered], want[covered:], want[covered:])
	missing, _ := compareRows(want, rows)
	_, odd := compareRows(most, rows)
	if len(missing) > 0 || len(odd) > 0 {
		v.Fail("Stream %s is wrong after the second attempt; the first one had acknowledged %d "+
			"records.%s%s", s.of(), covered, listed("Missing", missing),
			listed("Not expected, or too often", odd))
	}
}

// endsWith looks at what two attempts have made of a stream that is replaced: each row is there
// once, because either what was acknowledged is gone on with, or all of it begins anew.
func (w *writing) endsWith(
	ctx context.Context, v *verdict, r *platform.Report, s stream, want ...string,
) {
	if r.Outcome != platform.Succeeded {
		v.Fail("The second attempt %s: %s", r.Outcome, why(r))
		return
	}
	w.hasWhen(ctx, v, "after the second attempt", s, want...)
}
