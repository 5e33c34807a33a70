// Package entry is the process contract that sources.Main and destinations.Main share: verbs and
// flags, the config file, secrets, logging, signals, and exit codes. A connector's author never
// sees it.
//
// A package that offers a Main describes its verbs in a [Program] and hands it to [Main], which
// owns the whole process, or to [Run], which leaves the process alone so that tests can run many
// connectors side by side.
//
// # Exit codes
//
//	0    the verb is done; a FAILED connection status counts as done
//	1    the verb failed, or stdout could not be written
//	2    the command line was wrong
//	130  stopped by SIGINT
//	143  stopped by SIGTERM
//
// Whatever the reason, a process that does not exit with 0 has written one ERROR trace, except
// where stdout is gone: then a sentence on stderr says so.
//
// # Secrets
//
// Values at the spec's airbyte_secret paths are replaced by **** in LOG, TRACE and
// CONNECTION_STATUS texts and on stderr, see [Mask]. RECORD, STATE and CONTROL are never altered.
package entry

import (
	"context"
	"fmt"
	"io"
	"slices"

	"github.com/airbyte-go/cdk/internal/schema"
)

// Process is what a program needs of its surroundings. Out and Err may be nil: then what would be
// written there is dropped. In may be nil for verbs that do not read it.
type Process struct {
	Args []string // the command line without the program's name
	In   io.Reader
	Out  io.Writer // protocol lines, and nothing else
	Err  io.Writer // everything meant for people; secrets are masked
}

// Program is a connector seen from its command line. It is not changed by [Run] and may be run
// many times at once.
type Program struct {
	// Name is what the usage text calls the program. Defaults to the name of the executable under
	// [Main] and to "connector" under [Run].
	Name string
	// Kind is "source" or "destination", for the usage text.
	Kind string
	// Spec builds the connector's specification. It is called when it is needed first, and once.
	Spec func() (*schema.Spec, error)
	// Verbs are the verbs besides spec, which this package answers itself, in the order of the
	// usage text.
	Verbs []Verb
	// Migrate turns the config of an older version into one of this version and returns others as
	// they are. It may be nil. It gets one valid JSON object.
	Migrate func(old []byte) ([]byte, error)
}

// Verb is one thing that the program can be asked to do.
type Verb struct {
	Name  string
	Help  string // a phrase that starts with a verb, such as "read the streams"
	Flags []Flag // besides --debug and --help, which every verb has

	// Run does the work. A nil error means done; any other becomes one ERROR trace and exit code 1,
	// unless [Reported] wraps it. The context ends when a signal arrives or stdout breaks.
	Run func(ctx context.Context, c *Call) error
}

// Flag is one flag of a verb. Verbs that share a flag name must agree on whether it takes a value,
// because flags may stand before the verb.
type Flag struct {
	Name     string // without dashes
	Arg      string // what the value is called in the usage text; "" makes it a flag without value
	Help     string // a phrase, such as "the config, a JSON object"
	Required bool
}

// everyVerb holds the flags that need no declaration.
var everyVerb = []Flag{
	{Name: "debug", Help: "write DEBUG log messages too"},
	{Name: "help", Help: "print this text"},
}

// specVerb asks for the specification. It takes no config: the platform calls it before any exists.
func specVerb(spec func() (*schema.Spec, error)) Verb {
	return Verb{
		Name: "spec",
		Help: "print the specification: what the config must hold",
		Run: func(_ context.Context, c *Call) error {
			built, err := spec()
			if err != nil {
				return err
			}
			return c.Out.Write(specMessage(built.Connector()))
		},
	}
}

// mustBeSound panics when two verbs contradict each other: the mistake is in the code that
// declares them, and no command line could repair it.
func mustBeSound(verbs []Verb) {
	takesValue := map[string]bool{"h": false}
	for i, verb := range verbs {
		if slices.ContainsFunc(verbs[:i], func(v Verb) bool { return v.Name == verb.Name }) {
			panic(fmt.Sprintf("entry: verb %q is declared twice", verb.Name))
		}
		for _, flag := range slices.Concat(everyVerb, verb.Flags) {
			takes := flag.Arg != ""
			if before, ok := takesValue[flag.Name]; ok && before != takes {
				panic(fmt.Sprintf("entry: flag %q of verb %q takes a value in one place and none"+
					" in another", flag.Name, verb.Name))
			}
			takesValue[flag.Name] = takes
		}
	}
}
