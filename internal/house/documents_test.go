package house_test

import (
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airbyte-go/cdk/internal/pages"
)

// TestDocumentsShowCodeThatCompiles finds every block of Go in the documents again, line for line
// but for indentation, in a Go file of the repository, so that what a reader copies does compile.
// The package of that file has tests, so that it also runs.
func TestDocumentsShowCodeThatCompiles(t *testing.T) {
	t.Parallel()
	tr := load(t)
	var found []finding
	for _, name := range documents(tr) {
		for _, b := range blocks(tr, name) {
			isPart := func(f *file) bool { return b.StandsIn(f.text) }
			inTested := func(p *pkg) bool {
				return slices.ContainsFunc(p.files, (*file).isTest) &&
					slices.ContainsFunc(p.files, isPart)
			}
			if b.Language == "go" && !slices.ContainsFunc(tr.pkgs, inTested) {
				found = append(found, findingf(name, "%s:%d: %s", name, b.Line, b.Lines[0]))
			}
		}
	}
	judge(t, found, nil, "copy these blocks from code that compiles, in a package with tests")
}

// TestDocumentsShowFilesThatExist does the same for all that is neither Go nor run by the tests of
// internal/pages, such as JSON and YAML.
func TestDocumentsShowFilesThatExist(t *testing.T) {
	t.Parallel()
	tr := load(t)
	var found []finding
	for _, name := range documents(tr) {
		for _, b := range blocks(tr, name) {
			if b.Language == "go" || b.IsRun() || standsInAFile(tr, b) {
				continue
			}
			found = append(found, findingf(name, "%s:%d: %s", name, b.Line, b.Lines[0]))
		}
	}
	judge(t, found, nil, "copy these blocks from a file of the repository, or name the file that "+
		"they are behind the language, so that they are written before commands use it")
}

// standsInAFile looks for a block in all files but the documents.
func standsInAFile(tr *tree, b pages.Block) bool {
	for name, text := range tr.texts {
		if path.Ext(name) != ".md" && b.StandsIn(text) {
			return true
		}
	}
	return false
}

// TestDocumentsShowOutputsOfCommands keeps an output directly behind the commands that print it.
func TestDocumentsShowOutputsOfCommands(t *testing.T) {
	t.Parallel()
	tr := load(t)
	var found []finding
	for _, name := range documents(tr) {
		before := ""
		for _, b := range blocks(tr, name) {
			if b.Language == "output" && before != "sh" {
				found = append(found, findingf(name, "%s:%d: %s", name, b.Line, b.Lines[0]))
			}
			before = b.Language
		}
	}
	judge(t, found, nil, "no commands stand before these outputs")
}

// link matches the target of a link in Markdown.
var link = regexp.MustCompile(`\]\(([^)\s]+)\)`)

// TestDocumentsLinkToWhatExists follows the links within the repository, to files and to headings.
func TestDocumentsLinkToWhatExists(t *testing.T) {
	t.Parallel()
	tr := load(t)
	var found []finding
	for _, name := range documents(tr) {
		for _, match := range link.FindAllStringSubmatch(withoutBlocks(tr.texts[name]), -1) {
			if target := match[1]; !strings.Contains(target, "://") && !leads(tr, name, target) {
				found = append(found, findingf(name, "%s: %s", name, target))
			}
		}
	}
	judge(t, found, nil, "these links lead nowhere")
}

// leads tells whether a link in a document leads to a file, a folder or a heading.
func leads(tr *tree, from, target string) bool {
	file, anchor, _ := strings.Cut(target, "#")
	to := from
	if file != "" {
		to = path.Join(path.Dir(from), file)
	}
	text, isFile := tr.texts[to]
	if anchor != "" {
		return isFile && slices.Contains(anchors(text), anchor)
	}
	isBelow := func(name string) bool { return strings.HasPrefix(name, to+"/") }
	return isFile || slices.ContainsFunc(sortedKeys(tr.texts), isBelow)
}

// mark matches what a heading loses on its way to an anchor.
var mark = regexp.MustCompile("[^a-z0-9 _-]")

