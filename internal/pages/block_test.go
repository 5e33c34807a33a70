package pages_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/airbyte-go/cdk/internal/pages"
)

// fenced writes a page with one block; a raw string cannot hold a fence.
func fenced(info string, lines ...string) string {
	return "```" + info + "\n" + strings.Join(lines, "\n") + "\n```\n"
}

func TestBlocks(t *testing.T) {
	t.Parallel()
	page := "# Title\n\n" + fenced("sh", "cd x", "ls") + "words\n" +
		fenced("yaml a/b.yml", "a:", "  b") + fenced("") + "1. in a list\n\n   ```sh fails\n   false\n   ```\n"
	assert.Equal(t, []pages.Block{
		{Line: 4, Language: "sh", Lines: []string{"cd x", "ls"}},
		{Line: 9, Language: "yaml", Note: "a/b.yml", Lines: []string{"a:", "  b"}},
		{Line: 18, Language: "sh", Note: "fails", Lines: []string{"false"}},
	}, withoutEmpty(pages.Blocks(page)))
}

// withoutEmpty leaves out blocks with nothing but an empty line.
func withoutEmpty(all []pages.Block) (kept []pages.Block) {
	for _, b := range all {
		if strings.TrimSpace(b.Text()) != "" {
			kept = append(kept, b)
		}
	}
	return kept
}

func TestStandsIn(t *testing.T) {
	t.Parallel()
	block := pages.Block{Lines: []string{"if a {", "\tb()", "}"}}
	assert.True(t, block.StandsIn("func f() {\n\tif a {\n\t\tb()\n\t}\n}\n"))
	assert.False(t, block.StandsIn("if a {\n\n\tb()\n}\n"), "a line between")
	assert.False(t, block.StandsIn("if a {\n"), "shorter than the block")
}

func TestMatches(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		shown, printed string
		want           bool
	}{
		{"a\nb", "a\nb\n", true},
		{"a\nb", "a\nb", true},
		{"a", "a\nb\n", false},
		{"a ... c", "a b c\n", true},
		{"a ... c", "a b\nc\n", false},
		{"...\nb", "a\nA\nb\n", true},
		{"a\n...", "a\n", true},
		{"a\n...\nc", "a\nb\nC\n", false},
		{"[a.b]", "[axb]\n", false},
		{"...", "", true},
	} {
		block := pages.Block{Lines: strings.Split(test.shown, "\n")}
		assert.Equal(t, test.want, block.Matches(test.printed), "%q %q", test.shown, test.printed)
	}
}

func TestIsPage(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]bool{
		"README.md": true, "docs/errors.md": true, "docs/results/README.md": true,
		"DESIGN.md": false, "docs/errors.go": false, "cmd/cdk/templates/rest/README.md": false,
	} {
		assert.Equal(t, want, pages.IsPage(name), name)
	}
}

func TestFilesLeavesOutWhatGitIgnores(t *testing.T) {
	t.Parallel()
	root, err := pages.Root()
	require.NoError(t, err)
	files, err := pages.Files(root)
	require.NoError(t, err)
	assert.Contains(t, files, "go.work")
	assert.Contains(t, files, "internal/pages/block_test.go")
	for _, name := range files {
		assert.False(t, strings.HasPrefix(name, ".git/"), name)
	}
}
