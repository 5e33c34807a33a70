package conformance

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestIsValue(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		want, got string
		same      bool
	}{
		{`1`, `1.0`, true},
		{`1`, `"1"`, true},
		{`9007199254740993`, `9007199254740992`, false},
		{`1e3`, `1000`, true},
		{`0.1`, `0.10000000000000001`, false},
		{`"1"`, `1`, false},
		{`true`, `1`, true},
		{`false`, `"0"`, true},
		{`true`, `"true"`, false},
		{`null`, `0`, false},
		{`"a"`, `"A"`, false},
		{`"2024-01-01T01:00:00+01:00"`, `"2024-01-01 00:00:00.000000Z"`, true},
		{`"2024-01-01T00:00:00Z"`, `"2024-01-01T00:00:00"`, false},
		{`"2024-01-01T00:00:00.5"`, `"2024-01-01 00:00:00.500"`, true},
		{`"2024-01-01"`, `"2024-01-02"`, false},
		{`"01:02:03+02:00"`, `"01:02:03+02"`, true},
		{`"01:02:03"`, `"01:02:03Z"`, false},
		{`{"a":[1,null]}`, `"{\"a\": [1.0, null]}"`, true},
		{`{"a":1}`, `{"a":1,"b":2}`, false},
		{`{}`, `"{}"`, true},
		{`{}`, `"{"`, false},
		{`[1]`, `[1,2]`, false},
		{`[]`, `{}`, false},
	} {
		want, errWant := exact([]byte(test.want))
		got, errGot := exact([]byte(test.got))
		assert.NoError(t, errWant)
		assert.NoError(t, errGot)
		assert.Equal(t, test.same, isValue(want, got), "%s and %s", test.want, test.got)
	}
}

func TestCompareRows(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		want         []string
		got          []string
		missing, odd []string
	}{
		{nil, nil, nil, nil},
		{[]string{`{"id":1}`}, []string{`{"id":1,"_meta":{}}`}, nil, nil},
		{[]string{`{"id":1,"a":null}`}, []string{`{"id":1}`}, nil, nil},
		{
			[]string{`{"id":1}`, `{"id":1}`}, []string{`{"id":1}`},
			[]string{`{"id":1}`}, nil,
		},
		{
			[]string{`{"id":1}`}, []string{`{"id":1}`, `{"id":1}`},
			nil, []string{`{"id":1}`},
		},
		{[]string{`{"id":2}`}, []string{`[]`, `{`}, []string{`{"id":2}`}, []string{`[]`, `{`}},
	} {
		var got []json.RawMessage
		for _, row := range test.got {
			got = append(got, json.RawMessage(row))
		}
		missing, odd := compareRows(test.want, got)
		assert.Equal(t, test.missing, missing)
		assert.Equal(t, test.odd, odd)
	}
}

// FuzzCompareRows: whatever a reader returns, a row is expected or it is not.
func FuzzCompareRows(f *testing.F) {
	f.Add(`{"id":1,"at":"2024-01-01T00:00:00Z"}`, `{"id":"1","at":"2024-01-01 00:00:00+00"}`)
	f.Add(`{"o":{"a":[1]}}`, `{"o":"{\"a\":[1]}"}`)
	f.Add(`{"n":1e400}`, `{"n":1e400}`)
	f.Fuzz(func(t *testing.T, want, got string) {
		missing, odd := compareRows([]string{want}, []json.RawMessage{json.RawMessage(got)})
		assert.Len(t, odd, len(missing), "%s and %s", want, got)
		told(missing, odd)
	})
}
