package syncview

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/airbyte-go/cdk/internal/platform"
	"github.com/airbyte-go/cdk/protocol"
)

// Summary says how a sync ended: the headline, a table of the streams, the failures with what can
// be done about them, and the findings. It ends with a line break.
func (v View) Summary(r *platform.Report) string {
	var b strings.Builder
	put := func(l line) { b.WriteString(l.render(max(v.Width-1, 0), v.Colour) + "\n") }
	long := func(l line) { b.WriteString(l.render(0, v.Colour) + "\n") } // sentences are never cut
	long(v.headline(r))
	if len(r.Streams) > 0 {
		put(nil)
		for _, l := range v.table(r) {
			put(l)
		}
	}
	for _, l := range failures(r) {
		long(l)
	}
	for _, l := range findings(r) {
		long(l)
	}
	return b.String()
}

func (v View) headline(r *platform.Report) line {
	total := r.Totals()
	look := green
	switch r.Outcome {
	case platform.Failed:
		look = red
	case platform.Cancelled:
		look = yellow
	case platform.Succeeded:
	}
	word := string(r.Outcome)
	if word == "" {
		word = "running"
	}
	text := fmt.Sprintf(" in %s: %s read, %s committed, %s", seconds(r.Seconds),
		Plural(total.Records, "record"), Thousands(total.Committed), Bytes(total.Bytes))
	if total.Rejected > 0 {
		text += fmt.Sprintf(", %s rejected", Thousands(total.Rejected))
	}
	if n := len(r.Attempts); n > 1 {
		text += fmt.Sprintf(", in %d attempts", n)
	}
	return line{{look, strings.ToUpper(word[:1]) + word[1:]}, {plain, text + "."}}
}

// table has a row for each stream. The numbers of all stand in the headline.
func (v View) table(r *platform.Report) []line {
	width := len("stream")
	for i := range r.Streams {
		width = max(width, utf8.RuneCountInString(nameOf(&r.Streams[i])))
	}
	if v.Width > 0 {
		const shortest = 12
		width = min(width, max(shortest, v.Width/3))
	}
	rows := [][]string{{"stream", "", "read", "committed", "bytes", "time", "last state"}}
	looks := []style{dim}
	for i := range r.Streams {
		s := &r.Streams[i]
		rows = append(rows, []string{
			nameOf(s), inTheEnd(s), Thousands(s.Records), Thousands(s.Committed), Bytes(s.Bytes),
			seconds(s.Seconds), ShortState(s.LastState),
		})
		looks = append(looks, phaseOf(s).style())
	}
	lines := make([]line, len(rows))
	for i, cells := range rows {
		lines[i] = v.cells(width, looks[i], cells)
	}
	for i := range lines[0] {
		lines[0][i].style = dim
	}
	return lines
}

// cells lays out a row of the table, as far as there is room.
func (v View) cells(width int, look style, texts []string) line {
	numbers := right(texts[2], recordsWidth) + right(texts[3], recordsWidth)
	if v.Width == 0 || v.Width >= roomForBytes {
		numbers += right(texts[4], bytesWidth+1)
	}
	numbers += right(texts[5], bytesWidth+1)
	l := line{{plain, "  " + left(texts[0], width) + "  "}, {look, left(texts[1], phaseWidth)},
		{plain, numbers}}
	used := 2 + width + 2 + phaseWidth + len(numbers)
	if v.Width == 0 || v.Width-used >= leastNews {
		l = append(l, span{dim, "  " + texts[6]})
	}
	return l
}

// inTheEnd is the phase of a stream for which nothing more is done.
func inTheEnd(s *platform.StreamReport) string {
	switch p := phaseOf(s); p {
	case reading, limited, loading:
		return "unfinished"
	case waiting:
		return "not begun"
	default:
		return string(p)
	}
}

// failures lists what failed, the platform's headline first in each attempt.
func failures(r *platform.Report) (lines []line) {
	for i := range r.Attempts {
		a := &r.Attempts[i]
		for _, f := range a.Failures {
			if len(lines) == 0 {
				lines = append(lines, nil, line{{bold, "Failures:"}})
			}
			lines = append(lines, failure(r, a, f)...)
		}
	}
	return lines
}

func failure(r *platform.Report, a *platform.AttemptReport, f platform.Failure) []line {
	who := string(f.Origin)
	if len(r.Attempts) > 1 {
		who = fmt.Sprintf("attempt %d, %s", a.Number, who)
	}
	if f.Stream != nil {
		who += ", stream " + Clean(f.Stream.String())
	}
	return []line{
		{{plain, "  " + who + ", " + Clean(string(f.Type)) + ": "}, {red, Clean(f.Message)}},
		{{dim, "    " + remedy(f)}},
	}
}

// remedy is what can be done about a failure, by what its type means.
func remedy(f platform.Failure) string {
	switch {
	case f.Origin == platform.Platform:
		return "Mend what it names and run it again."
	case f.Type == protocol.ConfigError:
		return fmt.Sprintf("Mend the config or the rights of the %s and run it again.", f.Origin)
	case f.Type == protocol.TransientError:
		return "Run it again: it may pass, and goes on from the last state."
	}
	return fmt.Sprintf("A defect of the %s: its log and the internal message in --report say more.",
		f.Origin)
}

func findings(r *platform.Report) (lines []line) {
	for _, f := range r.Findings {
		if len(lines) == 0 {
			lines = append(lines, nil, line{
				{bold, "Findings"},
				{plain, " (the platform takes these; mend them in the connector):"},
			})
		}
		times := ""
		if f.Count > 1 {
			times = fmt.Sprintf(", %s times", Thousands(f.Count))
		}
		lines = append(lines, line{
			{plain, "  " + string(f.Origin) + times + ": "}, {yellow, Clean(f.Text)},
		})
	}
	return lines
}
