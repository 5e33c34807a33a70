package destinations_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/iotest"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/airbyte-go/cdk/destinations"
	"github.com/airbyte-go/cdk/protocol"
)

func TestBadInput(t *testing.T) {
	t.Parallel()
	const good = `{"good":1}`
	big := `{"big":"` + strings.Repeat("x", 50<<20) + `"}`
	for name, c := range map[string]struct {
		line     string
		rows     []string // besides the good ones around it
		rejected string   // the reason
		fails    string
		logged   string
	}{
		"no JSON":           {line: `hello there`, logged: "Line 2 of standard input (11 bytes) is no message"},
		"a JSON string":     {line: `"RECORD"`, logged: "is no message"},
		"a JSON array":      {line: `[1]`, logged: "is no message"},
		"no type":           {line: `{"record":{}}`, logged: "is no message"},
		"type is no string": {line: `{"type":7}`, logged: "is no message"},
		"half a log":        {line: `{"type":"LOG","log":{`, logged: "is no message"},
		"unknown type":      {line: `{"type":"SURPRISE","surprise":1}`},
		"a log":             {line: `{"type":"LOG","log":{"level":"INFO","message":"m"}}`},
		"an odd trace":      {line: `{"type":"TRACE","trace":7}`},
		"another's status": {
			line:   status("x", protocol.StatusComplete),
			logged: "Stream x is COMPLETE, but the catalog",
		},
		"blank":        {line: "  \t "},
		"CRLF":         {line: record("a", `{"i":1}`) + "\r", rows: []string{`{"i":1}`}},
		"white space":  {line: ` { "record" : { "data" : {"i": 1 } , "emitted_at" : 5 , "stream" : "a" } , "type" : "RECORD" } `, rows: []string{`{"i": 1 }`}},
		"any order":    {line: `{"record":{"meta":{"changes":[]},"data":{"i":1},"x":{"y":[]},"emitted_at":5.9,"namespace":"","stream":"\u0061"},"type":"\u0052ECORD"}`, rows: []string{`{"i":1}`}},
		"NUL, escaped": {line: record("a", `{"i":"\u0000"}`), rows: []string{`{"i":"\u0000"}`}},
		"NUL, raw": {
			line: record("a", "{\"i\":\"\x00\"}"),
			rows: []string{"{\"i\":\"\x00\"}"},
		},
		"bad UTF-8": {
			line: record("a", "{\"i\":\"\xff\"}"),
			rows: []string{"{\"i\":\"\xff\"}"},
		},
		"huge numbers":         {line: record("a", `{"i":1e400,"j":-12345678901234567890.10}`), rows: []string{`{"i":1e400,"j":-12345678901234567890.10}`}},
		"50 MiB":               {line: record("a", big), rows: []string{big}},
		"deep":                 {line: record("a", `{"i":`+strings.Repeat("[", 1e6)+strings.Repeat("]", 1e6)+`}`), rows: []string{`{"i":` + strings.Repeat("[", 1e6) + strings.Repeat("]", 1e6) + `}`}},
		"beyond the maximum":   {line: record("a", `{"i":"`+strings.Repeat("x", 64<<20)+`"}`), fails: "Line 2 of standard input is longer than 67108864 bytes."},
		"no data":              {line: `{"type":"RECORD","record":{"stream":"a","emitted_at":5}}`, rejected: "it has no data"},
		"null data":            {line: record("a", `null`), rejected: "it has no data"},
		"empty data":           {line: record("a", `{ }`), rejected: "its data is an empty object"},
		"data is a list":       {line: record("a", `[{}]`), rejected: "its data is not an object"},
		"data is a string":     {line: record("a", `"{}"`), rejected: "its data is not an object"},
		"no emitted_at":        {line: `{"type":"RECORD","record":{"stream":"a","data":{"i":1}}}`, rejected: "its emitted_at is missing or not a number"},
		"emitted_at is a text": {line: `{"type":"RECORD","record":{"stream":"a","data":{"i":1},"emitted_at":"5"}}`, rejected: "its emitted_at is missing or not a number"},
		"emitted_at is huge":   {line: `{"type":"RECORD","record":{"stream":"a","data":{"i":1},"emitted_at":1e99}}`, rejected: "its emitted_at is missing or not a number"},
		"unknown stream":       {line: record("b", `{"i":1}`), fails: "Line 2 of standard input is a record of stream b, which the catalog does not have. It has: a."},
		"no stream":            {line: `{"type":"RECORD","record":{"data":{"i":1},"emitted_at":5}}`, fails: "Line 2 of standard input is a record that names no stream"},
		"stream is no string":  {line: `{"type":"RECORD","record":{"stream":["a"],"data":{"i":1}}}`, fails: "names no stream"},
		"namespace is odd":     {line: `{"type":"RECORD","record":{"stream":"a","namespace":7,"data":{"i":1}}}`, fails: "names no stream"},
		"no record":            {line: `{"type":"RECORD"}`, fails: "Line 2 of standard input is a RECORD without its record"},
		"broken record":        {line: `{"type":"RECORD","record":{"stream":"a","data":{"secret":"hunter2"}`, fails: "Line 2 of standard input is a message that cannot be read"},
		"two in one line":      {line: record("a", `{"i":1}`) + record("a", `{"i":2}`), fails: "cannot be read"},
		"no state":             {line: `{"type":"STATE"}`, fails: "Line 2 of standard input is a state that cannot be read"},
		"an odd state":         {line: `{"type":"STATE","state":{"type":"STREAM","stream":"hunter2"}}`, fails: "is a state that cannot be read"},
		"half a state":         {line: `{"type":"STATE","state":{`, fails: "cannot be read"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := &fake{}
			got := writeLines(t, f, catalogOf("a"), record("a", good), c.line, record("a", good),
				streamState("a", 1))
			assert.NotContains(t, got.text, "hunter2")
			want := append(append([]string{good}, c.rows...), good)
			if c.fails != "" {
				assert.Equal(t, 1, got.code)
				require.Len(t, got.errors(), 1)
				assert.Contains(t, got.errors()[0].Message, c.fails)
				assert.Empty(t, f.finished)
				assert.Equal(t, []string{good}, f.rows["a"], "what came before is loaded")
				return
			}
			assert.Equal(t, 0, got.code, got.logs())
			same := slices.Equal(want, f.rows["a"]) // a failure shall not print 50 MiB
			assert.True(t, same)
			count := fmt.Sprintf("1:%d", len(want))
			if c.rejected != "" {
				assert.Contains(t, got.logs(), "A record of stream a was rejected: "+c.rejected+".")
				count += "-1"
			}
			assert.Equal(t, []string{count}, got.stateIDs())
			assert.Contains(t, got.logs(), c.logged)
			if c.logged == "" && c.rejected == "" {
				assert.NotContains(t, got.logs(), "WARN")
			}
		})
	}
}

