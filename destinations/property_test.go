package destinations_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/airbyte-go/cdk/destinations"
	"github.com/airbyte-go/cdk/internal/entry"
	"github.com/airbyte-go/cdk/internal/jsonraw"
	"github.com/airbyte-go/cdk/protocol"
)

// readAhead is what the engine's reader may hold besides its memory.
const readAhead = 256 << 10

// scene is one write with everything about it chosen by chance: what comes, how fast, how it is
// batched, how long loading takes and where it fails.
type scene struct {
	*rand.Rand

	streams []string
	lines   []scriptLine
	scope   string // of the states: STREAM, GLOBAL or LEGACY
	options []destinations.Option
	memory  int64
	largest int // line
	counted bool
	written chan struct{} // closed when nobody writes the input any more
	failAt  int           // the load that fails; 0: none
	stopAt  time.Duration

	mu        sync.Mutex
	loads     int
	busy      map[string]bool
	durable   map[string]int // records of the stream, rejected ones included
	delivered int            // bytes of input
	settled   int            // bytes of input that are durable
	failed    bool
	echoed    map[string][]int // ids by scope
	problems  []string
}

// scriptLine is one line of input, with what is true when it comes.
type scriptLine struct {
	text    string
	stream  string // "" for a state of all streams
	isState bool
	before  map[string]int // records so far, by stream
	counts  [2]int         // since the last state of the scope: loaded, rejected
}

func (sc *scene) problem(format string, args ...any) {
	sc.problems = append(sc.problems, fmt.Sprintf(format, args...))
}

// rejects tells whether the loader will reject the n-th record of a stream.
func rejects(n int) bool { return n%7 == 3 }

func newScene(seed uint64, streams int) *scene {
	sc := &scene{
		Rand:    rand.New(rand.NewPCG(seed, 1)),
		written: make(chan struct{}),
		busy:    map[string]bool{}, durable: map[string]int{}, echoed: map[string][]int{},
	}
	for i := range streams {
		sc.streams = append(sc.streams, "s"+strconv.Itoa(i))
	}
	sc.scope = []string{"STREAM", "STREAM", "GLOBAL", "LEGACY"}[sc.IntN(4)]
	sc.counted = sc.IntN(2) == 0
	sc.memory = []int64{1, 3 << 10, 20 << 10, 1 << 20, 64 << 20}[sc.IntN(5)]
	sc.options = []destinations.Option{
		destinations.BatchRecords(1 + sc.IntN(40)),
		destinations.BatchBytes(1 + sc.Int64N(4000)),
		destinations.BatchAge(time.Duration(1 + sc.Int64N(int64(time.Minute)))),
		destinations.Memory(sc.memory),
		destinations.StateInterval(time.Duration(sc.IntN(3)) * 5 * time.Second),
		destinations.Concurrency(1 + sc.IntN(8)),
	}
	if heavy := sc.IntN(4) == 0; heavy {
		sc.write(400, 3)
	} else {
		sc.write(50+sc.IntN(150), 40)
	}
	return sc
}

// write makes up the input, n lines of which one in large is.
func (sc *scene) write(n, large int) {
	seen, last := map[string]int{}, map[string]int{}
	for id := range n {
		stream := sc.streams[sc.IntN(len(sc.streams))]
		if sc.IntN(6) > 0 {
			seen[stream]++
			pad := strings.Repeat("x", sc.IntN(1+sc.IntN(200)))
			if sc.IntN(large) == 0 {
				pad = strings.Repeat("y", 5000)
			}
			sc.put(scriptLine{text: record(stream, fmt.Sprintf(`{"n":%d,"pad":%q}`,
				seen[stream], pad)), stream: stream})
			continue
		}
		l := scriptLine{isState: true, before: map[string]int{}}
		var covered []string
		switch sc.scope {
		case "STREAM":
			l.stream = stream
			covered = []string{stream}
			l.text = fmt.Sprintf(
				`{"type":"STATE","state":{"id":%d,"type":"STREAM","odd":[1, 2.50],`+
					`"stream":{"x":null,"stream_descriptor":{"name":%q,"y":1},"stream_state":{"v": %d}},`+
					`"sourceStats":{"recordCount":3.0}}}`,
				id,
				stream,
				id,
			)
		case "GLOBAL":
			covered = sc.streams
			l.text = fmt.Sprintf(`{"type":"STATE","state":{"type":"GLOBAL","id":%d,"global":{`+
				`"shared_state":{"lsn": %d},"more":1e400,"stream_states":[{"stream_descriptor":`+
				`{"name":"s0"},"stream_state":{"a":9007199254740993},"z":true}]}}}`, id, id)
		default:
			covered = sc.streams
			l.text = fmt.Sprintf(`{"type":"STATE","state":{"data":{"v": %d},"id":%d}}`, id, id)
		}
		for _, s := range covered {
			l.before[s] = seen[s]
			for k := last[s] + 1; k <= seen[s]; k++ {
				if rejects(k) {
					l.counts[1]++
				} else {
					l.counts[0]++
				}
			}
			last[s] = seen[s]
		}
		sc.put(l)
	}
	if sc.counted {
		for _, s := range sc.streams {
			sc.lines = append(sc.lines, scriptLine{text: status(s, protocol.StatusComplete)})
		}
	}
}

