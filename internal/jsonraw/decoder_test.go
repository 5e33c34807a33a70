package jsonraw

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// readPage cuts the elements of the array in the member data.
func readPage(d *Decoder) (elements []string, err error) {
	if kind, err := d.ReadToken(); kind != ObjectStart {
		return nil, fmt.Errorf("want an object, have %q: %w", kind, err)
	}
	for d.PeekKind() == String {
		name, err := d.ReadName()
		if err != nil {
			return elements, err
		}
		if name != "data" {
			if err := d.SkipValue(); err != nil {
				return elements, err
			}
			continue
		}
		if _, err := d.ReadToken(); err != nil {
			return elements, err
		}
		for d.PeekKind() != ArrayEnd {
			v, err := d.ReadValue()
			if err != nil {
				return elements, err
			}
			elements = append(elements, string(v))
		}
		if _, err := d.ReadToken(); err != nil {
			return elements, err
		}
	}
	_, err = d.ReadToken()
	return elements, err
}

func TestDecoder(t *testing.T) {
	t.Parallel()
	page := `{"a":{"data":[0]},"d\u0061ta":[ {"n":9007199254740993}, ` +
		"\"\xff\"" + `, 1e400 ],"b":1}`
	want := []string{`{"n":9007199254740993}`, "\"\xff\"", `1e400`}
	for name, r := range map[string]io.Reader{
		"buffer":        bytes.NewBufferString(page),
		"byte by byte":  iotest.OneByteReader(strings.NewReader(page)),
		"data and EOF":  iotest.DataErrReader(strings.NewReader(page)),
		"plain strings": strings.NewReader(page),
	} {
		d := NewDecoder(r)
		got, err := readPage(d)
		require.NoError(t, err, name)
		assert.Equal(t, want, got, name)
		assert.Equal(t, int64(len(page)), d.InputOffset(), name)
		_, err = d.ReadToken()
		require.ErrorIs(t, err, io.EOF, name)
	}
}

// reading is what a decoder can be asked for.
type reading interface {
	InputOffset() int64
	SkipValue() error
}

// callOnce calls one method of a decoder, or of jsontext's, and tells what it says.
func callOnce(r reading, method byte) string {
	var what any
	var err error
	switch d := r.(type) {
	case *Decoder:
		kind := d.PeekKind()
		switch {
		case method%4 == 0:
			what, err = d.ReadToken()
		case method%4 == 1:
			var v []byte
			v, err = d.ReadValue()
			what = string(v)
		case method%4 == 2:
			err = d.SkipValue()
		case kind == String:
			what, err = d.ReadName()
		}
	case *jsontext.Decoder:
		kind := d.PeekKind()
		switch {
		case method%4 == 0:
			var token jsontext.Token
			if token, err = d.ReadToken(); err == nil {
				what = byte(token.Kind())
			}
		case method%4 == 1:
			var v jsontext.Value
			v, err = d.ReadValue()
			what = string(v)
		case method%4 == 2:
			err = d.SkipValue()
		case kind == String:
			var token jsontext.Token
			if token, err = d.ReadToken(); err == nil {
				what = token.String()
			}
		}
	}
	switch {
	case errors.Is(err, io.EOF):
		return "the end"
	case err != nil:
		return "error"
	}
	return fmt.Sprintf("%v until %d", what, r.InputOffset())
}

// decoders read data as it may arrive.
func decoders(data []byte) map[string]*Decoder {
	inMemory := NewDecoder(nil)
	inMemory.ResetText(data)
	return map[string]*Decoder{
		"in memory":    inMemory,
		"from reader":  NewDecoder(bytes.NewReader(data)),
		"byte by byte": NewDecoder(iotest.OneByteReader(bytes.NewReader(data))),
	}
}

