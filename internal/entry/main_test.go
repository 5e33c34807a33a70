//go:build unix

package entry

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/airbyte-go/cdk/internal/schema"
	"github.com/airbyte-go/cdk/protocol"
)

// asConnector in the environment makes the test binary a connector, so that tests can watch a real
// process from outside. Its value is how long a verb may go on without stdout.
const asConnector = "ENTRY_TEST_PATIENCE"

func TestMain(m *testing.M) {
	if value, ok := os.LookupEnv(asConnector); ok {
		patience, err := time.ParseDuration(value)
		if err != nil {
			panic(err)
		}
		os.Exit(host(connector(), patience))
	}
	os.Exit(m.Run())
}

// connector has a verb for everything that can happen to a process.
func connector() Program {
	verb := func(name string, run func(context.Context, *Call) error) Verb {
		return Verb{Name: name, Help: name, Run: run, Flags: []Flag{{Name: "config", Arg: "PATH"}}}
	}
	return Program{
		Kind: "source",
		Spec: func() (*schema.Spec, error) {
			return schema.ParseSpec([]byte(`{"connectionSpecification": {"type": "object",
				"properties": {"key": {"type": "string", "airbyte_secret": true}}}}`))
		},
		Verbs: []Verb{
			verb("wait", func(ctx context.Context, c *Call) error {
				c.Log.Info("ready")
				<-ctx.Done()
				return ctx.Err()
			}),
			verb("ignore", func(ctx context.Context, c *Call) error {
				c.Log.Info("ready")
				<-ctx.Done()
				c.Log.Info("told to stop")
				select {}
			}),
			verb("flood", func(ctx context.Context, c *Call) error {
				go flood(c)
				<-ctx.Done()
				return ctx.Err()
			}),
			verb("flood-ignore", func(_ context.Context, c *Call) error {
				go flood(c)
				select {}
			}),
			verb("print", func(_ context.Context, c *Call) error {
				_, err := c.Config()
				fmt.Println("printed, key=hidden-key")
				fmt.Fprintln(os.Stderr, "complained, key=hidden-key")
				log.Print("logged, key=hidden-key")
				fmt.Print("without an end, hidden")
				return err
			}),
			verb("child", func(ctx context.Context, _ *Call) error {
				if exec.CommandContext(ctx, "sh", "-c", "kill -s PIPE $$").Run() == nil {
					return errors.New("the child survived")
				}
				return nil
			}),
			verb("detail", func(_ context.Context, c *Call) error {
				slog.Debug("detail")
				return nil
			}),
			verb("panic", func(context.Context, *Call) error { panic("boom") }),
		},
	}
}

// flood writes until that fails.
func flood(c *Call) {
	m := &protocol.Message{Type: protocol.MessageLog, Log: &protocol.Log{Level: protocol.LevelInfo}}
	for c.Out.Write(m) == nil {
		m.Log.Message = "flood"
	}
}

// child is a running connector.
type child struct {
	cmd    *exec.Cmd
	stdout *bufio.Reader
	pipe   *os.File // stdout; the end to read from
	stderr bytes.Buffer
}

// prepare returns a process that run starts.
func prepare(t *testing.T, args ...string) *child {
	t.Helper()
	p := &child{cmd: exec.CommandContext(t.Context(), os.Args[0], args...)}
	// The time that a verb may take without stdout is long, unless a test shortens it: were it to
	// run out, the test would not tell why the process has ended.
	p.cmd.Env = append(os.Environ(), asConnector+"=1h")
	p.cmd.Stderr = &p.stderr
	return p
}

func (p *child) run(t *testing.T) *child {
	t.Helper()
	r, w, err := os.Pipe()
	require.NoError(t, err)
	t.Cleanup(func() { _ = r.Close() })
	p.stdout, p.pipe, p.cmd.Stdout = bufio.NewReader(r), r, w
	require.NoError(t, p.cmd.Start())
	require.NoError(t, w.Close(), "the process has its own")
	return p
}

// message reads the next line of stdout.
func (p *child) message(t *testing.T) *protocol.Message {
	t.Helper()
	line, err := p.stdout.ReadBytes('\n')
	require.NoError(t, err, p.stderr.String)
	m, err := protocol.Parse(line)
	require.NoError(t, err)
	return m
}

// end reads stdout to its end and returns what it held and the exit code.
func (p *child) end(t *testing.T) (rest string, code int) {
	t.Helper()
	lines, err := io.ReadAll(p.stdout)
	require.NoError(t, err)
	return string(lines), p.wait(t)
}

func (p *child) wait(t *testing.T) int {
	t.Helper()
	err := p.cmd.Wait()
	if failed, ok := errors.AsType[*exec.ExitError](err); ok {
		return failed.ExitCode()
	}
	require.NoError(t, err)
	return 0
}

