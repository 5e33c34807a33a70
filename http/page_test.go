package http

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	nethttp "net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/airbyte-go/cdk/protocol"
)

// answer returns a response as net/http would, without a network.
func answer(body io.Reader, length int64) *nethttp.Response {
	u, err := url.Parse(base + "/records?key=SECRET")
	if err != nil {
		panic(err)
	}
	return &nethttp.Response{
		StatusCode: 200, ContentLength: length, Body: io.NopCloser(body), Header: nethttp.Header{},
		Request: &nethttp.Request{Method: "GET", URL: u},
	}
}

// pageOf returns a page of n records of about the given size.
func pageOf(n, size int) string {
	record := `{"id":"%07d","text":"` + strings.Repeat("x", size) + `"}`
	var b strings.Builder
	b.WriteString(`{"data":[`)
	for i := range n {
		if i > 0 {
			b.WriteString(",\n ")
		}
		fmt.Fprintf(&b, record, i)
	}
	b.WriteString(`],"next":"n"}`)
	return b.String()
}

// lineExtractor is an extractor of an author: each line is a record.
type lineExtractor struct{}

func (lineExtractor) Cut(
	body io.Reader, want []string, emit func([]byte) error,
) (map[string]json.RawMessage, error) {
	lines := bufio.NewScanner(body)
	lines.Buffer(nil, 1<<30)
	for lines.Scan() {
		if lines.Text() == "!" {
			return nil, errors.New("found an exclamation mark")
		}
		if err := emit(lines.Bytes()); err != nil {
			return nil, fmt.Errorf("emitting: %w", err)
		}
	}
	return map[string]json.RawMessage{want[0]: json.RawMessage(`1`)}, lines.Err()
}

func smallBudget(size int64) *budget { return &budget{size: func() int64 { return size }} }

// loadAll loads a body and returns what it emitted while loading and afterwards.
func loadAll(t *testing.T, p *page, body io.Reader, length int64) (streamed, held []string,
	err error) {
	t.Helper()
	p.emit = func(r []byte) error { streamed = append(streamed, string(r)); return nil }
	if err := p.load(answer(body, length)); err != nil {
		return streamed, nil, err
	}
	p.emit = func(r []byte) error { held = append(held, string(r)); return nil }
	return streamed, held, p.flush()
}

func TestPageIsHeldUntilItIsWhole(t *testing.T) {
	t.Parallel()
	for _, n := range []int{0, 1, 3, 5000} {
		for _, length := range []int64{-1, 0, 10, 1 << 20} {
			body := pageOf(n, 40)
			b := smallBudget(8 << 20)
			p := newPage(Field("data"), []string{"next"}, nil, b)
			streamed, held, err := loadAll(t, p, strings.NewReader(body), length)
			require.NoError(t, err)
			assert.Empty(t, streamed)
			assert.Len(t, held, n)
			assert.Equal(t, n, p.count)
			assert.JSONEq(t, `"n"`, string(p.values["next"]))
			assert.GreaterOrEqual(t, b.used.Load(), int64(len(body)))
			if n > 0 {
				assert.Equal(t, held[n-1], string(p.last))
				assert.Contains(t, held[n-1], fmt.Sprintf(`"id":"%07d"`, n-1))
			}
			p.release()
			assert.Zero(t, b.used.Load(), "all of it must be given back")
		}
	}
}

func TestPageBehindAByteOrderMark(t *testing.T) {
	t.Parallel()
	for _, b := range []*budget{smallBudget(1 << 20), smallBudget(0)} {
		p := newPage(Field("data"), nil, nil, b)
		streamed, held, err := loadAll(t, p,
			strings.NewReader("\xef\xbb\xbf"+`{"data":[{"a":1},{"b":2}]}`), -1)
		require.NoError(t, err)
		assert.Equal(t, []string{`{"a":1}`, `{"b":2}`}, append(streamed, held...))
		p.release()
	}
}

func TestPageWithoutBudgetIsStreamed(t *testing.T) {
	t.Parallel()
	for _, size := range []int64{0, 100 << 10, 300 << 10} { // at once, when it grows, later
		body := pageOf(5000, 60)
		b := smallBudget(size)
		p := newPage(Field("data"), []string{"next"}, nil, b)
		streamed, held, err := loadAll(t, p, strings.NewReader(body), -1)
		require.NoError(t, err)
		assert.Len(t, streamed, 5000)
		assert.Empty(t, held)
		assert.Nil(t, p.body())
		assert.Equal(t, 5000, p.count)
		assert.Equal(t, streamed[4999], string(p.last))
		assert.JSONEq(t, `"n"`, string(p.values["next"]))
		p.release()
		assert.Zero(t, b.used.Load())
	}
}

