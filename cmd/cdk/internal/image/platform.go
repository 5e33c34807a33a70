package image

import (
	"fmt"
	"slices"
	"strings"

	v1 "github.com/google/go-containerregistry/pkg/v1"
)

// Platforms lists what an image can be built for: the platform runs on linux/amd64 and advises
// linux/arm64 as well.
const Platforms = "linux/amd64,linux/arm64"

// ParsePlatforms reads a list such as linux/amd64,linux/arm64. The error is a sentence.
func ParsePlatforms(list string) ([]v1.Platform, error) {
	var platforms []v1.Platform
	for name := range strings.SplitSeq(list, ",") {
		p, err := parsePlatform(strings.TrimSpace(name))
		if err != nil {
			return nil, err
		}
		if slices.ContainsFunc(platforms, func(other v1.Platform) bool { return same(p, other) }) {
			return nil, fmt.Errorf("the platform %s is named twice", platformName(p))
		}
		platforms = append(platforms, p)
	}
	return platforms, nil
}

func parsePlatform(name string) (v1.Platform, error) {
	// The variant v8 is the only one of arm64, and some tools name it.
	short := strings.TrimSuffix(name, "/v8")
	if !slices.Contains(strings.Split(Platforms, ","), short) {
		return v1.Platform{}, fmt.Errorf("there is no platform %q; Airbyte runs on %s", name,
			strings.ReplaceAll(Platforms, ",", " and "))
	}
	system, architecture, _ := strings.Cut(short, "/")
	return v1.Platform{OS: system, Architecture: architecture}, nil
}

func platformName(p v1.Platform) string { return p.OS + "/" + p.Architecture }

// same tells whether two platforms run the same programs. Variants of arm64 do.
func same(a, b v1.Platform) bool { return a.OS == b.OS && a.Architecture == b.Architecture }
