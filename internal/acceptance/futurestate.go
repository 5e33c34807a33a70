package acceptance

import (
	"context"
	"encoding/json"
	"maps"
	"os"
	"regexp"

	"github.com/airbyte-go/cdk/internal/jsonraw"
	"github.com/airbyte-go/cdk/protocol"
	"github.com/airbyte-go/cdk/state"
)

func futureState(ctx context.Context, r *incremental, v *Verdict) {
	future := r.test.Future
	switch {
	case future == nil:
		v.Skip("the test has no future_state")
		return
	case future.Bypass != "":
		v.Skip("bypassed by the config file: %s", future.Bypass)
		return
	case future.Path == "":
		v.Skip("future_state has no path")
		return
	}
	file, err := os.ReadFile(r.cfg.path(future.Path))
	if err != nil {
		v.Fail("The file of future_state_path cannot be read: %v.", err)
		return
	}
	first, ok := r.begin(ctx, v)
	if !ok {
		return
	}
	h, err := r.from(ctx, file)
	if err != nil {
		v.Fail("The read from the future state: %v.", err)
		return
	}
	r.mustSucceed(h, "The read from the future state", v)
	states, own := statesIn(file), statesIn(first.LastState())
	for _, s := range r.streamsOf() {
		d := s.Stream.Descriptor()
		if s.SyncMode != protocol.SyncIncremental || excused(future.Missing, d.Name) {
			continue
		}
		if records := h.records(d); len(records) > 0 {
			v.Fail("Stream %s: %d records came from the future state, the first on line %d.", d,
				len(records), records[0].line)
		}
		if states[d] == nil {
			v.Fail("The future state has no state of stream %s.", d)
			continue
		}
		future.mustFit(s, states[d], own[d], v)
	}
}

// statesIn are the states of the streams in a state file.
func statesIn(file []byte) map[protocol.Descriptor]json.RawMessage {
	states := map[protocol.Descriptor]json.RawMessage{}
	set, err := state.Parse(file)
	if err != nil { // the connector has to complain about it
		return states
	}
	maps.Insert(states, set.Streams())
	return states
}

// mustFit compares the cursor of a future state with the format that the test names, or with the
// kind of value that the connector writes itself: a state in another form proves nothing.
func (f *FutureState) mustFit(s protocol.ConfiguredStream, blob, own []byte, v *Verdict) {
	cursor := cursorOf(s)
	if cursor == nil {
		return
	}
	value, ok := stateCursor(blob, cursor)
	if !ok {
		return
	}
	name := s.Stream.Name
	if format := f.formatOf(name); format != "" {
		pattern, err := regexp.Compile(format)
		content, isText := jsonraw.Unquote(value)
		if !isText {
			content = string(value)
		}
		switch {
		case err != nil:
			v.Fail("Stream %s: the cursor_format is no regular expression of Go: %v.", name, err)
		case !pattern.MatchString(content):
			v.Fail("Stream %s: the cursor of the future state does not match the cursor_format.",
				name)
		}
		return
	}
	if written, ok := stateCursor(own, cursor); ok && (written[0] == '"') != (value[0] == '"') {
		v.Fail("Stream %s: the cursor of the future state is %s, and the connector writes %s.",
			name, value, written)
	}
}

// formatOf is the format for a stream; empty for none.
func (f *FutureState) formatOf(stream string) string {
	if f.Format == nil {
		return ""
	}
	for _, s := range f.Format.Streams {
		if s.Name == stream {
			return s.Format
		}
	}
	return f.Format.Format
}
