package sources

import (
	"context"
	"strconv"
	"strings"

	"github.com/airbyte-go/cdk/internal/entry"
	"github.com/airbyte-go/cdk/internal/hook"
	"github.com/airbyte-go/cdk/internal/schema"
	"github.com/airbyte-go/cdk/protocol"
	"github.com/airbyte-go/cdk/state"
)

// verbs are what a source answers besides spec.
type verbs[C any] struct {
	source  Source[C]
	options options
	name    string
}

// hooked gives all code below a verb what the engine offers.
func (v verbs[C]) hooked(
	run func(ctx context.Context, c *entry.Call) error,
) func(ctx context.Context, c *entry.Call) error {
	return func(ctx context.Context, c *entry.Call) error {
		return run(hook.With(ctx, &hook.Hooks{
			Connector: v.name,
			Log:       c.Log,
			AddSecret: c.Mask.Add,
			UpdateConfig: func(_ context.Context, pointer string, value any) error {
				return c.UpdateConfig(pointer, value)
			},
		}), c)
	}
}

// open decodes the config and asks the source for its streams.
func (v verbs[C]) open(ctx context.Context, c *entry.Call) (cfg C, known *knownStreams, err error) {
	raw, err := c.Config()
	if err != nil {
		return cfg, nil, err
	}
	if err := schema.Decode(raw, &cfg); err != nil {
		return cfg, nil, err
	}
	streams, err := v.source.Streams(ctx, cfg)
	if err != nil {
		return cfg, nil, err
	}
	known, err = describe(streams)
	return cfg, known, err
}

func (v verbs[C]) discover(ctx context.Context, c *entry.Call) error {
	_, known, err := v.open(ctx, c)
	if err != nil {
		return err
	}
	catalog, err := known.catalog(ctx)
	if err != nil {
		return err
	}
	return c.Out.Write(&protocol.Message{Type: protocol.MessageCatalog, Catalog: catalog})
}

func (v verbs[C]) read(ctx context.Context, c *entry.Call) error {
	j, err := v.job(ctx, c)
	if err != nil {
		return err
	}
	return v.engine(c).read(ctx, j)
}

// job is what the command line asks to read.
func (v verbs[C]) job(ctx context.Context, c *entry.Call) (j job, err error) {
	if j.limit, err = developmentFlags(c); err != nil {
		return j, err
	}
	if _, j.streams, err = v.open(ctx, c); err != nil {
		return j, err
	}
	if j.catalog, err = configuredCatalog(c, j.streams); err != nil {
		return j, err
	}
	if j.state, err = savedState(c); err != nil {
		return j, err
	}
	if m, ok := v.source.(StateMigrator); ok {
		j.migrate = m.MigrateState
	}
	return j, nil
}

func (v verbs[C]) engine(c *entry.Call) *engine {
	return &engine{
		out: c.Out, log: c.Log, options: v.options,
		pool: newPool(v.options.concurrency),
	}
}

// developmentFlags checks the flags that go with a read without a catalog.
func developmentFlags(c *entry.Call) (limit int64, err error) {
	for _, flag := range []string{streamsFlag.Name, limitFlag.Name} {
		if c.Has(flag) && c.Value(catalogFlag.Name) != "" {
			return 0, entry.Usagef("--%s goes with a read without --catalog: the catalog already "+
				"says what to read", flag)
		}
	}
	if !c.Has(limitFlag.Name) {
		return 0, nil
	}
	limit, err = strconv.ParseInt(c.Value(limitFlag.Name), 10, 64)
	if err != nil || limit < 1 {
		return 0, entry.Usagef("--limit must be a whole number of at least 1")
	}
	return limit, nil
}

func configuredCatalog(c *entry.Call, known *knownStreams) (*protocol.ConfiguredCatalog, error) {
	if !c.Has(catalogFlag.Name) {
		var only []string
		if names := c.Value(streamsFlag.Name); names != "" {
			only = strings.Split(names, ",")
		}
		return known.everything(only)
	}
	data, err := c.File(catalogFlag.Name)
	if err != nil {
		return nil, err
	}
	return entry.ParseCatalog(data,
		"Select at least one, or leave --catalog away to read them all.")
}

// savedState reads the states that the last sync left. Without the flag, or with an empty path,
// there are none.
func savedState(c *entry.Call) (*state.Set, error) {
	if c.Value(stateFlag.Name) == "" {
		return state.Parse(nil)
	}
	data, err := c.File(stateFlag.Name)
	if err != nil {
		return nil, err
	}
	return state.Parse(data)
}
