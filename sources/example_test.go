package sources_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/airbyte-go/cdk/protocol"
	"github.com/airbyte-go/cdk/sources"
)

// Config is all that the example's user fills in.
type Config struct {
	Shelf string `json:"shelf" title:"Shelf" default:"top"`
}

// Book is a record.
type Book struct {
	ID      int64     `json:"id"`
	Title   string    `json:"title"`
	AddedAt time.Time `json:"added_at"`
}

// library is a source with one stream, written by hand.
type library struct{}

var _ sources.Source[Config] = library{} // a clear compile error when the method is wrong

func (library) Streams(_ context.Context, cfg Config) ([]sources.Stream, error) {
	return []sources.Stream{&sources.StreamOf[Book]{
		Name:       "books",
		PrimaryKey: sources.Key("id"),
		Cursor:     sources.IntCursor{Field: "id", Order: sources.Ascending},
		Read: func(ctx context.Context, s sources.Slice) iter.Seq2[Book, error] {
			return func(yield func(Book, error) bool) {
				for id := s.From.Int() + 1; id <= 3; id++ {
					book := Book{
						ID:    id,
						Title: fmt.Sprintf("Book %d of the %s shelf", id, cfg.Shelf),
					}
					if !yield(book, nil) {
						return
					}
				}
			}
		},
	}}, nil
}

// Check is optional; without it a check reads one record.
func (library) Check(_ context.Context, cfg Config) error {
	if cfg.Shelf == "burnt" {
		return errors.New("that shelf has burnt down")
	}
	return nil
}

// MigrateConfig is optional; it takes over configs of an older version.
func (library) MigrateConfig(old []byte) ([]byte, error) {
	return bytes.ReplaceAll(old, []byte(`"rack"`), []byte(`"shelf"`)), nil
}

// run runs the library in this process and prints the messages that matter to a reader.
func run(args ...string) {
	var out bytes.Buffer
	code := sources.Run(context.Background(), library{}, sources.Process{Args: args, Out: &out})
	show(&out)
	fmt.Println("exit code", code)
}

func show(out io.Reader) {
	for m, err := range protocol.NewReader(out, protocol.ReaderOptions{}).Messages() {
		switch {
		case err != nil:
			fmt.Println(err)
		case m.Type == protocol.MessageRecord:
			fmt.Println("RECORD", m.Record.Stream, string(m.Record.Data))
		case m.Type == protocol.MessageState:
			fmt.Println("STATE", m.State.Stream.Descriptor, string(m.State.Stream.State))
		case m.Type == protocol.MessageConnectionStatus:
			status := m.ConnectionStatus
			fmt.Println(strings.TrimSpace(string(status.Status) + " " + status.Message))
		case m.Type == protocol.MessageCatalog:
			for _, s := range m.Catalog.Streams {
				fmt.Println("STREAM", s.Name, s.SupportedSyncModes)
			}
		case m.Type == protocol.MessageSpec:
			fmt.Println("SPEC", string(m.Spec.ConnectionSpecification))
		case m.Type == protocol.MessageControl:
			fmt.Println("CONTROL", string(m.Control.ConnectorConfig.Config))
		}
	}
}

// file writes a file of the example and returns its path.
func file(name, text string) string {
	path := filepath.Join(os.TempDir(), "cdk-example-"+name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		panic(err)
	}
	return path
}

// Main is what a connector's main function calls. Here Run stands for it, which leaves the process
// alone.
func ExampleMain() {
	run("read", "--config", file("config.json", `{}`))
	// Output:
	// RECORD books {"id":1,"title":"Book 1 of the top shelf","added_at":"0001-01-01T00:00:00Z"}
	// RECORD books {"id":2,"title":"Book 2 of the top shelf","added_at":"0001-01-01T00:00:00Z"}
	// RECORD books {"id":3,"title":"Book 3 of the top shelf","added_at":"0001-01-01T00:00:00Z"}
	// STATE books {"__ab_no_cursor_state_message":true}
	// exit code 0
}

// The platform passes a configured catalog and the states of the last sync: only what is new is
// read.
func ExampleRun() {
	catalog := file("catalog.json", `{"streams":[{
		"stream": {"name":"books","json_schema":{},"supported_sync_modes":["incremental"]},
		"sync_mode": "incremental", "destination_sync_mode": "append"}]}`)
	state := file("state.json", `[{"type":"STREAM","stream":{
		"stream_descriptor":{"name":"books"},"stream_state":{"id":2}}}]`)
	run("read", "--config", file("config.json", `{}`), "--catalog", catalog, "--state", state)
	// Output:
	// RECORD books {"id":3,"title":"Book 3 of the top shelf","added_at":"0001-01-01T00:00:00Z"}
	// STATE books {"id":3}
	// exit code 0
}