// A decoder says what jsontext does, whatever is called, and however the text arrives.
func FuzzDecoder(f *testing.F) {
	for _, seed := range []string{
		`{"data":[{"a":1},{"b":[]}],"meta":{"n\u0065xt":null}}`,
		`[1,-2.5e+7,true,false,null,"\ud800"]`,
		`{}{} [] 1 2`, `{"a":1,}`, `[1,]`, `[,1]`, `{"a"}`, `{"a":}`, `{1:2}`, `[1 2]`, `[1:2]`,
		`01`, `1.`, `tru`, `truex`, "\"\n\"", `"a`, `{"a":"b`, ` `, ``, `]`, `{]`, `[}`, `1-2`,
		`"a""b"`, `[0,,0`, `[[[[[[`, "{\"a\":\"\xff\"}", `"0123456\`, `"\u12`, `{"a":1}}`, `[1]]`,
	} {
		for _, calls := range []string{
			"\x00", "\x01", "\x02", "\x03\x00", "\x00\x00\x01", "\x00\x02\x01",
		} {
			f.Add([]byte(seed), []byte(calls))
		}
	}
	f.Fuzz(func(t *testing.T, data, calls []byte) {
		if len(calls) == 0 {
			return
		}
		ways := decoders(data)
		reference := jsontext.NewDecoder(bytes.NewReader(data), lenient...)
		for i := range len(data) + 1 {
			method := calls[i%len(calls)]
			want := callOnce(reference, method)
			for name, d := range ways {
				require.Equal(t, want, callOnce(d, method), "call %d, %s", i, name)
			}
			if want == "error" || want == "the end" {
				return
			}
		}
	})
}

// What has broken off can be fetched again, so that it must not pass for what is wrong.
func TestDecoderSaysWhatEndsEarly(t *testing.T) {
	t.Parallel()
	page := `{"data": [{"a":1.5e3,"b":[true,null,{"c":"x\u00e9\\"}]}, {} ] ,"meta":"next"}`
	for n := 1; n < len(page); n++ {
		for name, d := range decoders([]byte(page[:n])) {
			_, err := readPage(d)
			require.ErrorIs(t, err, io.ErrUnexpectedEOF, "%s: %s", name, page[:n])
		}
		broken := io.MultiReader(strings.NewReader(page[:n]), iotest.ErrReader(io.ErrClosedPipe))
		_, err := readPage(NewDecoder(broken))
		require.ErrorIs(t, err, io.ErrClosedPipe, page[:n])
	}
}

// Once the beginning of a text has left the memory, an error tells the place without the path.
func TestDecoderErrorsFarBehind(t *testing.T) {
	t.Parallel()
	head := `{"data":[` + strings.Repeat(`{"some":"record"},`, windowSize/8)
	for tail, want := range map[string]string{
		`{"a":tru}]}`: "invalid character '}' in literal true (expecting 'e') after offset %d",
		`{"a":1]}`:    "invalid character ']' after object value (expecting ',' or '}') after offset %d",
		`{"a":1} {}]`: "invalid character '{' after offset %d",
		`{"a":"`:      "unexpected EOF after offset %d",
		`{},`:         "unexpected EOF after offset %d",
	} {
		at := map[string]int{
			`{"a":tru}]}`: 8, `{"a":1]}`: 6, `{"a":1} {}]`: 8, `{"a":"`: 6, `{},`: 3,
		}[tail]
		_, err := readPage(NewDecoder(strings.NewReader(head + tail)))
		require.ErrorContains(t, err, fmt.Sprintf(want, len(head)+at), tail)
	}
	deep := strings.Repeat("[", maxDepth) + strings.Repeat("]", maxDepth)
	_, err := readPage(NewDecoder(strings.NewReader(head + deep)))
	require.ErrorContains(t, err, "more than 10000 objects and arrays lie in each other")
}

