package entry

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/airbyte-go/cdk/internal/process"
)

// lastWords is how long a verb may go on once stdout is gone. Most end at once, as their context
// does; one that waits for something else has no one left to work for.
const lastWords = 5 * time.Second

// Main runs the program with the arguments, files and signals of the process, and exits. Besides
// what [Run] does, it
//
//   - ends the context at the first SIGTERM or SIGINT and the process at the second,
//   - sends what is printed to os.Stdout to stderr, so that only messages reach stdout,
//   - makes the verb's logger the default of package slog, and so of package log,
//   - writes DEBUG messages where the variable LOG_LEVEL is debug, which the platform can set,
//   - keeps the heap within the container's memory.
//
// It must be called from main, once.
func Main(p Program) { os.Exit(host(p, lastWords)) }

// host is Main without the exit, and with the patience as a parameter.
func host(p Program, patience time.Duration) int {
	limitMemory(os.DirFS("/"))
	mask := new(Mask)
	streams := divert(mask)
	process.GrowPipe(streams.stdout)
	ctx, cancel := context.WithCancelCause(context.Background())
	defer cancel(nil)
	watchSignals(cancel)
	if p.Name == "" {
		p.Name = filepath.Base(os.Args[0])
	}
	s := session{
		program: p,
		process: Process{os.Args[1:], os.Stdin, streams.stdout, streams.stderr},
		mask:    mask,
		debug:   strings.EqualFold(os.Getenv("LOG_LEVEL"), "debug"),

		onLogger: slog.SetDefault,
		onBroken: func() { time.AfterFunc(patience, func() { os.Exit(exitFailed) }) },
	}
	code := s.run(ctx)
	streams.close()
	return code
}
