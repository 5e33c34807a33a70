package connection

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/airbyte-go/cdk/cmd/cdk/internal/gocommand"
	"github.com/airbyte-go/cdk/cmd/cdk/internal/sqlite"
	"github.com/airbyte-go/cdk/internal/platform"
	"github.com/airbyte-go/cdk/internal/process"
	"github.com/airbyte-go/cdk/protocol"
)

// sqlitePrefix begins the name of a file that the built-in destination writes.
const sqlitePrefix = "sqlite:"

// side is one of the two connectors. It starts processes and remembers those that run.
type side struct {
	origin platform.Origin
	given  string // what the command line says
	name   string // for files and people
	id     string // of what it reads or writes, as far as it can be told
	dir    string // of a Go program that is to be built; empty: none
	file   string // of the built-in destination; empty: none
	line   platform.Process
	config config
	spec   *protocol.ConnectorSpecification

	mu      sync.Mutex
	running map[platform.Running]bool
	killed  bool
}

var _ platform.Connector = (*side)(nil)

// newSide names a side by what the command line says.
func newSide(origin platform.Origin, given string) *side {
	s := &side{origin: origin, given: given, running: map[platform.Running]bool{}}
	if strings.HasPrefix(given, sqlitePrefix) {
		s.name = strings.TrimSuffix(sqlitePrefix, ":")
		return s
	}
	s.line = platform.Process(given)
	s.name = shortName(given, string(origin))
	if info, err := os.Stat(given); err == nil && info.IsDir() {
		if s.dir, err = filepath.Abs(given); err != nil {
			s.dir = given
		}
		s.name = tidy(filepath.Base(s.dir), string(origin))
	}
	s.id = s.name
	return s
}

// open reads the config.
func (s *side) open(configPath string) (err error) {
	if path, ok := strings.CutPrefix(s.given, sqlitePrefix); ok {
		return s.openBuiltIn(path, configPath)
	}
	s.config, err = readConfig("--"+string(s.origin)+"-config", configPath)
	return err
}

// builtInFile is the file of the built-in destination; empty: it is another one.
func (s *side) builtInFile() string {
	if path, ok := strings.CutPrefix(s.given, sqlitePrefix); ok {
		return path
	}
	return ""
}

// openBuiltIn makes the side the destination that this program brings along.
func (s *side) openBuiltIn(path, configPath string) error {
	switch {
	case s.origin != platform.Destination:
		return errors.New("sqlite:FILE is a destination; a source is a command line or a folder")
	case path == "" || strings.HasPrefix(path, ":memory:"):
		return errors.New("sqlite: names no file; give one, such as sqlite:acme.db")
	case configPath != "":
		return errors.New("sqlite:FILE is all the config there is; leave --destination-config out")
	}
	file, err := filepath.Abs(path)
	if err == nil {
		err = folderError("the SQLite file", file)
	}
	if err != nil {
		return err
	}
	self, err := os.Executable()
	if err != nil {
		return fmt.Errorf("this program does not know where it is, to run its destination: %w", err)
	}
	s.id, s.file = sqlitePrefix+file, file
	s.line = platform.Process(process.Quote(self) + " " + sqlite.Verb)
	s.config = config{text: sqlite.Config(file)}
	return nil
}

// build builds the Go program in the side's folder and makes it the one to start.
func (s *side) build(ctx context.Context) error {
	path, err := gocommand.Program(ctx, s.dir, s.name)
	if err != nil {
		return s.errorf("--%s %s %w", s.origin, s.given, err)
	}
	s.line = platform.Process(process.Quote(path))
	return nil
}

// Start implements [platform.Connector].
func (s *side) Start(ctx context.Context, c platform.Call) (platform.Running, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.killed {
		return nil, errors.New("the sync was stopped")
	}
	r, err := s.line.Start(ctx, c)
	if err != nil {
		return nil, err
	}
	s.running[r] = true
	return &watched{r, s}, nil
}

// kill ends what runs, and lets nothing else start.
func (s *side) kill() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.killed = true
	for r := range s.running {
		r.Kill()
	}
}

// watched is a process that its side forgets when it has ended.
type watched struct {
	platform.Running

	side *side
}

// Wait implements [platform.Running].
func (w *watched) Wait() int {
	code := w.Running.Wait()
	w.side.mu.Lock()
	defer w.side.mu.Unlock()
	delete(w.side.running, w.Running)
	return code
}

// sideError is an error of one of the connectors.
type sideError struct {
	origin platform.Origin
	err    error
}

func (e *sideError) Error() string { return e.err.Error() }
func (e *sideError) Unwrap() error { return e.err }

// errorf words an error of the side.
func (s *side) errorf(format string, args ...any) error {
	return &sideError{s.origin, fmt.Errorf(format, args...)}
}
