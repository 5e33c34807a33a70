package http

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/airbyte-go/cdk/internal/jsonraw"
)

// cutAll returns the records and values of a body.
func cutAll(e Extractor, body io.Reader, want ...string) ([]string, map[string]json.RawMessage,
	error) {
	var records []string
	values, err := e.Cut(body, want, func(record []byte) error {
		records = append(records, string(record))
		return nil
	})
	return records, values, err
}

func TestFieldCutsRecords(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		path, body string
		want       []string
	}{
		{"", `[{"a":1},{"b":2}]`, []string{`{"a":1}`, `{"b":2}`}},
		{"", `{"a":1}`, []string{`{"a":1}`}},
		{"", ` null `, nil},
		{"", `[]`, nil},
		{"", "\xef\xbb\xbf[{\"a\":1}]\n", []string{`{"a":1}`}},
		{"data", `{"data":[{"a":1}]}`, []string{`{"a":1}`}},
		{"data", `{"x":{"data":[1]},"data":null}`, nil},
		{"data", `{"data":{"a":1},"y":[{"data":2}]}`, []string{`{"a":1}`}},
		{"a.b", `{"b":[{"n":1}],"a":{"c":[1],"b":[{"n":2}]}}`, []string{`{"n":2}`}},
		{`a\.b`, `{"a":{"b":1},"a.b":[{"n":2}]}`, []string{`{"n":2}`}},
		{`data`, `{"d\u0061ta":[{"n":2}]}`, []string{`{"n":2}`}},
		{"data", `{"data":[{"big":12345678901234567890.12345678901234567890e400}]}`,
			[]string{`{"big":12345678901234567890.12345678901234567890e400}`}},
		{"data", "{\"data\":[{\"a\":\"\xff\\ud800\",\"a\":2}]}",
			[]string{"{\"a\":\"\xff\\ud800\",\"a\":2}"}},
		{"data", "{\"data\":[ {\n  \"a\" : 1\r\n} ]}", []string{"{\n  \"a\" : 1\r\n}"}},
		{"data", `{"data":[{}]}`, []string{`{}`}}, // refused by Output.Raw
	} {
		for _, body := range []io.Reader{
			strings.NewReader(tt.body), iotest.OneByteReader(strings.NewReader(tt.body)),
		} {
			records, values, err := cutAll(Field(tt.path), body)
			require.NoError(t, err, tt)
			assert.Equal(t, tt.want, records, tt)
			assert.Empty(t, values)
		}
	}
}

func TestFieldExplainsWhatItCannotCut(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ path, body, want string }{
		{"data", ``, `the answer is empty, where JSON was expected`},
		{"data", " \n", `the answer is empty, where JSON was expected`},
		{"data", `{"items":[],"meta":{}}`, `the answer has no records at "data": the top level ` +
			`has no member "data"; it has the members ["items" "meta"]`},
		{"data", `{}`, `the answer has no records at "data": the top level has no member "data"; ` +
			`it has no members`},
		{"a.b.c", `{"a":{"b":{"d":1}}}`, `the answer has no records at "a.b.c": "a.b" has no ` +
			`member "c"; it has the members ["d"]`},
		{"data", `[{"a":1}]`, `the answer has no records at "data": the top level is an array`},
		{"data.items", `{"data":null}`, `the answer has no records at "data.items": "data" is ` +
			`null`},
		{"data", `{"data":"x"}`, `the answer has no records at "data": that is a string, neither ` +
			`an array nor an object`},
		{"", `42`, `the answer has no records at the top level: that is a number, neither an ` +
			`array nor an object`},
		{"data", `{"data":[{"a":1},7]}`, `record 2 at "data" is a number, but a record must be ` +
			`an object`},
		{"", `[{"a":1},null]`, `record 2 at the top level is null, but a record must be an object`},
		{"", `[[{}]]`, `record 1 at the top level is an array, but a record must be an object`},
		{"", `{"a":1} {"b":2}`, `the JSON of the answer goes on after its end, at byte 9`},
		{"", `[] x`, `the answer is not valid JSON: jsontext: invalid character 'x' at start of ` +
			`value after offset 3`},
		{"", `[{"a":tru}]`, `the answer is not valid JSON: jsontext: invalid character '}' in ` +
			`literal true (expecting 'e') within "/0/a" after offset 9`},
	} {
		_, _, err := cutAll(Field(tt.path), strings.NewReader(tt.body))
		assert.EqualError(t, err, tt.want, tt.body)
	}
}

func TestFieldListsNotTooManyMembers(t *testing.T) {
	t.Parallel()
	_, _, err := cutAll(Field("x"), strings.NewReader(
		`{"a":1,"b":1,"c":1,"d":1,"e":1,"f":1,"g":1,"h":1,"i":1,"j":1,"k":1,"l":1,"m":1,"n":1}`))
	assert.ErrorContains(t, err, `["a" "b" "c" "d" "e" "f" "g" "h" "i" "j" "k" "l"], ...`)
}

