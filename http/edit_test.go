package http

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/airbyte-go/cdk/internal/jsonraw"
	"github.com/airbyte-go/cdk/sources"
)

// edit returns what edits make of records that follow each other.
func edit(t testing.TB, edits []Edit, records ...string) ([]string, error) {
	t.Helper()
	var out []string
	emit, err := edited(context.Background(), edits, sources.Slice{}, func(r []byte) error {
		out = append(out, string(r))
		return nil
	})
	require.NoError(t, err)
	for _, r := range records {
		if err := emit([]byte(r)); err != nil {
			return out, err
		}
	}
	return out, nil
}

func TestEdits(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, in, want string
		edits          []Edit
	}{
		{"none", `{ "a" : 1.0 }`, `{ "a" : 1.0 }`, nil},
		{"add", `{"a":1e2}`, `{"a":1e2,"b":{"c":[true,"<x>"]}}`,
			[]Edit{Add("b", map[string]any{"c": []any{true, "<x>"}})}},
		{"add to nothing", `{}`, `{"b":null}`, []Edit{Add("b", nil)}},
		{"add what is there", `{"b":1,"a":2,"\u0062":3}`, `{"a":2,"b":"x"}`, []Edit{Add("b", "x")}},
		{"add an open bound", `{"a":1}`, `{"a":1,"since":null}`, []Edit{Add("since", "{from}")}},
		{"remove", `{ "a" : 1, "b":2 , "c" : "x"}`, `{"b":2}`, []Edit{Remove("a", "c", "d")}},
		{"remove all", `{"a":1}`, `{}`, []Edit{Remove("a")}},
		{"remove within", `{"a":{"b":1,"c":{"d":2,"e":3}},"b":4}`, `{"a":{"c":{"e":3}},"b":4}`,
			[]Edit{Remove("a.b", "a.c.d")}},
		{"remove within what is none", `{"a":[{"b":1}],"c":null}`, `{"a":[{"b":1}],"c":null}`,
			[]Edit{Remove("a.b", "c.d")}},
		{"remove a dotted name", `{"a.b":1,"c":2}`, `{"c":2}`, []Edit{Remove(`a\.b`)}},
		{"rename", `{"x":1,"a": 2 ,"y":3}`, `{"x":1,"b":2,"y":3}`, []Edit{Rename("a", "b")}},
		{"rename to what is there", `{"b":1,"a":2,"a":3}`, `{"b":2}`, []Edit{Rename("a", "b")}},
		{"rename nothing", `{"b":1}`, `{"b":1}`, []Edit{Rename("a", "b")}},
		{"flatten", `{"a":{"b":1,"c":{"d":[{"e":2}],"f":{}}},"g":null}`,
			`{"a_b":1,"a_c_d":[{"e":2}],"a_c_f":{},"g":null}`, []Edit{Flatten("_")}},
		{"keys", `{"First Name":1,"createdAt":{"innerKey":2}}`,
			`{"first_name":1,"created_at":{"innerKey":2}}`, []Edit{Keys(SnakeCase)}},
		{"order", `{"A":{"B":1}}`, `{"b":1}`, []Edit{Flatten("."), Keys(strings.ToLower),
			Rename("a.b", "b")}},
		{"map", `{"a":1}`, `{"x":{"a":1}}`, []Edit{Map(func(r []byte, _ sources.Slice) ([]byte,
			error) {
			return []byte(`{"x":` + string(r) + `}`), nil
		})}},
	} {
		got, err := edit(t, tt.edits, tt.in, tt.in) // buffers are used again
		require.NoError(t, err, tt.name)
		assert.Equal(t, []string{tt.want, tt.want}, got, tt.name)
	}
}

func TestEditsDropRecords(t *testing.T) {
	t.Parallel()
	open := Filter("state.name", func(v json.RawMessage) bool { return string(v) == `"open"` })
	whole := Filter("", func(v json.RawMessage) bool { return len(v) < 30 })
	odd := Map(func(r []byte, _ sources.Slice) ([]byte, error) {
		if strings.Contains(string(r), "7") {
			return nil, nil
		}
		return r, nil
	})
	got, err := edit(t, []Edit{open, whole, odd, Add("ok", true)},
		`{"state":{"name":"open"}}`, `{"state":{"name":"shut"}}`, `{"id":1}`,
		`{"state":{"name":"open"},"i":7}`, `{"state":{"name":"open"},"text":"too long"}`)
	require.NoError(t, err)
	assert.Equal(t, []string{`{"state":{"name":"open"},"ok":true}`}, got)
}

