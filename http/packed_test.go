package http

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func gzipOf(t testing.TB, text string) []byte {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, err := io.WriteString(w, text)
	require.NoError(t, err)
	require.NoError(t, w.Close())
	return b.Bytes()
}

// zipOf packs files: name, text, name, text, and so on.
func zipOf(t testing.TB, method uint16, files ...string) []byte {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for i := 0; i < len(files); i += 2 {
		f, err := w.CreateHeader(&zip.FileHeader{Name: files[i], Method: method})
		require.NoError(t, err)
		_, err = io.WriteString(f, files[i+1])
		require.NoError(t, err)
	}
	require.NoError(t, w.Close())
	return b.Bytes()
}

func TestGzip(t *testing.T) {
	t.Parallel()
	text := `{"data":[{"a":1},{"a":2}],"next":"x"}`
	packed := gzipOf(t, text)
	for _, body := range []io.Reader{
		bytes.NewReader(packed), iotest.OneByteReader(bytes.NewReader(packed)),
		strings.NewReader(text), // unpacked on the way
	} {
		records, found, err := cutAll(Gzip(Field("data")), body, "next")
		require.NoError(t, err)
		assert.Equal(t, []string{`{"a":1}`, `{"a":2}`}, records)
		assert.Equal(t, values("next", `"x"`), found)
	}
	joined := append(gzipOf(t, "a\n1\n"), gzipOf(t, "2\n")...) // two files in one body
	records, _, err := cutAll(Gzip(CSV{}), bytes.NewReader(joined))
	require.NoError(t, err)
	assert.Len(t, records, 2)
	records, _, err = cutAll(Gzip(nil), bytes.NewReader(gzipOf(t, `[{"a":1}]`)))
	require.NoError(t, err)
	assert.Len(t, records, 1)
	for n := 2; n < len(packed); n++ {
		_, _, err := cutAll(Gzip(Field("data")), bytes.NewReader(packed[:n]))
		require.ErrorIs(t, err, io.ErrUnexpectedEOF, n)
	}
	packed[len(packed)-6]++
	_, _, err = cutAll(Gzip(Field("data")), bytes.NewReader(packed))
	require.EqualError(t, err, "the packed answer is damaged: gzip: invalid checksum")
}

func TestGzipBomb(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, err := io.WriteString(w, `[{"a":"`)
	require.NoError(t, err)
	zeros := bytes.Repeat([]byte{'0'}, 1<<20)
	for range 3 {
		_, err = w.Write(zeros)
		require.NoError(t, err)
	}
	require.NoError(t, w.Close())
	_, _, err = cutAll(gzipped{Field(""), 1 << 20}, &b)
	require.EqualError(t, err, "1048576 bytes of the answer went by without the end of a record; "+
		"no record may be that large")
}

func TestZip(t *testing.T) {
	t.Parallel()
	archive := zipOf(t, zip.Deflate, "data/", "", "data/a.json", `{"data":[{"a":1}],"next":"x"}`,
		"read.me", "hello", "__MACOSX/data/._a.json", "?", "b.json", `{"data":[{"a":2}]}`)
	for _, body := range []io.Reader{
		bytes.NewReader(archive), iotest.HalfReader(bytes.NewReader(archive)),
	} {
		records, found, err := cutAll(Zip(Field("data"), "*.json"), body, "next")
		require.NoError(t, err)
		assert.Equal(t, []string{`{"a":1}`, `{"a":2}`}, records)
		assert.Equal(t, values("next", `"x"`), found)
	}
	_, _, err := cutAll(Zip(nil), bytes.NewReader(archive))
	require.ErrorContains(t, err, `the file "read.me" of the archive: `)
	_, _, err = cutAll(Zip(nil, "*.csv"), bytes.NewReader(archive))
	require.EqualError(t, err, `the archive has 5 entries, but none is a file that Zip looks for: `+
		`["*.csv"]`)
	_, _, err = cutAll(Zip(nil), strings.NewReader("not found"))
	require.ErrorContains(t, err, "the answer is not a zip archive, or ends early")
	_, _, err = cutAll(Zip(nil), iotest.ErrReader(iotest.ErrTimeout))
	require.ErrorIs(t, err, iotest.ErrTimeout)
	full := errors.New("full")
	_, err = Zip(Field("data")).Cut(bytes.NewReader(archive), nil,
		func([]byte) error { return full })
	require.Equal(t, full, err)
	assert.Panics(t, func() { Zip(nil, "[") })
}

func TestLargeZipGoesThroughAFile(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	if os.TempDir() != dir {
		t.Skip("this system keeps its temporary files elsewhere")
	}
	line := `{"text":"` + strings.Repeat("x", 1<<20) + `"}` + "\n"
	archive := zipOf(t, zip.Store, "a.jsonl", strings.Repeat(line, 10))
	p := newPage(Zip(JSONLines()), nil, nil, smallBudget(0))
	defer p.release()
	p.maxGap = 1 << 20 // the archive as a whole is no record
	p.emit = func([]byte) error { return nil }
	require.NoError(t, p.load(answer(bytes.NewReader(archive), int64(len(archive)))))
	assert.Equal(t, 10, p.count)
	left, err := os.ReadDir(dir)
	require.NoError(t, err)
	assert.Empty(t, left)
}

func TestSpoolIsBounded(t *testing.T) {
	t.Parallel()
	s := &spool{most: maxInMemory + 10}
	err := s.fill(bytes.NewBuffer(make([]byte, maxInMemory+11)))
	require.EqualError(t, err, fmt.Sprintf("the archive is larger than %d bytes", maxInMemory+10))
	require.NotNil(t, s.file)
	require.NoError(t, s.close())
	_, err = os.Stat(s.file.Name())
	require.ErrorIs(t, err, fs.ErrNotExist)
}

func FuzzPacked(f *testing.F) {
	f.Add(gzipOf(f, `[{"a":1}]`))
	f.Add(zipOf(f, zip.Deflate, "a", `[{"a":1}]`))
	f.Add(zipOf(f, zip.Store, "a", `[{"a":1}]`, "b/", ""))
	f.Fuzz(func(_ *testing.T, body []byte) {
		_, _, _ = cutAll(Gzip(nil), bytes.NewReader(body))
		_, _, _ = cutAll(Zip(nil), bytes.NewReader(body))
	})
}
