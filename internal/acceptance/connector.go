package acceptance

import (
	"context"
	"slices"
	"time"

	"github.com/airbyte-go/cdk/internal/process"
)

// Connector runs a connector as the platform would: once for each verb.
type Connector interface {
	// Run runs it once, until it ends or the call's bounds are reached. An error means that it
	// could not be run; a connector that fails is none.
	Run(ctx context.Context, call Call) (*Outcome, error)
}

// Call is one run that is asked for.
type Call struct {
	Args   []string // the verb, and flags that name no file
	Joined bool     // write --flag=value instead of --flag value

	Config, Catalog, State []byte // the content of files; nil: without the flag

	Environment map[string]string
	Timeout     time.Duration // after which the run is ended
	Stop        *Stop         // nil: it ends by itself
}

// Stop ends a run early.
type Stop struct {
	Lines int           // after so many lines of output, or once they are being written
	Close bool          // by closing the output instead of SIGTERM
	Grace time.Duration // how long it may take to end
}

// Outcome is what a run left behind.
type Outcome struct {
	Stdout, Stderr string
	Code           int

	TimedOut bool // it had to be killed
	Stopped  bool // the stop was carried out, maybe when it was ending by itself
	Refused  bool // a write was refused for certain, because the output was closed

	Took       time.Duration // all of it
	FirstLine  time.Duration // until the first line of output; zero without one or when not known
	Ended      time.Duration // from the stop to the end
	PeakMemory int64         // bytes, as long as it wrote; zero when not known
	Leaked     string        // goroutines that outlived the run, where that can be seen
}

// Files writes the files of a call into a folder and returns the command line that names them.
func (c Call) Files(dir string) (args []string, err error) {
	flags, err := process.Files{Config: c.Config, Catalog: c.Catalog, State: c.State}.
		Write(dir, c.Joined)
	return slices.Concat(c.Args, flags), err
}
