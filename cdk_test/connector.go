package cdktest

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airbyte-go/cdk/http"
	"github.com/airbyte-go/cdk/internal/schema"
	"github.com/airbyte-go/cdk/internal/transcript"
	"github.com/airbyte-go/cdk/protocol"
	"github.com/airbyte-go/cdk/sources"
)

// connector is the connector under test in the surroundings that a test describes.
type connector struct {
	settings

	t   testing.TB
	run func(ctx context.Context, p sources.Process, opts ...sources.Option) (code int)
	dir string // of the files that flags name
}

// newConnector prepares runs of s with the config cfg, which is nil for a verb that takes none.
func newConnector[C any](t testing.TB, s sources.Source[C], cfg *C, opts []Option) *connector {
	t.Helper()
	c := &connector{t: t, dir: t.TempDir()}
	c.run = func(ctx context.Context, p sources.Process, opts ...sources.Option) int {
		return sources.Run(ctx, s, p, opts...)
	}
	for _, opt := range opts {
		opt.apply(&c.settings)
	}
	if cfg != nil && c.config == nil {
		var err error
		c.config, err = schema.Encode(*cfg)
		require.NoError(t, err, "the config cannot be written as JSON")
	}
	if c.cassette != nil {
		c.cassette.learnConfig(c.specification(), c.config)
	}
	return c
}

// specification is the text of the connector's spec; nil when it has none.
func (c *connector) specification() []byte {
	c.t.Helper()
	spec := c.answer("spec").Spec
	if spec == nil {
		return nil
	}
	text, err := json.Marshal(spec)
	require.NoError(c.t, err, "the spec cannot be written as JSON")
	return text
}

// launch runs the connector once, until it ends by itself or by ctx.
func (c *connector) launch(
	ctx context.Context, out io.Writer, args ...string,
) (code int, stderr string) {
	if c.transport != nil {
		ctx = http.WithTransport(ctx, c.transport)
	}
	var errs bytes.Buffer
	code = c.run(ctx, sources.Process{
		Args: args, In: strings.NewReader(""), Out: out, Err: &errs,
	}, c.options...)
	return code, errs.String()
}

// answer runs a verb to its end.
func (c *connector) answer(verb string, flags ...string) *transcript.Run {
	c.t.Helper()
	var out bytes.Buffer
	code, stderr := c.launch(c.t.Context(), &out, append([]string{verb}, flags...)...)
	r := transcript.Parse(verb, out.String())
	r.Code, r.Stderr = code, stderr
	return r
}

func (c *connector) discover() *Result {
	c.t.Helper()
	return judge(c.t, c.answer("discover", c.configFlag()))
}

// task is what a read is asked for, except for its state.
type task struct {
	flags   []string
	streams []protocol.Descriptor // nil: not known
}

func (c *connector) task() task {
	c.t.Helper()
	t := task{flags: []string{c.configFlag()}}
	if text := c.catalogFile(); text != nil {
		t.flags = append(t.flags, c.fileFlag("catalog", text))
		t.streams = transcript.Asked(text)
	}
	if len(c.streams) > 0 {
		t.flags = append(t.flags, "--streams="+strings.Join(c.streams, ","))
	}
	if c.limit != 0 {
		t.flags = append(t.flags, "--limit="+strconv.Itoa(c.limit))
	}
	return t
}

// read does a task from a state on; nil is none. What comes back is not judged yet.
func (c *connector) read(t task, state []byte) *transcript.Run {
	c.t.Helper()
	r := c.answer("read", c.from(t, state)...)
	r.Asked, r.Before = t.streams, state
	return r
}

// from is the command line of a task that starts from a state.
func (c *connector) from(t task, state []byte) []string {
	c.t.Helper()
	if state == nil {
		return t.flags
	}
	return append(slices.Clip(t.flags), c.fileFlag("state", state))
}

func (c *connector) configFlag() string {
	c.t.Helper()
	return c.fileFlag("config", c.config)
}

// fileFlag writes a file and returns the flag that names it.
func (c *connector) fileFlag(flag string, content []byte) string {
	c.t.Helper()
	path := filepath.Join(c.dir, flag+".json")
	require.NoError(c.t, os.WriteFile(path, content, 0o600))
	return "--" + flag + "=" + path
}
