// Package house_test holds the rules of this repository that no compiler and no linter checks.
//
// Each file holds one rule, named by its noun: comments, examples, documents, imports,
// dependencies, files, words. A rule reads the repository as text and syntax, so it also sees what
// is built only for another operating system. Where something breaks a rule for a good reason, the
// rule's table of exceptions names it with that reason; an exception that nothing needs any more
// fails too.
package house_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// modulePath is the import path of the root module; its packages are the ones users import.
const modulePath = "github.com/airbyte-go/cdk"

// tree is the repository's text, read anew for every test because go/doc may change a syntax tree.
type tree struct {
	root  string
	texts map[string]string // every file that is neither ignored by git nor binary, by slash path
	fset  *token.FileSet
	pkgs  []*pkg
}

// pkg is one folder of Go files.
type pkg struct {
	dir   string // slash path below the root
	files []*file
}

// file is one parsed Go file.
type file struct {
	path   string
	text   string
	syntax *ast.File
}

func (f *file) isTest() bool { return strings.HasSuffix(f.path, "_test.go") }

// name is the package's own name; that of external tests ends in _test.
func (p *pkg) name() string {
	return strings.TrimSuffix(p.files[0].syntax.Name.Name, "_test")
}

// sources are the files that a user's binary may hold.
func (p *pkg) sources() []*file {
	return slices.DeleteFunc(slices.Clone(p.files), (*file).isTest)
}

// isPublic tells whether users import the package: it belongs to the root module, is not internal
// and no program.
func (p *pkg) isPublic() bool {
	internal := slices.Contains(strings.Split(p.dir, "/"), "internal")
	return !isOtherModule(p.dir) && !internal && p.name() != "main" && len(p.sources()) > 0
}

// isOtherModule tells whether a folder belongs to a module other than the root's.
func isOtherModule(dir string) bool {
	isParent := func(module string) bool { return within(dir, module) }
	return slices.ContainsFunc([]string{"examples", "cmd", "internal/bench"}, isParent)
}

// within tells whether dir is parent or lies below it.
func within(dir, parent string) bool { return dir == parent || strings.HasPrefix(dir, parent+"/") }

// load reads the repository.
func load(t *testing.T) *tree {
	t.Helper()
	tr := &tree{root: findRoot(t), texts: map[string]string{}, fset: token.NewFileSet()}
	ignored := readIgnored(t, tr.root)
	err := filepath.WalkDir(tr.root, func(name string, entry fs.DirEntry, err error) error {
		if err != nil || name == tr.root {
			return err
		}
		below, err := filepath.Rel(tr.root, name)
		if err != nil {
			return err
		}
		return tr.add(filepath.ToSlash(below), entry, ignored)
	})
	require.NoError(t, err)
	tr.parse(t)
	require.NotEmpty(t, tr.pkgs)
	return tr
}

// findRoot walks up from the test's folder to the one that holds go.work.
func findRoot(t *testing.T) string {
	t.Helper()
	dir, err := os.Getwd()
	require.NoError(t, err)
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.work")); err == nil {
			return dir
		}
		parent := filepath.Dir(dir)
		require.NotEqual(t, parent, dir, "no go.work above the test's folder")
		dir = parent
	}
}

func (tr *tree) add(below string, entry fs.DirEntry, ignored []string) error {
	skip := below == ".git" || isIgnored(ignored, below, entry.IsDir())
	switch {
	case skip && entry.IsDir():
		return fs.SkipDir
	case skip || !entry.Type().IsRegular():
		return nil
	}
	data, err := os.ReadFile(filepath.Join(tr.root, filepath.FromSlash(below)))
	if err == nil && !strings.Contains(string(data), "\x00") {
		tr.texts[below] = string(data)
	}
	return err
}

// parse groups the Go files by folder. Folders named testdata hold no code of ours.
func (tr *tree) parse(t *testing.T) {
	t.Helper()
	byDir := map[string]*pkg{}
	for _, name := range sortedKeys(tr.texts) {
		dir := path.Dir(name)
		if path.Ext(name) != ".go" || slices.Contains(strings.Split(dir, "/"), "testdata") {
			continue
		}
		syntax, err := parser.ParseFile(tr.fset, name, tr.texts[name], parser.ParseComments)
		require.NoError(t, err)
		if byDir[dir] == nil {
			byDir[dir] = &pkg{dir: dir}
			tr.pkgs = append(tr.pkgs, byDir[dir])
		}
		byDir[dir].files = append(byDir[dir].files, &file{name, tr.texts[name], syntax})
	}
}

// public returns the packages users import.
func (tr *tree) public() []*pkg {
	return slices.DeleteFunc(slices.Clone(tr.pkgs), func(p *pkg) bool { return !p.isPublic() })
}

// at renders a position as file:line, which editors and terminals make a link.
func (tr *tree) at(node ast.Node) string {
	position := tr.fset.Position(node.Pos())
	position.Column = 0
	return position.String()
}

// readIgnored returns the patterns of the .gitignore at the root, the only one there is.
func readIgnored(t *testing.T, root string) []string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(root, ".gitignore"))
	require.NoError(t, err)
	var patterns []string
	for line := range strings.Lines(string(data)) {
		line = strings.TrimSpace(line)
		if line != "" && !strings.HasPrefix(line, "#") {
			patterns = append(patterns, line)
		}
	}
	return patterns
}

// isIgnored knows the plain patterns to which our .gitignore keeps: a glob for a name anywhere or,
// with a leading slash, for a path below the root; a trailing slash means folders only.
func isIgnored(patterns []string, below string, isDir bool) bool {
	return slices.ContainsFunc(patterns, func(pattern string) bool {
		glob, foldersOnly := strings.CutSuffix(pattern, "/")
		if foldersOnly && !isDir {
			return false
		}
		glob, anchored := strings.CutPrefix(glob, "/")
		subject := path.Base(below)
		if anchored {
			subject = below
		}
		matched, err := path.Match(glob, subject)
		return err == nil && matched
	})
}
