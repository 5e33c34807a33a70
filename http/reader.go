package http

import (
	"context"
	"errors"

	"github.com/airbyte-go/cdk/sources"
)

// reader reads one slice, page after page. While the records of a held page are being emitted, the
// next page is loaded already.
type reader struct {
	stream     *Stream
	slice      sources.Slice
	emit       func(record []byte) error
	checkpoint func(token []byte) error
	budget     *budget
	extractor  Extractor
	want       []string
	guard      *loopGuard
	ahead      *fetch // the page that is being loaded before its turn, nil if there is none
	lastRecord []byte // that was emitted, where the slice may have to start again at it
}

func (r *reader) read(ctx context.Context) (err error) {
	if err := r.prepare(ctx); err != nil {
		return err
	}
	defer r.abandon()
	for {
		err := r.pages(ctx)
		if !errors.Is(err, errCapReached) {
			return err
		}
		if err := r.restart(); err != nil {
			return err
		}
	}
}

// prepare sets up what all pages share.
func (r *reader) prepare(ctx context.Context) error {
	r.extractor = orDefault(r.stream.Records)
	if r.stream.Pages != nil {
		r.want = r.stream.Pages.Want()
	}
	if r.mayRestart() {
		r.rememberLast()
	}
	emit, err := edited(ctx, r.stream.Edits, r.slice, r.emit)
	r.emit = emit
	return err
}

// pages reads the pages from the first on.
func (r *reader) pages(ctx context.Context) error {
	r.guard = newLoopGuard(r.want, r.stream.MaxEmptyPages)
	token, err := r.page(ctx, "")
	for err == nil && token != "" {
		token, err = r.page(ctx, token)
	}
	return err
}

// page reads one page and returns the token of the next. What is wrong with the next page is told
// once this one has been emitted.
func (r *reader) page(ctx context.Context, token string) (next string, err error) {
	f, err := r.take(ctx, token)
	if err != nil {
		return "", err
	}
	defer f.page.release()
	next, nextErr := r.next(f)
	if nextErr == nil && next != "" {
		f.page.begun = func() { r.load(ctx, next) }
	}
	if err := f.page.flush(); err != nil {
		return "", err
	}
	if err := r.checkpoint(nil); err != nil {
		return "", err
	}
	return next, nextErr
}

// next returns the token of the page after f, if the slice may go on there.
func (r *reader) next(f *fetch) (token string, err error) {
	if r.stream.Pages == nil {
		return "", nil
	}
	p := f.page
	about := Page{
		Token: f.token, URL: f.resp.Request.URL, Header: f.resp.Header,
		Values: p.values, Count: p.count,
	}
	if len(p.last) > 0 {
		about.Last = p.last
	}
	token, err = r.stream.Pages.Next(about)
	if err != nil || token == "" {
		return "", err
	}
	return token, r.guard.pass(token, p.count, p.body())
}
