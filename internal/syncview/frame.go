package syncview

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/airbyte-go/cdk/internal/platform"
)

// View says how there is to be drawn.
type View struct {
	Title         string // such as "source-acme -> sqlite"
	Width, Height int    // of the terminal; 0: of no matter
	Colour        bool
}

// Widths of the columns of numbers, and of the terminals that have room for more of them.
const (
	phaseWidth   = 10
	recordsWidth = 13
	rateWidth    = 11
	bytesWidth   = 8
	shareWidth   = 4
	barWidth     = 10

	roomForPhase   = 40
	roomForNumbers = 66
	roomForBytes   = 100
	roomForBar     = 120
	leastNews      = 12 // less of a state says nothing

	rowsBesideStreams = 4 // title, headings, "and more", and a row that stays free
)

// Frame draws a sync that is running. It has fewer lines than the terminal, none of them as wide.
func (v View) Frame(r *platform.Report, pace *Pace, now time.Time) []string {
	width := max(v.Width-1, 1) // some terminals break a line that touches the last column
	if v.Width == 0 {
		width = 0
	}
	lines := []line{v.head(r, pace)}
	shown, hidden := v.choose(r, pace)
	if len(shown) > 0 {
		c := v.columns(r, shown)
		lines = append(lines, c.headings())
		for _, i := range shown {
			lines = append(lines, c.row(&r.Streams[i], pace.stream(i), now))
		}
		if hidden != "" {
			lines = append(lines, line{{dim, "  " + hidden}})
		}
	}
	text := make([]string, len(lines))
	for i, l := range lines {
		text[i] = l.render(width, v.Colour)
	}
	return text
}

// head is the first line: how it goes as a whole.
func (v View) head(r *platform.Report, pace *Pace) line {
	total := r.Totals()
	took := time.Duration(r.Seconds * float64(time.Second))
	numbers := fmt.Sprintf("  %s  %s  %s  %s", clock(took), Plural(total.Records, "record"),
		rate(pace.all()), Bytes(total.Bytes))
	if n := len(r.Attempts); n > 1 {
		numbers += fmt.Sprintf("  attempt %d", n)
	}
	title := v.Title
	if v.Width > 0 { // the numbers come first where there is no room
		title = clip(title, max(v.Width-1-utf8.RuneCountInString(numbers), 0))
	}
	return line{{bold, title}, {plain, numbers}}
}

// choose picks the streams that there is room for, the busiest, by their place in the report and in
// its order. hidden says what the others do.
func (v View) choose(r *platform.Report, pace *Pace) (shown []int, hidden string) {
	all := make([]int, len(r.Streams))
	for i := range all {
		all[i] = i
	}
	room := len(all)
	if v.Height > 0 {
		room = min(room, max(v.Height-rowsBesideStreams, 0))
	}
	if room == len(all) {
		return all, ""
	}
	slices.SortStableFunc(all, func(i, j int) int {
		a, b := &r.Streams[i], &r.Streams[j]
		return cmp.Or(
			cmp.Compare(busy[phaseOf(a)], busy[phaseOf(b)]),
			cmp.Compare(pace.stream(j), pace.stream(i)),
		)
	})
	shown = slices.Sorted(slices.Values(all[:room]))
	return shown, "and " + others(r, all[room:])
}

// busy orders phases by how much there is to see.
var busy = map[phase]int{reading: 0, limited: 0, loading: 1, incomplete: 2, done: 3, waiting: 4}

// others counts streams: "37 more: 30 done, 7 waiting".
func others(r *platform.Report, places []int) string {
	count := map[phase]int{}
	for _, i := range places {
		count[phaseOf(&r.Streams[i])]++
	}
	var parts []string
	for _, p := range phases {
		if n := count[p]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, p))
		}
	}
	return fmt.Sprintf("%d more: %s", len(places), strings.Join(parts, ", "))
}

// columns are those that a terminal has room for.
type columns struct {
	name                                    int // width
	phase, numbers, bytes, share, bar, news bool
}

func (v View) columns(r *platform.Report, shown []int) columns {
	c := columns{phase: true, numbers: true, bytes: true, bar: true, news: true}
	var estimated bool
	for _, i := range shown {
		s := &r.Streams[i]
		c.name = max(c.name, len("stream"), utf8.RuneCountInString(nameOf(s)))
		estimated = estimated || share(s) != ""
	}
	if v.Width > 0 {
		const shortest, tenths, most = 12, 10, 3
		c.name = min(c.name, max(shortest, v.Width*most/tenths))
		c.phase, c.numbers = v.Width >= roomForPhase, v.Width >= roomForNumbers
		c.bytes, c.bar = v.Width >= roomForBytes, v.Width >= roomForBar
	}
	c.share = estimated && c.numbers
	c.bar = estimated && c.bar
	if v.Width > 0 {
		c.news = c.numbers && v.Width-c.width() >= leastNews
	}
	return c
}

// row is what stands in the columns of one line.
type row struct {
	name, phase, records, committed, rate, bytes, share, bar, news string

	phaseLook, newsLook style
}

func (c columns) line(r row) line {
	l := line{{plain, "  " + left(r.name, c.name)}}
	if c.phase {
		l = append(l, span{r.phaseLook, "  " + left(r.phase, phaseWidth)})
	}
	l = append(l, span{plain, right(r.records, recordsWidth)})
	if !c.numbers {
		return l
	}
	l = append(l, span{plain, right(r.committed, recordsWidth) + right(r.rate, rateWidth)})
	if c.bytes {
		l = append(l, span{plain, right(r.bytes, bytesWidth+1)})
	}
	if c.share {
		l = append(l, span{plain, " " + right(r.share, shareWidth)})
	}
	if c.bar {
		l = append(l, span{dim, " " + left(r.bar, barWidth)})
	}
	if c.news {
		l = append(l, span{r.newsLook, "  " + r.news})
	}
	return l
}

// width is that of all columns but the news.
func (c columns) width() (n int) {
	c.news = false
	for _, s := range c.line(row{}) {
		n += utf8.RuneCountInString(s.text)
	}
	return n
}

func (c columns) headings() line {
	l := c.line(row{
		name: "stream", records: "read", committed: "committed", bytes: "bytes",
		news: "last state",
	})
	for i := range l {
		l[i].style = dim
	}
	return l
}

func (c columns) row(s *platform.StreamReport, perSecond float64, now time.Time) line {
	p := phaseOf(s)
	r := row{
		name: nameOf(s), phase: string(p), phaseLook: p.style(), records: Thousands(s.Records),
		committed: Thousands(s.Committed), bytes: Bytes(s.Bytes), rate: speed(s, perSecond, now),
		share: share(s), bar: bar(s, barWidth), news: news(s), newsLook: dim,
	}
	if p == limited {
		r.newsLook = yellow
	}
	return c.line(r)
}
