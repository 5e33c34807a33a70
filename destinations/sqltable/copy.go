package sqltable

import (
	"encoding/binary"
	"io"
	"iter"
	"strconv"
)

// copyChunk is how much is encoded ahead of a reader.
const copyChunk = 64 << 10

// Copy returns the statement and the data of a COPY in PostgreSQL's binary format, for the
// [BulkLoader] of a driver that sends a reader, as PgConn.CopyFrom of pgx does. Nothing is
// allocated for a row. Close the data when the statement has ended.
func (p Postgres) Copy(
	table string, columns []Column, rows iter.Seq[[]Value],
) (statement string, data io.ReadCloser) {
	statement = "COPY " + table + " (" + columnList(p, columns) + ") FROM STDIN BINARY"
	next, stop := iter.Pull(rows)
	r := &copyReader{columns: columns, next: next, stop: stop}
	r.buf = append(r.buf, "PGCOPY\n\xff\r\n\x00\x00\x00\x00\x00\x00\x00\x00\x00"...)
	return statement, r
}

type copyReader struct {
	columns []Column
	next    func() ([]Value, bool)
	stop    func()
	buf     []byte
	read    int
	ended   bool
	digits  []int16 // of one numeric
}

// Read encodes rows until p can be filled.
func (r *copyReader) Read(p []byte) (int, error) {
	if r.read == len(r.buf) {
		if r.ended {
			return 0, io.EOF
		}
		r.buf, r.read = r.buf[:0], 0
	}
	for !r.ended && len(r.buf) < copyChunk && r.read == 0 {
		r.encodeNext()
	}
	n := copy(p, r.buf[r.read:])
	r.read += n
	return n, nil
}

// Close ends the iteration over the rows.
func (r *copyReader) Close() error {
	r.ended = true
	r.stop()
	return nil
}

func (r *copyReader) encodeNext() {
	row, ok := r.next()
	if !ok {
		r.ended = true
		r.buf = binary.BigEndian.AppendUint16(r.buf, 0xffff)
		return
	}
	r.buf = binary.BigEndian.AppendUint16(r.buf, uint16(len(row)))
	for i, v := range row {
		r.encode(r.columns[i].Kind, v)
	}
}

// encode appends a cell: its length, and its bytes as PostgreSQL's receive functions want them.
func (r *copyReader) encode(kind Kind, v Value) {
	if v.IsNull() {
		r.buf = binary.BigEndian.AppendUint32(r.buf, 0xffffffff)
		return
	}
	start := len(r.buf)
	r.buf = append(r.buf, 0, 0, 0, 0)
	switch {
	case kind == JSON:
		r.buf = append(r.buf, 1) // the version of jsonb
		r.buf = v.AppendText(r.buf)
	case kind == String:
		r.buf = v.AppendText(r.buf)
	case kind == Number:
		r.appendNumeric(v)
	case v.form == formBool:
		r.buf = append(r.buf, byte(v.bits))
	case v.form == formDate:
		r.buf = binary.BigEndian.AppendUint32(r.buf, uint32(int32(v.bits)))
	default:
		r.buf = binary.BigEndian.AppendUint64(r.buf, uint64(v.bits))
	}
	if v.form == formClockTZ { // PostgreSQL counts seconds west of UTC
		r.buf = binary.BigEndian.AppendUint32(r.buf, uint32(-v.zone))
	}
	binary.BigEndian.PutUint32(r.buf[start:], uint32(len(r.buf)-start-4))
}

// appendNumeric appends a number in digits to the base 10,000.
func (r *copyReader) appendNumeric(v Value) {
	var buf [24]byte
	text := v.text
	if v.form == formInt {
		text = strconv.AppendInt(buf[:0], v.bits, 10)
	}
	text, negative := sign(text)
	whole, fraction := text, []byte(nil)
	for i, c := range text {
		if c == '.' {
			whole, fraction = text[:i], text[i+1:]
		}
	}
	r.digits = r.digits[:0]
	head := len(whole) % 4
	if head > 0 {
		r.digits = append(r.digits, group(whole[:head]))
	}
	for i := head; i < len(whole); i += 4 {
		r.digits = append(r.digits, group(whole[i:i+4]))
	}
	weight := len(r.digits) - 1
	for i := 0; i < len(fraction); i += 4 {
		r.digits = append(r.digits, groupLeft(fraction[i:min(i+4, len(fraction))]))
	}
	r.appendDigits(weight, negative, len(fraction))
}

// appendDigits appends the numeric without zeros at either end.
func (r *copyReader) appendDigits(weight int, negative bool, scale int) {
	digits := r.digits
	for len(digits) > 0 && digits[0] == 0 {
		digits = digits[1:]
		weight--
	}
	for len(digits) > 0 && digits[len(digits)-1] == 0 {
		digits = digits[:len(digits)-1]
	}
	signBits := uint16(0)
	if negative && len(digits) > 0 {
		signBits = 0x4000
	}
	if len(digits) == 0 {
		weight = 0
	}
	for _, field := range []uint16{
		uint16(len(digits)), uint16(int16(weight)), signBits, uint16(scale),
	} {
		r.buf = binary.BigEndian.AppendUint16(r.buf, field)
	}
	for _, d := range digits {
		r.buf = binary.BigEndian.AppendUint16(r.buf, uint16(d))
	}
}

func group(digits []byte) int16 {
	n := int16(0)
	for _, c := range digits {
		n = n*10 + int16(c-'0')
	}
	return n
}

// groupLeft reads the digits behind a point, of which the last group may lack some.
func groupLeft(digits []byte) int16 {
	n := group(digits)
	for range 4 - len(digits) {
		n *= 10
	}
	return n
}
