package cdktest_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	cdktest "github.com/airbyte-go/cdk/cdk_test"
	"github.com/airbyte-go/cdk/protocol"
	"github.com/airbyte-go/cdk/sources"
)

// The guarantees of the read engine as properties of random sources: whenever a read is stopped and
// taken up again from the last state that left it, every record arrives, and nothing that the state
// covers arrives a second time; whenever records change while they are read, the newest version of
// each has arrived in the end.

// randomStream is a stream of random items by random partitions. Reading takes random time, so that
// slices and streams end in random order.
type randomStream struct {
	sources.Description

	items  []partItem
	random *rand.Rand // of the times; not of the items, which stay the same
	mu     sync.Mutex // of random
}

// partItem is a record of a partition. at is a day or, where the cursor is an integer, a number.
type partItem struct {
	id, at int
	of     string
}

func (s *randomStream) Describe() sources.Description {
	d := s.Description
	d.Schema = anything
	return d
}

func (s *randomStream) ReadSlice(
	ctx context.Context, sl sources.Slice, out *sources.Output,
) error {
	var all []partItem
	for _, one := range s.items {
		if one.of == sl.Partition.String() && isWithin(s.Cursor, sl, one.at) {
			all = append(all, one)
		}
	}
	s.arrange(all)
	at, _ := strconv.Atoi(string(sl.Resume))
	for page := range slices.Chunk(all[min(at, len(all)):], 3) {
		wait(ctx, s.pause(5))
		for _, one := range page {
			if err := out.Raw(one.record(s.Cursor)); err != nil {
				return err
			}
		}
		at += len(page)
		if err := out.Checkpoint([]byte(strconv.Itoa(at))); err != nil {
			return err
		}
	}
	wait(ctx, s.pause(30))
	return nil
}

// pause is a random number of milliseconds, up to most.
func (s *randomStream) pause(most int) time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	return time.Duration(1+s.random.IntN(most)) * time.Millisecond
}

func wait(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}

// arrange puts items into the order that the stream declares; without one they stay as they are.
func (s *randomStream) arrange(all []partItem) {
	order := sources.Unordered
	switch c := s.Cursor.(type) {
	case sources.TimeCursor:
		order = c.Order
	case sources.IntCursor:
		order = c.Order
	}
	switch order {
	case sources.Ascending:
		slices.SortStableFunc(all, func(a, b partItem) int { return a.at - b.at })
	case sources.Descending:
		slices.SortStableFunc(all, func(a, b partItem) int { return b.at - a.at })
	case sources.Unordered:
	}
}

func (i partItem) record(c sources.Cursor) []byte {
	at := strconv.Quote(dayAt(i.at).Format(time.RFC3339))
	if _, ok := c.(sources.IntCursor); ok {
		at = strconv.Itoa(i.at)
	}
	return fmt.Appendf(nil, `{"id":%d,"at":%s,"of":%q}`, i.id, at, i.of)
}

func dayAt(n int) time.Time { return january.Add(time.Duration(n) * day) }

func isWithin(c sources.Cursor, sl sources.Slice, at int) bool {
	switch c.(type) {
	case sources.TimeCursor:
		t := dayAt(at)
		return (sl.From.IsZero() || !t.Before(sl.From.Time())) &&
			(sl.To.IsZero() || !t.After(sl.To.Time()))
	case sources.IntCursor:
		return (sl.From.IsZero() || int64(at) >= sl.From.Int()) &&
			(sl.To.IsZero() || int64(at) <= sl.To.Int())
	}
	return true
}

