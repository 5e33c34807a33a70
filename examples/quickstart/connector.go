package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/airbyte-go/cdk/internal/platform"
	"github.com/airbyte-go/cdk/internal/process"
	"github.com/airbyte-go/cdk/protocol"
)

// connector is a source or a destination, with its config and a file for what it logs.
type connector struct {
	role    platform.Origin
	program platform.Process
	config  []byte
	log     *os.File
}

// use makes the program at a path the connector.
func (c *connector) use(path string) { c.program = platform.Process(process.Quote(path)) }

// ask runs a verb that answers with one message.
func (c *connector) ask(
	ctx context.Context, verb string, config []byte,
) (*protocol.Message, error) {
	return platform.Ask(ctx, platform.Question{
		Connector: c.program, Verb: verb, Config: config, Log: c.note, Origin: c.role,
	})
}

func (c *connector) check(ctx context.Context) error {
	m, err := c.ask(ctx, "check", c.config)
	if err == nil && m.ConnectionStatus.Status != protocol.ConnectionSucceeded {
		err = errors.New(m.ConnectionStatus.Message)
	}
	return err
}

// note writes down what the connector says besides messages.
func (c *connector) note(e platform.Entry) {
	_, _ = fmt.Fprintf(c.log, "%s %s %s\n", time.Now().Format(time.RFC3339Nano), e.Level, e.Text)
}
