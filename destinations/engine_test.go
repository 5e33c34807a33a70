package destinations

import (
	"runtime/debug"
	"testing"

	"github.com/stretchr/testify/assert"
)

// TestDefaultMemory looks at the limit when a write begins: Main learns of the container's after it
// was given its options.
func TestDefaultMemory(t *testing.T) {
	before := debug.SetMemoryLimit(-1)
	defer debug.SetMemoryLimit(before)
	one := []target{{}}
	o := newOptions(nil)
	assert.Equal(t, int64(64<<20), newEngine(o, one).limit)
	debug.SetMemoryLimit(200 << 20)
	e := newEngine(o, one)
	assert.Equal(t, int64(50<<20), e.limit)
	assert.Equal(t, int64(50<<20/4), e.batchBytes, "some load while others fill")
	assert.Equal(t, int64(7), newEngine(newOptions([]Option{Memory(7)}), one).limit)
}

// TestChunksAreUsedAgain holds the memory of batches to what it is counted as.
func TestChunksAreUsedAgain(t *testing.T) {
	t.Parallel()
	m := newMemory(1<<20, 1)
	var rs records
	data := make([]byte, 1000)
	for i := range int64(200) {
		m.used += rs.lacks(len(data), m.chunk)
		rs.add(&m, i, 0, data, nil)
	}
	chunks := len(rs.chunks)
	assert.Equal(t, rs.held, m.used)
	assert.Equal(t, int64(chunks*m.chunk)+200*refSize, m.used)
	m.give(&rs)
	assert.Zero(t, m.used)
	assert.Len(t, m.free, chunks)
	m.take(m.chunk)
	assert.Len(t, m.free, chunks-1)
	m.take(m.chunk + 1)
	assert.Empty(t, m.free, "a large chunk is paid for by those that wait")
}
