package syncview

import (
	"fmt"
	"strings"
	"time"

	"github.com/airbyte-go/cdk/internal/platform"
)

// events turns reports into lines for a log: one for each change, and one every few seconds.
type events struct {
	phases []phase
	last   time.Time // of the line that sums up
}

// mostInLine is how many streams a line names.
const mostInLine = 5

// since is what has happened since the report before.
func (e *events) since(r *platform.Report, pace *Pace, now time.Time) (lines []string) {
	if e.phases == nil {
		e.phases = make([]phase, len(r.Streams))
		for i := range e.phases {
			e.phases[i] = waiting
		}
		e.last = now.Add(firstLine - lineEvery)
	}
	for i := range r.Streams {
		s := &r.Streams[i]
		if p := phaseOf(s); p != e.phases[i] {
			e.phases[i] = p
			lines = append(lines, change(s, p))
		}
	}
	if now.Sub(e.last) >= lineEvery || r.Outcome != "" && len(lines) > 0 {
		e.last = now
		lines = append(lines, sumUp(r, pace))
	}
	return lines
}

func change(s *platform.StreamReport, p phase) string {
	switch p {
	case limited:
		return fmt.Sprintf("stream %s: %s", nameOf(s), news(s))
	case done, incomplete:
		return fmt.Sprintf("stream %s: %s, %s", nameOf(s), p, Plural(s.Records, "record"))
	case waiting, reading, loading:
	}
	return fmt.Sprintf("stream %s: %s", nameOf(s), p)
}

// sumUp is a line with all that moves.
func sumUp(r *platform.Report, pace *Pace) string {
	total := r.Totals()
	text := fmt.Sprintf("sync %s, %s, %s, %s, %s committed",
		clock(time.Duration(r.Seconds*float64(time.Second))), Plural(total.Records, "record"),
		rate(pace.all()), Bytes(total.Bytes), Thousands(total.Committed))
	v := View{Height: mostInLine + rowsBesideStreams}
	shown, hidden := v.choose(r, pace)
	var parts []string
	for _, i := range shown {
		s := &r.Streams[i]
		part := nameOf(s) + " " + Thousands(s.Records)
		if done := share(s); done != "" {
			part += " (" + done + ")"
		}
		parts = append(parts, part)
	}
	if hidden != "" {
		parts = append(parts, hidden)
	}
	return text + ": " + strings.Join(parts, ", ")
}
