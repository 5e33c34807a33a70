package protocol

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// output is where a tested writer writes to.
type output struct {
	mu     sync.Mutex
	text   bytes.Buffer
	writes []int // length of each write
	fail   error // returned from now on
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.fail != nil {
		return len(p) / 2, o.fail
	}
	o.writes = append(o.writes, len(p))
	return o.text.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}

func (o *output) breakWith(err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.fail = err
}

func (o *output) messages(t *testing.T) []*Message {
	t.Helper()
	var all []*Message
	for m, err := range NewReader(strings.NewReader(o.String()), ReaderOptions{}).Messages() {
		require.NoError(t, err)
		all = append(all, m)
	}
	return all
}

func logMessage(text string) *Message {
	return &Message{Type: MessageLog, Log: &Log{Level: LevelInfo, Message: text}}
}

func TestWriterWritesOneLineAtATime(t *testing.T) {
	t.Parallel()
	var out output
	w := NewWriter(&out, WriterOptions{})
	require.NoError(t, w.Write(logMessage("a <b>")))
	require.NoError(t, w.Write(&Message{Type: MessageState, State: &State{
		Type: StateLegacy, Data: json.RawMessage("{\n\t\"a\":\r\n 1.00\n}"),
	}}))
	assert.Equal(t, `{"type":"LOG","log":{"level":"INFO","message":"a <b>"}}`+"\n"+
		`{"type":"STATE","state":{"type":"LEGACY","data":{ `+"\t"+`"a":   1.00 }}}`+"\n",
		out.String())
	assert.Len(t, out.writes, 2)
}

// A message that cannot be encoded leaves no trace and the writer intact.
func TestWriterRefusesBadMessages(t *testing.T) {
	t.Parallel()
	var out output
	never := func(error) { t.Error("the output is not broken") }
	w := NewWriter(&out, WriterOptions{OnError: never})
	require.ErrorContains(t, w.Write(&Message{}), "without a type")
	require.ErrorContains(t, w.Write(&Message{Type: MessageLog}), "LOG without its payload")
	require.ErrorContains(t, w.Write(&Message{
		Type: MessageState, State: &State{Data: json.RawMessage(`{"a":`)},
	}), "state.data")
	assert.Empty(t, out.String())
	require.NoError(t, w.Write(logMessage("fine")))
	assert.Len(t, out.messages(t), 1)
}

func TestWriteFuncMayWriteNothing(t *testing.T) {
	t.Parallel()
	var out output
	w := NewWriter(&out, WriterOptions{})
	b := w.Records(Descriptor{Name: "s"}, BufferHooks{})
	require.NoError(t, b.Append([]byte(`{"a":1}`)))
	require.NoError(t, w.WriteFunc(func() *Message { return nil }))
	assert.Len(t, out.messages(t), 1, "the record was flushed all the same")
}

// progress is the message of the two tests below: how many records of each worker it covers.
func progress(counts []int64) *Message {
	data, _ := json.Marshal(map[string]any{"counts": counts})
	return &Message{Type: MessageState, State: &State{Type: StateLegacy, Data: data}}
}

// checkProgress walks the output and calls check for each state with the records seen before it.
func checkProgress(t *testing.T, out *output, workers int, check func(covered, seen []int64)) {
	t.Helper()
	seen := make([]int64, workers)
	states := 0
	for _, m := range out.messages(t) {
		if m.Type == MessageRecord {
			var worker, n int64
			_, err := fmt.Sscanf(string(m.Record.Data), `{"worker":%d,"n":%d}`, &worker, &n)
			require.NoError(t, err)
			require.Equal(t, seen[worker]+1, n, "records of one buffer keep their order")
			seen[worker] = n
			continue
		}
		var data struct{ Counts []int64 }
		require.NoError(t, json.Unmarshal(m.State.Data, &data))
		check(data.Counts, seen)
		states++
	}
	require.Positive(t, states)
}

