package entry_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/airbyte-go/cdk/internal/entry"
	"github.com/airbyte-go/cdk/internal/schema"
	"github.com/airbyte-go/cdk/protocol"
)

// specFile has one secret, one default and one required property.
const specFile = `{"connectionSpecification": {
	"type": "object",
	"required": ["api_key"],
	"properties": {
		"api_key": {"type": "string", "airbyte_secret": true},
		"region": {"type": "string", "default": "eu"}
	}
}}`

func parseSpec() (*schema.Spec, error) { return schema.ParseSpec([]byte(specFile)) }

// program has the verbs of a source; both run the function given.
func program(run func(ctx context.Context, c *entry.Call) error) entry.Program {
	config := entry.Flag{Name: "config", Arg: "PATH", Required: true, Help: "the config"}
	return entry.Program{
		Name: "source-test",
		Kind: "source",
		Spec: parseSpec,
		Verbs: []entry.Verb{
			{Name: "check", Help: "test it", Run: run, Flags: []entry.Flag{config}},
			{Name: "read", Help: "read it", Run: run, Flags: []entry.Flag{
				config,
				{Name: "catalog", Arg: "PATH", Required: true, Help: "the streams to read"},
				{Name: "state", Arg: "PATH", Help: "where to go on"},
				{Name: "limit", Arg: "N", Help: "stop after N records of a stream"},
				{Name: "fast", Help: "take no care"},
			}},
		},
	}
}

// result is what a run left behind.
type result struct {
	code     int
	err      string
	messages []*protocol.Message
}

// run runs the program with the arguments and fails the test when a line on stdout is no message.
func run(t *testing.T, p entry.Program, args ...string) result {
	t.Helper()
	return runIn(t, t.Context(), p, args...)
}

func runIn(t *testing.T, ctx context.Context, p entry.Program, args ...string) result {
	t.Helper()
	var stdout, stderr bytes.Buffer
	code := entry.Run(ctx, p, entry.Process{Args: args, Out: &stdout, Err: &stderr})
	return result{code, stderr.String(), parseLines(t, &stdout)}
}

func parseLines(t *testing.T, lines *bytes.Buffer) []*protocol.Message {
	t.Helper()
	var messages []*protocol.Message
	for m, err := range protocol.NewReader(lines, protocol.ReaderOptions{}).Messages() {
		require.NoError(t, err)
		messages = append(messages, m)
	}
	return messages
}

// onlyError returns the ERROR trace that must be the only message.
func (r result) onlyError(t *testing.T) *protocol.ErrorTrace {
	t.Helper()
	require.Len(t, r.messages, 1)
	return errorOf(t, r.messages[0])
}

func errorOf(t *testing.T, m *protocol.Message) *protocol.ErrorTrace {
	t.Helper()
	require.Equal(t, protocol.MessageTrace, m.Type)
	require.Equal(t, protocol.TraceError, m.Trace.Type)
	require.Positive(t, m.Trace.EmittedAt)
	return m.Trace.Error
}

// writeFile returns the path of a new file.
func writeFile(t *testing.T, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	require.NoError(t, os.WriteFile(path, []byte(content), 0o600))
	return path
}

func TestSpec(t *testing.T) {
	t.Parallel()
	r := run(t, program(nil), "spec")
	assert.Equal(t, 0, r.code)
	assert.Empty(t, r.err)
	require.Len(t, r.messages, 1)
	assert.Equal(t, protocol.MessageSpec, r.messages[0].Type)
	assert.Contains(t, string(r.messages[0].Spec.ConnectionSpecification), "api_key")
}

func TestSpecFails(t *testing.T) {
	t.Parallel()
	p := program(nil)
	p.Spec = func() (*schema.Spec, error) { return nil, errors.New("no such file") }
	r := run(t, p, "spec")
	assert.Equal(t, 1, r.code)
	assert.Equal(t, "no such file", r.onlyError(t).InternalMessage)
}

func TestSpecIsBuiltOnceAndOnlyWhenNeeded(t *testing.T) {
	t.Parallel()
	built := 0
	countingSpec := func() (*schema.Spec, error) {
		built++
		return parseSpec()
	}
	config := writeFile(t, "config.json", `{"api_key": "k"}`)

	p := program(func(context.Context, *entry.Call) error { return nil })
	p.Spec = countingSpec
	require.Equal(t, 0, run(t, p, "check", "--config", config).code)
	assert.Zero(t, built, "a verb that does not ask for the config does not need the spec")

	p = program(func(_ context.Context, c *entry.Call) error {
		_, first := c.Config()
		_, second := c.Config()
		return errors.Join(first, second)
	})
	p.Spec = countingSpec
	require.Equal(t, 0, run(t, p, "check", "--config", config).code)
	assert.Equal(t, 1, built)
}

func TestContradictingVerbsPanic(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		verbs []entry.Verb
		text  string
	}{
		"flag with and without value": {
			[]entry.Verb{
				{Name: "a", Flags: []entry.Flag{{Name: "limit", Arg: "N"}}},
				{Name: "b", Flags: []entry.Flag{{Name: "limit"}}},
			},
			`entry: flag "limit" of verb "b" takes a value in one place and none in another`,
		},
		"debug with a value": {
			[]entry.Verb{{Name: "a", Flags: []entry.Flag{{Name: "debug", Arg: "LEVEL"}}}},
			`entry: flag "debug" of verb "a" takes a value in one place and none in another`,
		},
		"two of a name": {
			[]entry.Verb{{Name: "a"}, {Name: "a"}}, `entry: verb "a" is declared twice`,
		},
		"own spec": {[]entry.Verb{{Name: "spec"}}, `entry: verb "spec" is declared twice`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := entry.Program{Spec: parseSpec, Verbs: test.verbs}
			assert.PanicsWithValue(t, test.text, func() { run(t, p, "spec") })
		})
	}
}

func TestRunWithoutOutput(t *testing.T) {
	t.Parallel()
	process := entry.Process{Args: []string{"spec"}}
	assert.Equal(t, 0, entry.Run(t.Context(), program(nil), process))
	process.Args = nil
	assert.Equal(t, 2, entry.Run(t.Context(), program(nil), process))
}

func ExampleRun() {
	greet := entry.Verb{
		Name:  "greet",
		Help:  "say hello",
		Flags: []entry.Flag{{Name: "name", Arg: "NAME", Help: "whom to greet", Required: true}},
		Run: func(_ context.Context, c *entry.Call) error {
			c.Log.Info("hello", "to", c.Value("name"))
			return nil
		},
	}
	var stdout, stderr strings.Builder
	code := entry.Run(context.Background(),
		entry.Program{Name: "source-greeter", Kind: "source", Verbs: []entry.Verb{greet}},
		entry.Process{Args: []string{"--name=night owl", "greet"}, Out: &stdout, Err: &stderr})
	fmt.Print(stdout.String())
	fmt.Println("exit code", code)
	// Output:
	// {"type":"LOG","log":{"level":"INFO","message":"hello to=\"night owl\""}}
	// exit code 0
}
