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

	// Of a page that is loaded before its turn.
	done  chan struct{}
	stop  context.CancelFunc
	crash string // a panic, with its stack
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

// load begins to load the page of a token before its turn. It is called when the first record of
// the page before has been taken: a reader that wants no more than one, as a check does, causes no
// request in vain.
//
// Such a page is held like any other, as long as it finds room. Where it does not, it waits for its
// turn; so the records of a slice never mix, and neither do its states.
func (r *reader) load(ctx context.Context, token string) {
	f := r.newFetch(token)
	f.page.turn, f.done = make(chan struct{}), make(chan struct{})
	ctx, f.stop = context.WithCancel(ctx)
	r.ahead = f
	go func() {
		defer close(f.done)
		defer func() {
			if v := recover(); v != nil {
				f.crash = fmt.Sprintf("%v\n\n%s", v, debug.Stack())
			}
		}()
		f.run(ctx, r.stream.Client)
	}()
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
		<-f.done
		f.stop()
	}
	if f.crash != "" {
		panic(f.crash)
	}
	taken = f.err == nil
	return f, f.err
}

// abandon ends the loading of a page that is not wanted any more, and waits for it.
func (r *reader) abandon() {
	if f := r.ahead; f != nil {
		r.ahead = nil
		f.stop()
		<-f.done
		f.page.release()
	}
}
