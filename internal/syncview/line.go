package syncview

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// style is how a piece of text looks in colour, as the parameters of an SGR sequence.
type style string

const (
	plain  style = ""
	bold   style = "1"
	dim    style = "2"
	red    style = "31"
	green  style = "32"
	yellow style = "33"
)

// span is a piece of a line in one style.
type span struct {
	style style
	text  string
}

// line is a line of a picture. It has no control characters.
type line []span

// render is the line within a width; 0 is any. Spaces at its end are left out.
func (l line) render(width int, colour bool) string {
	var b strings.Builder
	left := width
	for i, s := range l {
		text := s.text
		if width > 0 {
			text = clip(text, left)
			left -= utf8.RuneCountInString(text)
		}
		if i == len(l)-1 {
			text = strings.TrimRight(text, " ")
		}
		if colour && s.style != plain && strings.TrimSpace(text) != "" {
			text = "\x1b[" + string(s.style) + "m" + text + "\x1b[0m"
		}
		b.WriteString(text)
	}
	return strings.TrimRight(b.String(), " ")
}

// clip cuts a text to a width. Three dots say that something is missing, where they fit.
func clip(text string, width int) string {
	const dots = "..."
	if utf8.RuneCountInString(text) <= width {
		return text
	}
	runes := []rune(text)
	if width <= len(dots) {
		return string(runes[:max(width, 0)])
	}
	return string(runes[:width-len(dots)]) + dots
}

// left pads a text to a width on its right, and right on its left. Longer texts are cut.
func left(text string, width int) string {
	text = clip(text, width)
	return text + strings.Repeat(" ", width-utf8.RuneCountInString(text))
}

func right(text string, width int) string {
	text = clip(text, width)
	return strings.Repeat(" ", width-utf8.RuneCountInString(text)) + text
}

// Clean takes the control characters out of a text of a connector, which could move the cursor or
// worse. Line breaks and tabs become spaces, too.
func Clean(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n', r == '\t':
			return ' '
		case unicode.IsControl(r), unicode.Is(unicode.Bidi_Control, r), r == utf8.RuneError:
			return '?'
		}
		return r
	}, text)
}

// visible is the number of columns that a rendered line takes.
func visible(rendered string) (columns int) {
	for rest := rendered; rest != ""; {
		before, after, found := strings.Cut(rest, "\x1b[")
		columns += utf8.RuneCountInString(before)
		if !found {
			break
		}
		_, rest, _ = strings.Cut(after, "m")
	}
	return columns
}
