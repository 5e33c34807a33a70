package image

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"maps"
	"path"
	"slices"
	"time"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
	"github.com/google/go-containerregistry/pkg/v1/types"
)

// home is the folder of the connector, which its user owns.
const home = "/airbyte"

// workFolders are where the platform puts what it gives to a connector, and where the connector is
// started. Volumes lie over them there; elsewhere these do.
var workFolders = []string{"/config", "/source", "/dest"}

// epoch is the time of all files and of the image. A real one would change the digest each time.
var epoch = time.Unix(0, 0).UTC()

// layer is what an image has above its base.
type layer struct {
	base  *rootfs
	files map[string]layerFile // by absolute path, without links
}

type layerFile struct {
	kind    byte // a typeflag of package tar
	mode    int64
	owner   int // user and group
	content []byte
}

// newLayer collects what a base lacks and the program.
func newLayer(base *rootfs, program string, binary []byte) (*layer, error) {
	l := &layer{base: base, files: map[string]layerFile{}}
	l.addFolder(home, 0o755, userID)
	for _, folder := range workFolders {
		if !base.isDir(folder) || !base.allows(folder, maySearch|mayWrite) {
			l.addFolder(folder, 0o755, userID)
		}
	}
	if !base.isDir("/tmp") || !base.allows("/tmp", maySearch|mayWrite) {
		l.addFolder("/tmp", 0o1777, 0)
	}
	l.addFile(path.Join(home, program), 0o755, binary)
	if !hasCertificates(base) {
		l.addFile(certificatesFile, 0o644, certificates())
	}
	for _, a := range []struct {
		file string
		with func([]byte) ([]byte, error)
	}{{passwdFile, withUser}, {groupFile, withGroup}} {
		if err := l.addAccount(a.file, a.with); err != nil {
			return nil, err
		}
	}
	return l, nil
}

func hasCertificates(r *rootfs) bool {
	return slices.ContainsFunc(certificatesFiles, func(name string) bool {
		return r.isFile(name) && r.stat(name).size > 0
	})
}

// addAccount adds a file of accounts, if it has to be another than that of the base.
func (l *layer) addAccount(file string, with func([]byte) ([]byte, error)) error {
	var text []byte
	switch e := l.base.stat(file); {
	case e == nil && file == passwdFile:
		text = []byte("root:x:0:0:root:/root:/bin/sh\n")
	case e == nil:
		text = []byte("root:x:0:\n")
	case e.kind != tar.TypeReg || int64(len(e.head)) < e.size:
		return fmt.Errorf("%s of the base cannot be read; choose a base where it is a plain file",
			file)
	default:
		text = e.head
	}
	changed, err := with(text)
	if err == nil && (l.base.stat(file) == nil || !bytes.Equal(changed, text)) {
		l.addFile(file, 0o644, changed)
	}
	return err
}

func (l *layer) addFolder(name string, mode int64, owner int) {
	l.add(name, layerFile{kind: tar.TypeDir, mode: mode, owner: owner})
}

func (l *layer) addFile(name string, mode int64, content []byte) {
	l.add(name, layerFile{kind: tar.TypeReg, mode: mode, content: content})
}

// add puts a file where the links of the base lead, since a folder would else hide a link and all
// behind it. Folders that are missing on the way are added.
func (l *layer) add(name string, f layerFile) {
	target := l.base.resolve(name)
	if target == "" {
		target = name // links in a circle lead nowhere, so they are replaced
	}
	for dir := path.Dir(target); dir != "/"; dir = path.Dir(dir) {
		if _, ours := l.files[dir]; !ours && !l.base.isDir(dir) {
			l.files[dir] = layerFile{kind: tar.TypeDir, mode: 0o755}
		}
	}
	l.files[target] = f
}

// image packs the layer.
func (l *layer) image() (v1.Layer, error) {
	var archive bytes.Buffer
	if err := l.write(&archive); err != nil {
		return nil, fmt.Errorf("the layer cannot be written: %w", err)
	}
	again := func() (io.ReadCloser, error) {
		return io.NopCloser(bytes.NewReader(archive.Bytes())), nil
	}
	return tarball.LayerFromOpener(again, tarball.WithCompressionLevel(gzip.BestCompression),
		tarball.WithCompressedCaching, tarball.WithMediaType(types.OCILayer))
}

// write writes the tar, in the order of the paths, so that a folder stands before what is in it.
func (l *layer) write(to io.Writer) error {
	archive := tar.NewWriter(to)
	for _, name := range slices.Sorted(maps.Keys(l.files)) {
		f := l.files[name]
		header := &tar.Header{
			Typeflag: f.kind, Name: name[1:], Mode: f.mode, Uid: f.owner, Gid: f.owner,
			Size: int64(len(f.content)), ModTime: epoch,
		}
		if f.kind == tar.TypeDir {
			header.Name += "/"
		}
		if err := archive.WriteHeader(header); err != nil {
			return err
		}
		if _, err := archive.Write(f.content); err != nil {
			return err
		}
	}
	return archive.Close()
}
