package house_test

import (
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestDocumentsShowCodeThatCompiles finds every block of Go in the documents again, line for line
// but for indentation, in a Go file of the repository, so that what a reader copies does compile.
func TestDocumentsShowCodeThatCompiles(t *testing.T) {
	t.Parallel()
	tr := load(t)
	var code [][]string
	for _, p := range tr.pkgs {
		for _, f := range p.files {
			code = append(code, trimmedLines(f.text))
		}
	}
	var found []finding
	for _, name := range documents(tr) {
		for _, b := range blocks(tr.texts[name], "go") {
			isPart := func(lines []string) bool { return containsRun(lines, b.lines) }
			if !slices.ContainsFunc(code, isPart) {
				found = append(found, findingf(name, "%s:%d: %s", name, b.line, b.lines[0]))
			}
		}
	}
	judge(t, found, nil, "copy these blocks from code that compiles")
}

// TestDocumentsNamePathsThatExist reads the go commands in the documents' shell blocks, which are
// meant to be typed at the root of the repository.
func TestDocumentsNamePathsThatExist(t *testing.T) {
	t.Parallel()
	tr := load(t)
	var found []finding
	for _, name := range documents(tr) {
		for _, b := range blocks(tr.texts[name], "sh") {
			for i, line := range b.lines {
				for _, missing := range missingPaths(tr, line) {
					found = append(found, findingf(missing, "%s:%d: %s in %q",
						name, b.line+i, missing, line))
				}
			}
		}
	}
	judge(t, found, nil, "these commands name packages that are not there")
}

// TestReadmeOpensWithTwoCommands guards the promise that two commands are all the set-up there is.
// .ci/run takes the second from here.
func TestReadmeOpensWithTwoCommands(t *testing.T) {
	t.Parallel()
	readme, ok := load(t).texts["README.md"]
	require.True(t, ok, "there is no README.md")
	shell := blocks(readme, "sh")
	require.NotEmpty(t, shell, "README.md holds no ```sh block")
	all := blocks(readme, "")
	require.Equal(t, shell[0], all[0], "the first block of README.md is the commands to start with")
	require.Len(t, shell[0].lines, 2)
	require.Regexp(t, `^go run \./examples/quickstart\b`, shell[0].lines[0])
	require.Regexp(t, `^go test work\b`, shell[0].lines[1])
}

// documents are the pages a user reads to learn the kit. Those of the templates are about the
// modules that are made of them, where a test of cmd/cdk tries them.
func documents(tr *tree) []string {
	return slices.DeleteFunc(sortedKeys(tr.texts), func(name string) bool {
		isPage := path.Base(name) == "README.md" || path.Dir(name) == "docs"
		return !isPage || path.Ext(name) != ".md" || within(name, "cmd/cdk/templates")
	})
}

// block is one fenced block of a document.
type block struct {
	line  int // number of its first line
	lines []string
}

// blocks returns the fenced blocks in a language, or all of them when it is empty.
func blocks(text, language string) []block {
	var all []block
	var open *block
	for i, line := range trimmedLines(text) {
		fence, isFence := strings.CutPrefix(line, "```")
		switch {
		case isFence && open == nil:
			open = &block{line: i + 2}
			if language != "" && fence != language {
				open.line = 0
			}
		case isFence:
			if open.line > 0 && len(open.lines) > 0 {
				all = append(all, *open)
			}
			open = nil
		case open != nil:
			open.lines = append(open.lines, line)
		}
	}
	return all
}

func trimmedLines(text string) []string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		lines[i] = strings.TrimSpace(line)
	}
	return lines
}

// containsRun tells whether part stands in lines without a gap.
func containsRun(lines, part []string) bool {
	for i := range len(lines) - len(part) + 1 {
		if slices.Equal(lines[i:i+len(part)], part) {
			return true
		}
	}
	return false
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