// anchors are the names under which the headings of a document can be linked to.
func anchors(text string) []string {
	var names []string
	for line := range strings.Lines(withoutBlocks(text)) {
		if title, ok := strings.CutPrefix(strings.TrimLeft(line, "#"), " "); ok && line[0] == '#' {
			title = mark.ReplaceAllString(strings.ToLower(strings.TrimSpace(title)), "")
			names = append(names, strings.ReplaceAll(title, " ", "-"))
		}
	}
	return names
}

// withoutBlocks is a document without what stands in its fenced blocks.
func withoutBlocks(text string) string {
	var kept strings.Builder
	inside := false
	for line := range strings.Lines(text) {
		isFence := strings.HasPrefix(strings.TrimSpace(line), "```")
		if !inside && !isFence {
			kept.WriteString(line)
		}
		inside = inside != isFence
	}
	return kept.String()
}

// TestReadmeOpensWithTwoCommands guards the promise that two commands are all the set-up there is.
// .ci/run takes the second from here.
func TestReadmeOpensWithTwoCommands(t *testing.T) {
	t.Parallel()
	readme, ok := load(t).texts["README.md"]
	require.True(t, ok, "there is no README.md")
	all := pages.Blocks(readme)
	require.NotEmpty(t, all, "README.md holds no block")
	require.Equal(t, "sh", all[0].Language, "the first block is the commands to start with")
	require.Len(t, all[0].Lines, 2)
	require.Regexp(t, `^go run \./examples/quickstart\b`, all[0].Lines[0])
	require.Regexp(t, `^go test work\b`, all[0].Lines[1])
}

// documents are the pages a user reads to learn the kit.
func documents(tr *tree) []string {
	return slices.DeleteFunc(sortedKeys(tr.texts), func(name string) bool {
		return !pages.IsPage(name)
	})
}

func blocks(tr *tree, name string) []pages.Block { return pages.Blocks(tr.texts[name]) }

// TestDocumentsNamePathsThatExist reads the go commands in the documents' shell blocks as far as
// they are typed at the root of the repository, which is until the first cd. The tests of
// internal/pages run them, too; this one says at once what is wrong.
func TestDocumentsNamePathsThatExist(t *testing.T) {
	t.Parallel()
	tr := load(t)
	var found []finding
	for _, name := range documents(tr) {
		for _, line := range linesAtRoot(blocks(tr, name)) {
			for _, missing := range missingPaths(tr, line) {
				found = append(found, findingf(missing, "%s: %s in %q", name, missing, line))
			}
		}
	}
	judge(t, found, nil, "these commands name packages that are not there")
}

// linesAtRoot are the lines of shell blocks before the first that leaves the root.
func linesAtRoot(all []pages.Block) (lines []string) {
	for _, b := range all {
		if b.Language != "sh" {
			continue
		}
		for _, line := range b.Lines {
			if regexp.MustCompile(`\bcd\b \S`).MatchString(line) {
				return lines
			}
			lines = append(lines, line)
		}
	}
	return lines
}

// goCommand matches the commands whose arguments are packages.
var goCommand = regexp.MustCompile(`^go (run|test|install|build|vet) `)

// missingPaths returns the packages that a go command looks for in this repository in vain.
func missingPaths(tr *tree, line string) []string {
	if !goCommand.MatchString(line) {
		return nil
	}
	var missing []string
	for _, word := range strings.Fields(line)[2:] {
		dir, isOurs := folderOf(word)
		isThere := func(p *pkg) bool { return dir == "." || within(p.dir, dir) }
		if isOurs && !slices.ContainsFunc(tr.pkgs, isThere) {
			missing = append(missing, word)
		}
	}
	return missing
}

// folderOf turns a package argument of a go command into a folder below the root, "." for all.
func folderOf(word string) (dir string, isOurs bool) {
	word, _, _ = strings.Cut(word, "@")
	if rest, ok := strings.CutPrefix(word, modulePath+"/"); ok {
		word = "./" + rest
	}
	if !strings.HasPrefix(word, "./") {
		return "", false
	}
	return path.Clean(strings.TrimSuffix(word, "...")), true
}
