package house_test

import (
	"regexp"
	"strings"
	"testing"
)

// forbidden lists what no file may say. The names are written in pieces, so that this file passes.
var forbidden = []struct {
	words   *regexp.Regexp
	inTests bool // tests may say it
}{
	// Hosts of package registries: which one serves a user is the user's own setting.
	{words: literal("proxy.golang", ".org")},
	{words: literal("sum.golang", ".org")},
	{words: literal("goproxy", ".io")},
	{words: literal("goproxy", ".cn")},
	{words: literal("pypi", ".org")},
	{words: literal("pythonhosted", ".org")},
	{words: literal("npmjs", ".org")},
	{words: literal("npmjs", ".com")},
	{words: literal("crates", ".io")},
	{words: literal("maven", ".org")},
	{words: literal("deb.debian", ".org")},

	// The place and the way the code was written, which mean nothing to its readers. A test may
	// look for the protocol's own schema beside the repository.
	{words: literal("/wo", "rk/")},
	{words: literal("../sha", "red"), inTests: true},
	{words: regexp.MustCompile(`(?i)\bissue #?[0-9]{1,2}\b`)},
	{words: regexp.MustCompile(`(?i)\b(this|next|later|previous|earlier) (issue|session)s?\b`)},
	{words: regexp.MustCompile(`(?i)\b(sub-?agent|work-?place)\b`)},
}

// TestFilesStayOnTheSubject searches every text file of the repository.
func TestFilesStayOnTheSubject(t *testing.T) {
	t.Parallel()
	var found []finding
	for name, text := range load(t).texts {
		for i, line := range strings.Split(text, "\n") {
			for _, f := range forbidden {
				said := f.words.FindString(line)
				excused := f.inTests && strings.HasSuffix(name, "_test.go")
				if said != "" && !excused {
					found = append(found, findingf(name, "%s:%d: %s", name, i+1, said))
				}
			}
		}
	}
	judge(t, found, nil, "say these another way")
}

func literal(pieces ...string) *regexp.Regexp {
	return regexp.MustCompile(regexp.QuoteMeta(strings.Join(pieces, "")))
}
