package shop

import (
	"cmp"
	"math/rand/v2"
	"sort"
	"time"
)

// kind is a collection before it has a size.
type kind struct {
	name   string
	size   int // records at first
	growth int // versions that each growth adds
	seed   uint64
	make   func(id int64, updated time.Time, d *dice) record
}

// Orders refer to customers and products that were there from the start.
const (
	customersAtFirst = 4_000
	productsAtFirst  = 2_000
)

var kinds = []kind{
	{name: "customers", size: customersAtFirst, growth: 240, seed: 1, make: makeCustomer},
	{name: "orders", size: 12_000, growth: 610, seed: 2, make: makeOrder},
	{name: "products", size: productsAtFirst, growth: 130, seed: 3, make: makeProduct},
}

// Collections returns the names of all collections, in alphabetical order.
func Collections() []string {
	names := make([]string, len(kinds))
	for i, k := range kinds {
		names[i] = k.name
	}
	return names
}

// years is the time over which the first records of a collection are spread.
const years = 2 * 365 * 24 * time.Hour

// tempo is the time between two records of a growth. It is short, so that a shop that has grown
// a hundred times does not reach into the future.
const tempo = time.Minute

// changeEvery says how much of a growth are changes: each fifth version is a later one of a record
// that the shop had before it grew, beginning with the last of them. A record changes once at most.
const changeEvery = 5

// collection is a run of versions of records, numbered from 0 in the order of their times.
type collection struct {
	kind

	opened time.Time
	count  int           // versions in all
	first  int           // how many of them, each a record, the shop had before it grew
	step   time.Duration // between two of the first
}

func newCollection(k kind, o Options) *collection {
	first := cmp.Or(o.Size, k.size)
	return &collection{
		kind:   k,
		opened: o.Opened,
		first:  first,
		count:  first + o.Growth*k.growth,
		step:   max(years/time.Duration(first), 2*time.Millisecond),
	}
}

// changes returns how many of the versions before n are changes.
func (c *collection) changes(n int) int {
	return min(max(n-c.first, 0)/changeEvery, c.first)
}

// changed returns the version that version n takes the place of, n itself where it is a new record.
func (c *collection) changed(n int) int {
	if before := c.changes(n); c.changes(n+1) > before {
		return c.first - 1 - before
	}
	return n
}

// isPast tells whether a later version has taken the place of version n.
func (c *collection) isPast(n int) bool {
	return n < c.first && c.first-1-n < c.changes(c.count)
}

// records returns how many records there are.
func (c *collection) records() int { return c.count - c.changes(c.count) }

// record makes version n of its record.
func (c *collection) record(n int) record {
	was := c.changed(n)
	id := int64(was-c.changes(was)) + 1
	r := c.make(id, c.updated(was), c.dice(was))
	if was != n {
		r.change(c.updated(n), c.dice(n))
	}
	return r
}

// updated returns the updated_at of version n. It grows with n, by at least a millisecond.
func (c *collection) updated(n int) time.Time {
	after, step := time.Duration(n)*c.step, c.step
	if n >= c.first {
		after, step = time.Duration(c.first)*c.step+time.Duration(n-c.first)*tempo, tempo
	}
	// Somewhere in its step, but never before the step begins.
	luck := 1 + c.dice(n).Int64N(step.Milliseconds())
	return c.opened.Add(after.Truncate(time.Millisecond) + time.Duration(luck)*time.Millisecond)
}

// after returns the number of the first version that is later than t.
func (c *collection) after(t time.Time) int {
	return sort.Search(c.count, func(n int) bool { return c.updated(n).After(t) })
}

// page is one answer.
type page struct {
	Data []record `json:"data"`
	Meta meta     `json:"meta"`
}

type meta struct {
	NextCursor string `json:"next_cursor,omitempty"`
}

// page returns the records that q asks for, in their newest version.
func (c *collection) page(q query) page {
	begin, end := 0, c.count
	if !q.since.IsZero() {
		begin = c.after(q.since)
	}
	if !q.until.IsZero() {
		end = c.after(q.until)
	}
	begin = max(begin, q.from)
	p := page{Data: make([]record, 0, q.limit)}
	for n := begin; n < end; n++ {
		if c.isPast(n) {
			continue
		}
		if len(p.Data) == q.limit {
			p.Meta.NextCursor = token(n)
			break
		}
		p.Data = append(p.Data, c.record(n))
	}
	return p
}

// dice make up what a version holds: the same for the same version, always.
type dice struct{ *rand.Rand }

func (c *collection) dice(n int) *dice {
	return &dice{rand.New(rand.NewPCG(c.seed, uint64(n)))}
}

// of picks one of the words.
func (d *dice) of(words []string) string { return words[d.IntN(len(words))] }
