package protocol

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestRecordLine(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		now := time.Now().UnixMilli()
		var out output
		w := NewWriter(&out, WriterOptions{})
		b := w.Records(Descriptor{Name: `a"<b>`, Namespace: "n"}, BufferHooks{})
		require.NoError(t, b.Append([]byte(`{"n": 1e400}`)))
		require.NoError(t, w.Records(Descriptor{Name: "s"}, BufferHooks{}).Append([]byte(`{}`)))
		require.NoError(t, w.Close())
		assert.Equal(t, fmt.Sprintf(`{"type":"RECORD","record":{"stream":"a\"<b>","namespace":"n",`+
			`"emitted_at":%d,"data":{"n": 1e400}}}`+"\n"+
			`{"type":"RECORD","record":{"stream":"s","emitted_at":%d,"data":{}}}`+"\n", now, now),
			out.String())
	})
}

// Only line breaks change, and not in the caller's bytes.
func TestRecordBufferReplacesLineBreaks(t *testing.T) {
	t.Parallel()
	data := "\n{\r\n\"a\\n\":\t[1,\n\n2]\r}\n"
	for _, size := range []int{0, 1, bufferSize, 3 * bufferSize} {
		var out output
		w := NewWriter(&out, WriterOptions{})
		b := w.Records(Descriptor{Name: "s"}, BufferHooks{})
		text := []byte(data + strings.Repeat("\n", size))
		given := bytes.Clone(text)
		require.NoError(t, b.Append(text))
		require.NoError(t, w.Close())
		assert.Equal(t, given, text)
		line, ok := strings.CutSuffix(out.String(), "}}\n")
		require.True(t, ok)
		_, have, _ := strings.Cut(line, `"data":`)
		assert.Equal(t, strings.NewReplacer("\n", " ", "\r", " ").Replace(string(text)), have)
	}
}

// One write takes as many whole lines as fit into 64 KiB.
func TestRecordBufferFillsWrites(t *testing.T) {
	t.Parallel()
	var out output
	w := NewWriter(&out, WriterOptions{})
	b := w.Records(Descriptor{Name: "s"}, BufferHooks{})
	data := []byte(`{"text":"` + strings.Repeat("x", 500) + `"}`)
	const records = 1000
	for range records {
		require.NoError(t, b.Append(data))
	}
	require.NoError(t, w.Close())
	require.Len(t, out.messages(t), records)
	line := len(out.String()) / records
	for i, n := range out.writes {
		assert.LessOrEqual(t, n, bufferSize)
		assert.Zero(t, n%line, "whole lines")
		if i < len(out.writes)-1 {
			assert.Greater(t, n, bufferSize-line)
		}
	}
}

// Records of every size around the buffer's come out whole, in pieces no larger than it.
func TestRecordBufferLargeRecords(t *testing.T) {
	t.Parallel()
	var out output
	w := NewWriter(&out, WriterOptions{})
	appended, flushed := 0, 0
	b := w.Records(Descriptor{Name: "s"}, BufferHooks{
		Appended: func() { appended++ },
		Flushed:  func() { flushed = appended },
	})
	empty := len(`{"type":"RECORD","record":{"stream":"s","emitted_at":1700000000000,` +
		`"data":{"text":""}}}` + "\n")
	var sizes []int
	for _, size := range []int{
		bufferSize - empty, 2*bufferSize - empty, 2*bufferSize - 3, 10 * bufferSize,
	} {
		sizes = append(sizes, 0, size-1, size, size+1, size+2, size+3, size+4)
	}
	for i, size := range sizes {
		require.NoError(t, b.Append([]byte(`{"text":"`+strings.Repeat("x", size)+`"}`)))
		require.Equal(t, i+1, appended)
		require.Equal(t, strings.Count(out.String(), "\n"), flushed)
	}
	require.NoError(t, b.Flush())
	require.Equal(t, len(sizes), flushed)
	for i, m := range out.messages(t) {
		require.Len(t, m.Record.Data, sizes[i]+len(`{"text":""}`))
	}
	for _, n := range out.writes {
		require.LessOrEqual(t, n, bufferSize)
	}
}

