package sources

// recentPartitions remembers partitions of which nothing is to be known but that they were met: at
// least the latest limit of them, and never more than twice as many. To remember all would take
// memory without a bound. A parent's record that comes twice, because pages shift or slices
// overlap, mostly comes soon; one that comes later is read again, which repeats its records but
// loses none.
type recentPartitions struct {
	limit      int
	young, old map[partitionKey]struct{} // old is what was young when that was full
}

// fewestRecent are remembered of a stream whose state keeps very few positions.
const fewestRecent = 10_000

func newRecentPartitions(limit int) *recentPartitions {
	return &recentPartitions{
		limit: limit,
		young: map[partitionKey]struct{}{}, old: map[partitionKey]struct{}{},
	}
}

// add remembers a partition, and may forget the oldest for it.
func (r *recentPartitions) add(k partitionKey) {
	if len(r.young) >= r.limit {
		r.young, r.old = r.old, r.young
		clear(r.young)
	}
	r.young[k] = struct{}{}
}

// has reports whether a partition is remembered.
func (r *recentPartitions) has(k partitionKey) bool {
	if _, ok := r.young[k]; ok {
		return true
	}
	_, ok := r.old[k]
	return ok
}
