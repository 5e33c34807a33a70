package destinations

import (
	"math"
	"unsafe"
)

const (
	// largestChunk is how much memory a batch takes at a time. A larger record gets a chunk of its
	// own.
	largestChunk  = 64 << 10
	smallestChunk = 4 << 10
	refSize       = int64(unsafe.Sizeof(ref{}))
	sparesKept    = 4 // lists of refs that wait for another batch
)

// records is the memory of a batch: the records' bytes one after the other in chunks, which are
// used again for later batches.
type records struct {
	refs   []ref
	chunks [][]byte // each filled up to its length
	size   int64    // of all data
	held   int64    // bytes of memory
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

// lacks is how much memory the records need to take n more bytes.
func (rs *records) lacks(n, chunk int) int64 {
	last := len(rs.chunks) - 1
	if last >= 0 && cap(rs.chunks[last])-len(rs.chunks[last]) >= n {
		return refSize
	}
	return refSize + int64(max(n, chunk))
}

// add copies a record, for which lacks must have been taken from m.
func (rs *records) add(m *memory, seq, emittedAt int64, data, meta []byte) {
	need := rs.lacks(len(data)+len(meta), m.chunk)
	if need > refSize {
		rs.chunks = append(rs.chunks, m.take(int(need-refSize)))
	}
	rs.held += need
	last := len(rs.chunks) - 1
	chunk := rs.chunks[last]
	rs.refs = append(rs.refs, ref{
		seq: seq, emittedAt: emittedAt, chunk: int32(last), start: int32(len(chunk)),
		data: int32(len(data)), meta: int32(len(meta)),
	})
	rs.chunks[last] = append(append(chunk, data...), meta...)
	rs.size += int64(len(data))
}

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

// first is the number of the first record.
func (rs *records) first() int64 { return rs.refs[0].seq }

// memory is what all records and states share. It is guarded by the engine's lock.
type memory struct {
	limit int64
	used  int64
	chunk int      // size of a usual one
	free  [][]byte // usual chunks
	spare [][]ref
}

// newMemory makes chunks small where there are many streams, so that the first record of each does
// not take up all there is.
func newMemory(limit int64, streams int) memory {
	share := min(limit/int64(4*streams), largestChunk)
	return memory{limit: limit, chunk: int(max(share, smallestChunk))}
}

// fits tells whether n more bytes may be taken. Whatever is larger than the limit fits alone.
func (m *memory) fits(n int64) bool { return m.used == 0 || m.used+n <= m.limit }

// take returns an empty chunk. An unusual one is paid for by those that wait for use.
func (m *memory) take(size int) []byte {
	if size > m.chunk {
		m.free = nil
		return make([]byte, 0, size)
	}
	if last := len(m.free) - 1; last >= 0 {
		chunk := m.free[last]
		m.free = m.free[:last]
		return chunk
	}
	return make([]byte, 0, size)
}

// refs returns an empty list.
func (m *memory) refs() []ref {
	if last := len(m.spare) - 1; last >= 0 {
		refs := m.spare[last]
		m.spare = m.spare[:last]
		return refs
	}
	return nil
}

// give takes back what a batch has held.
func (m *memory) give(rs *records) {
	m.used -= rs.held
	for _, chunk := range rs.chunks {
		if cap(chunk) == m.chunk {
			m.free = append(m.free, chunk[:0])
		}
	}
	if len(m.spare) < sparesKept {
		m.spare = append(m.spare, rs.refs[:0])
	}
	*rs = records{}
}

// never is later than every record.
const never = int64(math.MaxInt64)