func TestStrayLinesAreCounted(t *testing.T) {
	t.Parallel()
	lines := strings.Split(strings.Repeat("chatter ", 30), " ")
	got := writeLines(t, &fake{}, catalogOf("a"), lines...)
	assert.Equal(t, 0, got.code)
	assert.Equal(t, 10, strings.Count(got.logs(), "is no message of the protocol"))
	assert.Contains(t, got.logs(), "WARN 30 lines of standard input were no messages")
	assert.NotContains(t, got.logs(), "chatter")
}

func TestRecordMeta(t *testing.T) {
	t.Parallel()
	var changes []string
	f := &fake{load: func(_ context.Context, b *destinations.Batch) error {
		for r := range b.Records() {
			all, err := r.Changes()
			changes = append(changes, fmt.Sprintf("%s %v %v", string(r.Meta), all, err != nil))
		}
		return nil
	}}
	with := func(meta string) string {
		return strings.Replace(record("a", `{"i":1}`), `"data"`, `"meta":`+meta+`,"data"`, 1)
	}
	got := writeLines(
		t,
		f,
		catalogOf("a"),
		record("a", `{"i":1}`),
		with("null"),
		with(`{"changes":[]}`),
		with(
			`{"changes":[{"field":"f","change":"NULLED","reason":"SOURCE_FIELD_SIZE_LIMITATION"}]}`,
		),
		with(`{"changes":7}`),
	)
	assert.Equal(t, 0, got.code)
	assert.Equal(t, []string{
		" [] false", " [] false", `{"changes":[]} [] false`,
		`{"changes":[{"field":"f","change":"NULLED","reason":"SOURCE_FIELD_SIZE_LIMITATION"}]} ` +
			`[{f NULLED SOURCE_FIELD_SIZE_LIMITATION}] false`,
		`{"changes":7} [] true`,
	}, changes)
}

