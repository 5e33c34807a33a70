package destinations

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"strings"

	"github.com/airbyte-go/cdk/internal/entry"
	"github.com/airbyte-go/cdk/internal/schema"
	"github.com/airbyte-go/cdk/protocol"
)

// Main runs d as the process: it answers spec, check and write as the platform calls them, and
// exits. It panics when d or its config struct is built wrong, so that a first run of any verb
// shows the mistake.
//
// The exit code is 0 when the verb was done (a check that says FAILED included), 1 when it failed,
// 2 for a wrong command line, 143 after SIGTERM and 130 after SIGINT. Standard output belongs to
// the protocol: Main points [os.Stdout] at standard error, so that a stray print cannot break it,
// and sends [log/slog] and [log] through LOG messages.
func Main[C any](d Destination[C], opts ...Option) {
	entry.Main(program(d, filepath.Base(os.Args[0]), newOptions(opts)))
}

// Process is what a destination sees of the process it runs in, for [Run].
type Process struct {
	// Args are the command line without the program's name.
	Args []string
	// In is standard input, which write reads to its end. A write that is interrupted cannot end a
	// Read that waits, and leaves it behind.
	In io.Reader
	// Out gets the protocol's lines. Nil discards them.
	Out io.Writer
	// Err gets usage texts and what else is for people. Nil discards it.
	Err io.Writer
}

// Run does what [Main] does and leaves the process alone: it returns the exit code, installs no
// signal handler and no default logger. Cancelling ctx stops the verb, which still says what it can
// say.
func Run[C any](ctx context.Context, d Destination[C], p Process, opts ...Option) (code int) {
	return entry.Run(ctx, program(d, "destination", newOptions(opts)), entry.Process(p))
}

// program is the destination as the process contract sees it.
func program[C any](d Destination[C], name string, o options) entry.Program {
	entry.MustHaveSound("destinations", d, abilities)
	p := entry.Program{
		Name: strings.TrimSuffix(name, ".exe"),
		Kind: "destination",
		Spec: func() (*schema.Spec, error) { return spec(d, o) },
	}
	if m, ok := d.(ConfigMigrator); ok {
		p.Migrate = m.MigrateConfig
	}
	v := verbs[C]{destination: d, options: o, name: p.Name}
	p.Verbs = []entry.Verb{
		{
			Name: "check", Help: "test the config", Run: v.check,
			Flags: []entry.Flag{configFlag},
		},
		{
			Name: "write", Help: "write what standard input brings", Run: v.write,
			Flags: []entry.Flag{configFlag, catalogFlag},
		},
	}
	return p
}

var (
	configFlag = entry.Flag{
		Name: "config", Arg: "FILE", Required: true, Help: "the config, a JSON object",
	}
	catalogFlag = entry.Flag{
		Name: "catalog", Arg: "FILE", Required: true,
		Help: "the streams to write, a configured catalog",
	}
)

// spec is the spec of the config struct, or the author's own, with the sync modes.
func spec[C any](d Destination[C], o options) (*schema.Spec, error) {
	s, err := schema.Of(reflect.TypeFor[C](), o.specFile, o.documentation)
	if err != nil {
		return nil, err
	}
	modes := s.Connector().SupportedDestinationSyncModes
	if l, ok := d.(ModeLister); ok {
		modes = l.SyncModes()
	}
	if len(modes) == 0 {
		modes = []protocol.DestinationSyncMode{protocol.DestinationAppend}
	}
	s.Support(modes)
	return s, nil
}
