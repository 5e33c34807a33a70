package http

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/klauspost/compress/gzip"
)

// Gzip unpacks a gzip file and cuts the records in it by another extractor; nil stands for
// Field(""). It is for files that are packed; a body packed on the way (Content-Encoding) arrives
// unpacked anyway, and one that is not packed at all is cut as it is.
//
// It is unpacked while it is cut, so its size does not matter.
func Gzip(records Extractor) Extractor { return gzipped{orDefault(records), maxGap} }

type gzipped struct {
	records Extractor
	limit   int64 // as of source
}

// Cut implements [Extractor].
func (g gzipped) Cut(
	body io.Reader, want []string, emit func(record []byte) error,
) (map[string]json.RawMessage, error) {
	packed := bufio.NewReaderSize(body, 64<<10)
	if magic, err := packed.Peek(2); err == nil && !bytes.Equal(magic, []byte("\x1f\x8b")) {
		return cutBounded(g.records, packed, g.limit, want, emit)
	}
	unpacked, err := gzip.NewReader(packed)
	if err != nil {
		return nil, gzipError(err)
	}
	return cutBounded(g.records, unpacked, g.limit, want, emit)
}

// cutBounded cuts what has been unpacked. A small body may unpack to an endless record.
func cutBounded(
	e Extractor, unpacked io.Reader, limit int64, want []string, emit func(record []byte) error,
) (map[string]json.RawMessage, error) {
	in := &source{Reader: unpacked, limit: limit}
	values, err := e.Cut(in, want, func(record []byte) error {
		in.gap = 0
		return emit(record)
	})
	if in.err != nil {
		return nil, gzipError(in.err)
	}
	return values, err
}

// gzipError explains an error of unpacking; others it returns as they are.
func gzipError(err error) error {
	switch {
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return fmt.Errorf("the packed answer ends early: %w", io.ErrUnexpectedEOF)
	case errors.Is(err, gzip.ErrChecksum):
		return fmt.Errorf("the packed answer is damaged: %w", err)
	}
	return err
}

func orDefault(e Extractor) Extractor { return cmp.Or[Extractor](e, defaultExtractor) }
