package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/airbyte-go/cdk/cmd/cdk/internal/sqlite"
)

// Exit codes of the command, the ones the go command uses.
const (
	exitOK     = 0
	exitFailed = 1
	exitUsage  = 2
)

// verb is one word the command understands. It has one of the functions.
type verb struct {
	name string
	help string // half a line; empty: it is not for people

	run     func(out io.Writer) error                           // takes no arguments
	command func(args []string, out, errs io.Writer) (code int) // reads its own flags
}

// verbs lists them in the order help shows them. It is a function because help is one of them.
func verbs() []verb {
	return []verb{
		{name: "help", help: "print this text", run: printHelp},
		{
			name:    "image",
			help:    "build a connector's container image without Docker, or judge any",
			command: buildImage,
		},
		{
			name: "new", help: "write a new connector that builds, passes its tests and runs",
			command: newConnector,
		},
		{
			name: "sync", help: "sync a source into a destination, both in any language",
			command: syncConnectors,
		},
		{name: "test", help: "run acceptance tests on a connector in any language", command: test},
		{
			name: "version", help: "print the versions of the kit, of Go and of the protocol",
			run: printVersion,
		},
		{name: sqlite.Verb, command: beSQLite},
	}
}

// beSQLite makes the process the destination that sync brings along.
func beSQLite(args []string, _, _ io.Writer) int {
	sqlite.Main(args)
	return exitOK
}

// run carries out one command line, without the program's name, and returns the exit code.
func run(args []string, out, errs io.Writer) int {
	if len(args) == 0 {
		// Nothing was asked for, so nothing can have succeeded.
		_ = printHelp(errs)
		return exitUsage
	}
	chosen, ok := find(args[0])
	switch {
	case !ok:
		return refuse(errs, fmt.Sprintf("there is no verb %q", args[0]))
	case chosen.command != nil:
		return chosen.command(args[1:], out, errs)
	case len(args) > 1:
		return refuse(errs, fmt.Sprintf("%s takes no arguments, got %q", chosen.name, args[1]))
	}
	if err := chosen.run(out); err != nil {
		fmt.Fprintf(errs, "cdk %s: %v\n", chosen.name, err)
		return exitFailed
	}
	return exitOK
}

// find returns the verb a word names. The usual flags for help and version are accepted as well,
// since they are what people try first.
func find(word string) (verb, bool) {
	switch word {
	case "-h", "-help", "--help":
		word = "help"
	case "-version", "--version":
		word = "version"
	}
	all := verbs()
	at := slices.IndexFunc(all, func(v verb) bool { return v.name == word })
	if at < 0 {
		return verb{}, false
	}
	return all[at], true
}

// refuse answers a command line that was not understood.
func refuse(errs io.Writer, sentence string) int {
	fmt.Fprintf(errs, "cdk: %s; run `cdk help` to see what there is.\n", sentence)
	return exitUsage
}

func printHelp(out io.Writer) error {
	var text strings.Builder
	text.WriteString("cdk is the tool beside the Airbyte Go CDK.\n\nUsage: cdk VERB\n\nVerbs:\n")
	table := tabwriter.NewWriter(&text, 0, 0, 2, ' ', 0)
	for _, v := range verbs() {
		if v.help == "" {
			continue
		}
		fmt.Fprintf(table, "  %s\t%s\n", v.name, v.help)
	}
	if err := table.Flush(); err != nil {
		return fmt.Errorf("cannot lay out the verbs: %w", err)
	}
	_, err := io.WriteString(out, text.String())
	return err
}
