package http

import (
	"errors"
	"slices"
	"strings"

	"github.com/airbyte-go/cdk/protocol"
)

// errCapReached is returned by a paginator whose next page the API does not serve.
var errCapReached = errors.New("the API serves no page beyond the Max of the stream's Pages")

// maxResets is how often a slice is read again from its first page, when it cannot start again
// where it was.
const maxResets = 1

// mayRestart reports whether the paginator knows a cap, or a rule asks for a restart.
func (r *reader) mayRestart() bool {
	if slices.ContainsFunc(r.stream.Client.rules, func(rule Rule) bool {
		return rule.Action == ResetPagination
	}) {
		return true
	}
	switch p := innermost(r.stream.Pages).(type) {
	case PageNumber:
		return p.Max > 0
	case Offset:
		return p.Max > 0
	}
	return false
}

// rememberLast keeps a copy of the last record emitted, which is where the slice would start again.
func (r *reader) rememberLast() {
	emit := r.emit
	r.emit = func(record []byte) error {
		if r.lastRecord = r.lastRecord[:0]; len(record) <= maxLast {
			r.lastRecord = append(r.lastRecord, record...)
		}
		return emit(record)
	}
}

// restart makes the slice begin at the cursor value of the last record. Each time it gets smaller,
// so it ends.
func (r *reader) restart() error {
	if !r.stream.asksFrom() {
		return r.cannotRestart(errors.New("no parameter of the stream holds {from}, so the same " +
			"pages would come again"))
	}
	rest, err := r.slice.Remainder(r.stream.Cursor, r.lastRecord)
	if err != nil {
		return r.cannotRestart(err)
	}
	r.slice, r.restarted = rest, true
	return nil
}

// reset begins the slice again after an answer that asks for it: at the last cursor value if it
// can, or else at its first page, which repeats records. cause is the error to end with when that
// has not helped.
func (r *reader) reset(cause error) error {
	if r.restart() == nil {
		return nil
	}
	if r.resets++; r.resets > maxResets {
		return cause
	}
	r.slice.Resume = nil
	return nil
}

func (r *reader) cannotRestart(why error) error {
	return protocol.Errorf(protocol.SystemError, "The API serves no page beyond the Max of the "+
		"stream's Pages, and the slice cannot start again at its last cursor value: %w. A smaller "+
		"Step of the cursor makes slices with fewer pages.", why)
}

// asksFrom reports whether requests depend on where the slice begins, as far as that is known.
func (s *Stream) asksFrom() bool {
	const from = "{from}"
	if s.Prepare != nil || strings.Contains(s.Path, from) {
		return true
	}
	for _, params := range []Params{s.Query, s.Header} {
		for _, template := range params {
			if strings.Contains(template, from) {
				return true
			}
		}
	}
	body, _, err := newBodyTemplate(s.Body)
	return err == nil && strings.Contains(string(body), from)
}
