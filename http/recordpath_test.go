package http

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/airbyte-go/cdk/internal/jsonraw"
)

func TestParsePath(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]recordPath{
		"":           nil,
		"a":          {{name: "a"}},
		"a.b?":       {{name: "a"}, {name: "b", optional: true}},
		`a\.b.c`:     {{name: "a.b"}, {name: "c"}},
		"*.x":        {{name: "*", any: true}, {name: "x"}},
		`\*.x\?.a*b`: {{name: "*"}, {name: "x?"}, {name: "a*b"}},
		`a\\.b\c\`:   {{name: `a\`}, {name: `b\c\`}},
		"a..b":       {{name: "a"}, {name: ""}, {name: "b"}},
	} {
		assert.Equal(t, want, parsePath(path), path)
	}
	for _, path := range []string{"", "a", `a\.b.c`, "*.x", `\*.x\?`, `a\\.b`} {
		assert.Equal(t, path, parsePath(path).String())
	}
	assert.Equal(t, "a.b", parsePath("a?.b?").String())
}

func FuzzParsePath(f *testing.F) {
	for _, seed := range []string{"a.b", `a\.b`, "*.x?", `\`, "..", `\\?`, `a\?.*`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, path string) {
		p := parsePath(path)
		shown := p.String()
		again := parsePath(shown)
		for i := range p {
			p[i].optional = false
		}
		if path != "" && shown != "" && !assert.ObjectsAreEqual(p, again) {
			t.Fatalf("%q became %q: %v, %v", path, shown, p, again)
		}
	})
}

func TestFieldFollowsWildcards(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		path, body string
		want       []string
	}{
		{"*", `{"a":{"n":1},"b":[{"n":2},{"n":3}],"c":null}`, []string{`{"n":1}`, `{"n":2}`,
			`{"n":3}`}},
		{"data.*", `{"data":{"x":{"n":1},"y":{"n":2}},"end":1}`, []string{`{"n":1}`, `{"n":2}`}},
		{"data.*", `{"data":[{"n":1},{"n":2}]}`, []string{`{"n":1}`, `{"n":2}`}},
		{"data.*", `{"data":{}}`, nil},
		{"data.*", `{"data":null}`, nil},
		{"g.*.items", `{"g":[{"items":[{"n":1}],"t":0},{"items":null},{"items":{"n":2}}]}`,
			[]string{`{"n":1}`, `{"n":2}`}},
		{"g.*.items", `{"g":[{"t":0},{"items":[{"n":1}]}]}`, []string{`{"n":1}`}},
		{"g.*.items", `{"g":{"x":{"items":[{"n":1}]},"y":{}}}`, []string{`{"n":1}`}},
		{"g.*.items", `{"g":[]}`, nil},
		{"*.*", `[[{"n":1}],[{"n":2},{"n":3}]]`, []string{`{"n":1}`, `{"n":2}`, `{"n":3}`}},
		{"items?", `{"kind":"list"}`, nil},
		{"items?", `{"items":[{"n":1}]}`, []string{`{"n":1}`}},
		{"a?.items", `{}`, nil},
		{`\*`, `{"*":[{"n":1}],"x":2}`, []string{`{"n":1}`}},
	} {
		records, _, err := cutAll(Field(tt.path), strings.NewReader(tt.body))
		require.NoError(t, err, tt)
		assert.Equal(t, tt.want, records, tt)
	}
	for _, tt := range []struct{ path, body, want string }{
		{"g.*.items", `{"g":[{"a":1},{"b":2}]}`, `the answer has no records at "g.*.items": "g.*" ` +
			`has no member "items"; it has the members ["a"]`},
		{"g.*", `{"h":1}`, `the answer has no records at "g.*": the top level has no member "g"; ` +
			`it has the members ["h"]`},
		{"g.*", `{"g":{"a":7}}`, `the answer has no records at "g.*": that is a number, neither ` +
			`an array nor an object`},
		{"g.*.items", `{"g":[1]}`, `the answer has no records at "g.*.items": "g.*" is a number`},
		{"a?.items", `{"a":{}}`, `the answer has no records at "a.items": "a" has no member ` +
			`"items"; it has no members`},
	} {
		_, _, err := cutAll(Field(tt.path), strings.NewReader(tt.body))
		require.EqualError(t, err, tt.want)
	}
}

func TestFieldsCutsSeveralPaths(t *testing.T) {
	t.Parallel()
	e := Fields("added", "changed?", "groups.*.added")
	records, found, err := cutAll(e, strings.NewReader(
		`{"groups":[{"added":[{"n":1}]}],"next":"x","added":[{"n":2}],"changed":{"n":3}}`), "next")
	require.NoError(t, err)
	assert.Equal(t, []string{`{"n":1}`, `{"n":2}`, `{"n":3}`}, records)
	assert.Equal(t, map[string]json.RawMessage{"next": json.RawMessage(`"x"`)}, found)
	_, _, err = cutAll(e, strings.NewReader(`{"groups":[],"changed":[]}`))
	require.ErrorContains(t, err, `no records at "added"`)
	for _, paths := range [][]string{nil, {"a", "a"}, {"a", "a.b"}, {"a.*", "a.b.c"}, {"x", "*"},
		{"", "a"}} {
		assert.Panics(t, func() { Fields(paths...) }, paths)
	}
}

func TestKeyed(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		path, body string
		want       []string
	}{
		{"rates", `{"rates":{"EUR":{"rate":1.10},"US\"D":{"key":7,"rate":2}}}`,
			[]string{`{"key":"EUR","rate":1.10}`, `{"key":"US\"D","rate":2}`}},
		{"", `{"a":[{"n":1},{"n":2}],"b":null,"c":{}}`, []string{`{"key":"a","n":1}`,
			`{"key":"a","n":2}`, `{"key":"c"}`}},
		{"g.*", `{"g":[{"x":{"n":1}},{"y":{"n":2}}]}`, []string{`{"key":"x","n":1}`,
			`{"key":"y","n":2}`}},
	} {
		records, found, err := cutAll(Keyed(tt.path, "key"), strings.NewReader(tt.body))
		require.NoError(t, err, tt)
		assert.Equal(t, tt.want, records)
		assert.Empty(t, found)
	}
	_, found, err := cutAll(Keyed("r", "k"), strings.NewReader(`{"r":{},"n":1}`), "n")
	require.NoError(t, err)
	assert.Equal(t, values("n", "1"), found)
}

func FuzzFields(f *testing.F) {
	for _, seed := range []string{
		`{"g":[{"items":[{"a":1}]},{}],"m":{"k":{"b":2}}}`, `{"g":{"x":{"items":null}},"m":{}}`,
		`{"m":[1]}`, `[`, `{"g":1}`, `{"g":[],"m":{"a":{"a":{}}}} {}`,
	} {
		f.Add([]byte(seed))
	}
	e := Fields("g.*.items", "m?.*")
	f.Fuzz(func(t *testing.T, body []byte) {
		records, _, err := cutAll(e, bytes.NewReader(body), "n")
		keyed, _, keyedErr := cutAll(Keyed("m", "k"), bytes.NewReader(body))
		if err != nil && keyedErr != nil {
			return
		}
		if err == nil && !json.Valid(bytes.ToValidUTF8(body, nil)) && jsonraw.Valid(body) != nil {
			t.Fatalf("%q was accepted", body)
		}
		for _, r := range append(records, keyed...) {
			if jsonraw.Valid([]byte(r)) != nil || r[0] != '{' {
				t.Fatalf("%q: %q", body, r)
			}
		}
	})
}
