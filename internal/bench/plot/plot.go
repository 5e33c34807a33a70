// Package plot draws lines over a grid as SVG.
package plot

import (
	"fmt"
	"html"
	"math"
	"strings"
)

// Chart is one picture. Lines share its axes.
type Chart struct {
	Title string
	X, Y  Axis
	Lines []Line
}

// Axis is one of the two directions.
type Axis struct {
	Label string
	// Log puts each power of ten at the same distance. Values must then be above zero.
	Log bool
}

// Line is a row of points under one name.
type Line struct {
	Name   string
	Points []Point
}

// Point is a pair of values.
type Point struct{ X, Y float64 }

const (
	width, height            = 720, 400
	left, right, top, bottom = 76, 18, 40, 84
)

// colors tell lines apart, for readers who see fewer colors as well.
var colors = []string{"#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00"}

// SVG renders the chart. Points that are not finite, or not above zero on a logarithmic axis, are
// left out.
func (c Chart) SVG() []byte {
	x, y := c.scales()
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" `+
		`font-family="sans-serif" font-size="13">`+"\n", width, height)
	fmt.Fprintf(&b, `<rect width="%d" height="%d" fill="#fff"/>`+"\n", width, height)
	write(&b, width/2, 24, `text-anchor="middle" font-size="15"`, c.Title)
	for _, v := range x.ticks() {
		at := x.at(v)
		fmt.Fprintf(&b, `<path d="M%.1f %dV%d" stroke="#ddd"/>`+"\n", at, top, height-bottom)
		write(&b, at, height-bottom+18, `text-anchor="middle"`, short(v))
	}
	for _, v := range y.ticks() {
		at := y.at(v)
		fmt.Fprintf(&b, `<path d="M%d %.1fH%d" stroke="#ddd"/>`+"\n", left, at, width-right)
		write(&b, left-8, at+4, `text-anchor="end"`, short(v))
	}
	write(&b, (left+width-right)/2, height-bottom+38, `text-anchor="middle"`, c.X.Label)
	fmt.Fprintf(&b, `<g transform="translate(18 %d) rotate(-90)">`, (top+height-bottom)/2)
	write(&b, 0, 0, `text-anchor="middle"`, c.Y.Label)
	b.WriteString("</g>\n")
	at := float64(left)
	for i, line := range c.Lines {
		color := colors[i%len(colors)]
		c.draw(&b, line, color, x, y)
		fmt.Fprintf(&b, `<rect x="%.1f" y="%d" width="12" height="12" fill="%s"/>`+"\n",
			at, height-24, color)
		write(&b, at+18, height-13, "", line.Name)
		at += 44 + 7.5*float64(len(line.Name))
	}
	b.WriteString("</svg>\n")
	return []byte(b.String())
}

func write(b *strings.Builder, x, y float64, attributes, text string) {
	fmt.Fprintf(b, `<text x="%.1f" y="%.1f" %s>%s</text>`+"\n",
		x, y, attributes, html.EscapeString(text))
}

// draw adds one line. Few points get a dot each.
func (c Chart) draw(b *strings.Builder, line Line, color string, x, y scale) {
	const few = 30
	var path, dots strings.Builder
	command := "M"
	for _, p := range line.Points {
		if !c.shows(p) {
			continue
		}
		fmt.Fprintf(&path, "%s%.1f %.1f", command, x.at(p.X), y.at(p.Y))
		command = "L"
		if len(line.Points) <= few {
			fmt.Fprintf(&dots, `<circle cx="%.1f" cy="%.1f" r="3.5" fill="%s"/>`+"\n",
				x.at(p.X), y.at(p.Y), color)
		}
	}
	if path.Len() == 0 {
		return
	}
	fmt.Fprintf(b, `<path d="%s" fill="none" stroke="%s" stroke-width="2"/>`+"\n", &path, color)
	b.WriteString(dots.String())
}

func (c Chart) shows(p Point) bool { return c.X.shows(p.X) && c.Y.shows(p.Y) }

func (a Axis) shows(v float64) bool {
	return !math.IsNaN(v) && !math.IsInf(v, 0) && (!a.Log || v > 0)
}

// scales fit the axes to the points.
func (c Chart) scales() (x, y scale) {
	x = scale{log: c.X.Log, from: left, to: width - right, least: math.Inf(1), most: math.Inf(-1)}
	y = scale{log: c.Y.Log, from: height - bottom, to: top, least: x.least, most: x.most}
	for _, line := range c.Lines {
		for _, p := range line.Points {
			if c.shows(p) {
				x.include(p.X)
				y.include(p.Y)
			}
		}
	}
	x.round()
	if !y.log {
		y.include(0) // a line that looks flat should be
	}
	y.round()
	return x, y
}
