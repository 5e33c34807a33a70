package main

import (
	"context"
	"iter"
	"log/slog"
	"time"

	"golang.org/x/mod/semver"

	"github.com/airbyte-go/cdk/sources"
)

// Version is a record of the stream versions.
type Version struct {
	Module  string    `json:"module"`
	Version string    `json:"version"`
	Time    time.Time `json:"time,omitzero"` // of the commit
}

// ModFile is a record of the stream modfiles.
type ModFile struct {
	Version

	GoMod string `json:"go_mod"` // the text of the file
}

// published is the cursor of both. The proxy cannot filter, and knows when a version was committed
// but not when it was tagged, which is mostly a little later: what is a month old is read again.
var published = sources.TimeCursor{Field: "time", Filter: true, Lookback: 30 * 24 * time.Hour}

// versionsSince reads one module after the other, as latest does, and leaves out what is older than
// the slice.
func (p *proxy) versionsSince(ctx context.Context, s sources.Slice) iter.Seq2[Version, error] {
	return func(yield func(Version, error) bool) {
		var missing []string
		for _, path := range p.modules {
			versions, err := p.versions(ctx, path)
			if isMissing(err) {
				missing = append(missing, path)
				continue
			}
			if err != nil {
				yield(Version{}, err)
				return
			}
			semver.Sort(versions)
			for _, v := range versions {
				if !p.yieldVersion(ctx, path, v, s, yield) {
					return
				}
			}
		}
		if err := missingModules(missing); err != nil {
			yield(Version{}, err)
		}
	}
}

// yieldVersion looks up when a version was published.
func (p *proxy) yieldVersion(
	ctx context.Context, path, version string, s sources.Slice, yield func(Version, error) bool,
) bool {
	found, err := p.info(ctx, path, version)
	switch {
	case isMissing(err):
		leaveOut(ctx, path, version, err)
		return true
	case err == nil && !s.From.IsZero() && found.Time.Before(s.From.Time()):
		return true
	}
	return yield(Version{path, version, found.Time}, err) && err == nil
}

// leaveOut logs that a version is listed but not handed out, which is no reason to do without all
// others.
func leaveOut(ctx context.Context, path, version string, err error) {
	slog.WarnContext(ctx, "The module proxy lists a version that it does not hand out; it is "+
		"left out.", "module", path, "version", version, "because", err)
}

// modFiles reads the go.mod file of every version.
func (p *proxy) modFiles(ctx context.Context, s sources.Slice) iter.Seq2[ModFile, error] {
	return func(yield func(ModFile, error) bool) {
		for v, err := range p.versionsSince(ctx, s) {
			file := ModFile{Version: v}
			if err == nil {
				file.GoMod, err = p.goMod(ctx, v.Module, v.Version)
			}
			if isMissing(err) {
				leaveOut(ctx, v.Module, v.Version, err)
				continue
			}
			if !yield(file, err) || err != nil {
				return
			}
		}
	}
}
