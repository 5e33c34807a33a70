package image

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/types"
	"github.com/google/go-containerregistry/pkg/v1/validate"
)

// DefaultBase is small, has a shell with its tools and certificates, and is there for both
// platforms. Its name is that of a release which is mended, so its digest changes with each repair.
const DefaultBase = "alpine:3.22"

// Options say what to build and where to put it. All fields but the outputs are needed, and one of
// the outputs.
type Options struct {
	Program   *Program
	Tag       name.Tag
	Platforms []v1.Platform
	Base      string // a reference, a folder with an OCI layout, or a tar as of docker save

	Layout string // a folder for an OCI layout with all platforms
	Tar    string // a file for docker load; with several platforms one of each, by its name
	Push   bool   // to the registry that the tag names
}

// Result is what has been built.
type Result struct {
	Digest  string // what the tag means: an index, or the image where there is one platform
	Parts   []Part
	Written []string // files, folders and references, as a user calls them
}

// Part is the image for one platform. Sizes are in bytes, compressed as they travel.
type Part struct {
	Platform    string
	Digest      string
	Base, Added int64

	platform v1.Platform
	image    v1.Image
}

// Build makes the image and writes it to the outputs. Each output is whole or not there: it is
// written beside its place and then moved, and what stood in its place stays until then. The error
// is a sentence; that of a connector which does not compile has the compiler's lines behind it.
func Build(ctx context.Context, o Options) (*Result, error) {
	if err := o.checkTargets(); err != nil {
		return nil, err
	}
	scratch, err := os.MkdirTemp("", "cdk-image-*")
	if err != nil {
		return nil, fmt.Errorf("there is no place for the base and the program: %w", err)
	}
	defer os.RemoveAll(scratch) //nolint:errcheck // what is left behind is the system's to clear
	b := &builder{Options: o, scratch: scratch}
	if err := b.build(ctx); err != nil {
		if ctx.Err() != nil {
			return nil, errInterrupted
		}
		return nil, err
	}
	return &b.result, nil
}

type builder struct {
	Options

	scratch string
	result  Result
}

func (b *builder) build(ctx context.Context) error {
	// The base comes first: what is wrong with it is known in seconds, and a build takes minutes.
	var bases []*base
	from, err := open(ctx, b.Base)
	if err != nil {
		return err
	}
	for _, platform := range b.Platforms {
		one, err := b.prepare(from, platform)
		if err != nil {
			return err
		}
		bases = append(bases, one)
	}
	for _, one := range bases {
		part, err := b.add(ctx, one)
		if err != nil {
			return err
		}
		b.result.Parts = append(b.result.Parts, *part)
	}
	return b.writeOutputs(ctx)
}

// base is what the image for a platform stands on.
type base struct {
	platform v1.Platform
	image    v1.Image
	config   *v1.ConfigFile
	root     *rootfs
}

// prepare loads the base for a platform, once and for good, and looks whether it will do.
func (b *builder) prepare(from *origin, platform v1.Platform) (*base, error) {
	img, err := from.imageFor(platform)
	if err != nil {
		return nil, err
	}
	one := &base{platform: platform}
	if one.image, err = keep(filepath.Join(b.scratch, platform.Architecture), img); err == nil {
		one.config, err = one.image.ConfigFile()
	}
	if err == nil {
		one.root, err = readRootfs(one.image)
	}
	if err != nil {
		return nil, fmt.Errorf("the base %s is broken or has not arrived as a whole (%w); get it "+
			"once more, or choose another", b.Base, err)
	}
	s := &subject{config: one.config, root: one.root}
	for _, r := range baseRules {
		if wrong := r.broken(s); wrong != "" {
			return nil, fmt.Errorf("the base %s cannot carry a connector: %s; %s", b.Base, wrong,
				r.remedy)
		}
	}
	return one, nil
}

// keep copies an image to a folder, so that a registry is asked for each byte once.
func keep(dir string, img v1.Image) (v1.Image, error) {
	to, err := layout.Write(dir, empty.Index)
	if err != nil {
		return nil, err
	}
	if err := to.AppendImage(img); err != nil {
		return nil, err
	}
	digest, err := img.Digest()
	if err != nil {
		return nil, err
	}
	kept, err := to.Image(digest)
	if err != nil {
		return nil, err
	}
	return kept, whole(kept)
}

// whole tells whether every part of an image is what its digest says. Only those that come from a
// registry have been compared on the way.
func whole(img v1.Image) error {
	if err := validate.Image(img); err != nil {
		first, _, _ := strings.Cut(err.Error(), "\n")
		return errors.New(first) // one sentence; the others follow from the same damage
	}
	return nil
}

