package image

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/google/go-containerregistry/pkg/name"
	"go.yaml.in/yaml/v3"
)

// developmentVersion is the tag of an image that nobody has named a version for. The platform asks
// an image with this tag for its spec again on each update, which is what one wants at work.
const developmentVersion = "dev"

// ParseTag reads the name of an image and its version, such as acme/source-acme:0.1.0. The error is
// a sentence.
func ParseTag(text string) (name.Tag, error) {
	const remedy = "give a name and a version, such as acme/source-acme:0.1.0"
	tag, err := name.NewTag(text, name.WithDefaultTag(""))
	switch {
	case err != nil:
		return name.Tag{}, fmt.Errorf("%q does not name an image (%w); %s", text, err, remedy)
	case tag.TagStr() == "":
		return name.Tag{}, fmt.Errorf("%q names no version; %s", text, remedy)
	}
	return tag, nil
}

// repository is the name of an image as it was written, without its version. The platform and its
// registry call this the docker repository.
func repository(tag name.Tag) string { return strings.TrimSuffix(tag.String(), ":"+tag.TagStr()) }

// metadata is what a connector's metadata.yaml says of its image.
type metadata struct {
	Data struct {
		Repository string `yaml:"dockerRepository"`
		Tag        string `yaml:"dockerImageTag"`
	} `yaml:"data"`
}

// Tag is the name of the program's image that the metadata.yaml beside it gives. Where there is no
// such file the tag is that of a development version, and said is false. The error is a sentence.
func (p *Program) Tag() (tag name.Tag, said bool, err error) {
	file := filepath.Join(p.Dir, "metadata.yaml")
	text, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		tag, err = ParseTag(strings.ToLower(p.Name) + ":" + developmentVersion)
		return tag, false, err
	}
	var m metadata
	if err == nil {
		err = yaml.Unmarshal(text, &m)
	}
	if err == nil {
		tag, err = ParseTag(m.Data.Repository + ":" + m.Data.Tag)
	}
	if err != nil {
		return name.Tag{}, false, fmt.Errorf("the image has no name: dockerRepository and "+
			"dockerImageTag of %s: %w; or name it by --tag", file, err)
	}
	return tag, true, nil
}