// runWorkers appends records from several goroutines while write is called again and again.
func runWorkers(
	t *testing.T, buffers []*RecordBuffer, appended []atomic.Int64, write func() error,
) {
	t.Helper()
	const records = 3000
	var workers, writing sync.WaitGroup
	done := make(chan struct{})
	for i, b := range buffers {
		workers.Go(func() {
			for n := range records {
				data := fmt.Appendf(nil, `{"worker":%d,"n":%d}`, i, n+1)
				assert.NoError(t, b.Append(data))
				appended[i].Add(1)
			}
		})
	}
	writing.Go(func() {
		for {
			select {
			case <-done:
				return
			default:
				assert.NoError(t, write())
			}
		}
	})
	workers.Wait()
	close(done)
	writing.Wait()
	require.NoError(t, write())
}

// Every record appended before a Write, by any goroutine, stands before its line.
func TestWriteStandsAfterRecords(t *testing.T) {
	t.Parallel()
	const workers = 4
	var out output
	w := NewWriter(&out, WriterOptions{})
	var buffers []*RecordBuffer
	for range workers {
		buffers = append(buffers, w.Records(Descriptor{Name: "s"}, BufferHooks{}))
	}
	appended := make([]atomic.Int64, workers)
	runWorkers(t, buffers, appended, func() error {
		counts := make([]int64, workers)
		for i := range counts {
			counts[i] = appended[i].Load()
		}
		return w.Write(progress(counts))
	})
	checkProgress(t, &out, workers, func(covered, seen []int64) {
		for i := range covered {
			require.LessOrEqual(t, covered[i], seen[i])
		}
	})
}

// A state built in WriteFunc sees as flushed exactly the records that stand before it.
func TestWriteFuncCoversWhatLeft(t *testing.T) {
	t.Parallel()
	const workers = 4
	var out output
	w := NewWriter(&out, WriterOptions{})
	waiting, flushed := make([]int64, workers), make([]int64, workers)
	var buffers []*RecordBuffer
	for i := range workers {
		buffers = append(buffers, w.Records(Descriptor{Name: "s"}, BufferHooks{
			Appended: func() { waiting[i]++ },
			Flushed: func() {
				flushed[i] += waiting[i]
				waiting[i] = 0
			},
		}))
	}
	runWorkers(t, buffers, make([]atomic.Int64, workers), func() error {
		return w.WriteFunc(func() *Message { return progress(flushed) })
	})
	checkProgress(t, &out, workers, func(covered, seen []int64) {
		require.Equal(t, seen, covered)
	})
}

func TestWriterBreaksOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var out output
		var errs []error
		w := NewWriter(&out, WriterOptions{OnError: func(err error) { errs = append(errs, err) }})
		never := BufferHooks{Flushed: func() { t.Error("nothing left") }}
		b := w.Records(Descriptor{Name: "s"}, never)
		require.NoError(t, b.Append([]byte(`{}`)))

		out.breakWith(io.ErrClosedPipe)
		first := w.Write(logMessage("lost"))
		require.ErrorIs(t, first, io.ErrClosedPipe)
		synctest.Wait()
		require.Equal(t, []error{first}, errs)

		out.breakWith(nil) // it would work again, but half a line may have left
		assert.Equal(t, first, w.Write(logMessage("lost")))
		assert.Equal(t, first, w.WriteFunc(func() *Message { panic("not called") }))
		assert.Equal(t, first, b.Append([]byte(`{}`)))
		assert.Equal(t, first, b.Flush())
		assert.Equal(t, first, w.Flush())
		assert.Equal(t, first, w.Close())
		assert.Equal(t, first, w.Close())
		assert.Empty(t, out.String())
		synctest.Wait()
		assert.Len(t, errs, 1)
	})
}

// OnError may use the writer, which it could not while a lock is held.
func TestOnErrorMayCallTheWriter(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var out output
		called := false
		var w *Writer
		w = NewWriter(&out, WriterOptions{OnError: func(err error) {
			called = true
			assert.Equal(t, err, w.Close())
		}})
		out.breakWith(io.ErrClosedPipe)
		require.Error(t, w.Write(logMessage("lost")))
		synctest.Wait()
		assert.True(t, called)
	})
}

