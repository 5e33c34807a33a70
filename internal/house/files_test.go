package house_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

const (
	maxColumns = 100
	tabColumns = 4
	maxLines   = 400

	// utf8Mark ends a line whose text is not ASCII on purpose. It is a directive, so that gofmt
	// leaves it alone and godoc does not show it.
	utf8Mark = "//house:utf8"
)

// longFiles lists files of more than maxLines lines.
var longFiles = exceptions{}

// vagueNames are package names under which anything could be found.
var vagueNames = []string{"util", "utils", "common", "helper", "helpers", "types", "misc", "base"}

// structTag is the end of a line whose length a struct tag decides: a tag cannot be broken.
var structTag = regexp.MustCompile("`[a-z_]+:\"[^`]*`$")

// TestGoFilesAreASCII keeps look-alike letters and invisible characters out of the code. Strings
// write them as escapes, or mark the line.
func TestGoFilesAreASCII(t *testing.T) {
	t.Parallel()
	isOdd := func(_ *file, line string) bool {
		return !strings.HasSuffix(line, utf8Mark) && strings.ContainsFunc(line, isBeyondASCII)
	}
	found := oddLines(load(t), isOdd)
	judge(t, found, nil, "write these with escapes, or end the line with "+utf8Mark)
}

// TestGoFilesFitInColumns measures lines with a tab as four columns. What cannot be broken may be
// longer: a URL, a struct tag, and in tests a raw string, which is mostly a line of JSON.
func TestGoFilesFitInColumns(t *testing.T) {
	t.Parallel()
	isOdd := func(f *file, line string) bool {
		columns := utf8.RuneCountInString(line) + (tabColumns-1)*strings.Count(line, "\t")
		excused := strings.Contains(line, "://") || structTag.MatchString(line) ||
			f.isTest() && strings.Contains(line, "`")
		return columns > maxColumns && !excused
	}
	found := oddLines(load(t), isOdd)
	judge(t, found, nil, "break these lines, they are longer than 100 columns")
}

// TestFilesHaveOneSubject takes the length of a file for a sign that it holds two subjects.
func TestFilesHaveOneSubject(t *testing.T) {
	t.Parallel()
	var found []finding
	for _, p := range load(t).pkgs {
		for _, f := range p.sources() {
			if lines := strings.Count(f.text, "\n"); lines > maxLines {
				found = append(found, findingf(f.path, "%s: %d lines", f.path, lines))
			}
		}
	}
	judge(t, found, longFiles, "split these files by subject, they have more than 400 lines")
}

// TestPackagesAreNamedByWhatTheyHold refuses names that say nothing.
func TestPackagesAreNamedByWhatTheyHold(t *testing.T) {
	t.Parallel()
	var found []finding
	for _, p := range load(t).pkgs {
		if slices.Contains(vagueNames, p.name()) {
			found = append(found, findingf(p.dir, "%s: package %s", p.dir, p.name()))
		}
	}
	judge(t, found, nil, "name these packages by what they hold")
}

// oddLines returns the lines of Go for which isOdd answers true.
func oddLines(tr *tree, isOdd func(*file, string) bool) []finding {
	var found []finding
	for _, p := range tr.pkgs {
		for _, f := range p.files {
			for i, line := range strings.Split(f.text, "\n") {
				if isOdd(f, line) {
					found = append(found, findingf(f.path, "%s:%d: %s", f.path, i+1, clip(line)))
				}
			}
		}
	}
	return found
}

func isBeyondASCII(r rune) bool { return r >= utf8.RuneSelf }

// clip shows the start of a line, enough to recognize it.
func clip(line string) string {
	const enough = 60
	line = strings.TrimSpace(line)
	if len(line) <= enough {
		return line
	}
	return strings.ToValidUTF8(line[:enough], "") + "..."
}
