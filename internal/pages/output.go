package pages

import (
	"regexp"
	"strings"
)

// dots stand for what differs from run to run.
const dots = "..."

// Matches tells whether an output is what a block shows. Three dots stand for anything: within a
// line, or for any number of lines when they are alone on one.
func (b Block) Matches(output string) bool {
	var pattern strings.Builder
	pattern.WriteString("^")
	for _, line := range b.Lines {
		if strings.TrimSpace(line) == dots {
			pattern.WriteString(`(?:.*\n)*?`)
			continue
		}
		for i, part := range strings.Split(line, dots) {
			if i > 0 {
				pattern.WriteString(".*")
			}
			pattern.WriteString(regexp.QuoteMeta(part))
		}
		pattern.WriteString(`[ \t\r]*\n`)
	}
	pattern.WriteString("$")
	if output != "" && !strings.HasSuffix(output, "\n") {
		output += "\n"
	}
	return regexp.MustCompile(pattern.String()).MatchString(output)
}
