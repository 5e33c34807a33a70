package syncview

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/airbyte-go/cdk/internal/platform"
	"github.com/airbyte-go/cdk/protocol"
)

// Live shows what is going on, until it is closed. Its methods may be called by any goroutine, once
// it has been opened.
type Live struct {
	w    io.Writer
	view View
	size func() (width, height int)

	screen *screen // nil: plain lines
	mu     sync.Mutex
	begun  time.Time
	phase  string                  // before there is a report
	report func() *platform.Report // nil: not yet
	pace   Pace
	events events
	done   chan struct{}
	shown  sync.WaitGroup
}

const (
	redrawEvery = 100 * time.Millisecond
	lineEvery   = 5 * time.Second
	firstLine   = time.Second // a sign of life
	eventEvery  = 200 * time.Millisecond
)

// Open begins to show. size is that of the terminal; nil means that w is none, and gets plain
// lines. The view needs no size.
func Open(w io.Writer, v View, size func() (width, height int)) *Live {
	l := &Live{w: w, view: v, size: size, begun: time.Now(), done: make(chan struct{})}
	every := eventEvery
	if size != nil {
		l.screen = &screen{w: w, size: size}
		every = redrawEvery
	}
	l.shown.Go(func() {
		tick := time.NewTicker(every)
		defer tick.Stop()
		for {
			select {
			case <-l.done:
				return
			case <-tick.C:
				l.show()
			}
		}
	})
	return l
}

// Phase says what is done before anything is synced.
func (l *Live) Phase(text string) {
	l.mu.Lock()
	l.phase, l.begun = text, time.Now()
	l.mu.Unlock()
	if l.screen == nil {
		l.Note(text)
	}
}

// Follow shows a report from now on, asked for over and over.
func (l *Live) Follow(report func() *platform.Report) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.report = report
}

// Note says something that must not be missed.
func (l *Live) Note(text string) { l.entry("", text, bold) }

// Log shows an entry: on a terminal only warnings and errors, elsewhere all but details.
func (l *Live) Log(e platform.Entry) {
	look := plain
	switch e.Level {
	case protocol.LevelFatal, protocol.LevelError:
		look = red
	case protocol.LevelWarn:
		look = yellow
	case protocol.LevelDebug, protocol.LevelTrace:
		return
	default:
		if l.screen != nil {
			return
		}
	}
	who := string(e.Origin)
	if !e.Stderr {
		who += " " + string(e.Level)
	}
	l.entry(who, e.Text, look)
}

// Close shows a last time, and takes what was drawn off a terminal.
func (l *Live) Close() {
	close(l.done)
	l.shown.Wait()
	if l.screen != nil {
		l.screen.draw(nil)
		return
	}
	l.show()
}

// entry writes a line of its own. Of a text of several lines a terminal gets the first.
func (l *Live) entry(who, text string, look style) {
	head := time.Now().Format(time.TimeOnly) + " "
	if who != "" {
		head += who + "  "
	}
	first, rest, _ := strings.Cut(strings.TrimRight(text, "\n"), "\n")
	if l.screen != nil {
		if rest != "" {
			first += " ..."
		}
		text := line{{dim, head}, {look, Clean(first)}}.render(0, l.view.Colour)
		l.screen.above(text)
		return
	}
	var b strings.Builder
	b.WriteString(head + Clean(first) + "\n")
	for next := range strings.Lines(rest) {
		b.WriteString("    " + Clean(strings.TrimRight(next, "\r\n")) + "\n")
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	_, _ = io.WriteString(l.w, b.String())
}

// show shows this moment.
func (l *Live) show() {
	l.mu.Lock()
	report, phase, begun := l.report, l.phase, l.begun
	l.mu.Unlock()
	now := time.Now()
	if report == nil {
		if l.screen != nil && phase != "" {
			text := fmt.Sprintf("  %s  %s", phase, clock(now.Sub(begun)))
			width, _ := l.size()
			one := line{{bold, l.view.Title}, {plain, text}}
			l.screen.draw([]string{one.render(max(width-1, 1), l.view.Colour)})
		}
		return
	}
	r := report()
	if len(r.Streams) == 0 {
		return // it has not begun
	}
	l.pace.Add(r, now)
	if l.screen == nil {
		for _, text := range l.events.since(r, &l.pace, now) {
			l.entry("", text, plain)
		}
		return
	}
	v := l.view
	v.Width, v.Height = l.size()
	l.screen.draw(v.Frame(r, &l.pace, now))
}
