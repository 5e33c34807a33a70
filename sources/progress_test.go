package sources

import (
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func bounded(from, to int64) span {
	return span{from: key{hi: from}, to: key{hi: to}, bounded: true, ended: true}
}

// reached is the reach of a slice whose records had these values.
func reached(t *testing.T, values string) (r reach) {
	t.Helper()
	for value := range strings.FieldsSeq(values) {
		n, err := strconv.ParseInt(value, 10, 64)
		require.NoError(t, err)
		r.see(key{hi: n})
	}
	return r
}

// Slices of 0..10, 10..20 and so on are written as the values of their records, with a dot behind
// those that are done: "3 4. | 12" is a slice that is done and an open one.
func TestProgressPosition(t *testing.T) {
	t.Parallel()
	const none = -1
	for _, test := range []struct {
		name    string
		ordered bool
		slices  string
		want    int64
	}{
		{"nothing read", false, "", none},
		{"open and unordered", false, "3 7", none},
		{"done", false, "7 3.", 7},
		{"done without records", false, ".", none},
		{"done behind an open one", false, " | 15.", none},
		{"done behind an empty one", false, ". | 15.", 15},
		{"ordered: one value may have ties", true, "3", none},
		{"ordered: a greater one followed", true, "3 4", 3},
		{"ordered: ties of the greatest", true, "3 4 4 4", 3},
		{"ordered: second slice while first", true, "3 4 | 12 13", 3},
		{"ordered: second slice after first", true, "3. | 12 13", 12},
		{"ordered: descent", true, "3 4 2 5", none},
		{"ordered: descent in another slice", true, "3 4 | 13 12", none},
		{"ordered: done with one record", true, "4.", 4},
		{"cut at the end of the slice", false, "7 99. | ", 10},
		{"ordered: cut at the end", true, "98 99", 10},
		{"ordered: done is cut at its end", true, "98 99.", 10},
		{"a later slice with older records", false, "9. | 4.", 9},
	} {
		p := progress{ordered: test.ordered}
		texts := strings.Split(test.slices, "|")
		var added []*sliceProgress
		for i := range texts {
			added = append(added, p.add(bounded(int64(i)*10, int64(i+1)*10)))
		}
		for i, text := range texts {
			values, done := strings.CutSuffix(strings.TrimSpace(text), ".")
			p.advance(added[i], reached(t, values))
			if done {
				p.close(added[i])
			}
		}
		got := p.position()
		if !got.set {
			got.hi = none
		}
		assert.Equal(t, test.want, got.hi, test.name)
	}
}

// Whatever the order in which slices end, the position never passes a record that is still to come,
// never goes back, and ends at the highest value.
func TestProgressAnyOrder(t *testing.T) {
	t.Parallel()
	const slicesOf, perSlice = 8, 10
	for seed := range uint64(200) {
		random := rand.New(rand.NewPCG(seed, 1))
		p := progress{ordered: seed%2 == 0}
		var open []*sliceProgress
		left := make([][]int64, slicesOf)
		for i := range slicesOf {
			from := int64(i * perSlice)
			open = append(open, p.add(bounded(from, from+perSlice-1)))
			for v := range int64(perSlice) {
				left[i] = append(left[i], from+v)
			}
			if !p.ordered {
				values := left[i]
				swap := func(a, b int) { values[a], values[b] = values[b], values[a] }
				random.Shuffle(perSlice, swap)
			}
		}
		seen := make([]reach, slicesOf)
		last := int64(-1)
		for pending := slices.Collect(seq(slicesOf)); len(pending) > 0; {
			at := random.IntN(len(pending))
			i := pending[at]
			if len(left[i]) == 0 {
				p.close(open[i])
				pending = slices.Delete(pending, at, at+1)
			} else {
				seen[i].see(key{hi: left[i][0]})
				left[i] = left[i][1:]
				p.advance(open[i], seen[i])
			}
			if k := p.position(); k.set {
				require.GreaterOrEqual(t, k.hi, last, "seed %d: the position went back", seed)
				last = k.hi
				for _, values := range left {
					for _, v := range values {
						require.Greater(t, v, last, "seed %d: past a record to come", seed)
					}
				}
			}
		}
		require.Equal(t, int64(slicesOf*perSlice-1), last, "seed %d", seed)
	}
}

func seq(n int) func(func(int) bool) {
	return func(yield func(int) bool) {
		for i := range n {
			if !yield(i) {
				return
			}
		}
	}
}
