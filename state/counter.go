package state

import "github.com/airbyte-go/cdk/protocol"

// A Counter counts records per stream between one state and the next. Its zero value is ready to
// use. It is not safe for concurrent use: it belongs under the lock that orders records and
// states, the one under which [protocol.BufferHooks] and [protocol.Writer.WriteFunc] run.
type Counter struct {
	counts map[protocol.Descriptor]int64
}

// Add counts n more records of the stream d.
func (c *Counter) Add(d protocol.Descriptor, n int64) {
	if c.counts == nil {
		c.counts = map[protocol.Descriptor]int64{}
	}
	c.counts[d] += n
}

// Take returns the records of the stream d since the last Take or TakeAll: the recordCount of a
// STREAM state.
func (c *Counter) Take(d protocol.Descriptor) protocol.Count {
	n := c.counts[d]
	delete(c.counts, d)
	return protocol.Count(n)
}

// TakeAll returns the records of all streams since they were last taken: the recordCount of a
// GLOBAL state.
func (c *Counter) TakeAll() protocol.Count {
	var sum int64
	for _, n := range c.counts {
		sum += n
	}
	clear(c.counts)
	return protocol.Count(sum)
}