func TestPageAboveTheLimitIsStreamed(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		records int
		length  int64
	}{{1, maxPage + 1}, {33, -1}} { // it says so, or it turns out
		p := newPage(Field("data"), nil, nil, smallBudget(1<<30))
		streamed, held, err := loadAll(t, p, strings.NewReader(pageOf(tt.records, 1<<20)),
			tt.length)
		require.NoError(t, err)
		assert.Len(t, streamed, tt.records)
		assert.Empty(t, held)
		assert.Empty(t, p.last, "a record this large is not kept for the paginator")
		assert.LessOrEqual(t, p.charged, int64(maxPage))
		p.release()
	}
}

func TestPageGrowsUnderACap(t *testing.T) {
	t.Parallel()
	b := smallBudget(1 << 30)
	p := newPage(Field("data"), nil, nil, b)
	p.buf = nil
	_, _, err := loadAll(t, p, strings.NewReader(`{"data":[]}`), 30<<20) // promised, not sent
	require.NoError(t, err)
	assert.LessOrEqual(t, cap(p.buf), maxTrusted)
	text := `{"data":["` + strings.Repeat("x", 2*maxTrusted) + `"]}`
	_, _, err = loadAll(t, p, strings.NewReader(text), int64(len(text)))
	require.ErrorContains(t, err, "must be an object")
	assert.Equal(t, len(text)+1, cap(p.buf), "what is promised is trusted once some has come")
	p.held = 0
	for _, size := range []int{4 * maxTrusted, len(text) + 1} { // the second time it is known
		p.buf = nil
		_, _, err = loadAll(t, p, strings.NewReader(text), -1)
		require.ErrorContains(t, err, "must be an object")
		assert.Equal(t, size, cap(p.buf))
	}
	p.buf = make([]byte, maxKept+1)
	p.release()
	assert.Nil(t, p.buf, "a large buffer is not kept")
}

func TestPageAllocatesNothingPerRecord(t *testing.T) {
	cost := func(records int) float64 {
		body := pageOf(records, 100)
		count := 0
		emit := func([]byte) error { count++; return nil }
		return testing.AllocsPerRun(20, func() {
			p := newPage(Field("data"), []string{"next"}, emit, heldPages)
			defer p.release()
			require.NoError(t, p.load(answer(strings.NewReader(body), int64(len(body)))))
			require.NoError(t, p.flush())
			require.Equal(t, records, count)
			count = 0
		})
	}
	// A few are for the page, and the race detector makes pools forget.
	assert.Less(t, (cost(10_010)-cost(10))/10_000, 0.01)
}

func TestPageOfAnotherExtractor(t *testing.T) {
	t.Parallel()
	body := strings.Repeat(`{"a":1}`+"\n", 10_000)
	p := newPage(lineExtractor{}, []string{"x"}, nil, smallBudget(1<<20))
	streamed, held, err := loadAll(t, p, strings.NewReader(body), -1)
	require.NoError(t, err)
	assert.Empty(t, streamed)
	assert.Len(t, held, 10_000)
	assert.Equal(t, `{"a":1}`, held[9_999])
	assert.Len(t, p.values, 1)

	_, _, err = loadAll(t, p, strings.NewReader(body+"!\n"), -1)
	var f *failure
	require.ErrorAs(t, err, &f)
	assert.False(t, f.retry)
	assert.Equal(t, "GET https://api.example.com/v1/records?key=...: found an exclamation mark", f.Error())
	p.release()
}

func TestPageOfAnotherExtractorIsStreamedWithoutBudget(t *testing.T) {
	t.Parallel()
	body := strings.Repeat(`{"a":1}`+"\n", 10_000)          // 80 kB
	for _, size := range []int64{0, 128 << 10, 150 << 10} { // for the body, for its copy, later
		p := newPage(lineExtractor{}, []string{"x"}, nil, smallBudget(size))
		p.copies, p.buf = nil, nil
		streamed, held, err := loadAll(t, p, strings.NewReader(body), -1)
		require.NoError(t, err)
		assert.Len(t, streamed, 10_000)
		assert.Empty(t, held)
		assert.Equal(t, 10_000, p.count)
		p.release()
	}
}

