package house_test

import (
	"go/ast"
	"go/token"
	"slices"
	"testing"
)

// TestExportedNamesHaveComments asks for a doc comment on every name a user can type: functions,
// methods, types, constants, variables, struct fields and interface methods.
func TestExportedNamesHaveComments(t *testing.T) {
	t.Parallel()
	tr := load(t)
	var found []finding
	for _, p := range tr.public() {
		for _, f := range p.sources() {
			for _, bare := range uncommented(f.syntax) {
				name := p.name() + "." + bare.name
				found = append(found, findingf(name, "%s: %s", tr.at(bare.node), name))
			}
		}
	}
	judge(t, found, nil, "write a doc comment for each of these exported names")
}

// TestPackagesHaveComments asks every package, internal ones and programs too, to say what it is.
func TestPackagesHaveComments(t *testing.T) {
	t.Parallel()
	var found []finding
	for _, p := range load(t).pkgs {
		commented := slices.ContainsFunc(p.files, func(f *file) bool { return said(f.syntax.Doc) })
		if !commented {
			found = append(found, findingf(p.dir, "%s", p.dir))
		}
	}
	judge(t, found, nil, "write a package comment in each of these folders")
}

// bareName is an exported name without a comment.
type bareName struct {
	name string
	node ast.Node
}

// uncommented walks the declarations of one file.
func uncommented(syntax *ast.File) []bareName {
	var bare []bareName
	for _, decl := range syntax.Decls {
		switch decl := decl.(type) {
		case *ast.FuncDecl:
			receiver := receiverName(decl)
			exported := decl.Name.IsExported() && (receiver == "" || ast.IsExported(receiver))
			if exported && !said(decl.Doc) {
				bare = append(bare, bareName{join(receiver, decl.Name.Name), decl})
			}
		case *ast.GenDecl:
			for _, spec := range decl.Specs {
				bare = append(bare, uncommentedSpec(decl, spec)...)
			}
		}
	}
	return bare
}

// uncommentedSpec looks at one line of a declaration. The comment above a parenthesis speaks for
// all constants in it, since the values of an enum need words only where their names do not
// suffice. It does not speak for variables and types.
func uncommentedSpec(decl *ast.GenDecl, spec ast.Spec) []bareName {
	above := said(decl.Doc) && (decl.Lparen == token.NoPos || decl.Tok == token.CONST)
	var bare []bareName
	switch spec := spec.(type) {
	case *ast.TypeSpec:
		if !spec.Name.IsExported() {
			return nil
		}
		if !above && !said(spec.Doc, spec.Comment) {
			bare = append(bare, bareName{spec.Name.Name, spec})
		}
		bare = append(bare, uncommentedMembers(spec.Name.Name, spec.Type)...)
	case *ast.ValueSpec:
		if !above && !said(spec.Doc, spec.Comment) {
			bare = append(bare, exportedOf("", spec.Names)...)
		}
	}
	return bare
}

// uncommentedMembers walks the fields of a struct or the methods of an interface, and into fields
// whose type is written out in place. An embedded type brings its own comment.
func uncommentedMembers(owner string, expr ast.Expr) []bareName {
	var members *ast.FieldList
	switch typ := expr.(type) {
	case *ast.StructType:
		members = typ.Fields
	case *ast.InterfaceType:
		members = typ.Methods
	default:
		return nil
	}
	var bare []bareName
	for _, member := range members.List {
		exported := exportedOf(owner, member.Names)
		if !said(member.Doc, member.Comment) {
			bare = append(bare, exported...)
		}
		if len(exported) > 0 {
			bare = append(bare, uncommentedMembers(exported[0].name, member.Type)...)
		}
	}
	return bare
}

func exportedOf(owner string, names []*ast.Ident) []bareName {
	var exported []bareName
	for _, name := range names {
		if name.IsExported() {
			exported = append(exported, bareName{join(owner, name.Name), name})
		}
	}
	return exported
}

// said tells whether one of the comments holds words. A directive such as //go:build is none.
func said(comments ...*ast.CommentGroup) bool {
	return slices.ContainsFunc(comments, func(c *ast.CommentGroup) bool { return c.Text() != "" })
}

// receiverName returns the type a method belongs to, or "" for a function.
func receiverName(decl *ast.FuncDecl) string {
	if decl.Recv == nil || len(decl.Recv.List) == 0 {
		return ""
	}
	return typeName(decl.Recv.List[0].Type)
}

// typeName returns the name under pointers and type parameters, or "" for a type without one.
func typeName(expr ast.Expr) string {
	switch typ := expr.(type) {
	case *ast.StarExpr:
		return typeName(typ.X)
	case *ast.IndexExpr:
		return typeName(typ.X)
	case *ast.IndexListExpr:
		return typeName(typ.X)
	case *ast.Ident:
		return typ.Name
	default:
		return ""
	}
}

func join(owner, name string) string {
	if owner == "" {
		return name
	}
	return owner + "." + name
}
