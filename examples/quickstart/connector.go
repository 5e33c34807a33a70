package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"time"

	"github.com/airbyte-go/cdk/protocol"
)

// grace is how long a connector may take to end after it was asked to.
const grace = 10 * time.Second

// connector runs a source or a destination as Airbyte does: each verb is a process of its own,
// whose standard output is a message a line.
type connector struct {
	role   string // source or destination
	path   string
	config string   // path of its config
	log    *os.File // gets what it logs; a file, so that the process can write to it itself
}

// run runs one verb on an input, which may be nil, and hands its messages to take, except logs and
// errors: those go to the log, and the first error becomes the result of a failed run. When ctx
// ends, the connector is asked to stop, and the messages it still has to say are taken as well.
func (c *connector) run(
	ctx context.Context, in *os.File, take func(*protocol.Message) error, args ...string,
) error {
	process, stop := context.WithCancel(ctx)
	defer stop()
	cmd := exec.CommandContext(process, c.path, args...)
	if in != nil { // a nil *os.File would be an io.Reader that is not nil
		cmd.Stdin = in
	}
	cmd.Stderr = c.log
	cmd.WaitDelay = grace
	stopGently(cmd)
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("the %s cannot be started: %w", c.role, err)
	}
	said, refused := c.listen(stdout, take, stop)
	ended := cmd.Wait()
	switch {
	case refused != nil:
		return refused
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case ended != nil && said != nil:
		return said
	case ended != nil:
		return fmt.Errorf("the %s ended with %w and did not say why", c.role, ended)
	}
	return nil
}

// listen hands messages to take until there are no more. said is the first error that the connector
// reports. refused is the error of take, after which the connector is stopped and only its last
// words are read.
func (c *connector) listen(
	stdout io.Reader, take func(*protocol.Message) error, stop func(),
) (said, refused error) {
	for m, err := range protocol.NewReader(stdout, protocol.ReaderOptions{}).Messages() {
		switch {
		case err != nil:
			c.note("STDOUT", err.Error()) // a line that is no message harms nobody
		case m.Log != nil:
			c.note(string(m.Log.Level), m.Log.Message)
		case m.Trace != nil && m.Trace.Error != nil:
			c.note("ERROR TRACE", m.Trace.Error.Message+" "+m.Trace.Error.InternalMessage)
			if said == nil {
				said = errors.New(m.Trace.Error.Message)
			}
		case refused == nil:
			if refused = take(m); refused != nil {
				stop()
			}
		}
	}
	return said, refused
}

func (c *connector) note(kind, text string) {
	_, _ = fmt.Fprintf(c.log, "%s %s %s\n", time.Now().Format(time.RFC3339Nano), kind, text)
}

// ask runs a verb that answers with one message of the given type.
func (c *connector) ask(
	ctx context.Context, want protocol.MessageType, args ...string,
) (answer *protocol.Message, err error) {
	err = c.run(ctx, nil, func(m *protocol.Message) error {
		if m.Type == want {
			answer = m
		}
		return nil
	}, args...)
	if err == nil && answer == nil {
		err = fmt.Errorf("the %s did not answer %s with a %s message", c.role, args[0], want)
	}
	return answer, err
}
