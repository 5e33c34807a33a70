package http

import (
	"context"
	"fmt"
	nethttp "net/http"
	"runtime/debug"
)

// fetch is a page on its way.
type fetch struct {
	token   string
	request *Request
	page    *page
	resp    *nethttp.Response
	err     error

	crash string // a panic while it was loaded before its turn, with its stack
}

// loader loads pages before their turn, in one goroutine for the whole slice: with one for each
// page, the stack that a request needs would be grown each time.
type loader struct {
	stop   context.CancelFunc
	queue  chan *fetch // what to load
	loaded chan *fetch // what has been; closed when the goroutine has ended
}

func newLoader(ctx context.Context, c *Client) *loader {
	ctx, stop := context.WithCancel(ctx)
	l := &loader{stop: stop, queue: make(chan *fetch, 1), loaded: make(chan *fetch, 1)}
	go func() {
		defer close(l.loaded)
		for f := range l.queue {
			f.survive(ctx, c)
			l.loaded <- f
		}
	}()
	return l
}

// end cuts off what is being loaded and waits for the goroutine.
func (l *loader) end() {
	l.stop()
	close(l.queue)
	for range l.loaded { // what nobody has taken
	}
}

func (r *reader) newFetch(token string) *fetch {
	f := &fetch{token: token, page: newPage(r.extractor, r.want, r.emit, r.budget)}
	f.request, f.err = r.request(token)
	return f
}

func (f *fetch) run(ctx context.Context, c *Client) {
	if f.err == nil {
		f.resp, f.err = c.do(ctx, f.request, f.page.load)
	}
}

// survive is run in a goroutine of its own: a panic is kept for the one that takes the page.
func (f *fetch) survive(ctx context.Context, c *Client) {
	defer func() {
		if v := recover(); v != nil {
			f.crash = fmt.Sprintf("%v\n\n%s", v, debug.Stack())
		}
	}()
	f.run(ctx, c)
}

// load begins to load the page of a token before its turn. It is called when the first record of
// the page before has been taken: a reader that wants no more than one, as a check does, causes no
// request in vain.
//
// Such a page is held like any other, as long as it finds room. Where it does not, it waits for its
// turn; so the records of a slice never mix, and neither do its states.
func (r *reader) load(ctx context.Context, token string) {
	f := r.newFetch(token)
	f.page.turn = make(chan struct{})
	if r.loader == nil {
		r.loader = newLoader(ctx, r.stream.Client)
	}
	r.ahead = f
	r.loader.queue <- f // never waits: there is one page ahead, and this is it
}

// take returns the page of a token, which may be on its way already. It belongs to the caller, who
// releases it, unless there is an error. A panic on the way comes out here, where the engine can
// catch it.
func (r *reader) take(ctx context.Context, token string) (f *fetch, err error) {
	taken := false
	defer func() {
		if !taken && f != nil { // nil: the author's Prepare has panicked
			f.page.release()
		}
	}()
	if f = r.ahead; f == nil {
		f = r.newFetch(token)
		f.run(ctx, r.stream.Client)
	} else {
		r.ahead = nil
		close(f.page.turn)
		<-r.loader.loaded
	}
	if f.crash != "" {
		panic(f.crash)
	}
	taken = f.err == nil
	return f, f.err
}

// abandon ends the loading ahead, also of a page that is not wanted any more.
func (r *reader) abandon() {
	if r.loader == nil {
		return
	}
	r.loader.end()
	if f := r.ahead; f != nil {
		r.ahead = nil
		f.page.release()
	}
}
