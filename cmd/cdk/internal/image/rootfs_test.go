package image

import (
	"archive/tar"
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestResolve(t *testing.T) {
	t.Parallel()
	r, err := readTar(bytes.NewReader(files{
		"usr/bin/sh": {mode: 0o755},
		"bin":        linkTo("usr/bin"),
		"up":         linkTo("../../../usr"),
		"circle":     linkTo("circle"),
		"a":          linkTo("/b/x"),
		"b":          linkTo("/a"),
		"self/here":  linkTo("."),
		"end":        linkTo(""),
	}.pack(t)))
	require.NoError(t, err)
	for name, want := range map[string]string{
		"/bin/sh":                 "/usr/bin/sh",
		"bin/../sh":               "/usr/sh", // .. is that of the folder the link leads to
		"/up/bin/sh":              "/usr/bin/sh",
		"/circle/x":               "",
		"/a":                      "",
		"/self/here/here/../here": "/here",
		"/end/x":                  "/x",
		"/":                       "/",
		"/missing/../bin/new":     "/usr/bin/new",
	} {
		assert.Equal(t, want, r.resolve(name), name)
	}
	assert.True(t, r.isFile("/bin/sh"))
	assert.True(t, r.isDir("/bin"))
	assert.True(t, r.isDir("/"))
	assert.False(t, r.isFile("/circle"))
	assert.True(t, r.allows("/", maySearch))
	assert.False(t, r.allows("/", mayWrite))
}

func TestEntryAllows(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		e    entry
		want bool
	}{
		{entry{mode: 0o002}, true},
		{entry{mode: 0o770}, false},
		{entry{mode: 0o200, uid: 1000}, true},
		{entry{mode: 0o577, uid: 1000}, false}, // the owner has no more than the owner's bits
		{entry{mode: 0o020, gid: 1000}, true},
		{entry{mode: 0o707, gid: 1000}, false},
	} {
		assert.Equal(t, test.want, test.e.allows(mayWrite), "%o %d:%d", test.e.mode, test.e.uid,
			test.e.gid)
	}
}

func TestReadTarRefuses(t *testing.T) {
	t.Parallel()
	whole := files{"etc/passwd": {mode: 0o644, text: strings.Repeat("x", 2000)}}.pack(t)
	_, err := readTar(bytes.NewReader(whole[:1000]))
	require.Error(t, err)
	r, err := readTar(bytes.NewReader(whole))
	require.NoError(t, err)
	assert.Len(t, r.stat("/etc/passwd").head, 2000, "a file of accounts is kept")
}

// Whatever a layer holds, it is read or refused, every path leads somewhere or nowhere, and a layer
// of ours can be laid over it or is refused.
func FuzzReadTar(f *testing.F) {
	f.Add(goodImage().pack(f))
	f.Add(files{
		"a": linkTo("b"), "b": linkTo("a"), "etc/passwd": {kind: tar.TypeLink, mode: 1, link: "a"},
	}.pack(f))
	f.Add(files{
		"etc": linkTo("/"), "passwd": {mode: 0o644, text: "airbyte:x:1:1"}, "tmp": linkTo("tmp"),
	}.pack(f))
	f.Add([]byte("no tar"))
	f.Fuzz(func(t *testing.T, packed []byte) {
		r, err := readTar(bytes.NewReader(packed))
		if err != nil {
			return
		}
		for name := range r.entries {
			r.stat(name)
			r.allows(name, mayWrite)
		}
		r.find("sh", defaultPath)
		l, err := newLayer(r, "source-a", nil)
		if err != nil {
			assert.NotContains(t, err.Error(), "\n")
			return
		}
		var layered bytes.Buffer
		require.NoError(t, l.write(&layered))
		_, err = readTar(&layered)
		require.NoError(t, err)
	})
}
