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
	var buf bytes.Buffer
	d := NewDecoder(nil)
	allocs := testing.AllocsPerRun(10, func() {
		buf = *bytes.NewBuffer(page)
		d.Reset(&buf)
		_, _ = d.ReadToken()
		for d.PeekKind() == ObjectStart {
			_, _ = d.ReadValue()
		}
	})
	assert.LessOrEqual(t, allocs, 2.0, "for a page of 1,000 values")
}

func BenchmarkDecoder(b *testing.B) {
	row := `{"id":1,"name":"somebody","at":"2026-01-01"},`
	page := []byte("[" + strings.Repeat(row, 999) + "{}]")
	var buf bytes.Buffer
	d := NewDecoder(nil)
	b.SetBytes(int64(len(page)))
	b.ReportAllocs()
	for b.Loop() {
		buf = *bytes.NewBuffer(page)
		d.Reset(&buf)
		_, _ = d.ReadToken()
		for d.PeekKind() == ObjectStart {
			_, _ = d.ReadValue()
		}
	}
}
