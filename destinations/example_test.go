package destinations_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/airbyte-go/cdk/destinations"
	"github.com/airbyte-go/cdk/protocol"
)

// Config is all that the example's user fills in.
type Config struct {
	Shelf string `json:"shelf" title:"Shelf" default:"top"`
}

// Book is a record as the example reads it.
type Book struct {
	ID    int64  `json:"id"`
	Title string `json:"title"`
}

// library is a destination that keeps books in memory.
type library struct{}

var _ destinations.Destination[Config] = library{} // a clear compile error when a method is wrong

func (library) Check(_ context.Context, cfg Config) error {
	if cfg.Shelf == "cellar" {
		return errors.New("the cellar is too damp for books")
	}
	return nil
}

func (library) Open(
	context.Context, Config, []destinations.Stream,
) (destinations.Loader, error) {
	return &shelf{books: map[string][]Book{}}, nil
}

// SyncModes is an optional ability: without it the destination would do append only.
func (library) SyncModes() []protocol.DestinationSyncMode {
	return []protocol.DestinationSyncMode{protocol.DestinationAppend, protocol.DestinationOverwrite}
}

// shelf is the loader. What it loads becomes visible when the stream is finished.
type shelf struct {
	mu    sync.Mutex
	books map[string][]Book // by stream
}

func (s *shelf) Load(_ context.Context, b *destinations.Batch) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for book, err := range destinations.Rows[Book](b) {
		if wrong, ok := errors.AsType[*destinations.RowError](err); ok {
			b.Reject(wrong.Record, wrong)
			continue
		}
		s.books[b.Stream.String()] = append(s.books[b.Stream.String()], book)
	}
	return nil
}

func (s *shelf) Finish(_ context.Context, stream destinations.Stream) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	fmt.Println(stream, "now holds", s.books[stream.String()])
	return nil
}

func (s *shelf) Close() error { return nil }

const booksCatalog = `{"streams":[{
	"stream": {"name":"books","json_schema":{},"supported_sync_modes":["full_refresh"]},
	"sync_mode": "full_refresh", "destination_sync_mode": "append"}]}`

// run runs a destination as a process would, and prints the essence of what it writes.
func run(
	d destinations.Destination[Config], input string, opts []destinations.Option, args ...string,
) {
	var out bytes.Buffer
	code := destinations.Run(context.Background(), d, destinations.Process{
		Args: args, In: strings.NewReader(input), Out: &out, Err: os.Stdout,
	}, opts...)
	for m, err := range protocol.NewReader(&out, protocol.ReaderOptions{}).Messages() {
		switch {
		case err != nil:
			panic(err)
		case m.Type == protocol.MessageConnectionStatus:
			fmt.Printf("%s %q\n", m.ConnectionStatus.Status, m.ConnectionStatus.Message)
		case m.Type == protocol.MessageSpec:
			fmt.Println(m.Spec.DocumentationURL, m.Spec.SupportedDestinationSyncModes)
		case m.Type == protocol.MessageState:
			stats, _ := json.Marshal(m.State.DestinationStats)
			fmt.Printf("state %d %s\n", *m.State.ID, stats)
		}
	}
	fmt.Println("exit code", code)
}

// write runs write with the books' catalog.
func write(d destinations.Destination[Config], input string, opts ...destinations.Option) {
	run(d, input, opts, "write",
		"--config", file("config.json", `{}`), "--catalog", file("catalog.json", booksCatalog))
}

// book is a line of standard input with a record.
func book(at int, data string) string {
	return fmt.Sprintf(`{"type":"RECORD","record":{"stream":"books","emitted_at":%d,"data":%s}}`+
		"\n", at, data)
}

// stateOfBooks is a line of standard input with a state, to which the platform has added an id.
func stateOfBooks(id int) string {
	return fmt.Sprintf(`{"type":"STATE","state":{"type":"STREAM","id":%d,"stream":`+
		`{"stream_descriptor":{"name":"books"},"stream_state":{}}}}`+"\n", id)
}

// file writes a file for a flag.
func file(name, content string) string {
	dir, err := os.MkdirTemp("", "destination")
	if err != nil {
		panic(err)
	}
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		panic(err)
	}
	return path
}

// Main is what a connector's main function calls. Here Run stands for it, which leaves the process
// alone.
func ExampleMain() {
	run(library{}, "", nil, "check", "--config", file("config.json", `{}`))
	run(library{}, "", nil, "check", "--config", file("config.json", `{"shelf":"cellar"}`))
	// Output:
	// SUCCEEDED ""
	// exit code 0
	// FAILED "the cellar is too damp for books"
	// exit code 0
}

// The platform writes messages to standard input and expects each state back once all records
// before it are durable.
func ExampleRun() {
	write(library{}, book(1, `{"id":1,"title":"Emma"}`)+
		book(2, `{"id":2,"title":"Middlemarch"}`)+stateOfBooks(7))
	// Output:
	// books now holds [{1 Emma} {2 Middlemarch}]
	// state 7 {"recordCount":2.0}
	// exit code 0
}

// A record that does not fit is rejected, and the state says so.
func ExampleRows() {
	write(library{}, book(1, `{"id":1,"title":"Emma"}`)+
		book(2, `{"id":"two","title":"Middlemarch"}`)+stateOfBooks(7))
	// Output:
	// books now holds [{1 Emma}]
	// state 7 {"recordCount":1.0,"rejectedRecordCount":1.0}
	// exit code 0
}

// counter shows the lower layer: records as bytes.
type counter struct{ library }

func (counter) Open(
	context.Context, Config, []destinations.Stream,
) (destinations.Loader, error) {
	return counterLoader{}, nil
}

type counterLoader struct{}

func (counterLoader) Load(_ context.Context, b *destinations.Batch) error {
	fmt.Println(b.Len(), "records of", b.Size(), "bytes")
	for r := range b.Records() {
		fmt.Println(" ", line(r))
	}
	return nil
}

// line reads the bytes, which are valid until Load returns.
func line(r destinations.Record) string { return fmt.Sprintf("%d %s", r.EmittedAt, r.Data) }

func (counterLoader) Finish(context.Context, destinations.Stream) error { return nil }
func (counterLoader) Close() error                                      { return nil }

func ExampleBatch_Records() {
	write(counter{}, book(1, `{"id":9007199254740993}`)+book(2, `{"id":2}`)+book(3, `{"id":3}`),
		destinations.BatchRecords(2))
	// Output:
	// 2 records of 31 bytes
	//   1 {"id":9007199254740993}
	//   2 {"id":2}
	// 1 records of 8 bytes
	//   3 {"id":3}
	// exit code 0
}

// Options bound the batches and the memory, and complete the spec.
func ExampleOption() {
	spec := `{"connectionSpecification":{"type":"object","properties":{"shelf":{"type":"string"}}}}`
	options := []destinations.Option{
		destinations.BatchRecords(10_000),
		destinations.BatchBytes(4 << 20),
		destinations.BatchAge(30 * time.Second),
		destinations.Memory(64 << 20),
		destinations.MaxLine(16 << 20),
		destinations.StateInterval(5 * time.Second),
		destinations.Concurrency(4),
		destinations.CheckTimeout(10 * time.Second),
		destinations.Documentation("https://docs.example.com/library"),
		destinations.SpecFile([]byte(spec)),
	}
	run(library{}, "", options, "spec")
	// Output:
	// https://docs.example.com/library [append overwrite]
	// exit code 0
}
