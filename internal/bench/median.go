package main

import "slices"

// median is the middle value, or the mean of the two in the middle; 0 of none.
func median[T int64 | float64](values []T) T {
	if len(values) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(values))
	middle := len(sorted) / 2
	if len(sorted)%2 == 1 {
		return sorted[middle]
	}
	return (sorted[middle-1] + sorted[middle]) / 2
}

// each applies f to each element.
func each[T, U any](values []T, f func(T) U) []U {
	out := make([]U, len(values))
	for i, v := range values {
		out[i] = f(v)
	}
	return out
}

// medianOf is the median of one number of each run.
func medianOf[T any](runs []T, number func(T) float64) float64 { return median(each(runs, number)) }

// medianRatio is the median of the ratios of runs that stood beside each other: what disturbed the
// machine in one round disturbed both.
func medianRatio[T any](runs, base []T, number, below func(T) float64) float64 {
	var ratios []float64
	for i := range min(len(runs), len(base)) {
		if b := below(base[i]); b > 0 {
			ratios = append(ratios, number(runs[i])/b)
		}
	}
	return median(ratios)
}