// TestInputCutAtEveryByte ends the input everywhere: what came whole is loaded and acknowledged,
// nothing is finished, and a half line fails the write.
func TestInputCutAtEveryByte(t *testing.T) {
	t.Parallel()
	lines := []string{record("a", `{"i":1}`), streamState("a", 1), record("a", `{"i":2}`),
		streamState("a", 2), status("a", protocol.StatusComplete)}
	whole := join(lines)
	for cut := range len(whole) {
		f := &fake{}
		got := call(
			t,
			f,
			command{catalog: counted("append", 2, 2), input: strings.NewReader(whole[:cut])},
		)
		rest := whole[:cut]
		rows, states := 0, 0
		isHalf := false
		for _, l := range lines {
			if !strings.HasPrefix(rest, l) {
				isHalf = rest != ""
				break
			}
			rows += strings.Count(l, "RECORD")
			states += strings.Count(l, `"STATE"`)
			rest = strings.TrimPrefix(rest[len(l):], "\n")
		}
		assert.Len(t, f.rows["a"], rows, cut)
		assert.Len(t, got.states(), states, cut)
		if cut >= len(whole)-1 { // only the last line's end is missing
			assert.Equal(t, 0, got.code, cut)
			continue
		}
		assert.Equal(t, 1, got.code, cut)
		assert.Empty(t, f.finished, cut)
		require.Len(t, got.errors(), 1)
		assert.Equal(t, protocol.TransientError, got.errors()[0].FailureType, cut)
		if isHalf {
			assert.Contains(t, got.errors()[0].Message, "ends in the midst of line")
		}
	}
}

func TestInputThatFails(t *testing.T) {
	t.Parallel()
	f := &fake{}
	got := call(t, f, command{catalog: catalogOf("a:overwrite"), input: io.MultiReader(
		strings.NewReader(join([]string{record("a", `{"i":1}`), streamState("a", 1)})),
		iotest.ErrReader(errors.New("pipe burst")))})
	assert.Equal(t, 1, got.code)
	assert.Equal(t, []string{"1:1"}, got.stateIDs())
	assert.Contains(t, got.errors()[0].Message, "Standard input cannot be read any more: ")
	assert.Contains(t, got.errors()[0].Message, "pipe burst.")
	assert.Empty(t, f.finished)
}

func TestInputByteByByte(t *testing.T) {
	t.Parallel()
	f := &fake{}
	got := call(t, f, command{catalog: catalogOf("a"), input: iotest.OneByteReader(
		strings.NewReader(join([]string{record("a", `{"i":1}`), "", streamState("a", 1)})))})
	assert.Equal(t, 0, got.code)
	assert.Equal(t, []string{"1:1"}, got.stateIDs())
}

// TestBackpressure fills the memory while a load hangs: standard input waits, and goes on when the
// load ends, without waiting for any timer.
func TestBackpressure(t *testing.T) {
	for _, streams := range []int{1, 2, 50} {
		synctest.Test(t, func(t *testing.T) {
			const memory, size, count = 256 << 10, 10 << 10, 200
			release := make(chan struct{})
			f := &fake{load: func(context.Context, *destinations.Batch) error {
				<-release
				return nil
			}}
			var names, lines []string
			for i := range streams {
				names = append(names, fmt.Sprintf("s%d", i))
			}
			pad := strings.Repeat("x", size)
			for i := range count {
				lines = append(lines, record(names[i%streams], `{"pad":"`+pad+`"}`))
			}
			input := &countingReader{r: strings.NewReader(join(lines))}
			go func() {
				synctest.Wait()
				taken := input.n.Load()
				assert.Less(t, taken, int64(memory+readAhead+2*size))
				assert.Greater(t, taken, int64(memory/2))
				close(release)
			}()
			begun := time.Now()
			got := call(t, f, command{catalog: catalogOf(names...), input: input,
				options: []destinations.Option{
					destinations.Memory(memory), destinations.BatchAge(24 * time.Hour),
				}})
			assert.Equal(t, 0, got.code)
			assert.Zero(t, time.Since(begun))
			n := 0
			for _, rows := range f.rows {
				n += len(rows)
			}
			assert.Equal(t, count, n)
		})
	}
}