// slowWriter makes others wait so long that the lock goes to them as soon as it is free.
type slowWriter struct{ io.Writer }

func (w slowWriter) Write(p []byte) (int, error) {
	for start := time.Now(); time.Since(start) < 2*time.Millisecond; {
		runtime.Gosched()
	}
	return w.Writer.Write(p)
}

// No line gets between the pieces of a large record.
func TestRecordBufferLargeRecordsStayWhole(t *testing.T) {
	t.Parallel()
	var out output
	w := NewWriter(slowWriter{&out}, WriterOptions{})
	var workers sync.WaitGroup
	for i := range 4 {
		workers.Go(func() {
			b := w.Records(Descriptor{Name: "s"}, BufferHooks{})
			data := []byte(`{"text":"` + strings.Repeat(fmt.Sprint(i), 5*bufferSize) + `"}`)
			for range 3 {
				assert.NoError(t, b.Append(data))
				assert.NoError(t, w.Write(logMessage("between")))
			}
		})
	}
	workers.Wait()
	require.NoError(t, w.Close())
	records := 0
	for _, m := range out.messages(t) {
		if m.Type == MessageRecord {
			records++
			text := string(m.Record.Data)
			require.Len(t, strings.ReplaceAll(text, text[9:10], ""), len(`{"text":""}`))
		}
	}
	assert.Equal(t, 12, records)
}

// failAfter fails at the n-th write.
type failAfter struct{ n int }

func (f *failAfter) Write(p []byte) (int, error) {
	if f.n--; f.n < 0 {
		return 0, io.ErrClosedPipe
	}
	return len(p), nil
}

func TestRecordBufferBreaksWithinALargeRecord(t *testing.T) {
	t.Parallel()
	w := NewWriter(&failAfter{n: 2}, WriterOptions{})
	never := BufferHooks{Flushed: func() { t.Error("nothing left whole") }}
	b := w.Records(Descriptor{Name: "s"}, never)
	err := b.Append([]byte(`{"text":"` + strings.Repeat("x", 10*bufferSize) + `"}`))
	require.ErrorIs(t, err, io.ErrClosedPipe)
	require.ErrorIs(t, b.Flush(), io.ErrClosedPipe)
	require.ErrorIs(t, w.Close(), io.ErrClosedPipe)
}

// pass lets virtual time pass and everything happen that is due by then.
func pass(d time.Duration) {
	<-time.After(d)
	synctest.Wait()
}

// A record never waits longer than FlushEvery, counted from the first one in the buffer, and its
// time is no older than that.
func TestRecordBufferFlushesInTime(t *testing.T) {
	t.Parallel()
	for given, want := range map[time.Duration]time.Duration{
		0:                time.Second,
		10 * time.Second: 10 * time.Second,
	} {
		synctest.Test(t, func(t *testing.T) {
			start := time.Now()
			var out output
			w := NewWriter(&out, WriterOptions{FlushEvery: given})
			b := w.Records(Descriptor{Name: "s"}, BufferHooks{})
			pass(5 * want) // an empty buffer has nothing to flush
			for i := range 3 {
				first := time.Now()
				require.NoError(t, b.Append([]byte(`{}`)))
				pass(want * 3 / 4)
				require.NoError(t, b.Append([]byte(`{}`)))
				pass(want/4 - time.Millisecond)
				assert.Len(t, out.messages(t), 2*i)
				pass(time.Millisecond)
				all := out.messages(t)
				require.Len(t, all, 2*i+2)
				assert.Equal(t, first.UnixMilli(), all[2*i].Record.EmittedAt)
				assert.Equal(t, first.UnixMilli(), all[2*i+1].Record.EmittedAt)
				pass(want * time.Duration(i))
			}
			assert.Less(t, time.Since(start), 20*want)
		})
	}
}