func TestEditsFail(t *testing.T) {
	t.Parallel()
	for want, e := range map[string]Edit{
		`two fields of a record get the name "a"; Rename or Remove one of them first`: Keys(
			strings.ToLower),
		`two fields of a record get the name "b_c"; Rename or Remove one of them first`: Flatten("_"),
		`the Map of the stream returned a record that is not valid JSON: unexpected end of JSON ` +
			`text`: Map(func([]byte, sources.Slice) ([]byte, error) { return []byte{}, nil }),
		"no": Map(func([]byte, sources.Slice) ([]byte, error) { return nil, errors.New("no") }),
	} {
		_, err := edit(t, []Edit{e}, `{"x":1}`, `{"a":1,"A":2,"b":{"c":1},"b_c":2}`)
		require.EqualError(t, err, want)
	}
	assert.Panics(t, func() { Add("x", make(chan int)) })
}

func TestNamesAreForgotten(t *testing.T) {
	t.Parallel()
	n := newNames(strings.ToLower)
	for i := range maxKnownNames + 2 {
		n.begin()
		_, err := n.take([]byte(strings.Repeat("A", i%7) + string(rune('a'+i))))
		require.NoError(t, err)
	}
	assert.Less(t, len(n.known), maxKnownNames)
}

func TestSnakeCase(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"": "", "id": "id", "createdAt": "created_at", "Created At": "created_at", "a-b.c": "a_b_c",
		"HTTPStatus2": "http_status_2", "userID": "user_id", "__x__": "x", "ABC": "abc",
		"\u00c4rzteListe": "\u00e4rzte_liste", "item2Name": "item_2_name",
		"already_snake": "already_snake",
	} {
		assert.Equal(t, want, SnakeCase(name), name)
		assert.Equal(t, want, SnakeCase(want), name)
	}
}

const castSchema = `{"type":"object","properties":{
	"n":{"type":["null","number"]},"i":{"type":"integer"},"b":{"type":"boolean"},
	"s":{"type":["string","null"]},"a":{"type":"array","items":{"type":"integer"}},
	"o":{"type":"object","properties":{"i":{"type":"integer"}}},"free":true,
	"list":{"type":"array","items":[{"type":"integer"}]},"plain":{"type":"array"},
	"si":{"type":["string","integer"]},"any":{}}}`

func TestCast(t *testing.T) {
	t.Parallel()
	e := Cast(sources.SchemaJSON([]byte(castSchema)))
	for in, want := range map[string]string{
		`{"n":"1.50","i":"7","b":"Yes"}`:                `{"n":1.50,"i":7,"b":true}`,
		`{"n":" 1e3 ","i":"-0","b":0}`:                  `{"n":1e3,"i":-0,"b":false}`,
		`{"n":"","i":" ","b":null}`:                     `{"n":null,"i":null,"b":null}`,
		`{"n":"1,5","i":"1.5","b":"maybe"}`:             `{"n":"1,5","i":"1.5","b":"maybe"}`,
		`{"i":"007","n":"+1","b":7}`:                    `{"i":"007","n":"+1","b":7}`,
		`{"i":12345678901234567890}`:                    `{"i":12345678901234567890}`,
		`{"i":"12345678901234567890"}`:                  `{"i":12345678901234567890}`,
		`{"s":1.0}`:                                     `{"s":"1.0"}`,
		`{"s":{"a":[true]}}`:                            `{"s":"{\"a\":[true]}"}`,
		`{"s":null,"x":"1"}`:                            `{"s":null,"x":"1"}`,
		`{"s":""}`:                                      `{"s":""}`,
		`{"a":["1",2,"x"],"o":{"i":"3","z":"4"}}`:       `{"a":[1,2,"x"],"o":{"i":3,"z":"4"}}`,
		`{"a":"5","plain":{"x":1},"list":["1"]}`:        `{"a":[5],"plain":[{"x":1}],"list":["1"]}`,
		`{"a":[],"o":{},"free":"1","any":"1","si":"1"}`: `{"a":[],"o":{},"free":"1","any":"1","si":"1"}`,
		`{"o":"x","i":[1],"n":{}}`:                      `{"o":"x","i":[1],"n":{}}`,
		`{"b":"T"}`:                                     `{"b":true}`,
		`{"\u0069":"1"}`:                                `{"i":1}`,
	} {
		got, err := edit(t, []Edit{e}, in)
		require.NoError(t, err)
		assert.Equal(t, []string{want}, got)
	}
}

