package conformance

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
)

// look looks at what is there after an attempt, and reports whether it is right.
func (k *killing) look(ctx context.Context, ended bool) bool {
	for _, s := range k.streams {
		rows, err := k.rows(ctx, s)
		if err != nil {
			k.v.Fail("The rows of stream %s cannot be read: %v.", s.of(), err)
			return false
		}
		if ended && s.acked < s.last() {
			k.v.Fail("The destination ended well and did not write the last state of stream %s "+
				"back.", s.of())
			return false
		}
		wrong := ""
		switch s.kind {
		case "appended":
			wrong = rows.lacks(1, s.acked)
		case "merged":
			wrong = rows.mergedWrong(s.acked)
		case "replaced":
			wrong = rows.replacedWrong(k.round, ended)
		}
		if wrong != "" {
			k.v.Fail("After kill %d, with %d records of it acknowledged, stream %s is wrong: %s.",
				k.done, s.acked, s.of(), wrong)
			return false
		}
	}
	return true
}

// killedRows are rows by the number of their records.
type killedRows struct {
	numbers     map[int]int   // how often each is there
	newest      map[int]int   // by key
	keys        map[int]int   // how often each is there
	generations map[int64]int // how many different numbers there are of each
}

func (k *killing) rows(ctx context.Context, s *killedStream) (*killedRows, error) {
	found, err := k.Rows(ctx, s.of())
	if err != nil {
		return nil, err
	}
	rows := &killedRows{
		numbers: map[int]int{}, newest: map[int]int{}, keys: map[int]int{},
		generations: map[int64]int{},
	}
	type place struct {
		n int
		g int64
	}
	seen := map[place]bool{}
	for _, text := range found {
		var row struct { // a Number reads what is in quotes, too
			N json.Number `json:"n"`
			K json.Number `json:"k"`
			G json.Number `json:"g"`
		}
		if err := json.Unmarshal(text, &row); err != nil {
			return nil, fmt.Errorf("a row is none of those that were sent: %w", err)
		}
		n, errN := row.N.Int64()
		key, errK := row.K.Int64()
		g, errG := row.G.Int64()
		if errN != nil || errK != nil || errG != nil {
			return nil, fmt.Errorf("a row is none of those that were sent: %s", text)
		}
		rows.numbers[int(n)]++
		rows.keys[int(key)]++
		rows.newest[int(key)] = max(rows.newest[int(key)], int(n))
		if at := (place{int(n), g}); !seen[at] {
			seen[at] = true
			rows.generations[g]++
		}
	}
	return rows, nil
}

// lacks names the first number that is not there.
func (r *killedRows) lacks(from, to int) string {
	for n := from; n <= to; n++ {
		if r.numbers[n] == 0 {
			return fmt.Sprintf("record %d is lost", n)
		}
	}
	return ""
}

// mergedWrong looks for one row of each key, as new as the newest that is covered.
func (r *killedRows) mergedWrong(covered int) string {
	for key := range min(killKeys, covered) {
		newest := covered - (covered-key)%killKeys
		switch {
		case newest <= 0:
		case r.keys[key] != 1:
			return fmt.Sprintf("key %d is there %d times", key, r.keys[key])
		case r.newest[key] < newest:
			return fmt.Sprintf("key %d has record %d, and record %d is lost", key, r.newest[key],
				newest)
		}
	}
	return ""
}

// replacedWrong looks for all of the generation before, or all of this one. Once the destination
// has ended well, it must be this one.
func (r *killedRows) replacedWrong(generation int64, ended bool) string {
	var shown []int64
	for g := range r.generations {
		shown = append(shown, g)
	}
	slices.Sort(shown)
	switch {
	case len(shown) == 0 && generation == 1 && !ended:
		return ""
	case len(shown) == 0:
		return "it shows no rows at all"
	case len(shown) != 1:
		return fmt.Sprintf("it shows rows of the generations %v, instead of one", shown)
	case shown[0] != generation && (ended || shown[0] != generation-1):
		return fmt.Sprintf("it shows generation %d instead of %d", shown[0], generation)
	case r.generations[shown[0]] != killRecords:
		return fmt.Sprintf("it shows %d of the %d records of generation %d",
			r.generations[shown[0]], killRecords, shown[0])
	}
	return ""
}