// add puts the layer and the config of the connector upon a base.
func (b *builder) add(ctx context.Context, on *base) (*Part, error) {
	file := filepath.Join(b.scratch, "program-"+on.platform.Architecture)
	if err := b.Program.compile(ctx, on.platform, file); err != nil {
		return nil, err
	}
	binary, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("the program is not where it was built: %w", err)
	}
	l, err := newLayer(on.root, b.Program.Name, binary)
	if err != nil {
		return nil, err
	}
	part := &Part{Platform: platformName(on.platform), platform: on.platform}
	if err := b.assemble(on, l, part); err != nil {
		return nil, fmt.Errorf("the image for %s cannot be put together: %w", part.Platform, err)
	}
	verdict, err := judge(part.image, on.platform, &b.Tag)
	if err != nil {
		return nil, err
	}
	if len(verdict.Broken) > 0 {
		first := verdict.Broken[0]
		return nil, fmt.Errorf("the base %s spoils the image for %s: %s; choose another base",
			b.Base, part.Platform, first.Wrong)
	}
	return part, nil
}

// assemble fills in the part. The result has the types of OCI whatever those of the base are; its
// layers are the same bytes.
func (b *builder) assemble(on *base, l *layer, part *Part) error {
	layers, err := on.image.Layers()
	if err != nil {
		return err
	}
	var all []mutate.Addendum
	for _, one := range layers {
		kind, err := one.MediaType()
		if err != nil {
			return err
		}
		size, err := one.Size()
		if err != nil {
			return err
		}
		part.Base += size
		all = append(all, mutate.Addendum{Layer: one, MediaType: ociLayer(kind)})
	}
	ours, err := l.image()
	if err != nil {
		return err
	}
	if part.Added, err = ours.Size(); err != nil {
		return err
	}
	img := mutate.MediaType(empty.Image, types.OCIManifestSchema1)
	img = mutate.ConfigMediaType(img, types.OCIConfigJSON)
	img, err = mutate.Append(img, append(all, mutate.Addendum{Layer: ours})...)
	if err != nil {
		return err
	}
	if part.image, err = b.configure(img, on.config); err != nil {
		return err
	}
	digest, err := part.image.Digest()
	part.Digest = digest.String()
	return err
}

// ociLayer is the name that OCI has for a type of layers.
func ociLayer(kind types.MediaType) types.MediaType {
	switch kind {
	case types.DockerLayer:
		return types.OCILayer
	case types.DockerUncompressedLayer:
		return types.OCIUncompressedLayer
	default:
		return kind
	}
}

// configure says how a container is started. What the base says of other things stays.
func (b *builder) configure(img v1.Image, base *v1.ConfigFile) (v1.Image, error) {
	layered, err := img.ConfigFile()
	if err != nil {
		return nil, err
	}
	entrypoint := path.Join(home, b.Program.Name)
	c := base.DeepCopy()
	c.RootFS = layered.RootFS
	c.History = history(base, len(layered.RootFS.DiffIDs))
	c.Created = v1.Time{Time: epoch}
	c.Container = ""
	c.Config.User = fmt.Sprintf("%d:%d", userID, userID) // a name cannot be seen not to be root
	c.Config.WorkingDir = home
	c.Config.Entrypoint, c.Config.Cmd = []string{entrypoint}, nil
	c.Config.Healthcheck = nil
	c.Config.Env = slices.DeleteFunc(c.Config.Env, func(v string) bool {
		return strings.HasPrefix(v, entrypointVariable+"=")
	})
	c.Config.Env = append(c.Config.Env, entrypointVariable+"="+entrypoint)
	if c.Config.Labels == nil {
		c.Config.Labels = map[string]string{}
	}
	c.Config.Labels[nameLabel] = repository(b.Tag)
	c.Config.Labels[versionLabel] = b.Tag.TagStr()
	return mutate.ConfigFile(img, c)
}

// history tells of each layer. Where that of the base does not, it is not taken over.
func history(base *v1.ConfigFile, layers int) []v1.History {
	all := slices.Clone(base.History)
	told := 0
	for _, h := range all {
		if !h.EmptyLayer {
			told++
		}
	}
	if told != layers-1 {
		all = slices.Repeat([]v1.History{{Created: v1.Time{Time: epoch}}}, layers-1)
	}
	return append(all, v1.History{Created: v1.Time{Time: epoch}, CreatedBy: "cdk image"})
}

// index is what the tag means where there are several platforms.
func (r *Result) index() v1.ImageIndex {
	index := mutate.IndexMediaType(empty.Index, types.OCIImageIndex)
	for _, part := range r.Parts {
		index = mutate.AppendManifests(index, mutate.IndexAddendum{
			Add: part.image, Descriptor: v1.Descriptor{Platform: &part.platform},
		})
	}
	return index
}

var errNoOutput = errors.New("nothing says where the image is to be put")
