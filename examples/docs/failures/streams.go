// Package failures holds the code of docs/errors.md.
package failures

import (
	"context"
	"errors"
	"iter"
	"time"

	"github.com/airbyte-go/cdk/http"
	"github.com/airbyte-go/cdk/protocol"
	"github.com/airbyte-go/cdk/sources"
)

// Person is a record.
type Person struct {
	ID int64 `json:"id"`
}

// errClosed is what a client of a system might return.
var errClosed = errors.New("connection closed")

type source struct{}

var _ sources.Source[struct{}] = source{}

func (source) Streams(context.Context, struct{}) ([]sources.Stream, error) {
	return []sources.Stream{
		&http.Stream{
			Client: client(), Name: "people", Schema: sources.SchemaOf[Person](), Path: "people",
		},
		&http.Stream{
			Client: client(), Name: "labs", Schema: sources.SchemaOf[Person](), Path: "labs",
		},
		queue(errClosed),
	}, nil
}

func client() *http.Client {
	return http.NewClient("https://api.example.com/v1/",
		// This API says in a 200 that it is too busy.
		http.Rule{
			JSON:   map[string]string{"error.code": "busy"},
			Action: http.Retry,
		},
		// Accounts without this feature have no labs: the stream is empty then.
		http.Rule{
			Status: []int{404},
			JSON:   map[string]string{"error.code": "feature_disabled"},
			Action: http.Ignore,
		},
		// A sentence that says what to do.
		http.Rule{
			Status:  []int{402},
			Type:    protocol.ConfigError,
			Message: "The plan of this account has no API. Choose another plan.",
		},
	)
}

// limited are bounds for an API that allows ten requests in a second and a thousand in an hour,
// is slow to answer and often down for maintenance.
func limited() *http.Client {
	return http.NewClient("https://api.example.com/v1/",
		http.Limit(10, time.Second),
		http.RateLimit{Requests: 1000, Per: time.Hour, Only: []string{"/search"}},
		http.Timeouts{Header: 5 * time.Minute},
		http.Retries(8),
		http.GiveUpAfter(time.Hour),
	)
}

// queue is a stream written by hand whose system fails.
func queue(err error) sources.Stream {
	return &sources.StreamOf[Person]{
		Name: "queue",
		Read: func(context.Context, sources.Slice) iter.Seq2[Person, error] {
			return func(yield func(Person, error) bool) {
				if errors.Is(err, errClosed) {
					err = protocol.Errorf(protocol.TransientError, "The queue went away: %w.", err)
				}
				yield(Person{}, err)
			}
		},
	}
}
