package house_test

import (
	"go/ast"
	"go/doc"
	"slices"
	"strings"
	"testing"
)

// withoutExample lists entry points that no Example shows.
var withoutExample = exceptions{}

// TestEntryPointsHaveExamples asks for a runnable Example of whatever a user starts from.
//
// An entry point is an exported function, or an exported struct that users write as a literal: one
// that has a field without a JSON tag (with tags only it is data of the protocol) and that no
// function of its package returns. A function is shown by an Example of its name. Structs and the
// options of a constructor make sense only in use, and what takes a testing.TB makes sense only in
// a test, so for these any runnable Example that uses them will do.
func TestEntryPointsHaveExamples(t *testing.T) {
	t.Parallel()
	tr := load(t)
	var found []finding
	for _, p := range tr.public() {
		shown := exampleNames(p)
		for _, entry := range entryPoints(p) {
			if shown[entry.name] || entry.byUse && isUsed(p, entry.name) {
				continue
			}
			name := p.name() + "." + entry.name
			found = append(found, findingf(name, "%s: %s", tr.at(entry.node), name))
		}
	}
	judge(t, found, withoutExample, "write an Example with // Output: for each of these")
}

// entryPoint is a name from which a user starts.
type entryPoint struct {
	name  string
	byUse bool // an Example under another name may show it
	node  ast.Node
}

func entryPoints(p *pkg) []entryPoint {
	var entries []entryPoint
	returned := map[string]bool{}
	for _, f := range p.sources() {
		for _, decl := range f.syntax.Decls {
			decl, ok := decl.(*ast.FuncDecl)
			if !ok || decl.Recv != nil || !decl.Name.IsExported() {
				continue
			}
			result := firstResult(decl)
			returned[result] = true
			byUse := strings.HasSuffix(result, "Option") || takesTB(decl)
			entries = append(entries, entryPoint{decl.Name.Name, byUse, decl})
		}
	}
	for _, f := range p.sources() {
		for _, spec := range structs(f.syntax) {
			if !returned[spec.Name.Name] {
				entries = append(entries, entryPoint{spec.Name.Name, true, spec})
			}
		}
	}
	return entries
}

func firstResult(decl *ast.FuncDecl) string {
	if decl.Type.Results == nil {
		return ""
	}
	return typeName(decl.Type.Results.List[0].Type)
}

// takesTB tells whether the function is for tests: an Example has no testing.TB to give.
func takesTB(decl *ast.FuncDecl) bool {
	params := decl.Type.Params.List
	if len(params) == 0 {
		return false
	}
	selector, ok := params[0].Type.(*ast.SelectorExpr)
	return ok && selector.Sel.Name == "TB"
}

// structs returns the exported structs of a file that hold more than data of the protocol.
func structs(syntax *ast.File) []*ast.TypeSpec {
	var specs []*ast.TypeSpec
	ast.Inspect(syntax, func(node ast.Node) bool {
		spec, ok := node.(*ast.TypeSpec)
		if !ok {
			return true
		}
		typ, ok := spec.Type.(*ast.StructType)
		if ok && spec.Name.IsExported() && slices.ContainsFunc(typ.Fields.List, isSetting) {
			specs = append(specs, spec)
		}
		return false
	})
	return specs
}

// isSetting tells whether users set the field in Go, which a JSON tag would make a protocol field.
func isSetting(field *ast.Field) bool {
	tagged := field.Tag != nil && strings.Contains(field.Tag.Value, "json:")
	return !tagged && slices.ContainsFunc(field.Names, (*ast.Ident).IsExported)
}

// exampleNames returns what the Examples of a package are named after: ExampleClient_Do counts for
// Client. Only those with a checked output run.
func exampleNames(p *pkg) map[string]bool {
	names := map[string]bool{}
	for _, f := range p.files {
		for _, example := range runnable(f) {
			name, _, _ := strings.Cut(example.Name, "_")
			names[name] = true
		}
	}
	return names
}

func runnable(f *file) []*doc.Example {
	if !f.isTest() {
		return nil
	}
	return slices.DeleteFunc(doc.Examples(f.syntax), func(e *doc.Example) bool {
		return e.Output == "" && !e.EmptyOutput
	})
}

// isUsed tells whether a file with a runnable Example speaks of the name, as in http.Field. The
// whole file counts, since an Example keeps its types and methods outside the function.
func isUsed(p *pkg, name string) bool {
	for _, f := range p.files {
		if len(runnable(f)) == 0 {
			continue
		}
		used := false
		ast.Inspect(f.syntax, func(node ast.Node) bool {
			if selector, ok := node.(*ast.SelectorExpr); ok && selector.Sel.Name == name {
				owner, ok := selector.X.(*ast.Ident)
				used = used || ok && owner.Name == p.name()
			}
			return !used
		})
		if used {
			return true
		}
	}
	return false
}
