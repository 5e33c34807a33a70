package http

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	nethttp "net/http"
	"slices"
	"sync"

	"github.com/airbyte-go/cdk/internal/jsonraw"
	"github.com/airbyte-go/cdk/protocol"
)

const (
	// maxPage is the largest page that is held until it is complete.
	maxPage = 32 << 20
	// firstBuffer is the smallest buffer, and what an answer gets that does not say its length.
	firstBuffer = 64 << 10
	// maxTrusted is how much of a promised length is allocated before the bytes arrive. Once so
	// many have, the rest is trusted too: to double the buffer would copy a large page twice.
	maxTrusted = 4 << 20
	// maxKept is the largest buffer that waits for the next page.
	maxKept = 4 << 20
	// maxGap is how much may be read without finding a record, and so the largest record. It is
	// what a destination accepts as one line.
	maxGap = 256 << 20
	// minHead is what is held of a page that is not.
	minHead = 4 << 10
	// maxLast is the largest record that a paginator gets to see.
	maxLast = 1 << 20
)

// page reads one page. A page is held: nothing is emitted before all of it has arrived and been
// cut, so an attempt that fails on the way can be repeated without a trace. Where a page is too
// large for that, or the budget used up, its records are emitted as they arrive, and a repeated
// attempt emits them again.
//
// The records that were cut are remembered as the gap before and the length of each, which takes
// two or three bytes for one; at worst, in a page of nothing but {}, two thirds of the page's size.
type page struct {
	// Set by the owner.
	extractor Extractor
	want      []string
	emit      func(record []byte) error
	budget    *budget
	maxGap    int64
	turn      chan struct{} // of a page loaded ahead: closed when its records may be emitted

	// Of the last attempt.
	ctx      context.Context
	values   map[string]json.RawMessage
	count    int
	last     []byte // the last record; of a held page a part of the buffers
	begun    func() // called once the first record of a held page has been emitted
	streamed bool
	emitErr  error // of emit; it ends the slice

	// Buffers, reused.
	buf     []byte // the body
	copies  []byte // the records of an extractor that is not ours
	spans   []byte // where the records stand
	decoder *jsonraw.Decoder
	charged int64 // to budget
	end     int64 // of the last span, as the extractor counts
	lastEnd int64 // of the last span, in the buffer
	lastLen int64
	held    int64 // length of the body that was held last
}

var pages = sync.Pool{New: func() any { return &page{decoder: jsonraw.NewDecoder(nil)} }}

// newPage returns a page whose buffers may have served before.
func newPage(e Extractor, want []string, emit func([]byte) error, b *budget) *page {
	p := pages.Get().(*page)
	p.extractor, p.want, p.emit, p.budget, p.maxGap = e, want, emit, b, maxGap
	return p
}

// release gives the buffers back. Nothing of the page may be used after it.
func (p *page) release() {
	kept := page{
		decoder: p.decoder, buf: p.buf, copies: p.copies, spans: p.spans, held: p.held,
	}
	if p.streamed { // its buffer grew with the largest record
		kept.decoder = jsonraw.NewDecoder(nil)
	}
	for _, b := range []*[]byte{&kept.buf, &kept.copies, &kept.spans} {
		if cap(*b) > maxKept {
			*b = nil
		}
	}
	kept.decoder.Reset(nil) // it may hold a part of the buffers
	p.budget.give(p.charged)
	*p = kept
	pages.Put(p)
}

// reset makes p ready for an attempt.
func (p *page) reset() {
	p.budget.give(p.charged)
	p.charged, p.end, p.lastEnd, p.count = 0, 0, 0, 0
	p.values, p.last, p.streamed, p.emitErr = nil, nil, false, nil
	p.buf, p.copies, p.spans = p.buf[:0], p.copies[:0], p.spans[:0]
}

// load reads an answer. It runs inside the retry loop.
func (p *page) load(resp *nethttp.Response) error {
	defer func() { _ = resp.Body.Close() }()
	p.reset()
	p.ctx = resp.Request.Context()
	if resp.StatusCode == nethttp.StatusNoContent {
		return nil
	}
	err := p.cut(resp)
	switch {
	case p.emitErr != nil:
		return p.emitErr
	case err != nil:
		return p.explain(resp, err)
	}
	return nil
}

func (p *page) cut(resp *nethttp.Response) error {
	contentType := resp.Header.Get("Content-Type")
	if err := formatWithin(p.extractor).refuse(contentType); err != nil {
		return err
	}
	whole, err := p.fill(resp)
	if err != nil {
		return err
	}
	if whole {
		if err := p.hold(); err != nil {
			return err
		}
		p.keepLast()
		return nil
	}
	if len(p.buf) == 0 {
		// An answer that is no JSON is explained by its beginning.
		p.buf = slices.Grow(p.buf, minHead)[:minHead]
		n, err := io.ReadFull(resp.Body, p.buf)
		p.buf = p.buf[:n]
		if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
			return err
		}
	}
	return p.stream(io.MultiReader(bytes.NewReader(p.buf), resp.Body))
}

// body returns the bytes of a held page, nil for a streamed one.
func (p *page) body() []byte {
	if p.streamed {
		return nil
	}
	return p.buf
}

