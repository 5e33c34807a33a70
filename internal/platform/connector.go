package platform

import (
	"context"
	"io"
)

// Connector starts a connector, once for each verb.
type Connector interface {
	// Start starts a verb. An error means that it could not be started.
	Start(ctx context.Context, c Call) (Running, error)
}

// Call is one run that is asked for.
type Call struct {
	Verb string // spec, check, discover, read or write
	// Config, Catalog and State are the contents of the files behind the flags; nil: no flag.
	Config, Catalog, State []byte
	// Input says that the connector gets an open standard input instead of an empty one.
	Input bool
	// Log gets what the connector writes to standard error, line by line, from one goroutine. Nil
	// discards it.
	Log func(line string)
}

// Running is a connector at work.
type Running interface {
	// Input is its standard input, nil without [Call.Input].
	Input() io.WriteCloser
	// Output is its standard output, which ends when the connector does or closes it.
	Output() io.Reader
	// Stop asks it to end, as SIGTERM does.
	Stop()
	// Kill ends it at once, with all that it started.
	Kill()
	// Wait waits for its end and returns its exit code. It must be called once.
	Wait() (code int)
}
