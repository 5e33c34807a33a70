package destinations

import (
	"context"

	"github.com/airbyte-go/cdk/internal/entry"
	"github.com/airbyte-go/cdk/internal/hook"
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

func (v verbs[C]) write(context.Context, *entry.Call) error {
	return protocol.Errorf(protocol.SystemError, "This version cannot write yet.")
}
