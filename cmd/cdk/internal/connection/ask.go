package connection

import (
	"context"
	"sync"

	"github.com/airbyte-go/cdk/internal/platform"
	"github.com/airbyte-go/cdk/protocol"
)

// both asks both connectors at the same time. The first error ends the other question, too.
func (c *Connection) both(ctx context.Context, ask func(context.Context, *side) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var asked sync.WaitGroup
	for _, s := range c.sides() {
		asked.Go(func() {
			if err := ask(ctx, s); err != nil {
				cancel(err)
			}
		})
	}
	asked.Wait()
	return context.Cause(ctx)
}

func (c *Connection) ask(
	ctx context.Context, s *side, verb string, config []byte,
) (*protocol.Message, error) {
	m, err := platform.Ask(ctx, platform.Question{
		Connector: s, Verb: verb, Config: config, SaveConfig: s.config.save, Log: c.tell.Log,
		Origin: s.origin,
	})
	if err != nil {
		return nil, s.errorf("%s of --%s %q failed: %w", verb, s.origin, s.given, err)
	}
	return m, nil
}

// askSpec tells sources from destinations by the one property that only destinations have.
func (c *Connection) askSpec(ctx context.Context, s *side) error {
	m, err := c.ask(ctx, s, "spec", nil)
	if err != nil {
		return err
	}
	s.spec = m.Spec
	writes := len(s.spec.SupportedDestinationSyncModes) > 0
	switch {
	case writes && s.origin == platform.Source:
		return s.errorf("--source %q is a destination: its spec has "+
			"supported_destination_sync_modes; name a source", s.given)
	case !writes && s.origin == platform.Destination:
		return s.errorf("--destination %q is no destination: its spec has no "+
			"supported_destination_sync_modes; name a destination", s.given)
	}
	return nil
}

func (c *Connection) askCheck(ctx context.Context, s *side) error {
	m, err := c.ask(ctx, s, "check", s.config.text)
	if err != nil {
		return err
	}
	if m.ConnectionStatus.Status == protocol.ConnectionSucceeded {
		return nil
	}
	where := s.config.path
	switch {
	case s.file != "":
		where = s.given
	case where == "":
		where = "no file; give it by --" + string(s.origin) + "-config"
	}
	no := &protocol.Error{Type: protocol.ConfigError, Message: m.ConnectionStatus.Message}
	return s.errorf("the %s refuses its config (%s): %w", s.origin, where, no)
}
