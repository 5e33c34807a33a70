package sources

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"strings"

	"github.com/airbyte-go/cdk/internal/entry"
	"github.com/airbyte-go/cdk/internal/schema"
)

// Main runs s as the process: it answers spec, check, discover and read as the platform calls them,
// and exits. It panics when s or its config struct is built wrong, so that a first run of any verb
// shows the mistake.
//
// The exit code is 0 when the verb was done (a check that says FAILED included), 1 when it failed
// or any stream did, 2 for a wrong command line, 143 after SIGTERM and 130 after SIGINT. Standard
// output belongs to the protocol: Main points [os.Stdout] at standard error, so that a stray print
// cannot break it, and sends [log/slog] and [log] through LOG messages.
func Main[C any](s Source[C], opts ...Option) {
	entry.Main(program(s, filepath.Base(os.Args[0]), newOptions(opts)))
}

// Process is what a source sees of the process it runs in, for [Run].
type Process struct {
	// Args are the command line without the program's name.
	Args []string
	// In is standard input, which no verb of a source reads.
	In io.Reader
	// Out gets the protocol's lines. Nil discards them.
	Out io.Writer
	// Err gets usage texts and what else is for people. Nil discards it.
	Err io.Writer
}

// Run does what [Main] does and leaves the process alone: it returns the exit code, installs no
// signal handler and no default logger. Cancelling ctx stops the verb, which still says what it can
// say.
func Run[C any](ctx context.Context, s Source[C], p Process, opts ...Option) (code int) {
	return entry.Run(ctx, program(s, "source", newOptions(opts)), entry.Process(p))
}

// program is the source as the process contract sees it.
func program[C any](s Source[C], name string, o options) entry.Program {
	entry.MustHaveSound("sources", s, abilities[C]())
	p := entry.Program{
		Name: strings.TrimSuffix(name, ".exe"),
		Kind: "source",
		Spec: func() (*schema.Spec, error) {
			return schema.Of(reflect.TypeFor[C](), o.specFile, o.documentation)
		},
	}
	if m, ok := s.(ConfigMigrator); ok {
		p.Migrate = m.MigrateConfig
	}
	v := verbs[C]{source: s, options: o, name: p.Name}
	p.Verbs = []entry.Verb{
		{
			Name: "check", Help: "test the config", Run: v.hooked(v.check),
			Flags: []entry.Flag{configFlag},
		},
		{
			Name: "discover", Help: "list the streams and their schemas", Run: v.hooked(v.discover),
			Flags: []entry.Flag{configFlag},
		},
		{
			Name: "read", Help: "read the streams", Run: v.hooked(v.read),
			Flags: []entry.Flag{configFlag, catalogFlag, stateFlag, streamsFlag, limitFlag},
		},
		{
			Name: "schema", Help: "print the schemas that the records have",
			Run:   v.hooked(v.infer),
			Flags: []entry.Flag{configFlag, streamsFlag, limitFlag},
		},
	}
	return p
}

var (
	configFlag = entry.Flag{
		Name: "config", Arg: "FILE", Required: true, Help: "the config, a JSON object",
	}
	catalogFlag = entry.Flag{
		Name: "catalog", Arg: "FILE",
		Help: "the streams to read, a configured catalog; without it all are read in full",
	}
	stateFlag = entry.Flag{
		Name: "state", Arg: "FILE", Help: "the states that the last sync left",
	}
	streamsFlag = entry.Flag{
		Name: "streams", Arg: "A,B", Help: "without a catalog: only these streams",
	}
	limitFlag = entry.Flag{
		Name: "limit", Arg: "N", Help: "without a catalog: at most N records of each stream",
	}
)