// newRandomStream makes up a stream. parents are streams it may be read by.
func newRandomStream(name string, random *rand.Rand, parents []*randomStream) *randomStream {
	s := &randomStream{random: rand.New(rand.NewPCG(random.Uint64(), 1))}
	s.Name = name
	order := sources.Order(random.IntN(3))
	switch random.IntN(5) {
	case 0:
		s.Resumable = true
	case 1:
		s.Cursor = sources.TokenCursor{}
	case 2:
		s.Cursor = sources.IntCursor{
			Field: "at", Start: 1, End: 30, Order: order, Step: int64(random.IntN(3) * 7),
		}
	default:
		s.Cursor = sources.TimeCursor{
			Field: "at", Start: january, End: dayAt(30), Order: order,
			Step: time.Duration(random.IntN(3)*5) * day,
		}
	}
	partitions := []string{"{}"}
	switch n := random.IntN(4); {
	case n == 0:
		s.Partitions, partitions = sources.List("of", "a", "b", "c"),
			[]string{`{"of":"a"}`, `{"of":"b"}`, `{"of":"c"}`}
	case n < 3 && len(parents) > 0:
		up := parents[random.IntN(len(parents))]
		_, token := up.Cursor.(sources.TokenCursor)
		s.Partitions = sources.Parent{
			Stream: up, Key: "id", As: name + "_of",
			Incremental: up.Cursor != nil && !token && random.IntN(2) == 0,
		}
		partitions = nil
		for _, one := range up.items {
			partitions = append(partitions,
				fmt.Sprintf(`{"%s_of":%d,"parent_slice":%s}`, name, one.id, one.of))
		}
	}
	for id := range random.IntN(12) {
		if len(partitions) > 0 {
			s.items = append(s.items, partItem{
				id: id, at: 1 + random.IntN(29), of: partitions[random.IntN(len(partitions))],
			})
		}
	}
	return s
}

// newRandomSource makes up a source of up to four streams.
func newRandomSource(random *rand.Rand) (s streams, all []*randomStream) {
	for i := range 1 + random.IntN(4) {
		one := newRandomStream(fmt.Sprintf("s%d", i), random, all)
		all = append(all, one)
	}
	for _, i := range random.Perm(len(all)) {
		s = append(s, all[i])
	}
	return s, all
}

// modes are what a random read asks for: incremental, or a full refresh that the platform lets
// resume or not.
var modes = [][]cdktest.Option{
	{cdktest.Incremental()},
	{cdktest.FullRefresh(), cdktest.Generation(3)},
	{cdktest.FullRefresh()},
}

// beyondLimit is a read of more partitions than a state keeps. Which ones it keeps of a stream
// without a time depends on the order in which they come, so all get one.
func beyondLimit(all []*randomStream) []cdktest.Option {
	for _, one := range all {
		if one.Partitions != nil {
			one.Cursor = sources.TimeCursor{Field: "at", Start: january, End: dayAt(30)}
		}
	}
	return []cdktest.Option{cdktest.Incremental(), cdktest.RunOptions(sources.PartitionLimit(2))}
}

func TestRandomSourcesSurvive(t *testing.T) {
	t.Parallel()
	for seed := range uint64(30) {
		t.Run(strconv.FormatUint(seed, 10), func(t *testing.T) {
			t.Parallel()
			cdktest.Bubble(t, func(t *testing.T, _ *cdktest.API) {
				random := rand.New(rand.NewPCG(seed, 7))
				source, all := newRandomSource(random)
				workers := cdktest.RunOptions(sources.Concurrency([]int{1, 2, 50}[random.IntN(3)]))
				opts := modes[random.IntN(len(modes))]
				if random.IntN(4) == 0 {
					opts = beyondLimit(all)
				}
				opts = append(slices.Clip(opts), workers)
				cdktest.CrashEverywhere(t, source, none{}, opts...)
			})
		})
	}
}

// cutOff is an output that takes a number of lines, in whatever pieces they come.
type cutOff struct {
	bytes.Buffer

	lines int
}

var errCutOff = errors.New("the reader has gone")

func (c *cutOff) Write(p []byte) (int, error) {
	for i, b := range p {
		if c.lines == 0 {
			return i, errCutOff
		}
		c.WriteByte(b)
		if b == '\n' {
			c.lines--
		}
	}
	return len(p), nil
}

