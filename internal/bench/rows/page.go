package rows

import (
	"bytes"
	"compress/flate"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"time"
)

// Page is a page of an API that was made once: {"data":[...]} with a place behind the records for
// the token of the next page.
type Page struct {
	head    []byte // up to the end of the records
	moments []int  // where the moments stand in head
	packed  []byte // head as the beginning of a gzip file
}

// NewPage makes a page of count records.
func NewPage(s Shape, count int) (*Page, error) {
	text := firstMoment.Format(MomentLayout)
	head := []byte(`{"data":[`)
	p := &Page{}
	for n := range count {
		if n > 0 {
			head = append(head, ',')
		}
		start := len(head)
		head = s.Append(head, n, text)
		p.moments = append(p.moments, start+bytes.Index(head[start:], []byte(text)))
	}
	head = append(head, ']')
	packed, err := pack(head)
	p.head, p.packed = head, packed
	return p, err
}

// pack compresses text and ends on a byte, so that more can follow.
func pack(text []byte) ([]byte, error) {
	header := []byte{0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255} // RFC 1952: deflate, no name, no time
	b := bytes.NewBuffer(header)
	w, err := flate.NewWriter(b, flate.DefaultCompression)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(text); err != nil {
		return nil, err
	}
	err = w.Flush()
	return b.Bytes(), err
}

// tail is what follows the records; an empty token says that this is the last page.
func tail(token string) string {
	if token == "" {
		return `,"meta":{"next_cursor":null}}`
	}
	return fmt.Sprintf(`,"meta":{"next_cursor":%q}}`, token)
}

// Parts returns the page with the token of the next one in two parts. They must not be changed.
func (p *Page) Parts(token string) (head, end []byte) { return p.head, []byte(tail(token)) }

// Packed is the same in gzip: the tail is a stored block, so that nothing is compressed anew.
func (p *Page) Packed(token string) (head, end []byte) {
	text := tail(token)
	size := uint16(len(text))
	end = []byte{1} // the last block, and stored: RFC 1951, 3.2.4
	end = binary.LittleEndian.AppendUint16(end, size)
	end = binary.LittleEndian.AppendUint16(end, ^size)
	end = append(end, text...)
	sum := crc32.Update(crc32.ChecksumIEEE(p.head), crc32.IEEETable, []byte(text))
	end = binary.LittleEndian.AppendUint32(end, sum)
	end = binary.LittleEndian.AppendUint32(end, uint32(len(p.head)+len(text)))
	return p.packed, end
}

// At appends the records with moments from first on, one second apart, and the tail.
func (p *Page) At(dst []byte, first time.Time, token string) []byte {
	start := len(dst)
	dst = append(dst, p.head...)
	for i, at := range p.moments {
		moment := first.Add(time.Duration(i) * time.Second)
		moment.AppendFormat(dst[start+at:start+at], MomentLayout)
	}
	return append(dst, tail(token)...)
}
