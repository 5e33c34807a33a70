package http

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"time"

	"github.com/airbyte-go/cdk/protocol"
	"github.com/airbyte-go/cdk/sources"
)

// Jobs reads records from an API that prepares them first: a request creates a job, others ask how
// far it is, and when it is done its result is downloaded and the job deleted. Its method
// [Jobs.Read] is the Read of a stream:
//
//	&sources.StreamOf[json.RawMessage]{
//		Name: "orders", Schema: schema, Cursor: cursor, Read: jobs.Read,
//	}
//
// Each slice is a job of its own. How many run at once, over all streams of the client, is the
// affair of [MaxJobs]; a slice that waits for its job, or for its turn, keeps one of the engine's
// slots. While it waits the platform gets signs of life, so that a long wait does not look like a
// dead connector. A slice that ends in whatever way leaves no job behind: one that still runs is
// aborted, and the job is deleted, where the API can do that.
//
// A source whose first stream is made of jobs wants a Check of its own: the default check would
// create a job and wait for its first record.
//
// Jobs is safe for concurrent use and must not be changed while it is used.
type Jobs struct {
	// Client sends the requests; required.
	Client *Client

	// Create returns the request that creates the job of a slice; required. It is sent once unless
	// it is marked as idempotent: an answer that got lost may have left a job.
	Create func(s sources.Slice) *Request
	// ID is the dotted path of the job's ID in the answer to Create. Empty takes the URL in the
	// header Location as the ID.
	ID string

	// Poll returns the request that asks how far a job is. It may be nil where ID is empty: the
	// URL in Location is asked.
	Poll func(id string) *Request
	// Status is the dotted path of the job's status in the answer to Poll; required.
	Status string
	// Statuses says what the statuses of the API mean; required. One that is not in it fails the
	// stream with an error that names it.
	Statuses map[string]JobStatus
	// PollEvery is the wait before the first poll. It grows by half each time, up to PollMost, and
	// is up to a fifth longer or shorter at random, so that jobs are not all polled at once. A
	// Retry-After in the answer is waited instead. Defaults to 5 seconds.
	PollEvery time.Duration
	// PollMost bounds the wait between two polls. Defaults to a minute, or to PollEvery where that
	// is longer.
	PollMost time.Duration
	// Timeout is how long a job may take from its creation to its end. Defaults to an hour.
	Timeout time.Duration
	// Attempts is how many jobs are created for a slice, one after the other, when they fail or
	// take too long. Defaults to 3.
	Attempts int

	// Links is the dotted path in the last answer to Poll of the URL of the result, or of a list of
	// URLs that are downloaded one after the other. Null or an empty list means that there are no
	// records. A link to another host is followed without the credentials of the client.
	Links string
	// Download returns the request for the result where there are no Links.
	Download func(id string) *Request
	// Records cuts the records out of the result. Defaults to Field(""). A result is emitted as the
	// page of a [Stream] is, at once where it is small and as it arrives where it is large.
	Records Extractor

	// Abort returns the request that stops a job which still runs. Nil means that there is none.
	Abort func(id string) *Request
	// Delete returns the request that removes a job, once it has ended or was aborted. Nil means
	// that there is none.
	Delete func(id string) *Request
}

// JobStatus is what the status of a job means.
type JobStatus int

// The meanings of a job's status.
const (
	JobRunning JobStatus = iota // not yet at its end
	JobDone                     // the result can be downloaded
	JobFailed                   // there will be none; another job may fare better
	JobEmpty                    // at its end, without records
)

// The defaults of [Jobs].
const (
	defaultPollEvery   = 5 * time.Second
	defaultPollMost    = time.Minute
	defaultJobTimeout  = time.Hour
	defaultJobAttempts = 3
)

// MaxJobs sets how many jobs of [Jobs] a client may have at once, over all its streams, overriding
// the default of 1: most APIs allow few. It panics below 1.
func MaxJobs(n int) Option {
	if n < 1 {
		panic(fmt.Sprintf("http.MaxJobs(%d): it must be at least 1", n))
	}
	return optionFunc(func(c *Client) { c.jobs = make(chan struct{}, n) })
}

// Read creates the job of a slice and yields the records of its result. A record is valid until
// the next one is asked for. The sequence ends after the first error.
func (j *Jobs) Read(
	ctx context.Context, s sources.Slice,
) iter.Seq2[json.RawMessage, error] {
	return func(yield func(json.RawMessage, error) bool) {
		r := &jobRun{Jobs: j, slice: s, yield: yield}
		if err := r.run(ctx); err != nil && !r.stopped {
			yield(nil, err)
		}
	}
}

// check finds an author's mistakes in the fields.
func (j *Jobs) check() error {
	var problem string
	switch {
	case j.Client == nil:
		problem = "Client"
	case j.Create == nil:
		problem = "Create"
	case j.Poll == nil && j.ID != "":
		problem = "Poll"
	case j.Status == "":
		problem = "Status"
	case len(j.Statuses) == 0:
		problem = "Statuses"
	case j.Links == "" && j.Download == nil:
		problem = "Links or Download"
	default:
		return nil
	}
	return protocol.Errorf(protocol.SystemError, "The jobs of the stream have no %s. This is a "+
		"defect of the connector: report it to its maintainer.", problem)
}
