package http

import (
	"io"
	nethttp "net/http"
)

// fill reads the body into the buffer. It returns false when the page is not to be held.
func (p *page) fill(resp *nethttp.Response) (whole bool, err error) {
	if resp.ContentLength > maxPage {
		return false, nil
	}
	first := firstSize(resp)
	if int64(cap(p.buf)) < first || !p.charge(int64(cap(p.buf))) {
		if p.buf = nil; !p.charge(first) {
			return false, nil
		}
		p.buf = make([]byte, 0, first)
	}
	for {
		if len(p.buf) == cap(p.buf) {
			grown, ok := grow(p.buf, p.promised(resp), p.charge)
			if !ok {
				return false, nil
			}
			p.buf = grown
		}
		n, err := resp.Body.Read(p.buf[len(p.buf):cap(p.buf)])
		p.buf = p.buf[:len(p.buf)+n]
		if err == io.EOF {
			p.held = int64(len(p.buf))
			return true, nil
		}
		if err != nil {
			return false, err
		}
	}
}

// promised is how large a buffer the body needs that has filled one: as the answer says or, where
// it does not, because it comes packed, and is large, as the page before needed.
func (p *page) promised(resp *nethttp.Response) int64 {
	if resp.ContentLength < 0 && len(p.buf) >= maxTrusted {
		return p.held + 1
	}
	return resp.ContentLength + 1
}

// firstSize is how large the buffer for the body of an answer is at first.
func firstSize(resp *nethttp.Response) int64 {
	return min(max(resp.ContentLength+1, firstBuffer), maxTrusted) // + 1 to see the end
}

// grow doubles a buffer, or makes it as large as is promised where that is more, up to the largest
// page, if the bytes that it gains can be charged.
func grow(buf []byte, promised int64, charge func(n int64) bool) (grown []byte, ok bool) {
	size := int(min(max(2*int64(cap(buf)), promised), maxPage))
	if size == cap(buf) || !charge(int64(size-cap(buf))) {
		return buf, false
	}
	return append(make([]byte, 0, size), buf...), true
}

// charge reserves n more bytes of the budget until the next reset. A page that is loaded ahead may
// take less than the others, and tries again when its turn has come.
func (p *page) charge(n int64) bool {
	if !p.isAhead() || !p.budget.takeAhead(n) {
		if !p.await() || !p.budget.take(n) {
			return false
		}
	}
	p.charged += n
	return true
}

func (p *page) isAhead() bool {
	select {
	case <-p.turn:
		return false
	default:
		return p.turn != nil
	}
}

// await waits until the records of the page may be emitted; false when the request ends before.
func (p *page) await() bool {
	if p.turn == nil {
		return true
	}
	select {
	case <-p.turn:
		return true
	case <-p.ctx.Done():
		return false
	}
}
