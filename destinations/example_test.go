package destinations_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"

	"github.com/airbyte-go/cdk/destinations"
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
	if cfg.Shelf == "" {
		return errors.New("the shelf has no name")
	}
	return nil
}

func (library) Open(
	_ context.Context, _ Config, streams []destinations.Stream,
) (destinations.Loader, error) {
	return &shelf{books: make(map[string][]Book, len(streams))}, nil
}

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
	fmt.Println(stream, "holds", s.books[stream.String()])
	return nil
}

func (s *shelf) Close() error { return nil }

// Example is a whole destination's main function.
func Example() {
	os.Args = []string{"destination-library", "spec"}
	main := func() { destinations.Main(library{}) }
	_ = main // a test must not end its process
	// Output:
}

func ExampleRun() {
	code := destinations.Run(context.Background(), library{}, destinations.Process{
		Args: []string{"spec"}, Out: os.Stdout,
	}, destinations.Documentation("https://docs.example.com/library"))
	fmt.Println("exit code", code)
	// Output:
	// {"type":"SPEC","spec":{"documentationUrl":"https://docs.example.com/library","connectionSpecification":{"$schema":"http://json-schema.org/draft-07/schema#","type":"object","properties":{"shelf":{"type":"string","title":"Shelf","default":"top","order":0}}},"supported_destination_sync_modes":["append"]}}
	// exit code 0
}