// What a state covers is not read again: only what lies on its bounds, and what order does not
// vouch for.
func TestNothingThatAStateCoversIsReadAgain(t *testing.T) {
	t.Parallel()
	for seed := range uint64(120) {
		t.Run(strconv.FormatUint(seed, 10), func(t *testing.T) {
			t.Parallel()
			cdktest.Bubble(t, func(t *testing.T, _ *cdktest.API) {
				random := rand.New(rand.NewPCG(seed, 11))
				one := newRandomStream("s", random, nil)
				if one.Cursor == nil {
					return
				}
				state := json.RawMessage(`[]`)
				for attempt := 0; ; attempt++ {
					lines := random.IntN(30)
					if attempt == 5 {
						lines = -1
					}
					out := readCutOff(t, streams{one}, state, lines, 1+random.IntN(4))
					mustNotRepeat(t, one, state, out, seed)
					if next := lastStateIn(t, out); next != nil {
						state = next
					}
					if lines < 0 {
						return
					}
				}
			})
		})
	}
}

func readCutOff(
	t *testing.T, s streams, state json.RawMessage, lines, workers int,
) []*protocol.Message {
	t.Helper()
	dir := t.TempDir()
	file := func(name, text string) string {
		path := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
		return path
	}
	out := &cutOff{lines: lines}
	args := []string{
		"read", "--config", file("config", `{}`), "--state", file("state", string(state)),
		"--catalog", file("catalog", `{"streams":[{"stream":{"name":"s","json_schema":{},`+
			`"supported_sync_modes":["incremental"]},"sync_mode":"incremental",`+
			`"destination_sync_mode":"append"}]}`),
	}
	sources.Run(t.Context(), s, sources.Process{Args: args, Out: out},
		sources.StateInterval(0), sources.Concurrency(workers))
	text := out.String()
	text = text[:strings.LastIndexByte(text, '\n')+1] // the last line may be cut off
	var messages []*protocol.Message
	reader := protocol.NewReader(strings.NewReader(text), protocol.ReaderOptions{})
	for m, err := range reader.Messages() {
		require.NoError(t, err)
		messages = append(messages, m)
	}
	return messages
}

// lastStateIn is the state file of the last state, nil where there is none.
func lastStateIn(t *testing.T, messages []*protocol.Message) json.RawMessage {
	t.Helper()
	for _, m := range slices.Backward(messages) {
		if m.Type == protocol.MessageState {
			text, err := m.State.MarshalJSON()
			require.NoError(t, err)
			return fmt.Appendf(nil, "[%s]", text)
		}
	}
	return nil
}

// covering is the part of a state that says what has been read.
type covering struct {
	At     json.RawMessage `json:"at"`
	Slices []struct {
		Start json.RawMessage `json:"start"`
		End   json.RawMessage `json:"end"`
	} `json:"slices"`
	Token  string `json:"token"`
	States []struct {
		Partition json.RawMessage `json:"partition"`
		Cursor    covering        `json:"cursor"`
	} `json:"states"`
}

// number is a bound as a day or number.
func number(raw json.RawMessage) int {
	if n, err := strconv.Atoi(string(raw)); err == nil {
		return n
	}
	var at time.Time
	if json.Unmarshal(raw, &at) != nil {
		return -1
	}
	return int(at.Sub(january) / day)
}

// has reports whether a value has been read with all that are equal to it.
func (c covering) has(at int) bool {
	for _, one := range c.Slices {
		if number(one.Start) < at && at < number(one.End) {
			return true
		}
	}
	return c.At != nil && at < number(c.At)
}

func mustNotRepeat(
	t *testing.T, s *randomStream, file json.RawMessage, got []*protocol.Message, seed uint64,
) {
	t.Helper()
	var states []protocol.State
	require.NoError(t, json.Unmarshal(file, &states))
	if len(states) == 0 {
		return
	}
	var state covering
	require.NoError(t, json.Unmarshal(states[0].Stream.State, &state))
	for _, m := range got {
		if m.Type != protocol.MessageRecord {
			continue
		}
		var record struct {
			At json.RawMessage `json:"at"`
			Of string          `json:"of"`
		}
		require.NoError(t, json.Unmarshal(m.Record.Data, &record))
		of := state
		if s.Partitions != nil {
			of = covering{}
			for _, one := range state.States {
				if string(one.Partition) == record.Of {
					of = one.Cursor
				}
			}
		}
		require.False(t, of.has(number(record.At)), "seed %d: %s is read again from %s", seed,
			m.Record.Data, states[0].Stream.State)
	}
}
