package image

import (
	"context"
	"fmt"

	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
)

// Verdict is what the rules say of the image for one platform.
type Verdict struct {
	Platform string
	Rules    int // how many were looked at
	Broken   []Finding
}

// Finding is a rule that an image breaks.
type Finding struct {
	Rule   string
	Wrong  string // what is wrong
	Remedy string // what to do about it
}

// Check judges an image for each of its platforms by what the platform asks. It is the name of an
// image in a registry, a folder with an OCI layout, or a tar as of docker save. All of its layers
// are read. The error is a sentence and says that the image could not be judged.
func Check(ctx context.Context, where string) ([]Verdict, error) {
	o, err := open(ctx, where)
	if err != nil {
		return nil, err
	}
	var verdicts []Verdict
	for _, one := range o.images {
		if o.local {
			err = whole(one.image)
		}
		var v *Verdict
		if err == nil {
			v, err = judge(one.image, one.platform, o.tag)
		}
		if ctx.Err() != nil {
			return nil, errInterrupted
		}
		if err != nil {
			return nil, fmt.Errorf("%s cannot be judged: %w", where, err)
		}
		verdicts = append(verdicts, *v)
	}
	return verdicts, nil
}

func judge(img v1.Image, platform v1.Platform, tag *name.Tag) (*Verdict, error) {
	config, err := img.ConfigFile()
	if err != nil {
		return nil, fmt.Errorf("the config of the image cannot be read: %w", err)
	}
	root, err := readRootfs(img)
	if err != nil {
		return nil, err
	}
	v := &Verdict{Platform: platformName(platform), Rules: len(rules)}
	s := &subject{config: config, root: root, tag: tag}
	for _, r := range rules {
		if wrong := r.broken(s); wrong != "" {
			v.Broken = append(v.Broken, Finding{r.name, wrong, r.remedy})
		}
	}
	return v, nil
}
