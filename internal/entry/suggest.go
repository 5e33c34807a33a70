package entry

import "slices"

// ClosestWord returns a sentence that offers the known word nearest to a mistyped one, with a space
// before it, or "" when none is near.
func ClosestWord(typed string, known []string) string {
	const (
		near    = 2 // a dropped, doubled or wrong letter, or two neighbours in the wrong order
		letters = 4 // anything is near to a shorter word
	)
	best, bestDistance := "", near+1
	for _, word := range slices.Sorted(slices.Values(known)) {
		if d := distance(typed, word); d < bestDistance && len(word) >= letters {
			best, bestDistance = word, d
		}
	}
	if best == "" {
		return ""
	}
	return " Did you mean " + best + "?"
}

// distance counts the letters to insert, delete or replace to turn one word into the other.
func distance(from, to string) int {
	row := make([]int, len(to)+1) // distances between a part of from and every part of to
	for j := range row {
		row[j] = j
	}
	for i := range len(from) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(to) {
			replace := diagonal
			if from[i] != to[j] {
				replace++
			}
			diagonal = row[j+1]
			row[j+1] = min(replace, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(to)]
}
