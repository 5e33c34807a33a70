package image

import (
	"archive/tar"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
)

const (
	maxEntries = 2_000_000 // files of an image; the largest known have a tenth
	maxLinks   = 40        // symbolic links on one way, as in Linux
	maxText    = 1 << 20   // bytes of a file that is kept whole
	headBytes  = 64        // bytes that are kept of every file

	maySearch, mayWrite, mayRead = 1, 2, 4 // permission bits
)

// rootfs is the file system of an image as a container sees it, with the layers on top of each
// other. It knows what each file is and who may use it, but of most files only the first bytes.
type rootfs struct {
	entries map[string]*entry // by absolute path
}

// entry is one file, folder or link.
type entry struct {
	kind     byte // a typeflag of package tar
	mode     int64
	uid, gid int
	link     string // where a link leads to
	size     int64
	head     []byte // all of it for the files of accounts
	implied  bool   // a folder that no layer names, only files in it
}

// readRootfs reads all layers of an image.
func readRootfs(img v1.Image) (*rootfs, error) {
	stream := mutate.Extract(img)
	defer stream.Close()
	r, err := readTar(stream)
	if err != nil {
		return nil, fmt.Errorf("the layers of the image cannot be read: %w", err)
	}
	return r, nil
}

// readTar reads one tar. A file that stands in it twice is the last one.
func readTar(from io.Reader) (*rootfs, error) {
	r := &rootfs{entries: map[string]*entry{"/": {kind: tar.TypeDir, mode: 0o755, implied: true}}}
	archive := tar.NewReader(from)
	for {
		header, err := archive.Next()
		if errors.Is(err, io.EOF) {
			return r, nil
		}
		if err != nil {
			return nil, err
		}
		if len(r.entries) >= maxEntries {
			return nil, fmt.Errorf("it has more than %d files", maxEntries)
		}
		if err := r.add(header, archive); err != nil {
			return nil, err
		}
	}
}

func (r *rootfs) add(header *tar.Header, content io.Reader) error {
	name := path.Join("/", header.Name) //nolint:gosec // a key of a map, nothing is unpacked
	e := &entry{
		kind: header.Typeflag, mode: header.Mode & 0o7777, uid: header.Uid, gid: header.Gid,
		link: header.Linkname, size: header.Size,
	}
	keep := int64(headBytes)
	if base := path.Base(name); base == path.Base(passwdFile) || base == path.Base(groupFile) {
		keep = maxText
	}
	var err error
	if e.head, err = io.ReadAll(io.LimitReader(content, keep)); err != nil {
		return err
	}
	r.entries[name] = e
	for dir := path.Dir(name); r.entries[dir] == nil; dir = path.Dir(dir) {
		r.entries[dir] = &entry{kind: tar.TypeDir, mode: 0o755, implied: true}
	}
	return nil
}

// resolve follows the symbolic links on the way to a path. The result need not exist. It is "" when
// the links lead in a circle.
func (r *rootfs) resolve(name string) string {
	links := 0
	done, rest := "/", elements(name)
	for len(rest) > 0 {
		next := path.Join(done, rest[0])
		rest = rest[1:]
		e := r.entries[next]
		if e == nil || e.kind != tar.TypeSymlink {
			done = next
			continue
		}
		if links++; links > maxLinks {
			return ""
		}
		if path.IsAbs(e.link) {
			done = "/"
		}
		rest = slices.Concat(elements(e.link), rest)
	}
	return done
}

// elements are the parts of a path between its slashes.
func elements(name string) []string {
	return slices.DeleteFunc(strings.Split(name, "/"), func(s string) bool { return s == "" })
}

// stat returns what a path leads to, or nil.
func (r *rootfs) stat(name string) *entry {
	e := r.entries[r.resolve(name)]
	for links := 0; e != nil && e.kind == tar.TypeLink; links++ {
		if links > maxLinks {
			return nil
		}
		e = r.entries[path.Join("/", e.link)]
	}
	return e
}

func (r *rootfs) isDir(name string) bool {
	e := r.stat(name)
	return e != nil && e.kind == tar.TypeDir
}

func (r *rootfs) isFile(name string) bool {
	e := r.stat(name)
	return e != nil && e.kind == tar.TypeReg
}

// allows tells whether the user of the platform may do with a path what the bits say, so far as
// modes tell. It must be able to get there, too.
func (r *rootfs) allows(name string, bits int64) bool {
	target := r.resolve(name)
	for dir := path.Dir(target); ; dir = path.Dir(dir) {
		if e := r.entries[dir]; target != "/" && (e == nil || !e.allows(maySearch)) {
			return false
		}
		if dir == "/" {
			break
		}
	}
	e := r.stat(name)
	return e != nil && e.allows(bits)
}

func (e *entry) allows(bits int64) bool {
	switch {
	case e.uid == userID:
		bits <<= 6
	case e.gid == userID:
		bits <<= 3
	}
	return e.mode&bits == bits
}

// find returns where a program is on a PATH, or "".
func (r *rootfs) find(program, searchPath string) string {
	for dir := range strings.SplitSeq(searchPath, ":") {
		name := path.Join("/", dir, program)
		if r.isFile(name) && r.allows(name, maySearch) {
			return name
		}
	}
	return ""
}
