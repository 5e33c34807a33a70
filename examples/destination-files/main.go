// Command destination-files writes each stream into a folder of JSON Lines files, compressed or
// not. Each batch is a file, which is there as a whole or not at all. It supports append and
// overwrite.
package main

import (
	"context"
	"fmt"
	"io"
	"os"

	"github.com/airbyte-go/cdk/destinations"
	"github.com/airbyte-go/cdk/protocol"
)

// Config is what a user fills in.
type Config struct {
	Folder      string `json:"folder"      title:"Folder"      description:"Gets a folder for each stream."`
	Compression string `json:"compression" title:"Compression"                                              enum:"none,gzip,zstd" default:"gzip"`
}

func main() { destinations.Main(destination{}) }

type destination struct{}

var _ destinations.Destination[Config] = destination{}

// SyncModes leaves append_dedup out: a row of a file cannot be replaced.
func (destination) SyncModes() []protocol.DestinationSyncMode {
	return []protocol.DestinationSyncMode{
		protocol.DestinationAppend, protocol.DestinationOverwrite,
	}
}

// Check writes a file and removes it.
func (destination) Check(_ context.Context, cfg Config) error {
	if err := makeFolder(cfg.Folder); err != nil {
		return fmt.Errorf("the folder cannot be made: %w", err)
	}
	file, err := os.CreateTemp(cfg.Folder, ".check-*")
	if err != nil {
		return fmt.Errorf("the folder cannot be written to: %w", err)
	}
	_ = file.Close()
	return os.Remove(file.Name())
}

// Open makes the folders ready, and completes what a process that was killed has begun.
func (destination) Open(
	_ context.Context, cfg Config, streams []destinations.Stream,
) (destinations.Loader, error) {
	l := &loader{format: formats[cfg.Compression], folders: map[protocol.Descriptor]*folder{}}
	for _, s := range streams {
		f, err := openFolder(cfg.Folder, s)
		if err != nil {
			return nil, protocol.Errorf(protocol.ConfigError,
				"The folder of stream %s cannot be used: %w.", s, err)
		}
		l.folders[s.Descriptor] = f
	}
	return l, nil
}

// loader writes each batch to a file of its own. Nothing in it changes after Open, except for a
// folder, which belongs to one stream and so to one call at a time.
type loader struct {
	format  format
	folders map[protocol.Descriptor]*folder
}

// Load returns once the file and its name are on the disk.
func (l *loader) Load(_ context.Context, b *destinations.Batch) error {
	f := l.folders[b.Stream.Descriptor]
	return writeFile(f.hidden(), f.nextFile(l.format.ending), func(file io.Writer) error {
		return writeRows(file, l.format, b)
	})
}

// Finish puts what was loaded in the place of what was there before.
func (l *loader) Finish(_ context.Context, s destinations.Stream) error {
	return l.folders[s.Descriptor].finish()
}

func (l *loader) Close() error { return nil }