func ExampleSource() {
	run("discover", "--config", file("config.json", `{}`))
	// Output:
	// STREAM books [full_refresh incremental]
	// exit code 0
}

func ExampleChecker() {
	run("check", "--config", file("config.json", `{"shelf":"burnt"}`))
	run("check", "--config", file("config.json", `{"shelf":"top"}`))
	// Output:
	// FAILED that shelf has burnt down
	// exit code 0
	// SUCCEEDED
	// exit code 0
}

func ExampleConfigMigrator() {
	run("check", "--config", file("config.json", `{"rack":"top"}`))
	// Output:
	// CONTROL {"shelf":"top"}
	// SUCCEEDED
	// exit code 0
}

// A stream of JSON that is there already passes it on untouched.
func ExampleStreamOf() {
	stream := &sources.StreamOf[json.RawMessage]{
		Name: "events",
		Schema: sources.SchemaJSON(
			[]byte(`{"type":"object","properties":{"n":{"type":"number"}}}`),
		),
		Read: func(context.Context, sources.Slice) iter.Seq2[json.RawMessage, error] {
			return func(yield func(json.RawMessage, error) bool) {
				yield(json.RawMessage(`{"n":12345678901234567890.10}`), nil)
			}
		},
	}
	printStream(stream)
	// Output:
	// RECORD events {"n":12345678901234567890.10}
	// STATE events {"__ab_no_cursor_state_message":true}
}

// Whoever got a new key in place of the old one, which is void now, saves it before using it.
func ExampleUpdateConfig() {
	printStream(&sources.StreamOf[Book]{
		Name: "books",
		Read: func(ctx context.Context, _ sources.Slice) iter.Seq2[Book, error] {
			return func(yield func(Book, error) bool) {
				if err := sources.UpdateConfig(ctx, "/card/number", "A-18"); err != nil {
					yield(Book{}, err)
				}
			}
		},
	})
	// Output:
	// CONTROL {"card":{"number":"A-18"}}
	// STATE books {"__ab_no_cursor_state_message":true}
}

// printStream reads one stream in full refresh.
func printStream(s sources.Stream, opts ...sources.Option) {
	var out bytes.Buffer
	sources.Run(context.Background(), one{s}, sources.Process{
		Args: []string{"read", "--config", file("empty.json", `{}`)},
		Out:  &out,
	}, opts...)
	show(&out)
}

// one is a source without a config and with one stream.
type one struct{ stream sources.Stream }

func (o one) Streams(context.Context, struct{}) ([]sources.Stream, error) {
	return []sources.Stream{o.stream}, nil
}

// months is a stream written on the lower layer: it emits one record for each slice it is given.
type months struct{ cursor sources.Cursor }

func (m months) Describe() sources.Description {
	return sources.Description{
		Name: "months", Schema: sources.SchemaOf[struct{}](), Cursor: m.cursor,
	}
}

func (m months) ReadSlice(_ context.Context, s sources.Slice, out *sources.Output) error {
	if err := out.Raw(fmt.Appendf(nil, `{"from":%q,"to":%q}`, s.From, s.To)); err != nil {
		return err
	}
	return out.Checkpoint(nil)
}

// A cursor with a step cuts the time since its start into slices, here of 31 days.
func ExampleTimeCursor() {
	printStream(months{sources.TimeCursor{
		Field:   "from",
		Start:   time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC),
		End:     time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC),
		Step:    31 * 24 * time.Hour,
		Formats: []string{time.DateOnly},
	}}, sources.Concurrency(1))
	// Output:
	// RECORD months {"from":"2026-01-01","to":"2026-02-01"}
	// RECORD months {"from":"2026-02-01","to":"2026-03-01"}
	// STATE months {"__ab_no_cursor_state_message":true}
}

func ExampleIntCursor() {
	printStream(months{sources.IntCursor{Field: "from", Start: 1, End: 250, Step: 100}},
		sources.Concurrency(1))
	// Output:
	// RECORD months {"from":"1","to":"101"}
	// RECORD months {"from":"101","to":"201"}
	// RECORD months {"from":"201","to":"250"}
	// STATE months {"__ab_no_cursor_state_message":true}
}

func ExampleStream() {
	printStream(months{})
	// Output:
	// RECORD months {"from":"","to":""}
	// STATE months {"__ab_no_cursor_state_message":true}
}