// A value that is larger than the window is read whole, and one that nobody wants is not kept.
func TestDecoderOfLargeValues(t *testing.T) {
	t.Parallel()
	large := `{"text":"` + strings.Repeat("0123456789", windowSize) + `"}`
	page := `{"skipped":[` + strings.Repeat(`{"text":"0123456789"},`, windowSize) + `1],"data":[` +
		large + "," + large + "]}"
	d := NewDecoder(iotest.HalfReader(strings.NewReader(page)))
	_, err := d.ReadToken()
	require.NoError(t, err)
	_, err = d.ReadName()
	require.NoError(t, err)
	require.NoError(t, d.SkipValue())
	assert.LessOrEqual(t, cap(d.buf), windowSize)

	d.Reset(iotest.HalfReader(strings.NewReader(page)))
	got, err := readPage(d)
	require.NoError(t, err)
	assert.Equal(t, []string{large, large}, got)
	assert.LessOrEqual(t, cap(d.buf), 4*len(large))
}

func TestDecoderOfAReaderThatDoesNothing(t *testing.T) {
	t.Parallel()
	_, err := NewDecoder(idle{}).ReadValue()
	require.ErrorIs(t, err, io.ErrNoProgress)
}

type idle struct{}

func (idle) Read([]byte) (int, error) { return 0, nil }

func TestDecoderEnds(t *testing.T) {
	t.Parallel()
	d := NewDecoder(strings.NewReader(`{"data":[{"a":1},{"a":`))
	got, err := readPage(d)
	require.ErrorIs(t, err, io.ErrUnexpectedEOF)
	assert.Equal(t, []string{`{"a":1}`}, got)

	d.Reset(strings.NewReader(`<html>`))
	assert.Zero(t, d.PeekKind())
	_, err = readPage(d)
	require.Error(t, err)

	broken := io.MultiReader(strings.NewReader(`{"data":[1,`), iotest.ErrReader(io.ErrClosedPipe))
	d.Reset(broken)
	_, err = readPage(d)
	require.ErrorIs(t, err, io.ErrClosedPipe)
}

func TestDecoderReadValueDoesNotAllocate(t *testing.T) {
	page := []byte("[" + strings.Repeat(`{"id":1,"name":"somebody"},`, 999) + "{}]")
	d := NewDecoder(nil)
	allocs := testing.AllocsPerRun(10, func() {
		d.ResetText(page)
		_, _ = d.ReadToken()
		for d.PeekKind() == ObjectStart {
			_, _ = d.ReadValue()
		}
	})
	assert.Zero(t, allocs, "for a page of 1,000 values")
}

// A page in memory and from a reader, beside what jsontext takes for it in memory.
func BenchmarkDecoder(b *testing.B) {
	columns := strings.Repeat(`,"name":"text of a row","amount":12.5,"active":true`, 6)
	text := strings.Repeat(`The quick brown fox said \"no\" again.`, 500)
	for name, row := range map[string]string{
		"small": `{"id":1,"name":"somebody","at":"2026-01-01"}`,
		"wide":  `{"id":1` + columns + "}",
		"text":  `{"id":1,"body":"` + text + `"}`,
	} {
		page := []byte("[" + strings.Repeat(row+",", 999) + row + "]")
		read := func(d *Decoder) {
			_, _ = d.ReadToken()
			for d.PeekKind() == ObjectStart {
				_, _ = d.ReadValue()
			}
		}
		b.Run(name+"/memory", func(b *testing.B) {
			d := NewDecoder(nil)
			b.SetBytes(int64(len(page)))
			b.ReportAllocs()
			for b.Loop() {
				d.ResetText(page)
				read(d)
			}
		})
		b.Run(name+"/reader", func(b *testing.B) {
			d := NewDecoder(nil)
			b.SetBytes(int64(len(page)))
			b.ReportAllocs()
			for b.Loop() {
				d.Reset(bytes.NewReader(page))
				read(d)
			}
		})
		b.Run(name+"/jsontext", func(b *testing.B) {
			d := new(jsontext.Decoder)
			b.SetBytes(int64(len(page)))
			b.ReportAllocs()
			for b.Loop() {
				d.Reset(bytes.NewBuffer(page), lenient...)
				_, _ = d.ReadToken()
				for d.PeekKind() == ObjectStart {
					_, _ = d.ReadValue()
				}
			}
		})
	}
}
