package image

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
)

// checkTargets looks whether the outputs can be written, before anything takes time. Nothing but
// an older output of its kind is ever overwritten.
func (o *Options) checkTargets() error {
	if o.Layout == "" && o.Tar == "" && !o.Push {
		return errNoOutput
	}
	if o.Layout != "" {
		if err := checkLayoutTarget(o.Layout); err != nil {
			return err
		}
	}
	if o.Tar != "" {
		for _, platform := range o.Platforms {
			if err := checkTarTarget(o.tarFor(platform)); err != nil {
				return err
			}
		}
	}
	return nil
}

// tarFor is the file for a platform. docker load takes one platform at a time.
func (o *Options) tarFor(platform v1.Platform) string {
	if len(o.Platforms) == 1 {
		return o.Tar
	}
	return strings.TrimSuffix(o.Tar, ".tar") + "-" + platform.OS + "-" + platform.Architecture +
		".tar"
}

func checkLayoutTarget(dir string) error {
	if err := checkParent(dir); err != nil {
		return err
	}
	files, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("%s is in the way and no folder that can be read (%w); move it away or "+
			"choose another folder by --oci", dir, err)
	}
	for _, file := range files {
		if !slices.Contains([]string{"oci-layout", "index.json", "blobs"}, file.Name()) {
			return fmt.Errorf("%s is in the way and no OCI layout, because it has %s in it; move "+
				"it away or choose another folder by --oci", dir, file.Name())
		}
	}
	return nil
}

func checkTarTarget(file string) error {
	if err := checkParent(file); err != nil {
		return err
	}
	if _, err := os.Lstat(file); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	_, err := tarball.LoadManifest(func() (io.ReadCloser, error) { return os.Open(file) })
	if err != nil {
		return fmt.Errorf("%s is in the way and no image (%w); move it away or choose another "+
			"file by --tar", file, err)
	}
	return nil
}

func checkParent(target string) error {
	parent := filepath.Dir(target)
	if info, err := os.Stat(parent); err != nil || !info.IsDir() {
		return fmt.Errorf("there is no folder %s for %s; make it or choose another place",
			parent, filepath.Base(target))
	}
	return nil
}

// writeOutputs writes the image to wherever it was asked for. Pushing comes last: what is written
// by then is of use though a registry refuses.
func (b *builder) writeOutputs(ctx context.Context) error {
	digest, err := b.digest()
	if err != nil {
		return err
	}
	b.result.Digest = digest.String()
	if b.Layout != "" {
		if err := b.writeLayout(); err != nil {
			return fmt.Errorf("%s cannot be written: %w", b.Layout, err)
		}
		b.result.Written = append(b.result.Written, b.Layout)
	}
	if b.Tar != "" {
		for _, part := range b.result.Parts {
			file := b.tarFor(part.platform)
			if err := b.writeTar(file, part.image); err != nil {
				return fmt.Errorf("%s cannot be written: %w", file, err)
			}
			b.result.Written = append(b.result.Written, file)
		}
	}
	if b.Push {
		if err := b.push(ctx); err != nil {
			return err
		}
		b.result.Written = append(b.result.Written, b.Tag.Name())
	}
	return nil
}

func (b *builder) digest() (v1.Hash, error) {
	if len(b.result.Parts) == 1 {
		return b.result.Parts[0].image.Digest()
	}
	return b.result.index().Digest()
}

// writeLayout writes the layout beside its place and moves it there.
func (b *builder) writeLayout() (err error) {
	dir, err := filepath.Abs(b.Layout)
	if err != nil {
		return err
	}
	beside, err := os.MkdirTemp(filepath.Dir(dir), "."+filepath.Base(dir)+"-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(beside) //nolint:errcheck // it is moved, or of no use
	fresh := filepath.Join(beside, "new")
	to, err := layout.Write(fresh, empty.Index)
	if err != nil {
		return err
	}
	// Two names, since of the tools that load layouts some look for one and some for the other.
	named := layout.WithAnnotations(map[string]string{
		"org.opencontainers.image.ref.name": b.Tag.TagStr(),
		"io.containerd.image.name":          containerdName(b.Tag.Name()),
	})
	if parts := b.result.Parts; len(parts) == 1 {
		err = to.AppendImage(parts[0].image, named, layout.WithPlatform(parts[0].platform))
	} else {
		err = to.AppendIndex(b.result.index(), named)
	}
	if err != nil {
		return err
	}
	return replaceFolder(fresh, dir, filepath.Join(beside, "old"))
}

// containerdName is a reference as containerd spells it: it knows the registry of Docker by another
// host.
func containerdName(reference string) string {
	if rest, ok := strings.CutPrefix(reference, "index.docker.io/"); ok {
		return "docker.io/" + rest
	}
	return reference
}

// replaceFolder puts a folder in the place of another, which is moved aside for the moment.
func replaceFolder(fresh, dir, aside string) error {
	err := os.Rename(dir, aside)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := os.Rename(fresh, dir); err != nil {
		return errors.Join(err, os.Rename(aside, dir))
	}
	return nil
}

// writeTar writes what docker load takes.
func (b *builder) writeTar(name string, img v1.Image) error {
	file, err := os.CreateTemp(filepath.Dir(name), "."+filepath.Base(name)+"-*")
	if err != nil {
		return err
	}
	defer os.Remove(file.Name()) //nolint:errcheck // it is moved, or of no use
	err = tarball.Write(b.Tag, img, file)
	if err == nil {
		err = file.Chmod(0o644) // an image is no secret
	}
	if err := errors.Join(err, file.Close()); err != nil {
		return err
	}
	return os.Rename(file.Name(), name)
}

// push uploads the image. A registry shows nothing of it before the last request.
func (b *builder) push(ctx context.Context) error {
	options := registryOptions(ctx)
	if parts := b.result.Parts; len(parts) == 1 {
		return pushError(ctx, b.Tag, remote.Write(b.Tag, parts[0].image, options...))
	}
	return pushError(ctx, b.Tag, remote.WriteIndex(b.Tag, b.result.index(), options...))
}