func TestCastAsksForItsSchemaOnce(t *testing.T) {
	t.Parallel()
	calls := 0
	e := Cast(func(context.Context) (json.RawMessage, error) {
		if calls++; calls == 1 {
			return nil, errors.New("busy")
		}
		return json.RawMessage(`{"properties":{"a":{"type":"string"}}}`), nil
	})
	_, err := e.begin(t.Context(), sources.Slice{})
	require.EqualError(t, err, "the schema to Cast to: busy")
	for range 3 {
		got, err := edit(t, []Edit{e}, `{"a":1}`)
		require.NoError(t, err)
		assert.Equal(t, []string{`{"a":"1"}`}, got)
	}
	assert.Equal(t, 2, calls)
	for _, schema := range []string{`{`, `{"type":7}`, `{"properties":{"a":{"items":{"type":1}}}}`} {
		_, err = Cast(sources.SchemaJSON([]byte(schema))).begin(t.Context(), sources.Slice{})
		require.ErrorContains(t, err, "the schema to Cast to: the schema is not valid")
	}
}

func TestStreamEditsItsRecords(t *testing.T) {
	t.Parallel()
	bubble(t, serve(`{"d":[{"id":1},{"id":2},{"id":3}]}`, `{"d":[]}`), func(b *bundle) {
		records, _, err := b.read(&Stream{
			Records: Field("d"), Pages: After{Field: "id", Param: "after"},
			Edits: []Edit{
				Filter("id", func(v json.RawMessage) bool { return string(v) != "2" }),
				Rename("id", "key"), Add("x", true),
			},
		})
		require.NoError(b, err)
		assert.Equal(b, []string{`{"key":1,"x":true}`, `{"key":3,"x":true}`}, records)
		assert.Equal(b, []string{"", "after=3"}, b.queries(), "the key is that of the API")
	})
	bubble(t, serve(`[{"a":1,"A":2}]`), func(b *bundle) {
		_, _, err := b.read(&Stream{Edits: []Edit{Keys(strings.ToLower)}})
		require.ErrorContains(b, err, "two fields of a record")
		_, _, err = b.read(&Stream{Edits: []Edit{Cast(sources.SchemaJSON(nil))}})
		require.ErrorContains(b, err, "the schema to Cast to: the schema is not valid")
		assert.Len(b, b.arrivals(), 1)
	})
}

func TestEditsAllocateNothing(t *testing.T) {
	record := []byte(`{"id":"7","Name":"x","nested":{"a":1,"b":2},"gone":null,"list":[1,2]}`)
	emit, err := edited(t.Context(), []Edit{
		Remove("gone", "nested.b"), Rename("list", "items"), Flatten("_"), Keys(strings.ToLower),
		Cast(sources.SchemaJSON([]byte(`{"properties":{"list":{"type":"array"}}}`))), Add("x", 1),
		Filter("id", func(v json.RawMessage) bool { return len(v) > 0 }),
	}, sources.Slice{}, func([]byte) error { return nil })
	require.NoError(t, err)
	assert.Less(t, testing.AllocsPerRun(100, func() { _ = emit(record) }), 2.0)
}

func FuzzEdits(f *testing.F) {
	for _, seed := range []string{
		`{"a":{"b":1,"c":[{"d":"2"}]},"n":"1.5","A":null}`, `{"\u0061":1,"a":2}`, `{"a b":{"":{}}}`,
		"{\"a\":\"\xff\\ud800\"}", `{"n":[{"i":" 7 "}],"s":{}}`, `{}`,
		` {}`,
	} {
		f.Add([]byte(seed))
	}
	cast := Cast(sources.SchemaJSON([]byte(castSchema)))
	edits := []Edit{Remove("a.b", "x"), Rename("a", "n"), Add("z", "{from}"), Flatten("_"),
		Keys(SnakeCase), cast, Filter("a.b", func(json.RawMessage) bool { return true })}
	f.Fuzz(func(t *testing.T, record []byte) {
		if isObject, _ := jsonraw.EmptyObject(record); !isObject || jsonraw.Valid(record) != nil {
			return
		}
		record = bytes.TrimSpace(record) // as a page hands it on
		for _, e := range append(edits, nil) {
			chain := edits
			if e != nil {
				chain = []Edit{e}
			}
			out, err := edit(t, chain, string(record), string(record))
			if err != nil {
				continue // two fields of one name
			}
			if len(out) != 2 || out[0] != out[1] || out[0][0] != '{' {
				t.Fatalf("%q became %q", record, out)
			}
			if err := jsonraw.Valid([]byte(out[0])); err != nil {
				t.Fatalf("%q became %q: %v", record, out[0], err)
			}
		}
	})
}
