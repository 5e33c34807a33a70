package http

import (
	"bytes"
	"errors"
	"io"
	nethttp "net/http"
)

// reply is an answer whose meaning is not known yet.
type reply struct {
	resp *nethttp.Response
	seen []byte // the beginning of the body
	read bool   // seen holds what is needed
	err  error  // the body broke off
}

func (a *reply) isGood() bool { return a.resp.StatusCode >= 200 && a.resp.StatusCode <= 299 }

// text returns the body for rules: all of a good one, if it can be held, and the beginning of
// another. The good one can still be read from its start.
func (a *reply) text() []byte {
	switch {
	case a.read:
	case a.isGood():
		a.lookAhead()
	default:
		a.seen = readExcerpt(a.resp.Body)
	}
	a.read = true
	return a.seen
}

// excerpt returns the beginning of the body, and closes it.
func (a *reply) excerpt() []byte {
	if !a.read {
		a.seen = readExcerpt(a.resp.Body)
		a.read = true
	}
	_ = a.resp.Body.Close()
	return a.seen[:min(len(a.seen), maxExcerpt)]
}

// putBack makes the body of an answer that a rule accepts readable again.
func (a *reply) putBack() {
	if a.read && !a.isGood() {
		a.resp.Body = io.NopCloser(bytes.NewReader(a.seen))
	}
}

// lookAhead reads a good body up to the size of the largest page, as far as the budget of all
// pages allows, and puts it back.
func (a *reply) lookAhead() {
	ahead := &readAhead{Closer: a.resp.Body}
	size := firstSize(a.resp)
	if !ahead.charge(size) {
		size = firstBuffer
	}
	text := make([]byte, 0, size)
	for a.err == nil {
		if len(text) == cap(text) {
			grown, ok := grow(text, 0, ahead.charge)
			if !ok {
				break
			}
			text = grown
		}
		var n int
		n, a.err = a.resp.Body.Read(text[len(text):cap(text)])
		text = text[:len(text)+n]
	}
	if errors.Is(a.err, io.EOF) {
		a.err = nil
	}
	a.seen = text
	ahead.Reader = io.MultiReader(bytes.NewReader(text), a.resp.Body)
	a.resp.Body = ahead
}

// readAhead is a body whose beginning was read already.
type readAhead struct {
	io.Reader
	io.Closer

	charged int64 // to the budget of all pages
}

func (r *readAhead) charge(n int64) bool {
	if !heldPages.take(n) {
		return false
	}
	r.charged += n
	return true
}

// Close implements [io.Closer].
func (r *readAhead) Close() error {
	heldPages.give(r.charged)
	r.charged = 0
	return r.Closer.Close()
}
