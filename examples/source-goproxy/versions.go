package main

import (
	"context"
	"iter"
	"log/slog"
	"time"

	"golang.org/x/mod/semver"

	"github.com/airbyte-go/cdk/protocol"
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

// versionsStream is one partition for each module.
func (p *proxy) versionsStream() *sources.StreamOf[Version] {
	return &sources.StreamOf[Version]{
		Name:       "versions",
		PrimaryKey: sources.Key("module", "version"),
		Partitions: sources.List("module", p.modules...),
		Cursor:     published,
		Read: func(ctx context.Context, s sources.Slice) iter.Seq2[Version, error] {
			return p.versionsOf(ctx, s.Partition.Get("module"))
		},
	}
}

// modFilesStream is one partition for each version. A version never changes, so those that were
// read once are not asked for again.
func (p *proxy) modFilesStream(versions sources.Stream) *sources.StreamOf[ModFile] {
	return &sources.StreamOf[ModFile]{
		Name:       "modfiles",
		PrimaryKey: sources.Key("module", "version"),
		Partitions: sources.Parent{
			Stream: versions, Key: "version", As: "version", Fields: []string{"time"},
			Incremental: true,
		},
		Cursor: published,
		Read:   p.modFile,
	}
}

// versionsOf reads the versions of one module.
func (p *proxy) versionsOf(ctx context.Context, path string) iter.Seq2[Version, error] {
	return func(yield func(Version, error) bool) {
		versions, err := p.versions(ctx, path)
		if isMissing(err) {
			err = missingModules([]string{path})
		}
		if err != nil {
			yield(Version{}, err)
			return
		}
		semver.Sort(versions)
		for _, v := range versions {
			found, err := p.info(ctx, path, v)
			if isMissing(err) {
				leaveOut(ctx, path, v, err)
				continue
			}
			if !yield(Version{path, v, found.Time}, err) || err != nil {
				return
			}
		}
	}
}

// leaveOut logs that a version is listed but not handed out, which is no reason to do without all
// others.
func leaveOut(ctx context.Context, path, version string, err error) {
	slog.WarnContext(ctx, "The module proxy lists a version that it does not hand out; it is "+
		"left out.", "module", path, "version", version, "because", err)
}

// modFile reads the go.mod file of one version. The module is a value of the version's own
// partition.
func (p *proxy) modFile(ctx context.Context, s sources.Slice) iter.Seq2[ModFile, error] {
	return func(yield func(ModFile, error) bool) {
		v, err := versionOf(s.Partition)
		file := ModFile{Version: v}
		if err == nil {
			file.GoMod, err = p.goMod(ctx, v.Module, v.Version)
		}
		if isMissing(err) {
			leaveOut(ctx, v.Module, v.Version, err)
			return
		}
		yield(file, err)
	}
}

// versionOf is the record of the stream versions from which a partition was made.
func versionOf(p sources.Partition) (v Version, err error) {
	v.Module, v.Version = p.Get("module"), p.Get("version")
	if at := p.Get("time"); at != "" { // a proxy need not know it
		if v.Time, err = time.Parse(time.RFC3339Nano, at); err != nil {
			err = protocol.Errorf(protocol.SystemError, "The time of %s %s is none: %w",
				v.Module, v.Version, err)
		}
	}
	return v, err
}