// The timer runs anew after every flush, so a busy buffer is not flushed early.
func TestRecordBufferTimerStartsAnew(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var out output
		w := NewWriter(&out, WriterOptions{})
		b := w.Records(Descriptor{Name: "s"}, BufferHooks{})
		require.NoError(t, b.Append([]byte(`{}`)))
		pass(900 * time.Millisecond)
		require.NoError(t, b.Flush())
		require.NoError(t, b.Append([]byte(`{}`)))
		pass(900 * time.Millisecond)
		assert.Len(t, out.messages(t), 1)
		pass(100 * time.Millisecond)
		assert.Len(t, out.messages(t), 2)
	})
}

// An error that the timer meets comes back from the next call.
func TestRecordBufferTimerError(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var out output
		w := NewWriter(&out, WriterOptions{})
		b := w.Records(Descriptor{Name: "s"}, BufferHooks{})
		require.NoError(t, b.Append([]byte(`{}`)))
		out.breakWith(io.ErrClosedPipe)
		pass(time.Second)
		require.ErrorIs(t, b.Append([]byte(`{}`)), io.ErrClosedPipe)
	})
}

func TestRecordBufferClose(t *testing.T) {
	t.Parallel()
	var out output
	w := NewWriter(&out, WriterOptions{})
	b := w.Records(Descriptor{Name: "s"}, BufferHooks{})
	require.NoError(t, b.Append([]byte(`{}`)))
	require.NoError(t, b.Close())
	require.NoError(t, b.Close())
	require.ErrorContains(t, b.Append([]byte(`{}`)), "closed")
	assert.Len(t, out.messages(t), 1)
	assert.Empty(t, w.buffers)
	require.NoError(t, w.Write(logMessage("the writer goes on")))
}

func TestRecordBufferIsSharedSafely(t *testing.T) {
	t.Parallel()
	var out output
	w := NewWriter(&out, WriterOptions{FlushEvery: time.Microsecond})
	n := 0
	b := w.Records(Descriptor{Name: "s"}, BufferHooks{Appended: func() { n++ }})
	var workers sync.WaitGroup
	for range 4 {
		workers.Go(func() {
			for range 1000 {
				assert.NoError(t, b.Append([]byte(`{"a":1}`)))
			}
		})
	}
	workers.Wait()
	require.NoError(t, w.Close())
	assert.Len(t, out.messages(t), 4000)
	assert.Equal(t, 4000, n)
}

// Any valid JSON passes as it is, whatever its size is to the buffer.
func FuzzRecordBuffer(f *testing.F) {
	f.Add([]byte(`{"a": 1}`), 3)
	f.Add([]byte("{\n\"a\":\r1}"), 70_000)
	f.Fuzz(func(t *testing.T, data []byte, pad int) {
		if !json.Valid(data) || pad < 0 || pad > 1<<20 {
			return
		}
		data = append(data, strings.Repeat(" ", pad)...)
		var out output
		w := NewWriter(&out, WriterOptions{})
		b := w.Records(Descriptor{Name: "s"}, BufferHooks{})
		for range 3 {
			require.NoError(t, b.Append(data))
		}
		require.NoError(t, w.Close())
		for line := range strings.Lines(out.String()) {
			_, rest, _ := strings.Cut(line, `"data":`)
			want := strings.NewReplacer("\n", " ", "\r", " ").Replace(string(data))
			require.Equal(t, want+"}}\n", rest)
		}
		require.Equal(t, 3, strings.Count(out.String(), "\n"))
	})
}

func TestAppendDoesNotAllocate(t *testing.T) {
	w := NewWriter(io.Discard, WriterOptions{})
	n := 0
	hooks := BufferHooks{Appended: func() { n++ }, Flushed: func() { n = 0 }}
	b := w.Records(Descriptor{Name: "s"}, hooks)
	for _, data := range [][]byte{wideRecord(), bytes.Repeat([]byte(" "), 3*bufferSize)} {
		allocs := testing.AllocsPerRun(2000, func() {
			if err := b.Append(data); err != nil {
				t.Error(err)
			}
		})
		assert.Zero(t, allocs)
	}
}
