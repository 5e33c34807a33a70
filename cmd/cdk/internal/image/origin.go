package image

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
)

// maxNesting bounds how deep an index may hold others. A layout with a list of platforms has two.
const maxNesting = 4

// origin is what a reference, a layout or a tar holds: an image, or one for each platform.
type origin struct {
	where  string
	tag    *name.Tag // by which a registry knows it
	local  bool      // it is on this machine
	images []platformImage
}

type platformImage struct {
	platform v1.Platform
	image    v1.Image
}

// open finds out what a name means: a folder is a layout, a file is a tar that Docker can load, and
// all else is for a registry.
func open(ctx context.Context, where string) (*origin, error) {
	o := &origin{where: where}
	info, err := os.Stat(where)
	switch {
	case err == nil && info.IsDir():
		o.local, err = true, o.openLayout()
	case err == nil:
		o.local, err = true, o.openTar()
	case looksLikePath(where):
		return nil, fmt.Errorf("%s is not there; name a folder with an OCI layout, a tar as of "+
			"docker save or an image in a registry", where)
	default:
		err = o.openReference(ctx)
	}
	if err != nil {
		return nil, err
	}
	if len(o.images) == 0 {
		return nil, fmt.Errorf("%s holds no image for any platform", where)
	}
	return o, nil
}

// looksLikePath tells whether a name cannot be meant for a registry.
func looksLikePath(where string) bool {
	return where == "" || strings.HasPrefix(where, ".") || strings.HasPrefix(where, "/") ||
		strings.HasSuffix(where, ".tar") || strings.Contains(where, `\`)
}

func (o *origin) openLayout() error {
	index, err := layout.ImageIndexFromPath(o.where)
	if err == nil {
		err = o.addIndex(index, 0)
	}
	if err != nil {
		return fmt.Errorf("the folder %s holds no OCI layout that can be read (%w); name one that "+
			"does, or a tar as of docker save", o.where, err)
	}
	return nil
}

func (o *origin) openTar() error {
	img, err := tarball.ImageFromPath(o.where, nil)
	if err == nil {
		err = o.addImage(img, nil)
	}
	if err != nil {
		return fmt.Errorf("the file %s is no tar with one image that can be read (%w); make it by "+
			"docker save, or unpack an OCI archive and name its folder", o.where, err)
	}
	return nil
}

// addIndex adds the images of an index and of those in it. What is for no platform, such as an
// attestation, is passed over.
func (o *origin) addIndex(index v1.ImageIndex, depth int) error {
	if depth >= maxNesting {
		return errors.New("its indexes are nested too deep")
	}
	manifest, err := index.IndexManifest()
	if err != nil {
		return err
	}
	for _, d := range manifest.Manifests {
		switch {
		case d.MediaType.IsIndex():
			nested, err := index.ImageIndex(d.Digest)
			if err == nil {
				err = o.addIndex(nested, depth+1)
			}
			if err != nil {
				return err
			}
		case d.MediaType.IsImage() && isForLinux(d.Platform):
			img, err := index.Image(d.Digest)
			if err == nil {
				err = o.addImage(img, d.Platform)
			}
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// isForLinux tells whether an entry of an index can be an image that runs on the platform. Where
// the entry says nothing, the image itself does.
func isForLinux(p *v1.Platform) bool { return p == nil || p.OS == "linux" || p.OS == "" }

// addImage adds an image, whose own config says for what it is unless its index did.
func (o *origin) addImage(img v1.Image, platform *v1.Platform) error {
	if platform == nil || platform.OS == "" {
		config, err := img.ConfigFile()
		if err != nil {
			return err
		}
		platform = &v1.Platform{OS: config.OS, Architecture: config.Architecture}
	}
	o.images = append(o.images, platformImage{*platform, img})
	return nil
}

// imageFor returns the image for a platform.
func (o *origin) imageFor(platform v1.Platform) (v1.Image, error) {
	var found []v1.Image
	var others []string
	for _, i := range o.images {
		if same(i.platform, platform) {
			found = append(found, i.image)
		} else {
			others = append(others, platformName(i.platform))
		}
	}
	switch len(found) {
	case 1:
		return found[0], nil
	case 0:
		return nil, fmt.Errorf("the base %s is for %s and not for %s; choose another base, or "+
			"leave %[3]s out of --platform", o.where, strings.Join(others, ", "),
			platformName(platform))
	default:
		return nil, fmt.Errorf("the base %s holds %d images for %s; name one that holds one of "+
			"each platform", o.where, len(found), platformName(platform))
	}
}
