package sources_test

import (
	"context"
	"fmt"
	"iter"

	"github.com/airbyte-go/cdk/sources"
)

// shelves is a stream that emits one record for each partition it is read by.
func shelves(p sources.Partitions) sources.Stream {
	return &sources.StreamOf[map[string]string]{
		Name:       "shelves",
		Schema:     sources.SchemaJSON([]byte(`{"type":"object"}`)),
		Partitions: p,
		Read: func(_ context.Context, s sources.Slice) iter.Seq2[map[string]string, error] {
			return func(yield func(map[string]string, error) bool) {
				yield(map[string]string{"of": s.Partition.String()}, nil)
			}
		},
	}
}

func ExampleList() {
	printStream(shelves(sources.List("room", "hall", "attic")), sources.Concurrency(1))
	// Output:
	// RECORD shelves {"of":"{\"room\":\"hall\"}"}
	// RECORD shelves {"of":"{\"room\":\"attic\"}"}
	// STATE shelves {"__ab_no_cursor_state_message":true}
}

func ExamplePartitionNames() {
	p := sources.Product(sources.List("room", "hall", "attic"), sources.List("side", "left"))
	fmt.Println(sources.PartitionNames(p))
	// Output: [room side]
}

func ExampleProduct() {
	p := sources.Product(sources.List("room", "hall", "attic"), sources.List("side", "left"))
	printStream(shelves(p), sources.Concurrency(1))
	// Output:
	// RECORD shelves {"of":"{\"room\":\"hall\",\"side\":\"left\"}"}
	// RECORD shelves {"of":"{\"room\":\"attic\",\"side\":\"left\"}"}
	// STATE shelves {"__ab_no_cursor_state_message":true}
}

// Each book's loans are read by the book's id, and get its title.
func ExampleParent() {
	books := &sources.StreamOf[Book]{
		Name: "books",
		Read: func(context.Context, sources.Slice) iter.Seq2[Book, error] {
			return func(yield func(Book, error) bool) {
				_ = yield(Book{ID: 1, Title: "Dune"}, nil) && yield(Book{ID: 2, Title: "Emma"}, nil)
			}
		},
	}
	type Loan struct {
		Reader string `json:"reader"`
	}
	loans := &sources.StreamOf[Loan]{
		Name: "loans",
		Partitions: sources.Parent{
			Stream: books, Key: "id", As: "book_id", Fields: []string{"title"},
		},
		Inherit: []string{"book_id", "title"},
		Read: func(_ context.Context, s sources.Slice) iter.Seq2[Loan, error] {
			return func(yield func(Loan, error) bool) {
				yield(Loan{Reader: "reader of " + s.Partition.Get("book_id")}, nil)
			}
		},
	}
	printStream(loans, sources.Concurrency(1))
	// Output:
	// RECORD loans {"book_id":1,"title":"Dune","reader":"reader of 1"}
	// RECORD loans {"book_id":2,"title":"Emma","reader":"reader of 2"}
	// STATE loans {"__ab_no_cursor_state_message":true}
}

// rooms are partitions of an author's own, such as those that an API lists.
type rooms struct{}

func (rooms) Each(context.Context) iter.Seq2[sources.Partition, error] {
	return func(yield func(sources.Partition, error) bool) {
		yield(sources.NewPartition("room", 7).WithExtra("title", "Attic"), nil)
	}
}

func ExampleNewPartition() {
	for p := range (rooms{}).Each(context.Background()) {
		fmt.Println(p, p.Get("room"), p.Get("title"))
	}
	printStream(shelves(rooms{}))
	// Output:
	// {"room":7} 7 Attic
	// RECORD shelves {"of":"{\"room\":7}"}
	// STATE shelves {"__ab_no_cursor_state_message":true}
}
