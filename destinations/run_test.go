package destinations_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airbyte-go/cdk/destinations"
	"github.com/airbyte-go/cdk/protocol"
)

var allModes = []protocol.DestinationSyncMode{
	protocol.DestinationAppend, protocol.DestinationOverwrite, protocol.DestinationAppendDedup,
}

// fake is a destination that keeps what it is told. Its functions may be nil.
type fake struct {
	check  func(ctx context.Context) error
	open   func(ctx context.Context, streams []destinations.Stream) error
	load   func(ctx context.Context, b *destinations.Batch) error
	finish func(ctx context.Context, s destinations.Stream) error
	close  func() error

	mu       sync.Mutex
	streams  []destinations.Stream
	batches  []int
	rows     map[string][]string // by stream, durable ones
	finished []string
	closed   int
}

type none struct{}

func (f *fake) SyncModes() []protocol.DestinationSyncMode { return allModes }

func (f *fake) Check(ctx context.Context, _ none) error {
	if f.check != nil {
		return f.check(ctx)
	}
	return nil
}

func (f *fake) Open(
	ctx context.Context, _ none, streams []destinations.Stream,
) (destinations.Loader, error) {
	f.streams, f.rows = streams, map[string][]string{}
	if f.open != nil {
		if err := f.open(ctx, streams); err != nil {
			return nil, err
		}
	}
	return (*fakeLoader)(f), nil
}

type fakeLoader fake

func (l *fakeLoader) Load(ctx context.Context, b *destinations.Batch) error {
	if l.load != nil {
		if err := l.load(ctx, b); err != nil {
			return err
		}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.batches = append(l.batches, b.Len())
	for r := range b.Records() {
		l.rows[b.Stream.String()] = append(l.rows[b.Stream.String()], string(r.Data))
	}
	return nil
}

func (l *fakeLoader) Finish(ctx context.Context, s destinations.Stream) error {
	if l.finish != nil {
		if err := l.finish(ctx, s); err != nil {
			return err
		}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.finished = append(l.finished, s.String())
	return nil
}

func (l *fakeLoader) Close() error {
	l.closed++
	if l.close != nil {
		return l.close()
	}
	return nil
}

// transcript is what a run wrote.
type transcript struct {
	code     int
	text     string
	stderr   string
	messages []*protocol.Message
}

func (r transcript) errors() (found []*protocol.ErrorTrace) {
	for _, m := range r.messages {
		if m.Type == protocol.MessageTrace && m.Trace.Type == protocol.TraceError {
			found = append(found, m.Trace.Error)
		}
	}
	return found
}

func (r transcript) states() (found []*protocol.State) {
	for _, m := range r.messages {
		if m.Type == protocol.MessageState {
			found = append(found, m.State)
		}
	}
	return found
}

// stateIDs are the ids of the states, with the counts of the destination.
func (r transcript) stateIDs() (found []string) {
	for _, s := range r.states() {
		text := fmt.Sprintf("%d:%v", *s.ID, *s.DestinationStats.RecordCount)
		if n := s.DestinationStats.RejectedRecordCount; n != nil {
			text += fmt.Sprintf("-%v", *n)
		}
		found = append(found, text)
	}
	return found
}

func (r transcript) logs() string {
	var all strings.Builder
	for _, m := range r.messages {
		if m.Type == protocol.MessageLog {
			fmt.Fprintf(&all, "%s %s\n", m.Log.Level, m.Log.Message)
		}
	}
	return all.String()
}

// command is one write.
type command struct {
	ctx     context.Context
	verb    string
	catalog string
	input   io.Reader
	out     io.Writer // besides
	options []destinations.Option
}

// call runs a destination with files in a folder of the test.
func call[C any](t testing.TB, d destinations.Destination[C], c command) transcript {
	t.Helper()
	if c.ctx == nil {
		c.ctx = t.Context()
	}
	if c.verb == "" {
		c.verb = "write"
	}
	args := []string{c.verb, "--config", tempFile(t, "config.json", "{}")}
	if c.verb == "write" {
		args = append(args, "--catalog", tempFile(t, "catalog.json", c.catalog))
	}
	var out, errs bytes.Buffer
	to := io.Writer(&out)
	if c.out != nil {
		to = io.MultiWriter(&out, c.out)
	}
	code := destinations.Run(c.ctx, d, destinations.Process{
		Args: args, In: c.input, Out: to, Err: &errs,
	}, c.options...)
	r := transcript{code: code, text: out.String(), stderr: errs.String()}
	for m, err := range protocol.NewReader(&out, protocol.ReaderOptions{}).Messages() {
		require.NoError(t, err)
		r.messages = append(r.messages, m)
	}
	return r
}

// writeLines writes what the lines say, with one catalog entry for each stream's name.
func writeLines(t testing.TB, d *fake, catalog string, lines ...string) transcript {
	t.Helper()
	return call(t, d, command{catalog: catalog, input: strings.NewReader(join(lines))})
}

func join(lines []string) string {
	if len(lines) == 0 {
		return ""
	}
	return strings.Join(lines, "\n") + "\n"
}

func tempFile(t testing.TB, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	return path
}

// catalogOf is a catalog of streams in the world without generations: name:mode.
func catalogOf(streams ...string) string {
	var all []string
	for _, s := range streams {
		name, mode, _ := strings.Cut(s, ":")
		all = append(all, configured(name, mode, ""))
	}
	return `{"streams":[` + strings.Join(all, ",") + `]}`
}

// counted is a catalog of one stream in the world with generations.
func counted(mode string, generation, minimum int) string {
	more := fmt.Sprintf(`,"generation_id":%d,"minimum_generation_id":%d,"sync_id":3`,
		generation, minimum)
	return `{"streams":[` + configured("a", mode, more) + `]}`
}

func configured(name, mode, more string) string {
	if mode == "" {
		mode = "append"
	}
	return fmt.Sprintf(`{"stream":{"name":%q,"json_schema":{},"supported_sync_modes":`+
		`["full_refresh","incremental"]},"sync_mode":"incremental","cursor_field":["id"],`+
		`"primary_key":[["id"]],"destination_sync_mode":%q%s}`, name, mode, more)
}

func record(stream, data string) string {
	return fmt.Sprintf(`{"type":"RECORD","record":{"stream":%q,"emitted_at":5,"data":%s}}`,
		stream, data)
}

func streamState(stream string, id int) string { return markedState(stream, id, "") }

// markedState has a property besides, such as the mark of our sources.
func markedState(stream string, id int, more string) string {
	return fmt.Sprintf(`{"type":"STATE","state":{"type":"STREAM","stream":{"stream_descriptor":`+
		`{"name":%q},"stream_state":{"at":%d}},"id":%d%s}}`, stream, id, id, more)
}

const (
	markOpen = `,"go_cdk":{"complete":false}`
	markDone = `,"go_cdk":{"complete":true}`
)

func status(stream string, s protocol.StreamStatus) string {
	text, err := json.Marshal(protocol.Message{
		Type: protocol.MessageTrace,
		Trace: &protocol.Trace{
			Type: protocol.TraceStreamStatus,
			StreamStatus: &protocol.StreamStatusTrace{
				Descriptor: protocol.Descriptor{Name: stream}, Status: s,
			},
		},
	})
	if err != nil {
		panic(err)
	}
	return string(text)
}