func (sc *scene) put(l scriptLine) {
	sc.largest = max(sc.largest, len(l.text))
	sc.lines = append(sc.lines, l)
}

func (sc *scene) catalog() string {
	more := ""
	if sc.counted {
		more = `,"generation_id":4,"minimum_generation_id":4`
	}
	all := make([]string, len(sc.streams))
	for i, s := range sc.streams {
		all[i] = configured(s, "append", more)
	}
	return `{"streams":[` + strings.Join(all, ",") + `]}`
}

// slowInput gives the lines in pieces, with pauses.
func (sc *scene) slowInput() io.Reader {
	r, w := io.Pipe()
	chance := rand.New(rand.NewPCG(sc.Uint64(), 2))
	go func() {
		defer close(sc.written)
		for _, l := range sc.lines {
			text := l.text + "\n"
			if chance.IntN(10) == 0 {
				time.Sleep(time.Duration(chance.Int64N(int64(8 * time.Second))))
			}
			cut := chance.IntN(len(text))
			for _, piece := range []string{text[:cut], text[cut:]} {
				if n, err := io.WriteString(w, piece); err != nil || n < len(piece) {
					return
				}
			}
			sc.mu.Lock()
			sc.delivered += len(text)
			ahead := sc.delivered - sc.settled
			if limit := sc.memory + readAhead + 2*int64(sc.largest); int64(ahead) > limit {
				sc.problem("%d bytes were taken, which are not durable, of %d", ahead, limit)
			}
			sc.mu.Unlock()
		}
		_ = w.Close()
	}()
	return r
}

func (sc *scene) load(ctx context.Context, b *destinations.Batch) error {
	stream := b.Stream.String()
	sc.mu.Lock()
	sc.loads++
	n := sc.loads
	if sc.busy[stream] {
		sc.problem("two loads of %s at once", stream)
	}
	sc.busy[stream] = true
	wait := time.Duration(sc.Int64N(int64(3 * time.Second)))
	sc.mu.Unlock()
	time.Sleep(wait)
	sc.mu.Lock()
	defer sc.mu.Unlock()
	sc.busy[stream] = false
	if n == sc.failAt {
		sc.failed = true
		return errors.New("the disk is full")
	}
	for r := range b.Records() {
		var row struct{ N int }
		if err := json.Unmarshal(r.Data, &row); err != nil {
			return err
		}
		if row.N != sc.durable[stream]+1 {
			sc.problem("record %d of %s came after %d", row.N, stream, sc.durable[stream])
		}
		sc.durable[stream]++
		if rejects(row.N) {
			b.Reject(r, errors.New("no room for a three"))
		}
		sc.settled += len(record(stream, string(r.Data))) + 1
	}
	return ctx.Err()
}

// Write looks at what the destination writes at the moment when it does.
func (sc *scene) Write(p []byte) (int, error) {
	for line := range strings.Lines(string(p)) {
		if m, err := protocol.Parse([]byte(line)); err == nil && m.Type == protocol.MessageState {
			sc.echo(m.State, line)
		}
	}
	return len(p), nil
}

