package main

import (
	"context"
	"iter"
	"slices"
	"strings"
	"time"

	"golang.org/x/mod/module"
	"golang.org/x/mod/semver"

	"github.com/airbyte-go/cdk/protocol"
	"github.com/airbyte-go/cdk/sources"
)

// Latest is a record of the stream latest: the version that "go get MODULE@latest" would choose,
// except that a version which its author has retracted is not passed over.
type Latest struct {
	Module  string    `json:"module"`
	Version string    `json:"version"`
	Time    time.Time `json:"time,omitzero"` // of the commit
}

// latest reads one module after the other. One that the proxy does not have does not keep the
// others from being read: the error that names it comes last.
func (p *proxy) latest(ctx context.Context, _ sources.Slice) iter.Seq2[Latest, error] {
	return func(yield func(Latest, error) bool) {
		var missing []string
		for _, path := range p.modules {
			found, err := p.latestInfo(ctx, path)
			if isMissing(err) {
				missing = append(missing, path)
				continue
			}
			if !yield(Latest{path, found.Version, found.Time}, err) {
				return
			}
		}
		if err := missingModules(missing); err != nil {
			yield(Latest{}, err)
		}
	}
}

// missingModules is nil where none is missing.
func missingModules(paths []string) error {
	if len(paths) == 0 {
		return nil
	}
	return protocol.Errorf(protocol.ConfigError, "The module proxy does not have %s, or does not "+
		"hand it out. Correct the path in \"modules\", or leave it out.", strings.Join(paths, ", "))
}

// latestInfo asks as the go command does: the list of versions first, because @latest is optional
// for a proxy and meant for modules without a tagged version. Without both, the newest commit is
// the latest.
func (p *proxy) latestInfo(ctx context.Context, path string) (info, error) {
	versions, err := p.versions(ctx, path)
	if err != nil {
		return info{}, err
	}
	best, err := p.best(ctx, path, without(versions, module.IsPseudoVersion))
	if err != nil {
		return info{}, err
	}
	found, err := p.info(ctx, path, best)
	if best == "" && isMissing(err) && len(versions) > 0 {
		return p.info(ctx, path, newest(versions))
	}
	return found, err
}

// best chooses among tagged versions. Those from before a project had modules are marked as
// incompatible and count only where the newest of the others is none either.
func (p *proxy) best(ctx context.Context, path string, tagged []string) (string, error) {
	compatible := without(tagged, isIncompatible)
	if len(compatible) == 0 || len(compatible) == len(tagged) {
		return newest(tagged), nil
	}
	best := newest(compatible)
	isModule, err := p.hasGoMod(ctx, path, best)
	if !isModule {
		best = newest(tagged)
	}
	return best, err
}

// newest returns the highest release, or else the highest version, and "" where there is none.
func newest(versions []string) string {
	isPrerelease := func(v string) bool { return semver.Prerelease(v) != "" }
	if releases := without(versions, isPrerelease); len(releases) > 0 {
		versions = releases
	}
	if len(versions) == 0 {
		return ""
	}
	return slices.MaxFunc(versions, semver.Compare)
}

func isIncompatible(version string) bool { return semver.Build(version) == "+incompatible" }

// without returns the versions for which drop answers false.
func without(versions []string, drop func(string) bool) []string {
	return slices.DeleteFunc(slices.Clone(versions), drop)
}