func TestFieldTellsAnEarlyEnd(t *testing.T) {
	t.Parallel()
	whole := `{"meta":{"next":"x"},"data":[{"a":[1,2]},{"b":true}],"end":{"a":"\u0041"}}`
	for n := 1; n < len(whole); n++ {
		_, _, err := cutAll(Field("data"), strings.NewReader(whole[:n]), "meta.next")
		require.ErrorIs(t, err, io.ErrUnexpectedEOF, whole[:n])
	}
	for _, r := range []io.Reader{ // one error at the start, one within
		iotest.OneByteReader(strings.NewReader(whole)), iotest.HalfReader(strings.NewReader(whole)),
	} {
		_, _, err := cutAll(Field("data"), iotest.TimeoutReader(r))
		require.ErrorIs(t, err, iotest.ErrTimeout)
	}
}

func TestFieldCatchesValuesWhereverTheyStand(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		path, body string
		want       map[string]json.RawMessage
	}{
		{"data", `{"next":"a","data":[{"next":"no"}],"x":{"next":"no"}}`,
			map[string]json.RawMessage{
				"next": json.RawMessage(`"a"`)}},
		{"data", `{"data":[],"next" : 12345678901234567890 }`, map[string]json.RawMessage{
			"next": json.RawMessage(`12345678901234567890`)}},
		{"a.data", `{"a":{"data":[{}],"next":null},"m":{"n":{"next":[1]},"next":0}}`,
			map[string]json.RawMessage{
				"a.next": json.RawMessage(`null`), "m.n.next": json.RawMessage(`[1]`),
				"m.n": json.RawMessage(`{"next":[1]}`)}},
		{"data", `{"data":[],"m":7,"next":{"a":1}}`, map[string]json.RawMessage{
			"next": json.RawMessage(`{"a":1}`)}},
		{"", `{"id":1,"m":{"n":{"next":2}}}`, map[string]json.RawMessage{
			"m.n.next": json.RawMessage(`2`), "m.n": json.RawMessage(`{"next":2}`)}},
		{"", `[{"next":1}]`, map[string]json.RawMessage{}},
	} {
		_, values, err := cutAll(Field(tt.path), strings.NewReader(tt.body),
			"next", "a.next", "m.n.next", "m.n")
		require.NoError(t, err, tt.body)
		assert.Equal(t, tt.want, values, tt.body)
	}
}

func TestFieldRefusesImpossibleWants(t *testing.T) {
	t.Parallel()
	_, _, err := cutAll(Field("data.items"), strings.NewReader(`{"data":{"items":[]}}`), "data")
	require.EqualError(t, err,
		`the records lie at "data.items", so the paginator cannot take a value from "data"`)
	_, _, err = cutAll(Field("data"), strings.NewReader(`{"data":[]}`), "")
	require.EqualError(t, err, "the paginator wants a value but does not say where; set its At")
}

func TestFieldStopsWhenEmitFails(t *testing.T) {
	t.Parallel()
	full, calls := errors.New("full"), 0
	_, err := Field("").Cut(strings.NewReader(`[{"a":1},{"a":2}]`), nil, func([]byte) error {
		calls++
		return full
	})
	require.ErrorIs(t, err, full)
	assert.Equal(t, 1, calls)
}

func TestFieldAllocatesNothingPerRecord(t *testing.T) {
	cost := func(records int) float64 {
		body := []byte(`{"data":[` + strings.Repeat(`{"id":1,"name":"x"},`, records) + `{"id":2}]}`)
		dec := jsonraw.NewDecoder(nil)
		return testing.AllocsPerRun(20, func() {
			dec.Reset(bytes.NewBuffer(body))
			_, err := Field("data").(inPlace).cut(dec, nil, func([]byte,
				int64) error {
				return nil
			})
			require.NoError(t, err)
		})
	}
	assert.InDelta(t, cost(10), cost(10_000), 0.5)
}

func FuzzField(f *testing.F) {
	for _, seed := range []string{
		`{"data":[{"a":1}],"next":"x"}`, `{"data":{"a":[1]}}`, `{"data":null}`,
		`{"data":[{},{}]} x`,
		`{"d\u0061ta":[{"a":"\ud800"}]}`, "\xef\xbb\xbf{\"data\":[]}", `[`, `{"data":[1]}`, ``,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		records, values, err := cutAll(Field("data"), bytes.NewReader(body), "next")
		if err != nil {
			return
		}
		for _, r := range append(records, string(values["next"])) {
			if r != "" && jsonraw.Valid([]byte(r)) != nil {
				t.Fatalf("%q: %q", body, r)
			}
		}
		// Held and streamed must agree.
		p := newPage(Field("data"), []string{"next"}, nil,
			&budget{size: func() int64 { return 1 << 30 }})
		defer p.release()
		p.reset()
		p.buf = append(p.buf, body...)
		if err := p.hold(); err != nil {
			t.Fatalf("%q: %v", body, err)
		}
		var held []string
		p.emit = func(r []byte) error { held = append(held, string(r)); return nil }
		if err := p.flush(); err != nil || strings.Join(held, "|") != strings.Join(records, "|") {
			t.Fatalf("%q: %q, %q, %v", body, held, records, err)
		}
	})
}
