package sources

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func bounded(from, to int64) span {
	return span{from: key{hi: from}, to: key{hi: to}, bounded: true, ended: true}
}

// reached is the reach of a slice whose records had these values.
func reached(values ...int64) (r reach) {
	for _, v := range values {
		r.see(key{hi: v})
	}
	return r
}

func TestProgressPosition(t *testing.T) {
	t.Parallel()
	type slice struct {
		values []int64
		done   bool
	}
	for name, test := range map[string]struct {
		ordered bool
		slices  []slice // of 0..10, 10..20, ...
		want    int64   // -1: none
	}{
		"nothing read":                       {slices: []slice{{}}, want: -1},
		"open and unordered":                 {slices: []slice{{values: []int64{3, 7}}}, want: -1},
		"done":                               {slices: []slice{{values: []int64{7, 3}, done: true}}, want: 7},
		"done without records":               {slices: []slice{{done: true}}, want: -1},
		"done behind an open one":            {slices: []slice{{}, {values: []int64{15}, done: true}}, want: -1},
		"gap of an empty slice":              {slices: []slice{{done: true}, {values: []int64{15}, done: true}}, want: 15},
		"ordered: one value may have ties":   {ordered: true, slices: []slice{{values: []int64{3}}}, want: -1},
		"ordered: a greater one followed":    {ordered: true, slices: []slice{{values: []int64{3, 4}}}, want: 3},
		"ordered: ties of the greatest":      {ordered: true, slices: []slice{{values: []int64{3, 4, 4, 4}}}, want: 3},
		"ordered: second slice while first":  {ordered: true, slices: []slice{{values: []int64{3, 4}}, {values: []int64{12, 13}}}, want: 3},
		"ordered: second slice after first":  {ordered: true, slices: []slice{{values: []int64{3}, done: true}, {values: []int64{12, 13}}}, want: 12},
		"ordered: descent":                   {ordered: true, slices: []slice{{values: []int64{3, 4, 2, 5}}}, want: -1},
		"ordered: descent in another slice":  {ordered: true, slices: []slice{{values: []int64{3, 4}}, {values: []int64{13, 12}}}, want: -1},
		"cut at the end of the slice":        {slices: []slice{{values: []int64{7, 99}, done: true}, {}}, want: 10},
		"ordered: cut at the end":            {ordered: true, slices: []slice{{values: []int64{98, 99}}}, want: 10},
		"ordered: done is cut at its end":    {ordered: true, slices: []slice{{values: []int64{98, 99}, done: true}}, want: 10},
		"a later slice with older records":   {slices: []slice{{values: []int64{9}, done: true}, {values: []int64{4}, done: true}}, want: 9},
		"ordered: done with a single record": {ordered: true, slices: []slice{{values: []int64{4}, done: true}}, want: 4},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := progress{ordered: test.ordered}
			var added []*sliceProgress
			for i := range test.slices {
				added = append(added, p.add(bounded(int64(i)*10, int64(i+1)*10)))
			}
			for i, s := range test.slices {
				p.advance(added[i], reached(s.values...))
				if s.done {
					p.close(added[i])
				}
			}
			got, ok := p.position()
			if !ok {
				got.hi = -1
			}
			assert.Equal(t, test.want, got.hi)
		})
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
				random.Shuffle(len(left[i]), func(a, b int) { left[i][a], left[i][b] = left[i][b], left[i][a] })
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
			if k, ok := p.position(); ok {
				require.GreaterOrEqual(t, k.hi, last, "seed %d: the position went back", seed)
				last = k.hi
				for _, values := range left {
					for _, v := range values {
						require.Greater(t, v, last, "seed %d: the position is past a record to come", seed)
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
