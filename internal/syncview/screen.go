package syncview

import (
	"fmt"
	"io"
	"strings"
	"sync"
)

// screen is the lower end of a terminal: a few lines that are drawn over and over, above which
// others pass. It is safe for concurrent use.
type screen struct {
	w    io.Writer
	size func() (width, height int)

	mu    sync.Mutex
	drawn []string // the lines that are there
}

const (
	noWrap  = "\x1b[?7l" // what is too long after all ends at the edge
	wrap    = "\x1b[?7h"
	endLine = "\x1b[K\n" // clears the rest of the line
	endArea = "\x1b[J"   // clears what is below
)

// draw puts lines in the place of those before. A write that fails is of no matter: what is shown
// is never all there is.
func (s *screen) draw(lines []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.put("", lines)
}

// above writes a text over the lines.
func (s *screen) above(text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.put(strings.TrimRight(text, "\n")+"\x1b[K\n", s.drawn)
}

// put must be called under the lock. All of it is one write, so that nothing flickers.
func (s *screen) put(before string, lines []string) {
	var b strings.Builder
	if up := s.rows(); up > 0 {
		fmt.Fprintf(&b, "\x1b[%dA", up)
	}
	b.WriteString("\r" + before + noWrap)
	for _, l := range lines {
		b.WriteString(l + endLine)
	}
	b.WriteString(wrap + endArea)
	_, _ = io.WriteString(s.w, b.String())
	s.drawn = lines
}

// rows is how many rows the lines take now: a terminal that has become narrower has broken them.
func (s *screen) rows() (n int) {
	width, _ := s.size()
	for _, l := range s.drawn {
		n += max(1, (visible(l)+width-1)/max(width, 1))
	}
	return n
}
