package conformance

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/airbyte-go/cdk/internal/platform"
	"github.com/airbyte-go/cdk/protocol"
)

// killedAttempt is one process of the destination.
type killedAttempt struct {
	code   int
	states int           // that came back
	back   chan struct{} // gets something for each of them

	mu   sync.Mutex
	said []string // the last lines for people, and errors
}

func (a *killedAttempt) say(text string) {
	const enough = 5
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.said = append(a.said, text); len(a.said) > enough {
		a.said = a.said[1:]
	}
}

// lastWords are what the destination said last.
func (a *killedAttempt) lastWords() string {
	if a == nil {
		return ""
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.said) == 0 {
		return ""
	}
	return " Its last words: " + strings.Join(a.said, " | ")
}

// attempt runs the destination from what was acknowledged on, and kills it; nil lets it live. It
// returns nil where there is no use in going on.
func (k *killing) attempt(ctx context.Context, how *death) *killedAttempt {
	catalog, err := json.Marshal(k.catalog())
	if err != nil {
		k.v.Fail("The catalog cannot be written: %v.", err)
		return nil
	}
	a := &killedAttempt{back: make(chan struct{}, 3*killRecords)}
	running, err := k.Connector.Start(ctx, platform.Call{
		Verb: "write", Config: k.Config, Catalog: catalog, Input: true, Log: a.say,
	})
	if err != nil {
		k.v.Fail("The destination cannot be started: %v.", err)
		return nil
	}
	var late atomic.Bool
	bound := longest * k.timeout()
	defer time.AfterFunc(bound, func() { late.Store(true); running.Kill() }).Stop()
	defer context.AfterFunc(ctx, running.Kill)()
	for _, s := range k.streams {
		s.sent = s.acked
	}
	var mistake error
	var sending sync.WaitGroup
	sending.Go(func() { mistake = k.feed(a, running, how) })
	good := k.hear(a, running.Output())
	sending.Wait()
	a.code = running.Wait()
	if ctx.Err() != nil {
		k.v.Fail("The test ended before the destination did: %v.", context.Cause(ctx))
		return nil
	}
	if late.Load() {
		k.v.Fail("The destination did not end within %v.%s", bound, a.lastWords())
		return nil
	}
	if mistake != nil {
		k.v.Fail("What the destination needs could not be killed and started again: %v.", mistake)
	}
	if !good || mistake != nil {
		return nil
	}
	return a
}

// longest is how many timeouts an attempt may take.
const longest = 3

func (k *killing) timeout() time.Duration {
	if k.Timeout > 0 {
		return k.Timeout
	}
	return time.Minute
}

// feed writes to the destination and kills it.
func (k *killing) feed(a *killedAttempt, running platform.Running, how *death) error {
	in := running.Input()
	defer in.Close()             //nolint:errcheck // the destination may be gone
	lines := bufio.NewWriter(in) // it keeps the first error: a destination that is gone
	if how == nil || how.atEnd {
		k.records(lines, -1)
		for _, s := range k.streams {
			fmt.Fprintf(lines, `{"type":"TRACE","trace":{"type":"STREAM_STATUS","emitted_at":1,`+
				`"stream_status":{"stream_descriptor":%s,"status":"COMPLETE"}}}`+"\n",
				descriptor(s.of()))
		}
	} else {
		k.records(lines, how.after)
	}
	_ = lines.Flush()
	if how == nil {
		return nil
	}
	if how.atEnd {
		_ = in.Close()
	}
	a.wait(how.states)
	<-time.After(how.delay)
	if how.other {
		return k.kills.Other()
	}
	running.Kill()
	return nil
}

// wait waits until so many states have come back, or for a while.
func (a *killedAttempt) wait(states int) {
	late := time.After(patience)
	for range states {
		select {
		case <-a.back:
		case <-late:
			return
		}
	}
}

// records writes records and states in turn, at most so many records; -1: all that are left.
func (k *killing) records(to io.Writer, most int) {
	for left := true; left; {
		left = false
		for _, s := range k.streams {
			if s.sent == s.last() {
				continue
			}
			if most == 0 {
				return
			}
			left = true
			s.sent++
			most--
			s.write(to, k.round)
			if s.sent%killStep == 0 {
				k.stateID++
				fmt.Fprintf(to, `{"type":"STATE","state":{"type":"STREAM","id":%d,"stream":{`+
					`"stream_descriptor":%s,"stream_state":{"n":%d}}}}`+"\n",
					k.stateID, descriptor(s.of()), s.sent)
			}
		}
	}
}

// write writes the record that was sent last.
func (s *killedStream) write(to io.Writer, round int64) {
	fmt.Fprintf(to, `{"type":"RECORD","record":{"stream":"%s","emitted_at":%d,"data":`+
		`{"n":%d,"k":%d,"g":%d,"text":"%s"}}}`+"\n", s.Stream.Name, firstEmitted+int64(s.sent),
		s.sent, s.sent%killKeys, round, strings.Repeat("x", s.sent%50))
}

// hear notes what comes back, and reports whether it can be true.
func (k *killing) hear(a *killedAttempt, from io.Reader) bool {
	good := true
	for line, err := range protocol.NewReader(from, protocol.ReaderOptions{}).Lines() {
		if err != nil {
			continue // it is too long, or the output is gone
		}
		m, err := protocol.Parse(line)
		switch {
		case err != nil: // a kill has cut it off
		case m.Trace != nil && m.Trace.Error != nil:
			a.say(m.Trace.Error.Message)
		case m.State != nil && m.State.Stream != nil:
			a.states++
			select {
			case a.back <- struct{}{}:
			default: // more than any attempt is sent: they are false, and nobody waits for them
			}
			good = good && k.acknowledge(m.State) // one lie is enough
		}
	}
	return good
}

func (k *killing) acknowledge(st *protocol.State) bool {
	var at struct {
		N int `json:"n"`
	}
	_ = json.Unmarshal(st.Stream.State, &at)
	for _, s := range k.streams {
		if s.of() == st.Stream.Descriptor && at.N > s.acked && at.N <= s.last() {
			s.acked = at.N
			return true
		}
	}
	k.v.Fail("The destination wrote back a state of stream %s that it was not given in this "+
		"attempt: %s.", st.Stream.Descriptor, st.Stream.State)
	return false
}
