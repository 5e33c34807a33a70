package http

import (
	"context"
	"encoding/json"

	"github.com/airbyte-go/cdk/sources"
)

// A Stream reads records from the pages of an API. It is a [sources.Stream]; fill in the fields and
// return its address from Streams.
//
// A page is emitted once all of it has arrived and been cut, and ends with a checkpoint, so a
// connection that breaks off is retried without a record twice or lost. Pages above 32 MiB, or
// beyond a budget of all streams together, are emitted while they arrive; a retry then repeats
// records.
//
// While the records of a page are being emitted, the next one is loaded. One that is not held waits
// for its turn.
//
// Where the API serves no page beyond a certain number or offset (Max of [PageNumber] and
// [Offset]), the slice starts again with the cursor value of its last record as {from}. That needs
// a cursor whose Order is Ascending; records with this value come again.
//
// Where the tokens of Pages are [Stable], each page ends with the token of the next, and a later
// read that is given it goes on there. When the API refuses that token, the slice is read from its
// beginning.
type Stream struct {
	// Client sends the requests; required.
	Client *Client
	// Name is the stream's name; required.
	Name string
	// Namespace groups streams. Empty means none.
	Namespace string
	// Schema describes the records; required.
	Schema sources.Schema
	// PrimaryKey names the fields that identify a record.
	PrimaryKey sources.PrimaryKey
	// Cursor makes the stream incremental. Nil means full refresh only.
	Cursor sources.Cursor
	// Partitions says in which parts the stream is read: one for each parent record, region or
	// account. Nil means one. The values of a partition have the names of placeholders.
	Partitions sources.Partitions
	// Inherit names values of the partition that each record gets; see [sources.Description].
	Inherit []string
	// Group names streams that must not be read at the same time; see [sources.Description].
	Group string

	// Method defaults to GET, or to POST when there is a Body. Whatever it is, requests are taken
	// for ones that only read, and repeated after a failure that may pass.
	Method string
	// Path is appended to the base URL of Client. It is a template like the values of [Params];
	// values are escaped, and an open bound is an error.
	Path string
	// Query holds the parameters of each request.
	Query Params
	// Header holds the headers of each request.
	Header Params
	// Body is the JSON of each request, of any type that encoding/json encodes. Strings in it are
	// templates as in [Params]; one that is a placeholder and nothing else becomes the JSON of its
	// value, a number where the cursor counts. Members and elements with an open bound are left
	// out. Fields of a form ([url.Values]) are templates as well; of [GraphQL] the Variables are.
	// []byte and [Raw] are sent as they are.
	Body any
	// Prepare has the last word on each request, after the paginator. r may be changed at will; its
	// Body is a [json.RawMessage] where the stream's is JSON, else of the same type. An error ends
	// the slice. It is called for several slices at the same time.
	Prepare func(r *Request, s sources.Slice) error
	// Records cuts the records out of a page. Defaults to Field(""): the document is an array of
	// records or one record.
	Records Extractor
	// Edits change the records, or drop some, in the order given.
	Edits []Edit
	// Pages finds the next page. Nil means that there is one page.
	Pages Paginator
	// Bookmark is the dotted path of a token on the last page with which the next sync goes on,
	// such as a delta link or a sync token. It goes with a [sources.TokenCursor]; a 4xx that
	// refuses the token makes the stream read everything again.
	Bookmark string
	// BookmarkParam is the query parameter that takes the token, on each page. Empty: the token is
	// one of Pages, such as a link.
	BookmarkParam string
	// MaxEmptyPages is how many pages without a record may follow each other before the slice
	// fails. Defaults to 1,000.
	MaxEmptyPages int
}

var _ sources.Stream = (*Stream)(nil)

// Describe implements [sources.Stream]. A mistake in the fields, such as an unknown placeholder, is
// reported by discover through the schema, and by reading.
func (s *Stream) Describe() sources.Description {
	schema := s.Schema
	if schema != nil {
		schema = s.soundSchema
	}
	return sources.Description{
		Name: s.Name, Namespace: s.Namespace,
		Schema: schema, PrimaryKey: s.PrimaryKey, Cursor: s.Cursor,
		Partitions: s.Partitions, Inherit: s.Inherit, Group: s.Group,
		Resumable: isStable(s.Pages),
	}
}

// soundSchema is the schema of a stream without mistakes. They are not looked for before somebody
// asks: the engine must first have seen that no stream is its own parent.
func (s *Stream) soundSchema(ctx context.Context) (json.RawMessage, error) {
	if err := s.check(); err != nil {
		return nil, err
	}
	return s.Schema(ctx)
}

// ReadSlice implements [sources.Stream]. It is safe for concurrent use.
func (s *Stream) ReadSlice(ctx context.Context, sl sources.Slice, out *sources.Output) error {
	if err := s.check(); err != nil {
		return err
	}
	r := &reader{stream: s, slice: sl, emit: out.Raw, checkpoint: out.Checkpoint, budget: heldPages}
	return r.read(ctx)
}