func TestPageErrors(t *testing.T) {
	t.Parallel()
	const get = "GET https://api.example.com/v1/records?key=...: "
	for _, tt := range []struct {
		contentType, body string
		kind              protocol.FailureType
		retry             bool
		want, remedy      string
	}{
		{"application/json", `{"data":[{"a":1}`, protocol.TransientError, true, get +
			`the JSON of the ` +
			`answer ends early: jsontext: unexpected EOF within "/data" after offset 16`, ""},
		{"application/json", `{"items":[]}`, protocol.SystemError, false, get + `the answer has ` +
			`no records at "data": the top level has no member "data"; it has the members ` +
			`["items"]`,
			"Compare the API's answer with the Records of the stream."},
		{"application/json", ``, protocol.SystemError, false, get + `the answer is empty, where ` +
			`JSON was expected`, "Compare the API's answer with the Records of the stream."},
		{"text/html; charset=utf-8", `<html><title>Sign in</title>`, protocol.SystemError, false,
			get + `the ` +
				`answer is a web page (text/html; charset=utf-8) titled "Sign in", where JSON ` +
				`was expected`,
			`Check the URL in the configuration, and whether a proxy or a login page stands ` +
				`before the API.`},
		{"", ` <!doctype html>`, protocol.SystemError, false, get + `the answer is a web page, ` +
			`where JSON was expected`, `Check the URL in the configuration, and whether a proxy ` +
			`or a login page stands before the API.`},
		{"text/plain", "Service says\nno", protocol.SystemError, false, get + `the answer is ` +
			`text of type "text/plain", where JSON was expected: "Service says no"`, ""},
		{"application/json", `{"data":[{"a":tru}]}`, protocol.SystemError, false, get +
			`the answer is not ` +
			`valid JSON: jsontext: invalid character '}' in literal true (expecting 'e') within ` +
			`"/data/0/a" after offset 17`, "Compare the API's answer with the Records of the " +
			"stream."},
	} {
		for _, b := range []*budget{smallBudget(1 << 20), smallBudget(0)} {
			p := newPage(Field("data"), nil, nil, b)
			p.emit = func([]byte) error { return nil }
			resp := answer(strings.NewReader(tt.body), -1)
			resp.Header.Set("Content-Type", tt.contentType)
			err := p.load(resp)
			var f *failure
			require.ErrorAs(t, err, &f)
			assert.Equal(t, tt.want, f.err.Message)
			assert.Equal(t, tt.remedy, f.remedy)
			assert.Equal(t, tt.kind, f.err.Type)
			assert.Equal(t, tt.retry, f.retry)
			p.release()
		}
	}
}

func TestPageEndsWithTheErrorOfEmit(t *testing.T) {
	t.Parallel()
	full := errors.New("stdout is closed")
	for _, e := range []Extractor{Field("data"), lineExtractor{}} {
		p := newPage(e, []string{"x"}, func([]byte) error { return full }, smallBudget(0))
		require.Equal(t, full, p.load(answer(strings.NewReader(pageOf(3, 3)), -1)))
		p.release()

		p = newPage(e, []string{"x"}, func([]byte) error { return full }, smallBudget(1<<20))
		require.NoError(t, p.load(answer(strings.NewReader(pageOf(3, 3)), -1)))
		require.Equal(t, full, p.flush())
		p.release()
	}
}

func TestRecordWithoutEndIsRefused(t *testing.T) {
	t.Parallel()
	p := newPage(Field("data"), nil, nil, smallBudget(0))
	defer p.release()
	p.maxGap = 1 << 20
	streamed, _, err := loadAll(t, p, strings.NewReader(pageOf(30, 100<<10)), -1)
	require.NoError(t, err)
	assert.Len(t, streamed, 30) // together they are larger

	_, _, err = loadAll(t, p, strings.NewReader(pageOf(1, 2<<20)), -1)
	var f *failure
	require.ErrorAs(t, err, &f)
	assert.Equal(t, "GET https://api.example.com/v1/records?key=...: 1048576 bytes of the answer "+
		"went by without the end of a record; no record may be that large", f.err.Message)
	assert.False(t, f.retry)
}

func TestHeldPagesFollowTheMemoryLimit(t *testing.T) {
	t.Parallel()
	assert.LessOrEqual(t, heldPages.size(), int64(4*maxPage))
	b := smallBudget(10)
	assert.True(t, b.take(10))
	assert.False(t, b.take(1))
	b.give(4)
	assert.True(t, b.take(4))
	assert.EqualValues(t, 10, b.used.Load())
}