func (sc *scene) echo(s *protocol.State, line string) {
	sc.mu.Lock()
	defer sc.mu.Unlock()
	id := int(*s.ID)
	l := sc.lines[id]
	sc.settled += len(l.text) + 1
	for stream, n := range l.before {
		if sc.durable[stream] < n {
			sc.problem(
				"state %d covers %d of %s, %d are durable",
				id,
				n,
				stream,
				sc.durable[stream],
			)
		}
	}
	sc.echoed[l.stream] = append(sc.echoed[l.stream], id)
	rejected := protocol.Count(0)
	if n := s.DestinationStats.RejectedRecordCount; n != nil {
		rejected = *n
	}
	if got := [2]int{int(*s.DestinationStats.RecordCount), int(rejected)}; got != l.counts {
		sc.problem("state %d counts %v, not %v", id, got, l.counts)
	}
	s.DestinationStats = nil
	again, err := json.Marshal(protocol.Message{Type: protocol.MessageState, State: s})
	if err != nil || !jsonraw.Equal(again, []byte(l.text)) {
		sc.problem("state %d came back as %s", id, line)
	}
}

// play runs the scene in a bubble and judges it.
func (sc *scene) play(t *testing.T) {
	f := &fake{load: sc.load}
	ctx, cancel := context.WithCancelCause(t.Context())
	defer cancel(nil)
	input := sc.slowInput()
	if sc.stopAt > 0 {
		stop := time.AfterFunc(
			sc.stopAt,
			func() { cancel(entry.Interrupted{Signal: syscall.SIGTERM}) },
		)
		defer stop.Stop()
	}
	got := call(t, f, command{
		ctx: ctx, catalog: sc.catalog(), input: input, out: sc, options: sc.options,
	})
	_ = input.(io.Closer).Close()
	<-sc.written
	sc.mu.Lock()
	defer sc.mu.Unlock()
	assert.Empty(t, sc.problems)
	assert.Equal(t, 1, f.closed)
	sc.judgeOrder(t)
	switch {
	case ctx.Err() != nil:
		assert.Contains(t, []int{143}, got.code)
		assert.Len(t, got.errors(), 1)
	case sc.failed:
		assert.Equal(t, 1, got.code)
		require.Len(t, got.errors(), 1)
		assert.Contains(t, got.errors()[0].Message, "the disk is full")
		assert.NotNil(t, got.errors()[0].Descriptor)
		assert.Empty(t, f.finished)
	default:
		assert.Equal(t, 0, got.code, got.text)
		assert.ElementsMatch(t, sc.streams, f.finished)
		sc.judgeWhole(t)
	}
}

// judgeOrder asks for each scope's states in order, without gaps.
func (sc *scene) judgeOrder(t *testing.T) {
	for scope, ids := range sc.echoed {
		var want []int
		for id, l := range sc.lines {
			if l.isState && l.stream == scope {
				want = append(want, id)
			}
		}
		assert.Equal(t, want[:len(ids)], ids)
	}
}

// judgeWhole asks for every record and every state.
func (sc *scene) judgeWhole(t *testing.T) {
	want, states := map[string]int{}, 0
	for _, l := range sc.lines {
		switch {
		case l.isState:
			states++
		case l.stream != "":
			want[l.stream]++
		}
	}
	assert.Equal(t, want, sc.durable)
	n := 0
	for _, ids := range sc.echoed {
		n += len(ids)
	}
	assert.Equal(t, states, n)
}

// playAll plays scenes of 1, 2 and 50 streams.
func playAll(t *testing.T, change func(sc *scene)) {
	t.Parallel()
	for _, streams := range []int{1, 2, 50} {
		t.Run(fmt.Sprintf("%d streams", streams), func(t *testing.T) {
			for seed := range uint64(30) {
				synctest.Test(t, func(t *testing.T) {
					sc := newScene(seed, streams)
					change(sc)
					sc.play(t)
					if t.Failed() {
						t.Logf("seed %d", seed)
					}
				})
				if t.Failed() {
					return
				}
			}
		})
	}
}

// TestStatesFollowTheirRecords is the promise of the engine: whatever comes and however it is
// loaded, a state goes back once its records are durable, unchanged, in order and with right
// counts; memory stays within its bound; nothing is lost, and nothing blocks for ever.
func TestStatesFollowTheirRecords(t *testing.T) { playAll(t, func(*scene) {}) }

// TestLoadThatFails fails one load after the other.
func TestLoadThatFails(t *testing.T) {
	playAll(t, func(sc *scene) { sc.failAt = 1 + sc.IntN(12) })
}

// TestStopAtEveryMoment sends SIGTERM somewhere.
func TestStopAtEveryMoment(t *testing.T) {
	playAll(t, func(sc *scene) {
		sc.stopAt = time.Duration(1 + sc.Int64N(int64(time.Minute)))
	})
}