// TestStatesAreBoundToo sends states without end whose records cannot be loaded.
func TestStatesAreBoundToo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		f := &fake{load: func(context.Context, *destinations.Batch) error {
			<-release
			return nil
		}}
		lines := []string{record("a", `{"i":1}`)}
		for i := range 20_000 {
			lines = append(lines, streamState("a", i))
		}
		input := &countingReader{r: strings.NewReader(join(lines))}
		go func() {
			synctest.Wait()
			assert.Less(t, input.n.Load(), int64(600<<10))
			close(release)
		}()
		got := call(t, f, command{catalog: catalogOf("a"), input: input,
			options: []destinations.Option{destinations.Memory(100 << 10)}})
		assert.Equal(t, 0, got.code)
		assert.Len(t, got.states(), 20_000)
	})
}

type countingReader struct {
	r io.Reader
	n atomic.Int64
}

func (c *countingReader) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n.Add(int64(n))
	return n, err
}

// TestOutputThatIsGone ends the write when nobody reads its states.
func TestOutputThatIsGone(t *testing.T) {
	t.Parallel()
	f := &fake{}
	r, w := io.Pipe()
	_ = r.Close()
	in := newPipe(t)
	go in.lines(record("a", `{"i":1}`), streamState("a", 1))
	var stderr strings.Builder
	code := destinations.Run(t.Context(), f, destinations.Process{
		Args: []string{
			"write",
			"--config",
			tempFile(t, "c", "{}"),
			"--catalog",
			tempFile(t, "k", catalogOf("a")),
		},
		In:  in.r,
		Out: w,
		Err: &stderr,
	}, destinations.StateInterval(0))
	in.end()
	assert.Equal(t, 1, code)
	assert.Contains(t, stderr.String(), "Standard output cannot be written any more")
	assert.Empty(t, f.finished)
}

// FuzzInput feeds the engine any bytes: it ends, with a code that fits, and never lets a state
// through that covers a record which was not loaded.
func FuzzInput(f *testing.F) {
	f.Add(join([]string{record("a", `{"i":1}`), streamState("a", 1), `{"type":"LOG"}`, "x"}))
	f.Add(`{"type":"RECORD","record":{"stream":"a","data":{"a":[{"b":"\"]"}]},"emitted_at":1e3}}`)
	f.Add(globalState(1, markOpen) + "\r\n\r\n" + status("a", protocol.StatusComplete))
	f.Add(`{"record":{"stream":"\u0061","data":{"x":1},"emitted_at":1},"type":"RECORD"`)
	f.Fuzz(func(t *testing.T, input string) {
		d := &fake{}
		got := call(t, d, command{catalog: catalogOf("a"), input: strings.NewReader(input),
			options: []destinations.Option{destinations.MaxLine(1 << 10)}})
		assert.Contains(t, []int{0, 1}, got.code)
		assert.Len(t, got.errors(), got.code)
		assert.Equal(t, 1, d.closed)
		sum := protocol.Count(0)
		for _, s := range got.states() {
			sum += *s.DestinationStats.RecordCount
		}
		assert.LessOrEqual(t, int(sum), len(d.rows["a"]))
		for _, row := range d.rows["a"] {
			assert.True(t, strings.HasPrefix(row, "{") && !strings.Contains(row, "\n"), row)
		}
	})
}

// TestStrayLinesAtTheBufferEnd has stray lines wherever a read may end.
func TestStrayLinesAtTheBufferEnd(t *testing.T) {
	t.Parallel()
	var lines []string
	for i := range 20_000 {
		lines = append(lines, record("a", `{"i":1}`), `{"type":"LO`+strings.Repeat("x", i%50))
	}
	f := &fake{}
	got := writeLines(t, f, catalogOf("a"), lines...)
	assert.Equal(t, 0, got.code)
	assert.Len(t, f.rows["a"], 20_000)
	assert.Contains(t, got.logs(), "20000 lines of standard input were no messages")
}
