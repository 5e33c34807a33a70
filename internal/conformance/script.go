package conformance

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/airbyte-go/cdk/internal/jsonraw"
	"github.com/airbyte-go/cdk/internal/platform"
	"github.com/airbyte-go/cdk/protocol"
	"github.com/airbyte-go/cdk/state"
)

// saying is one thing that the source of a check says: a record, or the state of what came before.
type saying struct {
	stream  protocol.Descriptor
	data    string // of a record; empty: a state
	emitted int64  // milliseconds since 1970; 0: a while after what came before
	global  bool   // the state is of all streams
	waits   bool   // until the state is back, or for a moment
	blob    string // more members of the stream's state
	extra   string // more members of the state
}

func record(s stream, data string) saying { return saying{stream: s.of(), data: data} }

func recordAt(s stream, millis int64, data string) saying {
	return saying{stream: s.of(), data: data, emitted: millis}
}

func stateOf(s stream) saying { return saying{stream: s.of()} }

func globalState() saying { return saying{global: true} }

// waiting has the source wait for a state.
func waiting(s saying) saying {
	s.waits = true
	return s
}

// script is a source that says the same in each attempt, but for what the states that it gets
// cover.
type script struct {
	number  int // of the sync
	sayings []saying
	streams []stream
	fails   int           // it fails behind so many sayings, in its first attempt; 0: it does not
	again   func()        // before the next attempts
	back    chan struct{} // gets something when a state has come back
	patient bool          // it waits no more once it has waited in vain

	attempts int
}

var _ platform.InProcess = new(script).run

// firstEmitted is when the first record of the first sync was read: 2024-01-01.
const firstEmitted = 1704067200000

// run is the source.
func (s *script) run(ctx context.Context, c platform.Call, _ io.Reader, out io.Writer) int {
	if s.attempts++; s.attempts > 1 && s.again != nil {
		s.again()
	}
	reached := s.reached(c.State)
	for _, one := range s.streams {
		s.status(out, one.of(), protocol.StatusStarted)
		s.status(out, one.of(), protocol.StatusRunning)
	}
	for i, one := range s.sayings {
		if s.attempts == 1 && s.fails > 0 && i == s.fails {
			return s.fail(out)
		}
		if i < reached[one.stream] || one.global && i < reached[protocol.Descriptor{}] {
			continue
		}
		if _, err := io.WriteString(out, s.line(i)+"\n"); err != nil || ctx.Err() != nil {
			return 1
		}
		if one.waits {
			s.wait()
		}
	}
	if s.attempts == 1 && s.fails == len(s.sayings) {
		return s.fail(out)
	}
	for _, one := range s.streams {
		s.status(out, one.of(), protocol.StatusComplete)
	}
	return 0
}

// fail ends an attempt as a source does that cannot go on.
func (s *script) fail(out io.Writer) int {
	for _, one := range s.streams {
		s.status(out, one.of(), protocol.StatusIncomplete)
	}
	_, _ = io.WriteString(out, `{"type":"TRACE","trace":{"type":"ERROR","emitted_at":`+
		`1704067200000,"error":{"message":"The source fails on purpose.",`+
		`"failure_type":"transient_error"}}}`+"\n")
	return 1
}

func (s *script) status(out io.Writer, d protocol.Descriptor, status protocol.StreamStatus) {
	_, _ = fmt.Fprintf(out, `{"type":"TRACE","trace":{"type":"STREAM_STATUS","emitted_at":`+
		`1704067200000,"stream_status":{"stream_descriptor":%s,"status":%q}}}`+"\n",
		descriptor(d), status)
}

// line is the text of a saying.
func (s *script) line(i int) string {
	one := s.sayings[i]
	if one.data != "" {
		emitted := one.emitted
		if emitted == 0 {
			const hour, second = 3_600_000, 1000
			emitted = firstEmitted + int64(s.number)*hour + int64(i)*second
		}
		names := strings.TrimPrefix(descriptor(one.stream), "{")
		names = strings.Replace(names, `"name"`, `"stream"`, 1)
		return fmt.Sprintf(`{"type":"RECORD","record":{%s,"emitted_at":%d,"data":%s}}`,
			strings.TrimSuffix(names, "}"), emitted, one.data)
	}
	at := fmt.Sprintf(`{"sync":%d,"at":%d%s}`, s.number, i+1, one.blob)
	if !one.global {
		return fmt.Sprintf(`{"type":"STATE","state":{"type":"STREAM","stream":`+
			`{"stream_descriptor":%s,"stream_state":%s}%s}}`, descriptor(one.stream), at, one.extra)
	}
	var states []string
	for _, one := range s.streams {
		states = append(states, fmt.Sprintf(`{"stream_descriptor":%s,"stream_state":%s}`,
			descriptor(one.of()), at))
	}
	return fmt.Sprintf(`{"type":"STATE","state":{"type":"GLOBAL","global":{"shared_state":%s,`+
		`"stream_states":[%s]}%s}}`, at, strings.Join(states, ","), one.extra)
}

// descriptor is the JSON of a stream's names, its namespace left out where there is none.
func descriptor(d protocol.Descriptor) string {
	name := string(jsonraw.AppendString(nil, d.Name))
	if d.Namespace == "" {
		return `{"name":` + name + `}`
	}
	namespace := string(jsonraw.AppendString(nil, d.Namespace))
	return `{"name":` + name + `,"namespace":` + namespace + `}`
}

// place is what the states of a script hold.
type place struct {
	Sync int `json:"sync"`
	At   int `json:"at"`
}

// reached is how many sayings a state file covers, by stream. States of other syncs cover nothing.
func (s *script) reached(file []byte) map[protocol.Descriptor]int {
	covered := map[protocol.Descriptor]int{}
	set, err := state.Parse(file)
	if err != nil {
		return covered
	}
	note := func(d protocol.Descriptor, blob []byte) {
		var at place
		if json.Unmarshal(blob, &at) == nil && at.Sync == s.number {
			covered[d] = at.At
		}
	}
	for d, blob := range set.Streams() {
		note(d, blob)
	}
	note(protocol.Descriptor{}, set.Shared())
	return covered
}

// placeOf is the place that a state names, of all streams or of one.
func placeOf(st *protocol.State) (at place) {
	blob := []byte(nil)
	switch {
	case st.Stream != nil:
		blob = st.Stream.State
	case st.Global != nil:
		blob = st.Global.SharedState
	}
	_ = json.Unmarshal(blob, &at) // what is no place covers nothing
	return at
}
