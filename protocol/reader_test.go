package protocol

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const logLine = `{"type":"LOG","log":{"level":"INFO","message":"hello"}}`

// readAll returns what a reader yields: message types, and the numbers of lines that are none.
func readAll(r *Reader) (got []string, last error) {
	for m, err := range r.Messages() {
		if bad, ok := errors.AsType[*LineError](err); ok {
			got = append(got, fmt.Sprintf("bad %d", bad.Line))
		} else if err == nil {
			got = append(got, string(m.Type))
		}
		last = err
	}
	return got, last
}

func TestReader(t *testing.T) {
	t.Parallel()
	input := logLine + "\n\n  \r\nstarting up\n" + logLine + "\r\n{}\n\xff\n" + logLine
	for name, r := range map[string]io.Reader{
		"at once":      strings.NewReader(input),
		"byte by byte": iotest.OneByteReader(strings.NewReader(input)),
		"data and EOF": iotest.DataErrReader(strings.NewReader(input)),
	} {
		got, err := readAll(NewReader(r, ReaderOptions{}))
		require.NoError(t, err, name)
		assert.Equal(t, []string{"LOG", "bad 4", "LOG", "bad 6", "bad 7", "LOG"}, got, name)
	}
	got, err := readAll(NewReader(strings.NewReader(""), ReaderOptions{}))
	require.NoError(t, err)
	assert.Empty(t, got)
}

func TestReaderGoesOnWhereTheLoopEnded(t *testing.T) {
	t.Parallel()
	r := NewReader(strings.NewReader(strings.Repeat(logLine+"\n", 3)), ReaderOptions{})
	for range r.Messages() {
		break
	}
	got, err := readAll(r)
	require.NoError(t, err)
	assert.Equal(t, []string{"LOG", "LOG"}, got)
}

// A line longer than any buffer is read whole, one longer than allowed is skipped whole.
func TestReaderLongLines(t *testing.T) {
	t.Parallel()
	long := `{"type":"LOG","log":{"level":"INFO","message":"` + strings.Repeat("x", 3*readerSize) + `"}}`
	input := logLine + "\n" + long + "\n" + logLine + "\n" + long
	got, err := readAll(NewReader(strings.NewReader(input), ReaderOptions{}))
	require.NoError(t, err)
	assert.Equal(t, []string{"LOG", "LOG", "LOG", "LOG"}, got)

	for _, maximum := range []int{len(logLine), 1000, readerSize, 2 * readerSize, len(long) - 1} {
		got, err = readAll(NewReader(strings.NewReader(input), ReaderOptions{MaxLine: maximum}))
		require.ErrorIs(t, err, ErrLineTooLong)
		assert.Equal(t, []string{"LOG", "bad 2", "LOG", "bad 4"}, got, maximum)
	}
	got, err = readAll(NewReader(strings.NewReader(input), ReaderOptions{MaxLine: len(long)}))
	require.NoError(t, err)
	assert.Equal(t, []string{"LOG", "LOG", "LOG", "LOG"}, got)
}

// The line's end does not count, so the maximum means the same on every system.
func TestReaderMaximumIsExact(t *testing.T) {
	t.Parallel()
	for _, end := range []string{"", "\n", "\r\n"} {
		exact := ReaderOptions{MaxLine: len(logLine)}
		got, err := readAll(NewReader(strings.NewReader(logLine+end), exact))
		require.NoError(t, err)
		assert.Equal(t, []string{"LOG"}, got)
		less := ReaderOptions{MaxLine: len(logLine) - 1}
		_, err = readAll(NewReader(strings.NewReader(logLine+end), less))
		require.ErrorIs(t, err, ErrLineTooLong)
	}
}

func TestReaderInputError(t *testing.T) {
	t.Parallel()
	broken := iotest.ErrReader(io.ErrClosedPipe)
	cut := io.MultiReader(strings.NewReader(logLine+"\n"+logLine[:20]), broken)
	got, err := readAll(NewReader(cut, ReaderOptions{}))
	assert.Equal(t, []string{"LOG"}, got, "half a line is no line")
	require.ErrorIs(t, err, io.ErrClosedPipe)
	require.ErrorContains(t, err, "after line 1")

	long := strings.Repeat("x", 2*readerSize)
	cut = io.MultiReader(strings.NewReader(long), broken)
	got, err = readAll(NewReader(cut, ReaderOptions{MaxLine: 10}))
	assert.Empty(t, got)
	require.ErrorIs(t, err, io.ErrClosedPipe)
}

func TestLineError(t *testing.T) {
	t.Parallel()
	text := "Traceback " + strings.Repeat("\u00e9", 500)
	for _, err := range NewReader(strings.NewReader("\n"+text+"\n"), ReaderOptions{}).Messages() {
		bad, ok := errors.AsType[*LineError](err)
		require.True(t, ok)
		assert.Equal(t, int64(2), bad.Line)
		assert.LessOrEqual(t, len(bad.Text), 200)
		assert.True(t, strings.HasPrefix(text, bad.Text), "cut between characters")
		assert.ErrorContains(t, bad, "line 2 is not a protocol message: ")
		assert.ErrorContains(t, bad, `it starts with "Traceback `)
		assert.Equal(t, bad.Err, errors.Unwrap(err))
	}
}

// Messages of one reader share no memory.
func TestReaderMessagesMayBeKept(t *testing.T) {
	t.Parallel()
	var input strings.Builder
	for i := range 5000 {
		fmt.Fprintf(&input, `{"type":"RECORD","record":{"stream":"s","data":{"id":%d}}}`+"\n", i)
	}
	var kept []*Message
	for m, err := range NewReader(strings.NewReader(input.String()), ReaderOptions{}).Messages() {
		require.NoError(t, err)
		kept = append(kept, m)
	}
	require.Len(t, kept, 5000)
	for i, m := range kept {
		require.Equal(t, fmt.Sprintf(`{"id":%d}`, i), string(m.Record.Data))
	}
}

func TestReaderLines(t *testing.T) {
	t.Parallel()
	input := logLine + "\r\n\n \t" + strings.Repeat("x", 30) + "\nno message\n\xff"
	for name, r := range map[string]io.Reader{
		"at once":      strings.NewReader(input),
		"byte by byte": iotest.OneByteReader(strings.NewReader(input)),
	} {
		lines := NewReader(r, ReaderOptions{MaxLine: len(logLine)})
		var got []string
		for line, err := range lines.Lines() {
			require.NoError(t, err, name)
			got = append(got, fmt.Sprintf("%d %s", lines.Line(), line))
		}
		want := []string{"1 " + logLine, "3 " + strings.Repeat("x", 30), "4 no message", "5 \xff"}
		assert.Equal(t, want, got, name)
	}
}

func TestReaderLinesTakesTurnsWithMessages(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 2*len(logLine))
	r := NewReader(strings.NewReader("a\n"+logLine+"\n"+long+"\nb\n"), ReaderOptions{
		MaxLine: len(logLine),
	})
	for range r.Lines() {
		break
	}
	for m := range r.Messages() {
		assert.Equal(t, MessageLog, m.Type)
		break
	}
	var got []error
	for _, err := range r.Lines() {
		got = append(got, err)
	}
	assert.Equal(t, []error{ErrLineTooLong, nil}, got)
	broken := errors.New("broken")
	for _, err := range NewReader(iotest.ErrReader(broken), ReaderOptions{}).Lines() {
		assert.ErrorIs(t, err, broken)
	}
}
