package http

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/airbyte-go/cdk/internal/jsonraw"
	"github.com/airbyte-go/cdk/protocol"
)

func TestJSONLines(t *testing.T) {
	t.Parallel()
	for body, want := range map[string][]string{
		"":                                     nil,
		"\n \r\n":                              nil,
		"{\"a\":1}\n{\"b\":2}\n":               {`{"a":1}`, `{"b":2}`},
		"\xef\xbb\xbf{\"a\":1}\r\n\n{\"b\":2}": {`{"a":1}`, `{"b":2}`},
		"{\"a\":\n1}{\"b\":2}":                 {"{\"a\":\n1}", `{"b":2}`},
	} {
		for _, r := range []io.Reader{
			strings.NewReader(body), iotest.OneByteReader(strings.NewReader(body)),
		} {
			records, found, err := cutAll(JSONLines(), r)
			require.NoError(t, err, body)
			assert.Equal(t, want, records, body)
			assert.Empty(t, found)
		}
	}
	for body, want := range map[string]string{
		"{\"a\":1}\n[2]": "record 2 of the JSON Lines is an array, but a record must be an " +
			"object",
		"{\"a\":1}\n{\"b\":": "the JSON Lines end early, in record 2: jsontext: unexpected EOF",
		"{\"a\":1}\n{b}": "record 2 of the JSON Lines is not valid: jsontext: invalid character " +
			"'b' at start of string",
		"{\"a\":1}\nnull": "record 2 of the JSON Lines is null, but a record must be an object",
	} {
		_, _, err := cutAll(JSONLines(), strings.NewReader(body))
		require.ErrorContains(t, err, want)
	}
	_, _, err := cutAll(JSONLines(), strings.NewReader("{\"a\""))
	require.ErrorIs(t, err, io.ErrUnexpectedEOF)
	_, _, err = cutAll(JSONLines(), strings.NewReader(""), "meta.next")
	require.EqualError(t, err, `the paginator wants the value at "meta.next", but a body of JSON `+
		`Lines holds nothing but records; use another Pages, such as a token in a header`)
	full := errors.New("full")
	_, err = JSONLines().Cut(strings.NewReader("{}{}"), nil, func([]byte) error { return full })
	require.ErrorIs(t, err, full)
}

func TestJSONLinesStandInTheirPage(t *testing.T) {
	t.Parallel()
	body := "\xef\xbb\xbf" + strings.Repeat("{\"a\":1}\n", 1000)
	p := newPage(JSONLines(), nil, nil, smallBudget(1<<20))
	streamed, held, err := loadAll(t, p, strings.NewReader(body), -1)
	require.NoError(t, err)
	assert.Empty(t, streamed)
	assert.Len(t, held, 1000)
	assert.Empty(t, p.copies)
	assert.Equal(t, `{"a":1}`, held[999])
	p.release()
}

func TestLines(t *testing.T) {
	t.Parallel()
	for body, want := range map[string][]string{
		"":                  nil,
		"a":                 {`{"line":"a"}`},
		"a\r\n\nb\"\n":      {`{"line":"a"}`, `{"line":""}`, `{"line":"b\""}`},
		"\xef\xbb\xbf\xffx": {"{\"line\":\"\ufffdx\"}"},
	} {
		records, _, err := cutAll(Lines("line"), strings.NewReader(body))
		require.NoError(t, err, body)
		assert.Equal(t, want, records, body)
	}
	_, _, err := cutAll(Lines("line"), iotest.TimeoutReader(iotest.OneByteReader(
		strings.NewReader("a\nb\n"))))
	require.ErrorIs(t, err, iotest.ErrTimeout)
	_, _, err = cutAll(Lines("line"), strings.NewReader(""), "next")
	require.ErrorContains(t, err, "a body of text holds nothing but records")
}

func TestTextIsNoWebPage(t *testing.T) {
	t.Parallel()
	for _, e := range []Extractor{Lines("x"), CSV{}, Gzip(CSV{})} {
		p := newPage(e, nil, nil, smallBudget(1<<20))
		resp := answer(strings.NewReader("<html><title>Sign in</title>"), -1)
		resp.Header.Set("Content-Type", "text/html")
		var f *failure
		require.ErrorAs(t, p.load(resp), &f)
		assert.Equal(t, protocol.SystemError, f.err.Type)
		assert.Contains(t, f.err.Message, "the answer is a web page")
		p.release()
	}
}

func FuzzJSONLines(f *testing.F) {
	for _, seed := range []string{"{}\n{}", "{\"a\":\"\\ud800\"}", "\xef\xbb\xbf{}", "{}]",
		"{\n}{"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		records, _, err := cutAll(JSONLines(), bytes.NewReader(body))
		for _, r := range records {
			if jsonraw.Valid([]byte(r)) != nil || r[0] != '{' {
				t.Fatalf("%q: %q", body, r)
			}
		}
		again, _, errAgain := cutAll(JSONLines(), strings.NewReader(strings.Join(records, "\n")))
		if errAgain != nil || len(again) != len(records) {
			t.Fatalf("%q: %q, %v, %v", body, again, err, errAgain)
		}
	})
}
