package cdktest

import (
	"bytes"
	"strings"
)

// The format is that of golang.org/x/tools/txtar, which is not worth its module: a comment, then
// files, each behind a line "-- name --".

// section is one file of an archive.
type section struct {
	name string
	text string
}

// parseArchive splits an archive into its comment and its sections.
func parseArchive(text []byte) (comment string, sections []section) {
	for line := range strings.Lines(string(text)) {
		name, begins := sectionName(line)
		switch n := len(sections); {
		case begins:
			sections = append(sections, section{name: name})
		case n == 0:
			comment += line
		default:
			sections[n-1].text += line
		}
	}
	return comment, sections
}

func sectionName(line string) (string, bool) {
	line = strings.TrimRight(line, "\r\n")
	name, opens := strings.CutPrefix(line, "-- ")
	name, closes := strings.CutSuffix(name, " --")
	return strings.TrimSpace(name), opens && closes && strings.TrimSpace(name) != ""
}

// formatArchive is the text of an archive.
func formatArchive(comment string, sections []section) []byte {
	var b bytes.Buffer
	b.WriteString(comment)
	for _, s := range sections {
		b.WriteString("-- " + s.name + " --\n" + s.text)
		if s.text != "" && !strings.HasSuffix(s.text, "\n") {
			b.WriteByte('\n')
		}
	}
	return b.Bytes()
}
