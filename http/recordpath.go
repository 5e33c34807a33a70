package http

import (
	"fmt"
	"strings"
)

// recordPath leads to the records in a document.
type recordPath []step

// step is one name of a recordPath.
type step struct {
	name     string
	any      bool // *: every member of an object or element of an array
	optional bool // name?: it may be missing
}

// parsePath reads a dotted path. A backslash before . * ? or another backslash takes their meaning
// away.
func parsePath(path string) recordPath {
	if path == "" {
		return nil
	}
	var steps recordPath
	for _, text := range cutPath(path) {
		s := step{any: text == "*"}
		if name, ok := strings.CutSuffix(text, "?"); ok && !strings.HasSuffix(name, `\`) {
			text, s.optional = name, true
		}
		s.name = pathUnescaper.Replace(text)
		steps = append(steps, s)
	}
	return steps
}

var (
	pathUnescaper = strings.NewReplacer(`\\`, `\`, `\.`, ".", `\*`, "*", `\?`, "?")
	pathEscaper   = strings.NewReplacer(`\`, `\\`, ".", `\.`, "*", `\*`, "?", `\?`)
)

// cutPath cuts a path at the dots that are not escaped, and leaves escapes as they are.
func cutPath(path string) []string {
	var parts []string
	start := 0
	for i := 0; i < len(path); i++ {
		switch path[i] {
		case '\\':
			i++
		case '.':
			parts = append(parts, path[start:i])
			start = i + 1
		}
	}
	return append(parts, path[start:])
}

// String returns the path without the marks of what is optional, for messages.
func (p recordPath) String() string {
	names := make([]string, len(p))
	for i, s := range p {
		names[i] = pathEscaper.Replace(s.name)
		if s.any {
			names[i] = "*"
		}
	}
	return strings.Join(names, ".")
}

// place names the value at a depth of the path in a message.
func (p recordPath) place(depth int) string {
	if depth == 0 {
		return "the top level"
	}
	return fmt.Sprintf("%q", p[:depth].String())
}

// wild reports whether the path has more than one way to the given depth.
func (p recordPath) wild(depth int) bool {
	for _, s := range p[:depth] {
		if s.any {
			return true
		}
	}
	return false
}

// startsWith reports whether some value at p may lie within, or be, one at other.
func (p recordPath) startsWith(other recordPath) bool {
	if len(p) < len(other) {
		return false
	}
	for i, s := range other {
		if !s.any && !p[i].any && s.name != p[i].name {
			return false
		}
	}
	return true
}
