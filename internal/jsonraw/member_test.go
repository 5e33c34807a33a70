package jsonraw

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestMember(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ data, path, want string }{
		{`{"a":1}`, "a", `1`},
		{" { \"x\" : \"}\" , \"a\"\n:\t{ \"b\" : [1, 2] } } ", "a.b", `[1, 2]`},
		{`{"a":{"b":1},"b":2}`, "b", `2`},
		{`{"a":1,"a":2}`, "a", `1`},        // the first of two
		{`{"a":1,"a":{"b":2}}`, "a.b", ``}, // also when it leads nowhere
		{`{"\u0061":1}`, "a", `1`},         // written with escapes
		{`{"a\"b":1}`, `a"b`, `1`},         // an escaped quote in a name
		{`{"x":"\\","a":1}`, "a", `1`},     // a backslash before the quote
		{`{"x":"a\":\"b","a":"\""}`, "a", `"\""`},
		{`{"a":null}`, "a", `null`},
		{`{"a":-1.50e+3 }`, "a", `-1.50e+3`},
		{`{"a":[{"b":1}]}`, "a.b", ``}, // an array has no members
		{`{"a":"b"}`, "a.b", ``},
		{`{"b":1}`, "a", ``},
		{`{}`, "a", ``},
		{`[]`, "a", ``},
		{`"a"`, "a", ``},
		{``, "a", ``},
	} {
		value, ok := Member([]byte(c.data), strings.Split(c.path, "."))
		assert.Equal(t, c.want, string(value), "%s in %s", c.path, c.data)
		assert.Equal(t, c.want != "", ok, "%s in %s", c.path, c.data)
	}
}

func TestMemberWithoutPath(t *testing.T) {
	t.Parallel()
	value, ok := Member([]byte(" {\"a\": 1} \n"), nil)
	assert.True(t, ok)
	assert.Equal(t, `{"a": 1}`, string(value))
	_, ok = Member([]byte("  "), nil)
	assert.False(t, ok)
}

// The value must not give access to what follows it.
func TestMemberIsCapped(t *testing.T) {
	t.Parallel()
	data := []byte(`{"a":"x","b":"y"}`)
	value, _ := Member(data, []string{"a"})
	_ = append(value, "#####"...)
	assert.Equal(t, `{"a":"x","b":"y"}`, string(data))
}

func TestMemberDoesNotAllocate(t *testing.T) {
	data := []byte(`{"skipped":[{"a":"]"}],"outer":{"name":"x","inner":12}}`)
	path := []string{"outer", "inner"}
	assert.Zero(t, testing.AllocsPerRun(100, func() {
		if v, ok := Member(data, path); !ok || len(v) != 2 {
			t.Error("not found")
		}
	}))
}

// firstMember is Member by way of encoding/json.
func firstMember(data []byte, name string) ([]byte, bool) {
	dec := json.NewDecoder(bytes.NewReader(data))
	if open, err := dec.Token(); err != nil || open != json.Delim('{') {
		return nil, false
	}
	for dec.More() {
		key, err := dec.Token()
		if err != nil {
			return nil, false
		}
		var value json.RawMessage
		if dec.Decode(&value) != nil {
			return nil, false
		}
		if key == name {
			return value, true
		}
	}
	return nil, false
}

func FuzzMember(f *testing.F) {
	f.Add([]byte(`{"a":{"b":1,"c":"}"},"a":2}`), "a", "b")
	f.Add([]byte(`{"\u0061":[1,{"b":"\\\""}],"b":{}}`), "a", "")
	f.Add([]byte(`{"a":{"":{"x":[[]]}}`), "a", "")
	f.Fuzz(func(t *testing.T, data []byte, first, second string) {
		one, found := Member(data, []string{first})
		two, both := Member(data, []string{first, second})
		if !json.Valid(data) {
			return // it must not panic, no more is promised
		}
		wantOne, ok := firstMember(data, first)
		if ok != found || !bytes.Equal(one, bytes.TrimSpace(wantOne)) {
			t.Fatalf("%q: want %q %t, have %q %t", first, wantOne, ok, one, found)
		}
		wantTwo, ok := firstMember(wantOne, second)
		if ok != both || !bytes.Equal(two, bytes.TrimSpace(wantTwo)) {
			t.Fatalf("%q.%q: want %q %t, have %q %t", first, second, wantTwo, ok, two, both)
		}
	})
}

func BenchmarkMember(b *testing.B) {
	flat := `{"id":1,"name":"somebody","street":"Long Lane 5","city":"Town","rate":12.5,`
	nested := `{"id":1,"name":"somebody","address":{"street":"Long Lane 5","city":"Town"},` +
		`"tags":["a","b"],`
	names := []string{"updated_at"}
	path := NewPath(names).Finder()
	for _, test := range []struct{ name, data string }{{"flat", flat}, {"nested", nested}} {
		data := []byte(test.data + `"updated_at":"2026-01-01T00:00:00Z"}`)
		b.Run(test.name+"/walk", func(b *testing.B) {
			b.SetBytes(int64(len(data)))
			for b.Loop() {
				Member(data, names)
			}
		})
		b.Run(test.name+"/path", func(b *testing.B) {
			b.SetBytes(int64(len(data)))
			for b.Loop() {
				path.Find(data)
			}
		})
	}
}
