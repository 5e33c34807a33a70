package destinations

import "unsafe"

// chunkSize is how much memory a batch takes at a time. A larger record gets a chunk of its own.
const chunkSize = 64 << 10

// records is the memory of a batch: the records' bytes one after the other in chunks, which are
// used again for later batches.
type records struct {
	refs   []ref
	chunks [][]byte // each filled up to its length
	size   int64    // of all data
}

// ref is where a record lies, and what is known of it besides.
type ref struct {
	seq       int64 // its number among all records
	emittedAt int64
	chunk     int32
	start     int32
	data      int32 // length
	meta      int32 // length; it follows the data
}

const refSize = int64(unsafe.Sizeof(ref{}))

func (rs *records) record(i int) Record {
	r := &rs.refs[i]
	at, end := int(r.start), int(r.start+r.data)
	chunk := rs.chunks[r.chunk]
	rec := Record{Data: chunk[at:end:end], EmittedAt: r.emittedAt, place: i}
	if r.meta > 0 {
		last := end + int(r.meta)
		rec.Meta = chunk[end:last:last]
	}
	return rec
}
