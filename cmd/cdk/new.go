package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/airbyte-go/cdk/cmd/cdk/internal/scaffold"
)

const newUsage = `Usage: cdk new NAME [flags]

Writes a new connector: a module that builds, passes its tests and runs at once, because it brings
something to read from or to write to. NAME is the path of the module, such as source-acme or
github.com/acme/destination-acme, and tells whether it is a source or a destination. No file is
ever overwritten.

On a terminal it asks for what is not said; elsewhere it takes the defaults.

Flags:
  --kind KIND   what a source reads (default rest)
%s
                or what a destination writes to (default sql)
%s
  --from-openapi FILE
                write a source from an OpenAPI 3 document, JSON or YAML, instead of a template:
                streams, schemas, pages and authentication are guessed, and what could not be
                guessed is said. Nothing is fetched
  --url URL     the URL of the API (default https://api.example.com/v1/ or .../graphql, or what
                the document says)
  --dir DIR     the folder to write to (default the last word of NAME)
  --cdk DIR     the checkout of the kit to use (default the one that cdk was built from)

Example:
  cdk new source-acme --url https://api.acme.example/v2/
  cd source-acme
  go test ./...

  cdk new source-acme --from-openapi acme.yaml
`

// newConnector carries out the verb new.
func newConnector(args []string, out, errs io.Writer) int {
	return create(context.Background(), args, atTerminal(os.Stdin, errs), out, errs)
}

// create is the verb new with somebody to ask, or nil.
func create(ctx context.Context, args []string, ask *questions, out, errs io.Writer) int {
	f, err := parseNew(args)
	if errors.Is(err, flag.ErrHelp) {
		return printNewUsage(out, errs)
	}
	var c scaffold.Connector
	if err == nil {
		c, err = f.connector(ask)
	}
	if err != nil {
		fmt.Fprintf(errs, "cdk new: %v; run `cdk new --help` to see how it is used.\n", err)
		return exitUsage
	}
	// Only here a signal does not end the process at once, so that no half of a module is left
	// behind; a question must not swallow Ctrl-C.
	ctx, stop := untilSignal(ctx)
	defer stop()
	if err := writeConnector(ctx, c, out, errs); err != nil {
		fmt.Fprintf(errs, "cdk new: %v.\n", err)
		return failureCode(ctx)
	}
	return exitOK
}

func printNewUsage(out, errs io.Writer) int {
	_, err := fmt.Fprintf(out, newUsage, kindsUsage(scaffold.Source),
		kindsUsage(scaffold.Destination))
	if err != nil {
		fmt.Fprintf(errs, "cdk new: %v\n", err)
		return exitFailed
	}
	return exitOK
}

func kindsUsage(connectorType string) string {
	var lines []string
	for _, k := range scaffold.KindsOf(connectorType) {
		lines = append(lines, fmt.Sprintf("                %-8s %s", k.Name, k.Help))
	}
	return strings.Join(lines, "\n")
}

// newFlags is what the command line of new says.
type newFlags struct {
	name, kind, url, dir, cdk, document string

	said map[string]bool // flags that are on the command line
}

// parseNew reads the flags, which may stand on both sides of the name. The error is a sentence;
// flag.ErrHelp asks for the usage text.
func parseNew(args []string) (*newFlags, error) {
	f := &newFlags{said: map[string]bool{}}
	set := flag.NewFlagSet("new", flag.ContinueOnError)
	set.SetOutput(io.Discard)
	set.StringVar(&f.kind, "kind", "", "")
	set.StringVar(&f.url, "url", "", "")
	set.StringVar(&f.dir, "dir", "", "")
	set.StringVar(&f.cdk, "cdk", "", "")
	set.StringVar(&f.document, "from-openapi", "", "")
	var names []string
	for {
		if err := set.Parse(args); err != nil {
			return nil, err
		}
		if set.NArg() == 0 {
			break
		}
		names, args = append(names, set.Arg(0)), set.Args()[1:]
	}
	set.Visit(func(given *flag.Flag) { f.said[given.Name] = true })
	if len(names) > 1 {
		return nil, fmt.Errorf("there is an argument too much, %q", names[1])
	}
	f.name = strings.Join(names, "")
	for _, name := range []string{"dir", "cdk"} {
		if f.said[name] && set.Lookup(name).Value.String() == "" {
			return nil, fmt.Errorf("the flag --%s is empty; give it a folder", name)
		}
	}
	if f.said["from-openapi"] && f.document == "" {
		return nil, errors.New("the flag --from-openapi is empty; give it a file")
	}
	return f, nil
}

// writeConnector writes the module and says what to do next.
func writeConnector(ctx context.Context, c scaffold.Connector, out, errs io.Writer) error {
	files, err := c.Write()
	if err != nil {
		return err
	}
	if err := scaffold.Tidy(ctx, c.Dir); err != nil {
		if c.Kit.Dir == "" {
			return fmt.Errorf("%s is written, but has no go.sum yet: %w. Then run `go mod tidy` "+
				"in it", c.Dir, err)
		}
		fmt.Fprintf(errs, "cdk new: go.mod and go.sum name all that is needed, maybe more: %v.\n",
			err)
	}
	_, err = fmt.Fprintf(out, "%s is written: %d files in %s, for %v.\n\n%sNext:\n  cd %s\n%s",
		c.Name.Short, len(files), c.Dir, c.Kit, guesses(c.API), quoted(c.Dir), nextSteps(c))
	return err
}

func nextSteps(c scaffold.Connector) string {
	steps := "  go test ./...           # everything it must hold\n"
	if c.URL != nil {
		steps += "  go run ./cmd/fakeapi    # its API, in a terminal of its own\n"
	}
	steps += "  go build\n"
	if c.Kind.Type == scaffold.Destination {
		steps += "  cat testdata/messages.jsonl | ./" + c.Name.Short +
			" write --config config.json --catalog testdata/catalog.json\n"
	} else {
		steps += "  ./" + c.Name.Short + " read --config config.json --limit 10\n"
	}
	return steps + "\nREADME.md has the five steps after these.\n"
}

// quoted is a folder as a shell takes it.
func quoted(dir string) string {
	dir = filepath.Clean(dir)
	if strings.ContainsAny(dir, " \t'\"$&()*;<>?[]`|~#!{}") {
		return "'" + strings.ReplaceAll(dir, "'", `'\''`) + "'"
	}
	return dir
}
