package http

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	nethttp "net/http"
	"slices"

	"github.com/airbyte-go/cdk/protocol"
	"github.com/airbyte-go/cdk/sources"
)

// A Stream reads records from the pages of an API. It is a [sources.Stream]; fill in the fields and
// return its address from Streams.
//
// A page is emitted once all of it has arrived and been cut, and ends with a checkpoint, so a
// connection that breaks off is retried without a record twice or lost. Pages above 32 MiB, or
// beyond a budget of all streams together, are emitted while they arrive; a retry then repeats
// records.
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

	// Path is appended to the base URL of Client. It is a template like the values of [Params];
	// values are escaped, and an open bound is an error.
	Path string
	// Query holds the parameters of each request.
	Query Params
	// Records cuts the records out of a page. Defaults to Field(""): the document is an array of
	// records or one record.
	Records Extractor
	// Pages finds the next page. Nil means that there is one page.
	Pages Paginator
	// MaxEmptyPages is how many pages without a record may follow each other before the slice
	// fails. Defaults to 1,000.
	MaxEmptyPages int
}

var _ sources.Stream = (*Stream)(nil)

// Describe implements [sources.Stream]. A mistake in the fields, such as an unknown placeholder, is
// reported by discover through the schema, and by reading.
func (s *Stream) Describe() sources.Description {
	schema := s.Schema
	if err := s.check(); err != nil {
		schema = func(context.Context) (json.RawMessage, error) { return nil, err }
	}
	return sources.Description{
		Name: s.Name, Namespace: s.Namespace,
		Schema: schema, PrimaryKey: s.PrimaryKey, Cursor: s.Cursor,
	}
}

// ReadSlice implements [sources.Stream]. It is safe for concurrent use.
func (s *Stream) ReadSlice(ctx context.Context, sl sources.Slice, out *sources.Output) error {
	if err := s.check(); err != nil {
		return err
	}
	r := &reader{stream: s, slice: sl, emit: out.Raw, checkpoint: out.Checkpoint, budget: heldPages}
	return r.read(ctx)
}

// check finds an author's mistakes in the fields.
func (s *Stream) check() error {
	if s.Client == nil {
		return s.mistake("it has no Client")
	}
	if err := checkTemplate("its Path", s.Path); err != nil {
		return s.mistake(err.Error())
	}
	for _, name := range slices.Sorted(maps.Keys(s.Query)) {
		if err := checkTemplate(fmt.Sprintf("its Query[%q]", name), s.Query[name]); err != nil {
			return s.mistake(err.Error())
		}
	}
	return nil
}

func (s *Stream) mistake(text string) error {
	d := protocol.Descriptor{Name: s.Name, Namespace: s.Namespace}
	err := protocol.Errorf(protocol.SystemError, "Stream %s: %s.", d, text)
	err.Stream = d
	return err
}

// reader reads one slice.
type reader struct {
	stream     *Stream
	slice      sources.Slice
	emit       func(record []byte) error
	checkpoint func(token []byte) error
	budget     *budget
	extractor  Extractor
	want       []string
	guard      *loopGuard
}

func (r *reader) read(ctx context.Context) error {
	r.extractor = defaultExtractor
	if r.stream.Records != nil {
		r.extractor = r.stream.Records
	}
	if r.stream.Pages != nil {
		r.want = r.stream.Pages.Want()
	}
	r.guard = newLoopGuard(r.want, r.stream.MaxEmptyPages)
	token, err := r.page(ctx, "")
	for err == nil && token != "" {
		token, err = r.page(ctx, token)
	}
	return err
}

// page reads one page and returns the token of the next.
func (r *reader) page(ctx context.Context, token string) (next string, err error) {
	request, err := r.request(token)
	if err != nil {
		return "", err
	}
	p := newPage(r.extractor, r.want, r.emit, r.budget)
	defer p.release()
	resp, err := r.stream.Client.do(ctx, request, p.load)
	if err != nil {
		return "", err
	}
	if err := p.flush(); err != nil {
		return "", err
	}
	if err := r.checkpoint(nil); err != nil {
		return "", err
	}
	if r.stream.Pages == nil {
		return "", nil
	}
	next, err = r.stream.Pages.Next(Page{
		Token: token, URL: resp.Request.URL, Header: resp.Header,
		Values: p.values, Count: p.count, Last: p.last,
	})
	if err != nil || next == "" {
		return "", err
	}
	return next, r.guard.pass(next, p.count, p.body())
}

// request returns the request for the page of a token.
func (r *reader) request(token string) (*Request, error) {
	s, values := r.stream, placeholders(r.slice)
	path, err := expandPath(s.Path, values)
	if err != nil {
		return nil, err
	}
	request := &Request{Path: path, Query: s.Query.values(values), Header: nethttp.Header{}}
	if _, ok := r.extractor.(field); ok {
		request.Header.Set("Accept", "application/json")
	}
	if s.Pages != nil {
		s.Pages.Apply(request, token)
	}
	return request, nil
}