func TestMainStopsOnSignals(t *testing.T) {
	t.Parallel()
	for signal, want := range map[syscall.Signal]struct {
		code int
		name string
	}{
		syscall.SIGTERM: {143, "SIGTERM"},
		syscall.SIGINT:  {130, "SIGINT"},
	} {
		t.Run(want.name, func(t *testing.T) {
			t.Parallel()
			p := prepare(t, "wait").run(t)
			require.Equal(t, "ready", p.message(t).Log.Message)
			require.NoError(t, p.cmd.Process.Signal(signal))
			trace := p.message(t).Trace.Error
			assert.Equal(t, "Stopped by "+want.name+
				" before wait was finished. Run it again to go on.", trace.Message)
			assert.Equal(t, protocol.TransientError, trace.FailureType)
			rest, code := p.end(t)
			assert.Empty(t, rest)
			assert.Equal(t, want.code, code)
			assert.Empty(t, p.stderr.String())
		})
	}
}

func TestMainExitsOnTheSecondSignal(t *testing.T) {
	t.Parallel()
	p := prepare(t, "ignore").run(t)
	require.Equal(t, "ready", p.message(t).Log.Message)
	require.NoError(t, p.cmd.Process.Signal(syscall.SIGTERM))
	require.Equal(t, "told to stop", p.message(t).Log.Message)
	require.NoError(t, p.cmd.Process.Signal(syscall.SIGINT))
	rest, code := p.end(t)
	assert.Empty(t, rest)
	assert.Equal(t, 143, code, "the code of the first signal")
}

// TestMainEndsWithoutReader closes stdout under a verb that waits for its context.
func TestMainEndsWithoutReader(t *testing.T) {
	t.Parallel()
	p := prepare(t, "flood").run(t)
	require.Equal(t, protocol.MessageLog, p.message(t).Type)
	require.NoError(t, p.pipe.Close())
	assert.Equal(t, 1, p.wait(t))
	assert.Equal(t, 1, strings.Count(p.stderr.String(), "\n"), "one line: %s", &p.stderr)
	assert.Contains(t, p.stderr.String(), "Standard output cannot be written any more")
	assert.NotContains(t, p.stderr.String(), "goroutine", "no panic")
}

// TestMainEndsWithoutReaderAndWithoutTheVerb does it to a verb that does not watch its context.
func TestMainEndsWithoutReaderAndWithoutTheVerb(t *testing.T) {
	t.Parallel()
	p := prepare(t, "flood-ignore")
	p.cmd.Env = append(p.cmd.Env, asConnector+"=1ms")
	p.run(t)
	require.Equal(t, protocol.MessageLog, p.message(t).Type)
	require.NoError(t, p.pipe.Close())
	assert.Equal(t, 1, p.wait(t))
	assert.NotContains(t, p.stderr.String(), "goroutine", "no panic")
}

// TestMainKeepsStdoutForMessages has a verb that prints where only messages may be, and prints a
// secret.
func TestMainKeepsStdoutForMessages(t *testing.T) {
	t.Parallel()
	config := t.TempDir() + "/config.json"
	require.NoError(t, os.WriteFile(config, []byte(`{"key": "hidden-key"}`), 0o600))
	p := prepare(t, "print", "--config", config).run(t)
	logged := p.message(t).Log
	assert.Equal(t, protocol.Log{Level: protocol.LevelInfo, Message: "logged, key=****"}, *logged)
	rest, code := p.end(t)
	assert.Empty(t, rest)
	assert.Equal(t, 0, code)
	assert.Equal(t, "printed, key=****\ncomplained, key=****\nwithout an end, hidden",
		p.stderr.String())
}

// TestMainLeavesChildrenAlone starts a child that SIGPIPE kills, unless it inherits that the signal
// is ignored.
func TestMainLeavesChildrenAlone(t *testing.T) {
	t.Parallel()
	rest, code := prepare(t, "child").run(t).end(t)
	assert.Empty(t, rest)
	assert.Equal(t, 0, code)
}

func TestMainReportsPanics(t *testing.T) {
	t.Parallel()
	p := prepare(t, "panic").run(t)
	trace := p.message(t).Trace.Error
	assert.Equal(t, "panic: boom", trace.InternalMessage)
	assert.Contains(t, trace.Message, "during panic")
	assert.Contains(t, trace.StackTrace, "main_test.go")
	rest, code := p.end(t)
	assert.Empty(t, rest)
	assert.Equal(t, 1, code)
	assert.Empty(t, p.stderr.String())
}

func TestMainHelp(t *testing.T) {
	t.Parallel()
	p := prepare(t, "wait", "-h").run(t)
	rest, code := p.end(t)
	assert.Empty(t, rest)
	assert.Equal(t, 0, code)
	name := filepath.Base(os.Args[0])
	assert.Contains(t, p.stderr.String(), "\n  "+name+" wait\n", "named after the executable")
}

func TestMainDebugByEnvironment(t *testing.T) {
	t.Parallel()
	for level, want := range map[string]string{
		"":      "",
		"info":  "",
		"DEBUG": `{"type":"LOG","log":{"level":"DEBUG","message":"detail"}}` + "\n",
	} {
		p := prepare(t, "detail")
		p.cmd.Env = append(p.cmd.Env, "LOG_LEVEL="+level)
		got, code := p.run(t).end(t)
		assert.Equal(t, want, got, level)
		assert.Equal(t, 0, code)
	}
}
