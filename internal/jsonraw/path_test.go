package jsonraw

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

// found is the whole value that a path finds.
func found(p *Finder, data []byte) (value string, ok bool) {
	rest, ok := p.Find(data)
	if !ok {
		return "", false
	}
	text, ok := First(rest)
	return string(text), ok
}

// candidates are the values that a path may find.
func candidates(data []byte, names []string) (values []string) {
	if len(names) == 0 {
		first, _ := First(data[skipSpace(data, 0):])
		return []string{string(first)}
	}
	for m, err := range Members(data) {
		if err == nil && m.Name == names[0] {
			values = append(values, candidates(m.Value, names[1:])...)
		}
	}
	return values
}

// TestPathFindsWhatMemberFinds holds the texts in which the name stands where a search could take
// it for a member. A path that has found it elsewhere before must find it, too.
func TestPathFindsWhatMemberFinds(t *testing.T) {
	t.Parallel()
	used := NewPath([]string{"at"}).Finder()
	for _, test := range []struct{ data, want string }{
		{`{"at":1}`, `1`},
		{` { "x" : 2 , "at" : 1 } `, `1`},
		{`{"x":"at","at":1}`, `1`},
		{`{"x":"at","y":"\"at\":2","at":1}`, `1`},
		{`{"x":"\"at","at":1}`, `1`},
		{`{"x":"\\","at":1}`, `1`},
		{`{"x":"\\\"at" ,"at":1}`, `1`},
		{`{"x":"{","at":1}`, `1`},
		{`{"x":"[\"at\":2]","at":1}`, `1`},
		{`{"x":{"at":2},"at":1}`, `1`},
		{`{"x":[{"at":2}],"at":1}`, `1`},
		{`{"x":{},"at":1}`, `1`},
		{`{"x at":2,"at":1}`, `1`},
		{`{"\"at":2,"at":1}`, `1`},
		{`{"\u0061t":1}`, `1`},
		{`{"x":"\\","at":1}`, `1`},
		{`{"at":{"at":1}}`, `{"at":1}`},
		{`{"at":[1,{"at":2}]}`, `[1,{"at":2}]`},
		{`{"x":"at"}`, ``},
		{`{"x":{"at":1}}`, ``},
		{`{"at":`, ``},
		{`{"at"`, ``},
		{`at"`, ``},
		{`at":`, ``},
		{`"at":`, ``},
		{`["at",1]`, ``},
		{`[{"at":1}]`, ``},
		{`{"x":["at"],"at":1}`, `1`},
		{`{"x":[["y"],[]],"at":1}`, `1`},
		{`"at"`, ``},
		{``, ``},
	} {
		fresh := NewPath([]string{"at"}).Finder()
		for _, path := range []*Finder{&fresh, &fresh, &used} {
			value, ok := found(path, []byte(test.data))
			assert.Equal(t, test.want, value, test.data)
			assert.Equal(t, test.want != "", ok, test.data)
		}
		member, there := Member([]byte(test.data), []string{"at"})
		assert.Equal(t, test.want, string(member), test.data)
		assert.Equal(t, test.want != "", there, test.data)
	}
}

// TestPathRemembersThePlace looks into one object after the other, with the name at the place it
// had before, and with something else there.
func TestPathRemembersThePlace(t *testing.T) {
	t.Parallel()
	path := NewPath([]string{"at"}).Finder()
	for _, test := range []struct{ data, want string }{
		{`{"x":10,"at":1}`, `1`},
		{`{"x":11,"at":2}`, `2`},
		{`{"x":"{","at":2}`, `2`},
		{`{"x":{},"at":3}`, `3`},
		{`{"x":{ "at":3}}`, ``},
		{`{"x": "at","at":4}`, `4`},
		{`{"x":5}`, ``},
		{`{"at":6,"x":11}`, `6`},
	} {
		value, _ := found(&path, []byte(test.data))
		assert.Equal(t, test.want, value, test.data)
	}
}

func TestPathOfSeveralNames(t *testing.T) {
	t.Parallel()
	data := []byte(`{"meta":{"x.y":{"at":7}},"x":{"a\"b":8}}`)
	for _, test := range []struct {
		names []string
		want  string
	}{
		{[]string{"meta", "x.y", "at"}, "7"},
		{[]string{"x", `a"b`}, "8"},
		{[]string{"x", "at"}, ""},
		{nil, string(data)},
	} {
		path := NewPath(test.names).Finder()
		value, _ := found(&path, data)
		assert.Equal(t, test.want, value)
	}
}

func TestPathDoesNotAllocate(t *testing.T) {
	for _, text := range []string{`{"x":1,"at":"y"}`, `{"x":{"y":[]},"at":"y"}`} {
		path, data := NewPath([]string{"at"}).Finder(), []byte(text)
		assert.Zero(t, testing.AllocsPerRun(100, func() { path.Find(data) }), text)
	}
}

// FuzzPath looks for a member in two valid texts, one after the other.
func FuzzPath(f *testing.F) {
	for _, seed := range []string{
		`{"x":["at",{"at":2}],"at":1}`, `[{"at":1}]`, `{"x":"\"at\":2","at":1}`, `{"x":"{","at":1}`,
		`{"at":{"at":2}}`,
	} {
		f.Add([]byte(`{"x":1, "at":1}`), []byte(seed), "at", "at")
		f.Add([]byte(seed), []byte(seed), "at", "\n")
	}
	f.Fuzz(func(t *testing.T, first, second []byte, name, inner string) {
		one, two := NewPath([]string{name}).Finder(), NewPath([]string{name, inner}).Finder()
		for _, data := range [][]byte{first, second, second} {
			for _, path := range []*Finder{&one, &two} {
				value, ok := found(path, data)
				if Valid(data) != nil {
					continue // it must not panic, no more is promised
				}
				values := candidates(data, []string{name, inner}[:len(path.steps)])
				assert.Equal(t, len(values) > 0, ok, "%q", data)
				if ok {
					assert.Contains(t, values, value, "%q", data)
				}
			}
		}
	})
}