func ExampleSchemaOf() {
	schema, err := sources.SchemaOf[Book]()(context.Background())
	if err != nil {
		panic(err)
	}
	var parsed struct {
		Properties map[string]json.RawMessage `json:"properties"`
	}
	if err := json.Unmarshal(schema, &parsed); err != nil {
		panic(err)
	}
	fmt.Println(string(parsed.Properties["id"]))
	fmt.Println(string(parsed.Properties["title"]))
	// Output:
	// {"type":["null","integer"]}
	// {"type":["null","string"]}
}

func ExampleKey() {
	fmt.Println(sources.Key("id"), sources.Key("country", "number"))
	// Output: [[id]] [[country] [number]]
}

// Every option is an argument of Main or Run.
func ExampleDocumentation() {
	var out bytes.Buffer
	sources.Run(context.Background(), library{}, sources.Process{Args: []string{"spec"}, Out: &out},
		sources.Documentation("https://docs.example.com/library"))
	for m := range protocol.NewReader(&out, protocol.ReaderOptions{}).Messages() {
		fmt.Println(m.Spec.DocumentationURL)
	}
	// Output: https://docs.example.com/library
}

func ExampleSpecFile() {
	spec := []byte(`{"connectionSpecification": {
		"type": "object",
		"required": ["shelf"],
		"properties": {"shelf": {"type": "string", "title": "Shelf", "enum": ["top", "bottom"]}}
	}}`)
	var out bytes.Buffer
	sources.Run(context.Background(), library{}, sources.Process{
		Args: []string{"check", "--config", file("config.json", `{"shelf":"middle"}`)}, Out: &out,
	}, sources.SpecFile(spec))
	show(&out)
	// Output:
	// FAILED Config validation error: shelf (Shelf): must be one of "top", "bottom".
}

func ExampleCheckTimeout() {
	endless := &sources.StreamOf[Book]{
		Name: "books",
		Read: func(ctx context.Context, _ sources.Slice) iter.Seq2[Book, error] {
			return func(yield func(Book, error) bool) {
				<-ctx.Done() // a library that never answers
				yield(Book{}, ctx.Err())
			}
		},
	}
	var out bytes.Buffer
	code := sources.Run(context.Background(), one{endless}, sources.Process{
		Args: []string{"check", "--config", file("empty.json", `{}`)}, Out: &out,
	}, sources.CheckTimeout(time.Millisecond))
	for m := range protocol.NewReader(&out, protocol.ReaderOptions{}).Messages() {
		fmt.Println(code, m.Trace.Error.FailureType)
		fmt.Println(m.Trace.Error.Message)
	}
	// Output:
	// 1 transient_error
	// The check did not end within 1ms. The system may be slow or out of reach; try again.
}

// A stream that waits for its API says so; streams of package http do it by themselves.
func ExampleRateLimited() {
	stream := &sources.StreamOf[Book]{
		Name: "books",
		Read: func(ctx context.Context, _ sources.Slice) iter.Seq2[Book, error] {
			return func(yield func(Book, error) bool) {
				sources.RateLimited(ctx, time.Now().Add(time.Hour))
				yield(Book{ID: 1}, nil)
			}
		},
	}
	var out bytes.Buffer
	sources.Run(context.Background(), one{stream}, sources.Process{
		Args: []string{"read", "--config", file("empty.json", `{}`)}, Out: &out,
	})
	for m := range protocol.NewReader(&out, protocol.ReaderOptions{}).Messages() {
		if m.Type == protocol.MessageTrace {
			for _, reason := range m.Trace.StreamStatus.Reasons {
				fmt.Println(m.Trace.StreamStatus.Status, reason.Type)
			}
		}
	}
	// Output: RUNNING RATE_LIMITED
}

func ExampleSchemaJSON() {
	schema := sources.SchemaJSON([]byte(`{"type":"object","properties":{"id":{"type":"integer"}}}`))
	raw, err := schema(context.Background())
	fmt.Println(string(raw), err)
	// Output: {"type":"object","properties":{"id":{"type":"integer"}}} <nil>
}

// A source that ends streams which hang, says so more often that it is alive, and keeps the
// positions of more partitions.
func ExampleStallTimeout() {
	printStream(months{}, sources.StallTimeout(10*time.Minute), sources.Heartbeat(time.Minute),
		sources.PartitionLimit(50_000))
	// Output:
	// RECORD months {"from":"","to":""}
	// STATE months {"__ab_no_cursor_state_message":true}
}