// shortWriter breaks the contract of io.Writer: it writes less and reports no error.
type shortWriter struct{}

func (shortWriter) Write(p []byte) (int, error) { return len(p) - 1, nil }

func TestWriterNoticesShortWrites(t *testing.T) {
	t.Parallel()
	w := NewWriter(shortWriter{}, WriterOptions{})
	require.ErrorIs(t, w.Write(logMessage("a")), io.ErrShortWrite)
}

func TestWriterClose(t *testing.T) {
	t.Parallel()
	var out output
	w := NewWriter(&out, WriterOptions{})
	b := w.Records(Descriptor{Name: "s"}, BufferHooks{})
	require.NoError(t, b.Append([]byte(`{"a":1}`)))
	require.NoError(t, w.Close())
	require.NoError(t, w.Close())
	assert.Len(t, out.messages(t), 1)

	require.Error(t, w.Write(logMessage("late")))
	require.Error(t, w.Flush())
	require.Error(t, b.Append([]byte(`{}`)))
	require.NoError(t, b.Close())
	require.Error(t, w.Records(Descriptor{Name: "s"}, BufferHooks{}).Append([]byte(`{}`)))
	assert.Len(t, out.messages(t), 1)
}

// A record that Append accepted is written, however Close races with it.
func TestWriterCloseLosesNothing(t *testing.T) {
	t.Parallel()
	for range 20 {
		var out output
		w := NewWriter(&out, WriterOptions{})
		var accepted atomic.Int64
		var busy, workers sync.WaitGroup
		for range 4 {
			busy.Add(1)
			workers.Go(func() {
				b := w.Records(Descriptor{Name: "s"}, BufferHooks{})
				for n := 0; b.Append([]byte(`{"a":1}`)) == nil; n++ {
					accepted.Add(1)
					if n == 10 {
						busy.Done()
					}
					runtime.Gosched() // Close gets its turn sooner
				}
			})
		}
		busy.Wait()
		require.NoError(t, w.Close())
		workers.Wait()
		require.Equal(t, accepted.Load(), int64(strings.Count(out.String(), "\n")))
	}
}

// funcWriter calls a function for each write.
type funcWriter func()

func (f funcWriter) Write(p []byte) (int, error) {
	f()
	return len(p), nil
}

// A buffer made while the writer is closing would never be flushed, so it takes nothing.
func TestWriterCloseRefusesNewBuffers(t *testing.T) {
	t.Parallel()
	var w *Writer
	var late error
	w = NewWriter(funcWriter(func() {
		late = w.Records(Descriptor{Name: "late"}, BufferHooks{}).Append([]byte(`{}`))
	}), WriterOptions{})
	require.NoError(t, w.Records(Descriptor{Name: "s"}, BufferHooks{}).Append([]byte(`{}`)))
	require.NoError(t, w.Close())
	require.ErrorContains(t, late, "closed")
}

// Memory of one huge message is not kept for ever.
func TestWriterForgetsHugeLines(t *testing.T) {
	t.Parallel()
	w := NewWriter(io.Discard, WriterOptions{})
	require.NoError(t, w.Write(logMessage(strings.Repeat("x", 4<<20))))
	require.NoError(t, w.Write(logMessage("small")))
	assert.LessOrEqual(t, cap(w.line), lineKept)
	require.NoError(t, w.Write(logMessage("small")))
	assert.NotNil(t, w.line)
}

func TestWriterPanicInBuildReleasesTheLock(t *testing.T) {
	t.Parallel()
	w := NewWriter(io.Discard, WriterOptions{})
	assert.PanicsWithError(t, "mine", func() {
		_ = w.WriteFunc(func() *Message { panic(errors.New("mine")) })
	})
	require.NoError(t, w.Write(logMessage("goes on")))
}
