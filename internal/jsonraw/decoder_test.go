package jsonraw

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

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

// callOnce calls one method of a decoder and tells what it says.
func callOnce(d *Decoder, method byte) string {
	var what any
	var err error
	switch kind := d.PeekKind(); {
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
	if err != nil {
		return "error: " + err.Error()
	}
	return fmt.Sprintf("%v until %d", what, d.InputOffset())
}

// Text in memory is read as the same bytes from a reader are, whatever is called.
func FuzzDecoder(f *testing.F) {
	for _, seed := range []string{
		`{"data":[{"a":1},{"b":[]}],"meta":{"n\u0065xt":null}}`, `[1,-2.5e+7,true,false,null,"\ud800"]`,
		`{}{} [] 1 2`, `{"a":1,}`, `[1,]`, `[,1]`, `{"a"}`, `{"a":}`, `{1:2}`, `[1 2]`, `[1:2]`,
		`01`, `1.`,
		`tru`, `truex`, "\"\n\"", `"a`, `{"a":"b`, ` `, ``, `]`, `{]`, `[}`, `1-2`, `"a""b"`, `[0,,0`,
		`[[[[[[`,
		"{\"a\":\"\xff\"}", `"0123456\`, `"\u12`, `{"a":1}}`, `[1]]`,
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
		inMemory, reader := NewDecoder(nil), NewDecoder(bytes.NewReader(data))
		inMemory.ResetText(data)
		for i := range len(data) + 1 {
			method := calls[i%len(calls)]
			want, got := callOnce(reader, method), callOnce(inMemory, method)
			if strings.HasPrefix(want, "error") && strings.HasPrefix(got, "error") {
				return
			}
			require.Equal(t, want, got, "call %d", i)
		}
	})
}

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

// A page in memory, beside the same page from a reader.
func BenchmarkDecoder(b *testing.B) {
	wide := `{"id":1`
	for i := range 19 {
		wide += fmt.Sprintf(`,"field_%02d":%s`, i, []string{`"text of a row"`, `12.5`, `true`}[i%3])
	}
	text := strings.Repeat(`The quick brown fox said \"no\" again.`, 500)
	for name, row := range map[string]string{
		"small": `{"id":1,"name":"somebody","at":"2026-01-01"}`,
		"wide":  wide + "}",
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
			for b.Loop() {
				d.Reset(bytes.NewBuffer(page))
				read(d)
			}
		})
	}
}
