package connection

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync/atomic"
	"time"

	"github.com/airbyte-go/cdk/internal/platform"
	"github.com/airbyte-go/cdk/protocol"
)

// Options are what the command line says.
type Options struct {
	Source, Destination             string // a command line, a folder, or sqlite:FILE
	SourceConfig, DestinationConfig string // paths; empty: the config is {}
	Catalog                         string // path; empty: the source is asked
	Streams                         []string
	Mode                            Mode
	State                           string // path; empty: named after the connectors
	Attempts                        int
	SupportsRefreshes               bool
}

// Teller hears what happens. Its functions may be called by several goroutines.
type Teller struct {
	Phase func(text string)          // something that takes time begins
	Note  func(text string)          // something that must not be missed
	Log   func(entry platform.Entry) // what connectors log
}

// Connection is opened once, prepared, synced and closed.
type Connection struct {
	options             Options
	tell                Teller
	source, destination *side
	state               *stateFile // nil: it is not open
	catalog             *protocol.ConfiguredCatalog
	sync                atomic.Pointer[platform.Sync]
}

// New names a connection. It touches nothing yet.
func New(o Options, tell Teller) *Connection {
	return &Connection{
		options: o, tell: tell,
		source:      newSide(platform.Source, o.Source),
		destination: newSide(platform.Destination, o.Destination),
	}
}

// Open finds the connectors and the files and locks the state file. Nothing has been started then,
// but folders of Go programs have been built.
func (c *Connection) Open(ctx context.Context) (err error) {
	if err := c.source.open(c.options.SourceConfig); err != nil {
		return err
	}
	if err := c.destination.open(c.options.DestinationConfig); err != nil {
		return err
	}
	c.state, err = openState(c.StatePath(), c.source, c.destination, c.tell.Note)
	if err != nil {
		return err
	}
	for _, s := range c.sides() {
		if s.dir == "" {
			continue
		}
		c.tell.Phase("building " + s.name)
		if err := s.build(ctx); err != nil {
			return err
		}
	}
	return nil
}

// Title names the connection for people, such as "source-acme -> sqlite".
func (c *Connection) Title() string { return c.source.name + " -> " + c.destination.name }

// Name names the connection in files and in metrics, such as "source-acme-sqlite".
func (c *Connection) Name() string { return c.source.name + "-" + c.destination.name }

// StatePath is the path of the state file.
func (c *Connection) StatePath() string {
	if c.options.State != "" {
		return c.options.State
	}
	return c.Name() + stateSuffix
}

// LogPath is where logs may be kept: beside the state file.
func (c *Connection) LogPath() string {
	return strings.TrimSuffix(strings.TrimSuffix(c.StatePath(), ".json"), ".state") + ".log"
}

func (c *Connection) sides() []*side { return []*side{c.source, c.destination} }

// Prepare asks both connectors for their specs, has them check their configs, and makes the
// configured catalog.
func (c *Connection) Prepare(ctx context.Context) error {
	c.tell.Phase("spec of both connectors")
	if err := c.both(ctx, c.askSpec); err != nil {
		return err
	}
	c.tell.Phase("check of both configs")
	if err := c.both(ctx, c.askCheck); err != nil {
		return err
	}
	var err error
	c.catalog, err = c.configure(ctx)
	return err
}

// Sync syncs. The report is nil where nothing could be tried.
func (c *Connection) Sync(ctx context.Context) (*platform.Report, error) {
	sync := &platform.Sync{
		Source: c.source, Destination: c.destination,
		SourceConfig: c.source.config.text, DestinationConfig: c.destination.config.text,
		Catalog: c.catalog, Store: c.state,
		SupportsRefreshes:     c.options.SupportsRefreshes,
		Attempts:              c.options.Attempts,
		SaveSourceConfig:      c.source.config.save,
		SaveDestinationConfig: c.destination.config.save,
		Log:                   c.tell.Log,
	}
	c.tell.Phase(counted(len(c.catalog.Streams), "stream") + " to sync")
	c.sync.Store(sync)
	return sync.Run(ctx)
}

// Progress is the report of this moment, and an empty one before there is one.
func (c *Connection) Progress() *platform.Report {
	if sync := c.sync.Load(); sync != nil {
		return sync.Progress()
	}
	return new(platform.Report)
}

// Kill ends both connectors at once, and whatever is started after it.
func (c *Connection) Kill() {
	for _, s := range c.sides() {
		s.kill()
	}
}

// Close gives the state file free.
func (c *Connection) Close() {
	if c.state != nil {
		c.state.unlock()
	}
}

// Failure is an error that is one of a connector, of a type that says what can be done.
func Failure(err error) platform.Failure {
	f := platform.Failure{
		Origin: platform.Platform, Type: protocol.ConfigError, Message: err.Error(), At: time.Now(),
	}
	if s, ok := errors.AsType[*sideError](err); ok {
		f.Origin, f.Type = s.origin, protocol.SystemError
		if e, ok := errors.AsType[*protocol.Error](err); ok && e.Type != "" {
			f.Type = e.Type
		}
	}
	return f
}

// cause is an error of the system without the path, which the sentence names.
func cause(err error) error {
	if p, ok := errors.AsType[*os.PathError](err); ok {
		return p.Err
	}
	return err
}

func counted(n int, noun string) string {
	if n != 1 {
		noun += "s"
	}
	return fmt.Sprintf("%d %s", n, noun)
}
