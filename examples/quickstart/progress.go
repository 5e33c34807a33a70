package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"time"

	"golang.org/x/term"
)

// progress shows a tally while it grows: on a terminal in one line that is written over and over,
// elsewhere in a new line each second.
type progress struct {
	w     io.Writer
	width func() int // of the terminal; 0 where there is none
	every time.Duration
	tally *tally
}

const (
	redrawEvery = 100 * time.Millisecond
	lineEvery   = time.Second
)

// newProgress finds out whether w is a terminal.
func newProgress(w io.Writer, t *tally) *progress {
	p := &progress{w: w, width: func() int { return 0 }, every: lineEvery, tally: t}
	if f, ok := w.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		p.every = redrawEvery
		p.width = func() int {
			width, _, err := term.GetSize(int(f.Fd()))
			if err != nil || width < 20 {
				return 80 // one that does not say
			}
			return width
		}
	}
	return p
}

// start shows the progress until the function that it returns is called, which leaves a clean line.
func (p *progress) start() (stop func()) {
	done := make(chan struct{})
	var shown sync.WaitGroup
	shown.Go(func() {
		tick := time.NewTicker(p.every)
		defer tick.Stop()
		for {
			select {
			case <-done:
				p.wipe()
				return
			case <-tick.C:
				p.show(p.line())
			}
		}
	})
	return func() { close(done); shown.Wait() }
}

// line is what there is to say at this moment.
func (p *progress) line() string {
	streams := p.tally.result()
	var b strings.Builder
	fmt.Fprintf(&b, stepName, "sync")
	for _, s := range streams {
		fmt.Fprintf(&b, "%s %s  ", s.id, thousands(s.records))
	}
	took := time.Since(p.tally.begun)
	fmt.Fprintf(&b, "(%s, %s)", bytesText(sum(streams).bytes), secondsText(took))
	return b.String()
}

func (p *progress) show(line string) {
	width := p.width()
	if width == 0 {
		fmt.Fprintln(p.w, line)
		return
	}
	// The last column stays free: some terminals break the line when it is written to. Spaces wipe
	// out what is left of a longer line, which works on every terminal.
	line = line[:min(len(line), width-1)]
	fmt.Fprintf(p.w, "\r%-*s", width-1, line)
}

// wipe takes the line off a terminal.
func (p *progress) wipe() {
	if width := p.width(); width > 0 {
		fmt.Fprintf(p.w, "\r%*s\r", width-1, "")
	}
}
