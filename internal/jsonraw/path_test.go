package jsonraw

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

// TestPathFindsWhatMemberFinds holds the texts in which the name stands where a search could take
// it for a member.
func TestPathFindsWhatMemberFinds(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ data, want string }{
		{`{"at":1}`, `1`},
		{` { "x" : 2 , "at" : 1 } `, `1`},
		{`{"at":"x","at":"y"}`, `"x"`},
		{`{"x":"at","at":1}`, `1`},
		{`{"x":"at","y":"\"at\":2","at":1}`, `1`},
		{`{"x":"{","at":1}`, `1`},
		{`{"x":"[\"at\":2]","at":1}`, `1`},
		{`{"x":{"at":2},"at":1}`, `1`},
		{`{"x":[{"at":2}],"at":1}`, `1`},
		{`{"x":{},"at":1}`, `1`},
		{`{"x at":2,"at":1}`, `1`},
		{`{"\u0061t":1,"at":2}`, `1`},
		{`{"x":"\\","at":1}`, `1`},
		{`{"at":{"at":1}}`, `{"at":1}`},
		{`{"at":[1,{"at":2}]}`, `[1,{"at":2}]`},
		{`{"x":"at"}`, ``},
		{`{"x":{"at":1}}`, ``},
		{`{"at":`, ``},
		{`{"at"`, ``},
		{`at"`, ``},
		{`["at",1]`, ``},
		{`[{"at":1}]`, ``},
		{`{"x":["at"],"at":1}`, `1`},
		{`{"x":[["y"],[]],"at":1}`, `1`},
		{`"at"`, ``},
	} {
		value, ok := NewPath([]string{"at"}).Find([]byte(test.data))
		assert.Equal(t, test.want, string(value), test.data)
		assert.Equal(t, test.want != "", ok, test.data)
		member, found := Member([]byte(test.data), []string{"at"})
		assert.Equal(t, string(member), string(value), test.data)
		assert.Equal(t, found, ok, test.data)
	}
}

func TestPathOfSeveralNames(t *testing.T) {
	t.Parallel()
	data := []byte(`{"meta":{"x.y":{"at":7}},"x":{"a\"b":8}}`)
	value, ok := NewPath([]string{"meta", "x.y", "at"}).Find(data)
	assert.True(t, ok)
	assert.Equal(t, "7", string(value))
	value, ok = NewPath([]string{"x", `a"b`}).Find(data)
	assert.True(t, ok)
	assert.Equal(t, "8", string(value))
	value, ok = NewPath(nil).Find([]byte(` 7 `))
	assert.True(t, ok)
	assert.Equal(t, "7", string(value))
}

func TestPathDoesNotAllocate(t *testing.T) {
	for _, text := range []string{`{"x":1,"at":"y"}`, `{"x":{"y":[]},"at":"y"}`} {
		path, data := NewPath([]string{"at"}), []byte(text)
		assert.Zero(t, testing.AllocsPerRun(100, func() { path.Find(data) }), text)
	}
}

// FuzzPath looks for a member in any JSON, in both ways.
func FuzzPath(f *testing.F) {
	for _, seed := range []string{
		`{"x":["at",{"at":2}],"at":1}`, `[{"at":1}]`, `{"x":"\"at\":2","at":1}`, `{"x":"{","at":1}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if Valid(data) != nil {
			return
		}
		want, there := Member(data, []string{"at"})
		value, ok := NewPath([]string{"at"}).Find(data)
		assert.Equal(t, there, ok)
		assert.Equal(t, string(want), string(value))
	})
}
