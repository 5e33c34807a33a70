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
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airbyte-go/cdk/internal/pages"
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
	root, err := pages.Root()
	require.NoError(t, err)
	files, err := pages.Files(root)
	require.NoError(t, err)
	tr := &tree{root: root, texts: map[string]string{}, fset: token.NewFileSet()}
	for _, name := range files {
		require.NoError(t, tr.add(name))
	}
	tr.parse(t)
	require.NotEmpty(t, tr.pkgs)
	return tr
}

// add reads a file, and leaves out what is binary.
func (tr *tree) add(below string) error {
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