// flush emits the records of a held page.
func (p *page) flush() error {
	from := p.records()
	for spans := p.spans; len(spans) > 0; {
		gap, n := binary.Uvarint(spans)
		length, m := binary.Uvarint(spans[n:])
		spans = spans[n+m:]
		from = from[gap:]
		if err := p.emit(from[:length:length]); err != nil {
			return err
		}
		from = from[length:]
		if p.begun != nil {
			p.begun()
			p.begun = nil
		}
	}
	return nil
}

// records is where the records of a held page stand.
func (p *page) records() []byte {
	if len(p.copies) > 0 {
		return p.copies
	}
	return p.buf
}

// hold cuts the page in the buffer and remembers where its records stand.
func (p *page) hold() error {
	var err error
	body := bytes.TrimPrefix(p.buf, byteOrderMark)
	if f, ok := p.extractor.(inPlace); ok {
		p.end = int64(len(body) - len(p.buf)) // offsets count from the body, spans from the buffer
		p.decoder.ResetText(body)
		p.values, err = f.cut(p.decoder, p.want, p.note)
		return err
	}
	p.values, err = p.extractor.Cut(bytes.NewReader(body), p.want, p.copy)
	if errors.Is(p.emitErr, errTooLarge) {
		p.emitErr, p.count, p.spans, p.copies = nil, 0, p.spans[:0], p.copies[:0]
		return p.stream(bytes.NewReader(body))
	}
	return err
}

// note remembers where a record stands that ends at the given offset.
func (p *page) note(record []byte, end int64) error {
	length := int64(len(record))
	gap := end - length - p.end
	p.spans = binary.AppendUvarint(p.spans, uint64(gap))
	p.spans = binary.AppendUvarint(p.spans, uint64(length))
	p.end, p.lastLen = end, length
	p.lastEnd += gap + length
	p.count++
	return nil
}

// keepLast finds the last record of a held page.
func (p *page) keepLast() {
	if !p.streamed && p.count > 0 && p.lastLen <= maxLast {
		p.last = p.records()[p.lastEnd-p.lastLen : p.lastEnd : p.lastEnd]
	}
}

// errTooLarge stops an extractor whose records together are larger than a page may be.
var errTooLarge = errors.New("the records of the page do not fit into memory")

// copy keeps a copy of a record from an extractor that is not ours: where it lies is unknown, and
// it may be overwritten.
func (p *page) copy(record []byte) error {
	before := cap(p.copies)
	if len(p.copies)+len(record) > maxPage {
		p.emitErr = errTooLarge
		return errTooLarge
	}
	p.copies = append(p.copies, record...)
	if grown := cap(p.copies) - before; grown > 0 && !p.charge(int64(grown)) {
		p.emitErr = errTooLarge
		return errTooLarge
	}
	return p.note(record, int64(len(p.copies)))
}

// stream cuts a page and emits its records as they come.
func (p *page) stream(body io.Reader) error {
	if !p.await() {
		return context.Cause(p.ctx)
	}
	p.streamed = true
	in := &source{Reader: body, limit: p.maxGap}
	if _, ok := p.extractor.(zipped); ok {
		in.limit = maxSpooled // the archive comes before its first record
	}
	emit := func(record []byte, _ int64) error {
		in.gap = 0
		p.count++
		if p.last = p.last[:0]; len(record) <= maxLast {
			p.last = append(p.last, record...)
		}
		p.emitErr = p.emit(record)
		return p.emitErr
	}
	var err error
	if f, ok := p.extractor.(inPlace); ok {
		p.decoder.Reset(skipMark(in))
		p.values, err = f.cut(p.decoder, p.want, emit)
	} else {
		p.values, err = p.extractor.Cut(in, p.want, func(r []byte) error { return emit(r, 0) })
	}
	if in.err != nil {
		return in.err
	}
	return err
}

// source is the body of a streamed page. It remembers its error, which a decoder would wrap into
// words of its own, and refuses a record without end.
type source struct {
	io.Reader
	limit int64
	gap   int64 // bytes since the last record
	err   error
}

func (s *source) Read(b []byte) (int, error) {
	if s.gap > s.limit {
		s.err = fmt.Errorf("%d bytes of the answer went by without the end of a record; no "+
			"record may be that large", s.limit)
		return 0, s.err
	}
	n, err := s.Reader.Read(b)
	s.gap += int64(n)
	if err != nil && err != io.EOF {
		s.err = err
	}
	return n, err
}

// explain turns an error of reading or cutting into the failure of the attempt.
func (p *page) explain(resp *nethttp.Response, err error) error {
	if resp.Request.Context().Err() != nil {
		return err
	}
	what := describe(resp.Request.Method, resp.Request.URL)
	own, isOwn := errors.AsType[*protocol.Error](err)
	switch {
	case isOwn: // the body broke off, or the extractor knows best
		return &failure{err: protocol.AsError(err), retry: own.Type == protocol.TransientError}
	case errors.Is(err, io.ErrUnexpectedEOF):
		own = protocol.Errorf(protocol.TransientError, "%s: %w", what, err)
		return &failure{err: own, retry: true}
	}
	remedy, fact := formatOf(p.extractor).diagnose(resp.Header.Get("Content-Type"), p.buf, err)
	own = protocol.Errorf(protocol.SystemError, "%s: %w", what, fact)
	return &failure{err: own, remedy: remedy}
}
