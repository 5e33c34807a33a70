package http

import (
	"context"
	"errors"
	"fmt"
	nethttp "net/http"
	"slices"

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
	resumes    bool    // whether tokens outlive the process
	restarted  bool    // the slice is not the one that was asked for any more
	resets     int     // how often it was read again from its first page
	loader     *loader // nil until the first page is loaded before its turn
	ahead      *fetch  // that page, nil if there is none
	lastRecord []byte  // that was emitted, where the slice may have to start again at it
}

func (r *reader) read(ctx context.Context) (err error) {
	if err := r.prepare(ctx); err != nil {
		return err
	}
	defer r.abandon()
	for {
		err := r.pages(ctx)
		switch {
		case errors.Is(err, errCapReached):
			err = r.restart()
		case errors.Is(err, ErrResetPagination):
			err = r.reset(err)
		default:
			return err
		}
		if err != nil {
			return err
		}
	}
}

// prepare sets up what all pages share.
func (r *reader) prepare(ctx context.Context) error {
	r.extractor = orDefault(r.stream.Records)
	if r.stream.Pages != nil {
		r.want = r.stream.Pages.Want()
		r.resumes = isStable(r.stream.Pages)
	}
	if mark := r.stream.Bookmark; mark != "" {
		r.resumes = false // what stands in a state is a bookmark, and no page
		if !slices.Contains(r.want, mark) {
			r.want = append(slices.Clip(r.want), mark)
		}
	}
	if r.mayRestart() {
		r.rememberLast()
	}
	emit, err := edited(ctx, r.stream.Edits, r.slice, r.emit)
	r.emit = emit
	return err
}

// pages reads the pages from the first on, or from the one where an earlier read has stopped.
func (r *reader) pages(ctx context.Context) error {
	r.guard = newLoopGuard(r.want, r.stream.MaxEmptyPages)
	token, err := r.page(ctx, r.firstToken())
	if len(r.slice.Resume) > 0 && !r.restarted && isStale(err) {
		return fmt.Errorf("%w: %w", sources.ErrStaleToken, err)
	}
	for err == nil && token != "" {
		token, err = r.page(ctx, token)
	}
	if errors.Is(err, ErrIgnored) { // the slice ends there, and well
		return nil
	}
	return err
}

// firstToken is the page to begin with, empty for the first there is.
func (r *reader) firstToken() string {
	s := r.stream
	if r.restarted || s.Bookmark == "" && !r.resumes || s.Bookmark != "" && s.BookmarkParam != "" {
		return ""
	}
	return string(r.slice.Resume)
}

// isStale reports whether the API has refused a request for what it asks: the token is one that it
// does not know, or does not know any more.
func isStale(err error) bool {
	status := StatusOf(err)
	return status >= 400 && status < 500 && !slices.Contains([]int{
		nethttp.StatusUnauthorized, nethttp.StatusForbidden, nethttp.StatusRequestTimeout,
		nethttp.StatusTooManyRequests,
	}, status)
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
	if next != "" {
		f.page.begun = func() { r.load(ctx, next) }
	}
	if err := f.page.flush(); err != nil {
		return "", err
	}
	if err := r.checkpoint(r.bookmark(f, next)); err != nil {
		return "", err
	}
	return next, nextErr
}

// bookmark is what a later read needs to go on behind a page: the token of the next or, behind the
// last, the stream's Bookmark. It is nil where there is none, and for a slice that has started
// again: it has other pages than the one it was.
func (r *reader) bookmark(f *fetch, next string) []byte {
	switch {
	case r.stream.Bookmark != "" && next == "":
		if text, ok := textAt(f.page.values[r.stream.Bookmark], nil); ok {
			return []byte(text)
		}
		return nil
	case !r.resumes || r.restarted || next == "":
		return nil
	}
	return []byte(next)
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
	if err := r.guard.pass(token, p.count, p.body()); err != nil {
		return "", err
	}
	return token, nil
}
