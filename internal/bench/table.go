package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// table is what people read: a head and rows of text.
type table struct {
	head []string
	rows [][]string
}

func (t *table) add(cells ...string) { t.rows = append(t.rows, cells) }

// markdown renders the table for a page, aligned so that it can be read as text as well. All
// columns but the first two are numbers.
func (t *table) markdown() string {
	widths := make([]int, len(t.head))
	for _, row := range append([][]string{t.head}, t.rows...) {
		for i, cell := range row {
			widths[i] = max(widths[i], utf8.RuneCountInString(cell), len("---"))
		}
	}
	var b strings.Builder
	line := func(cells []string) {
		for i, cell := range cells {
			space := strings.Repeat(" ", widths[i]-utf8.RuneCountInString(cell))
			if t.isNumber(i) {
				cell = space + cell
			} else {
				cell += space
			}
			b.WriteString("| " + cell + " ")
		}
		b.WriteString("|\n")
	}
	line(t.head)
	rule := make([]string, len(t.head))
	for i, width := range widths {
		rule[i] = strings.Repeat("-", width)
		if t.isNumber(i) {
			rule[i] = rule[i][1:] + ":"
		}
	}
	line(rule)
	for _, row := range t.rows {
		line(row)
	}
	return b.String()
}

func (t *table) isNumber(column int) bool { return column > 1 }

// shown is the table without the columns in which no row has a value.
func (t *table) shown() *table {
	isKnown := func(column int) bool {
		return slices.ContainsFunc(t.rows, func(row []string) bool {
			return row[column] != "" && row[column] != "-"
		})
	}
	less := &table{rows: make([][]string, len(t.rows))}
	for column, name := range t.head {
		if !isKnown(column) {
			continue
		}
		less.head = append(less.head, name)
		for i, row := range t.rows {
			less.rows[i] = append(less.rows[i], row[column])
		}
	}
	return less
}

// tableOf shows each contestant of each case, and how it stands against the one that does the least
// there is to do.
func tableOf(results []result) *table {
	t := &table{head: []string{
		"case", "way", "records/s", "x", "CPU s per million", "x", "allocations per 1,000",
		"peak MiB",
	}}
	for _, r := range results {
		base, name := r.base(), r.name
		for _, m := range r.ways {
			faster, cheaper := "", ""
			if base != nil && m.name != base.name {
				faster, cheaper = ratio(m.faster(*base)), ratio(m.against(*base))
			}
			cost, allocations := number(m.cost()), number(m.allocations())
			if r.waits {
				cost, cheaper, allocations = "", "", ""
			}
			t.add(name, m.name, number(m.rate()), faster, cost, cheaper, allocations,
				mebibytes(m.peak()))
			name = ""
		}
	}
	return t.shown()
}

// spansOf shows how long processes take from their start to their end.
func spansOf(results []result) *table {
	t := &table{head: []string{"case", "way", "median ms", "least ms", "CPU ms", "peak MiB"}}
	milliseconds := func(seconds float64) string { return number(seconds * 1000) }
	for _, r := range results {
		for i, m := range r.ways {
			name := r.name
			if i > 0 {
				name = ""
			}
			walls := each(m.runs, func(u usage) float64 { return u.wall.Seconds() })
			cpu := medianOf(m.runs, func(u usage) float64 { return u.cpu.Seconds() })
			t.add(name, m.name, milliseconds(median(walls)), milliseconds(slices.Min(walls)),
				milliseconds(cpu), mebibytes(m.peak()))
		}
	}
	return t
}

// number writes three digits that matter, with separators; what is unknown is a dash.
func number(x float64) string {
	switch {
	case x <= 0:
		return "-"
	case x >= 1e6:
		return fmt.Sprintf("%.2f M", x/1e6)
	case x >= 1000:
		return thousands(int64(x))
	case x >= 100:
		return fmt.Sprintf("%.0f", x)
	case x >= 10:
		return fmt.Sprintf("%.1f", x)
	default:
		return fmt.Sprintf("%.2f", x)
	}
}

func thousands(n int64) string {
	if n < 1000 {
		return strconv.FormatInt(n, 10)
	}
	return fmt.Sprintf("%s,%03d", thousands(n/1000), n%1000)
}

func ratio(x float64) string {
	switch {
	case x <= 0:
		return "-"
	case x < 0.1:
		return fmt.Sprintf("%.3f", x)
	}
	return fmt.Sprintf("%.2f", x)
}

func mebibytes(bytes float64) string {
	if bytes == 0 {
		return "-"
	}
	return fmt.Sprintf("%.0f", bytes/(1<<20))
}
