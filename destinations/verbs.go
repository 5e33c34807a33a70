package destinations

import (
	"context"
	"errors"
	"os"
	"strings"

	"github.com/airbyte-go/cdk/internal/entry"
	"github.com/airbyte-go/cdk/internal/hook"
	"github.com/airbyte-go/cdk/internal/process"
	"github.com/airbyte-go/cdk/internal/schema"
	"github.com/airbyte-go/cdk/protocol"
)

// verbs are what a destination answers besides spec.
type verbs[C any] struct {
	destination Destination[C]
	options     options
	name        string
}

// config decodes the config.
func (v verbs[C]) config(c *entry.Call) (cfg C, err error) {
	raw, err := c.Config()
	if err != nil {
		return cfg, err
	}
	err = schema.Decode(raw, &cfg)
	return cfg, err
}

// hooked hands down what code without an engine needs, such as an HTTP client.
func (v verbs[C]) hooked(ctx context.Context, c *entry.Call) context.Context {
	return hook.With(ctx, &hook.Hooks{Connector: v.name, Log: c.Log})
}

// check tests the config.
func (v verbs[C]) check(ctx context.Context, c *entry.Call) error {
	return entry.Check(ctx, c, v.options.checkTimeout, func(ctx context.Context) error {
		cfg, err := v.config(c)
		if err != nil {
			return err
		}
		return entry.Answer(v.destination.Check(v.hooked(ctx, c), cfg))
	})
}

// write reads standard input and loads what it brings.
func (v verbs[C]) write(ctx context.Context, c *entry.Call) (err error) {
	cfg, err := v.config(c)
	if err != nil {
		return err
	}
	wanted, err := v.targets(c)
	if err != nil {
		return err
	}
	e := newEngine(v.options, wanted)
	e.out, e.log = c.Out, c.Log
	if err := v.open(ctx, c, cfg, e); err != nil {
		return err
	}
	defer func() { err = e.close(err) }()
	in := c.In
	if in == nil {
		in = strings.NewReader("")
	}
	if pipe, ok := in.(*os.File); ok {
		process.GrowPipe(pipe)
	}
	return e.run(ctx, in)
}

// targets reads the catalog.
func (v verbs[C]) targets(c *entry.Call) ([]target, error) {
	data, err := c.File(catalogFlag.Name)
	if err != nil {
		return nil, err
	}
	catalog, err := entry.ParseCatalog(data, "Select at least one in the connection.")
	if err != nil {
		return nil, err
	}
	s, err := spec(v.destination, v.options)
	if err != nil {
		return nil, err
	}
	return targets(catalog, s.Connector().SupportedDestinationSyncModes)
}

// open calls the author's Open. While it runs, a signal ends its context at once; later, there is
// some time for what is in hand.
func (v verbs[C]) open(ctx context.Context, c *entry.Call, cfg C, e *engine) error {
	e.work, e.cancel = context.WithCancelCause(v.hooked(context.WithoutCancel(ctx), c))
	stop := context.AfterFunc(ctx, func() { e.cancel(context.Cause(ctx)) })
	defer stop()
	streams := make([]Stream, len(e.streams))
	for i, s := range e.streams {
		streams[i] = s.Stream
	}
	var err error
	e.loader, err = v.destination.Open(e.work, cfg, streams)
	if err == nil && e.loader == nil {
		err = protocol.Errorf(protocol.SystemError,
			"The connector is built wrong: its Open returned no Loader and no error.")
	}
	if err != nil {
		e.cancel(err)
		return destinationError("opened", err)
	}
	return nil
}

// destinationError lets the user read the text of a plain error, too.
func destinationError(what string, err error) error {
	if _, typed := errors.AsType[*protocol.Error](err); typed {
		return err
	}
	return protocol.Errorf(protocol.SystemError, "The destination could not be %s: %w.", what, err)
}
