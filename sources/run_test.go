package sources_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"runtime/pprof"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airbyte-go/cdk/protocol"
	"github.com/airbyte-go/cdk/sources"
)

// transcript is what a run of a source wrote, message by message.
type transcript struct {
	code     int
	messages []*protocol.Message
	stderr   string
}

// streams is a source without a config, made of its streams.
type streams []sources.Stream

func (s streams) Streams(context.Context, struct{}) ([]sources.Stream, error) { return s, nil }

// command is one run of a source under test.
type command struct {
	ctx     context.Context //nolint:containedctx // one call's context
	verb    string
	config  string
	catalog string
	state   string
	flags   []string
	out     io.Writer
	options []sources.Option
	leaves  bool // whether it leaves goroutines behind
}

// call runs the source with files in a folder of the test.
func call[C any](t *testing.T, s sources.Source[C], c command) transcript {
	t.Helper()
	if c.ctx == nil {
		c.ctx = t.Context()
	}
	dir := t.TempDir()
	args := append([]string{c.verb}, c.flags...)
	for name, text := range map[string]string{
		"config": c.config, "catalog": c.catalog, "state": c.state,
	} {
		if text != "" {
			path := filepath.Join(dir, name+".json")
			require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
			args = append(args, "--"+name, path)
		}
	}
	var stdout, stderr bytes.Buffer
	if c.out == nil {
		c.out = &stdout
	}
	run := func(ctx context.Context) int {
		process := sources.Process{Args: args, Out: c.out, Err: &stderr}
		return sources.Run(ctx, s, process, c.options...)
	}
	var code int
	if c.leaves {
		code = run(c.ctx)
	} else {
		code = leavingNothing(t, c.ctx, run)
	}
	result := transcript{code: code, stderr: stderr.String()}
	for m, err := range protocol.NewReader(&stdout, protocol.ReaderOptions{}).Messages() {
		require.NoError(t, err, "stdout holds protocol lines only")
		result.messages = append(result.messages, m)
	}
	return result
}

// runs numbers the runs of all tests.
var runs atomic.Int64

// leavingNothing fails the test when run leaves a goroutine behind. Goroutines inherit the label of
// the one that starts them, so tests that run at the same time do not disturb each other.
func leavingNothing(t *testing.T, ctx context.Context, run func(context.Context) int) (code int) {
	t.Helper()
	label := fmt.Sprintf("run-%d.", runs.Add(1))
	pprof.Do(ctx, pprof.Labels("of", label), func(ctx context.Context) { code = run(ctx) })
	left := ""
	for range 1000 { // one that has done its work may still have to end
		var text strings.Builder
		require.NoError(t, pprof.Lookup("goroutine").WriteTo(&text, 1))
		if left = text.String(); !strings.Contains(left, label) {
			return code
		}
		runtime.Gosched()
	}
	at := strings.Index(left, label)
	t.Errorf("the run left goroutines behind:\n%s", left[at:min(len(left), at+2000)])
	return code
}

// read runs the verb read with an empty config.
func read(t *testing.T, s streams, c command) transcript {
	t.Helper()
	c.verb, c.config = "read", `{}`
	return call(t, s, c)
}

// configured is a catalog of streams, each written as name or name:incremental.
func configured(names ...string) string {
	var list []string
	for _, name := range names {
		name, mode, _ := strings.Cut(name, ":")
		if mode == "" {
			mode = "full_refresh"
		}
		list = append(list, fmt.Sprintf(`{"stream":{"name":%q,"json_schema":{},`+
			`"supported_sync_modes":["full_refresh"]},"sync_mode":%q,"destination_sync_mode":"append"}`,
			name, mode))
	}
	return `{"streams":[` + strings.Join(list, ",") + `]}`
}

// savedStates is a --state file of stream states by name.
func savedStates(states map[string]string) string {
	var list []string
	for name, blob := range states {
		list = append(
			list,
			fmt.Sprintf(`{"type":"STREAM","stream":{"stream_descriptor":{"name":%q},`+
				`"stream_state":%s}}`, name, blob),
		)
	}
	return `[` + strings.Join(list, ",") + `]`
}

func (r transcript) records(stream string) (data []string) {
	for _, m := range r.messages {
		if m.Type == protocol.MessageRecord && m.Record.Stream == stream {
			data = append(data, string(m.Record.Data))
		}
	}
	return data
}

func (r transcript) states(stream string) (blobs []string) {
	for _, m := range r.messages {
		if m.Type == protocol.MessageState && m.State.Stream.Descriptor.Name == stream {
			blobs = append(blobs, string(m.State.Stream.State))
		}
	}
	return blobs
}

func (r transcript) statuses(stream string) (statuses []string) {
	for _, m := range r.messages {
		if m.Type == protocol.MessageTrace && m.Trace.Type == protocol.TraceStreamStatus &&
			m.Trace.StreamStatus.Descriptor.Name == stream {
			var text strings.Builder
			text.WriteString(string(m.Trace.StreamStatus.Status))
			for _, reason := range m.Trace.StreamStatus.Reasons {
				text.WriteString(" " + string(reason.Type))
			}
			statuses = append(statuses, text.String())
		}
	}
	return statuses
}

func (r transcript) errors() (traces []*protocol.ErrorTrace) {
	for _, m := range r.messages {
		if m.Type == protocol.MessageTrace && m.Trace.Type == protocol.TraceError {
			traces = append(traces, m.Trace.Error)
		}
	}
	return traces
}

func (r transcript) logs() string {
	var text strings.Builder
	for _, m := range r.messages {
		if m.Type == protocol.MessageLog {
			fmt.Fprintln(&text, m.Log.Level, m.Log.Message)
		}
	}
	return text.String()
}

// oneError returns the only ERROR trace.
func (r transcript) oneError(t *testing.T) *protocol.ErrorTrace {
	t.Helper()
	require.Len(t, r.errors(), 1, "ERROR traces")
	return r.errors()[0]
}

// numbers yields records {"id":N} for each N.
func numbers(ids ...int) []json.RawMessage {
	records := make([]json.RawMessage, len(ids))
	for i, id := range ids {
		records[i] = fmt.Appendf(nil, `{"id":%d}`, id)
	}
	return records
}
