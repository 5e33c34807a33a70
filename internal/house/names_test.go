package house_test

import (
	"go/ast"
	"regexp"
	"testing"
)

// spokenOf matches a name of one of the packages that users import, as in http.Field.
var spokenOf = regexp.MustCompile(
	`\b(cdktest|destinations|http|protocol|sources|sqltable|state)\.([A-Z]\w*)`)

// TestDocumentsSpeakOfNamesThatExist looks up the names of our packages that the documents use
// between their blocks, where no compiler sees them.
func TestDocumentsSpeakOfNamesThatExist(t *testing.T) {
	t.Parallel()
	tr := load(t)
	known := map[string]bool{}
	for _, p := range tr.public() {
		for _, name := range exportedNames(p) {
			known[p.name()+"."+name] = true
		}
	}
	var found []finding
	for _, name := range documents(tr) {
		for _, said := range spokenOf.FindAllString(withoutBlocks(tr.texts[name]), -1) {
			if !known[said] {
				found = append(found, findingf(said, "%s: %s", name, said))
			}
		}
	}
	judge(t, found, nil, "these names are not there, or not any more")
}

// exportedNames are the functions, types, variables and constants of a package.
func exportedNames(p *pkg) (names []string) {
	for _, f := range p.sources() {
		for _, decl := range f.syntax.Decls {
			switch decl := decl.(type) {
			case *ast.FuncDecl:
				if decl.Recv == nil {
					names = append(names, decl.Name.Name)
				}
			case *ast.GenDecl:
				for _, spec := range decl.Specs {
					names = append(names, specNames(spec)...)
				}
			}
		}
	}
	return names
}

func specNames(spec ast.Spec) (names []string) {
	switch spec := spec.(type) {
	case *ast.TypeSpec:
		names = append(names, spec.Name.Name)
	case *ast.ValueSpec:
		for _, name := range spec.Names {
			names = append(names, name.Name)
		}
	}
	return names
}
