package house_test

import (
	"go/ast"
	"regexp"
	"testing"
)

// virtualTime matches what makes time virtual: a bubble of testing/synctest, or a function of a
// test package that opens one.
var virtualTime = regexp.MustCompile(`synctest\.Test|[bB]ubble\(`)

// TestTestsSleepInVirtualTime keeps out sleeps that make the suite slow and its outcome a matter of
// luck. Where a bubble makes time virtual, a sleep takes none and ends at the exact moment.
func TestTestsSleepInVirtualTime(t *testing.T) {
	t.Parallel()
	tr := load(t)
	var found []finding
	for _, p := range tr.pkgs {
		for _, f := range p.files {
			if !f.isTest() || virtualTime.MatchString(f.text) {
				continue
			}
			for _, call := range sleeps(f) {
				found = append(found, findingf(f.path, "%s", tr.at(call)))
			}
		}
	}
	judge(t, found, nil, "wait for what the test needs, or sleep in a bubble of testing/synctest")
}

func sleeps(f *file) []ast.Node {
	var calls []ast.Node
	ast.Inspect(f.syntax, func(node ast.Node) bool {
		selector, ok := node.(*ast.SelectorExpr)
		if ok && selector.Sel.Name == "Sleep" {
			if owner, ok := selector.X.(*ast.Ident); ok && owner.Name == "time" {
				calls = append(calls, selector)
			}
		}
		return true
	})
	return calls
}
