package sources

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// slicesState is a state of ranges, each with its end as the most recent value, or another one in
// parentheses; a dash is none.
func slicesState(ranges ...string) string {
	var list []string
	for _, one := range ranges {
		one, high, given := strings.Cut(strings.TrimSuffix(one, ")"), "(")
		from, to, _ := strings.Cut(one, "-")
		if !given {
			high = to
		}
		recent := `,"most_recent_cursor_value":` + high
		if high == "-" {
			recent = ""
		}
		list = append(list, fmt.Sprintf(`{"start":%s,"end":%s%s}`, from, to, recent))
	}
	return `{"state_type":"integer","slices":[` + strings.Join(list, ",") + `]}`
}

func TestCursorStateMistakes(t *testing.T) {
	t.Parallel()
	byTime, id := TimeCursor{Field: "updated_at"}, IntCursor{Field: "id"}
	for _, test := range []struct {
		cursor    Cursor
		raw, want string
	}{
		{byTime, `[]`, "is not a JSON object"},
		{byTime, `"x"`, "is not a JSON object"},
		{byTime, `{"updated_at":"yesterday"}`, "not a time in"},
		{byTime, `{"updated_at":["2026","1"]}`, `for the cursor field "updated_at"`},
		{id, `{"id":"x"}`, `for the cursor field "id"`},
		{id, `{"slices":{}}`, "not a list of slices"},
		{id, `{"slices":[{"start":1}]}`, "without start or end"},
		{id, `{"slices":[{"start":1,"end":"x"}]}`, `for the cursor field "id"`},
		{id, `{"slices":[{"start":1,"end":2,"most_recent_cursor_value":true}]}`, "cursor field"},
		{id, `{"go_cdk":7}`, "did not write"},
		{id, `{"go_cdk":{"version":99}}`, "newer version"},
		{id, `{"go_cdk":{"open":[{"start":"x","token":"t"}]}}`, "cursor field"},
	} {
		_, err := parseProgress(test.cursor, &manner{}, []byte(test.raw))
		assert.ErrorContains(t, err, test.want, test.raw)
	}
}

// Python connectors whose cursor counts since 1970 in numbers cannot read text.
func TestCursorStateKeepsItsSpelling(t *testing.T) {
	t.Parallel()
	for state, want := range map[string]string{
		`{}`:                  `{"at":"1706184015"}`,
		`{"at":"1700000000"}`: `{"at":"1706184015"}`,
		`{"at":1700000000}`:   `{"at":1706184015}`,
		`{"slices":[{"start":1600000000,"end":1700000000,"most_recent_cursor_value":1700000000}]}`: `{"slices":` +
			`[{"start":1600000000,"end":1700000000,"most_recent_cursor_value":1700000000},` +
			`{"start":1706184015,"end":1706184015,"most_recent_cursor_value":1706184015}],` +
			`"state_type":"date-range"}`,
	} {
		p, err := parseProgress(TimeCursor{Field: "at", Formats: []string{EpochSeconds}}, &manner{},
			[]byte(state))
		require.NoError(t, err)
		k := key{hi: 1706184015}
		s := &sliceProgress{span: span{to: k, ended: true}, reach: reach{high: mark{k, true}}}
		if strings.Contains(state, "slices") {
			s.span.from, s.span.bounded = k, true
		}
		p.add(s)
		p.close(s)
		assert.JSONEq(t, want, string(p.encode()), state)
	}
}

func TestCursorStateKeepsWhatItDoesNotKnow(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]string{
		``:                                       `{}`,
		`null`:                                   `{}`,
		`{"id":null}`:                            `{"id":null}`,
		`{"n":1.0,"id":7}`:                       `{"n":1.0,"id":7}`,
		noCursorState:                            `{}`,
		`{"id":7,"` + completeMember + `":true}`: `{"id":7,"` + completeMember + `":true}`,
	} {
		p, err := parseProgress(IntCursor{Field: "id"}, &manner{}, []byte(raw))
		require.NoError(t, err, raw)
		assert.JSONEq(t, want, string(p.encode()), raw)
	}
	p, err := parseProgress(IntCursor{Field: "id", Start: 5}, &manner{}, nil)
	require.NoError(t, err)
	assert.JSONEq(t, `{"id":5}`, string(p.encode()),
		"a read that found nothing leaves its start, as the Python kit does")
}

func FuzzParseProgress(f *testing.F) {
	for _, seed := range []string{
		``, `null`, `{}`, `{"id":1}`, `{"id":"1"}`, `{"id":{}}`, `[`, slicesState("1-2", "3-4(-)"),
		`{"go_cdk":{"open":[{"start":1,"token":"t"}]}}`, slicesState("9-2"), slicesState("1-2"),
		`{"slices":[{"start":0,"end":7,"most_recent_cursor_value":0}]}`,
		`{"slices":[{"start":1,"end":2,"most_recent_cursor_value":0},{"start":1,"end":0}]}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		for _, c := range []Cursor{IntCursor{Field: "id"}, IntCursor{Field: "id", Start: 3}} {
			p, err := parseProgress(c, &manner{}, raw)
			if err != nil {
				continue
			}
			text := p.encode()
			again, err := parseProgress(c, &manner{}, text)
			require.NoError(t, err, "what was written must be read")
			require.JSONEq(
				t,
				string(text),
				string(again.encode()),
				"nothing has been read meanwhile",
			)
		}
	})
}
