package house_test

import (
	"strconv"
	"strings"
	"testing"
)

// floors orders the packages of the library from the ground up. Code may import only from lower
// floors. Tests are free, since an external test package cannot make a cycle.
var floors = map[string]int{
	"internal/hook":    0,
	"internal/jsonraw": 0,
	"internal/memhttp": 0,
	"internal/pages":   0,
	"internal/process": 0,
	"internal/release": 0,
	"internal/spool":   0,

	"protocol": 1,

	"internal/envelope": 2,
	"internal/schema":   2,
	"state":             2,

	"internal/entry":    3,
	"internal/platform": 3,

	"internal/syncview":   4,
	"internal/transcript": 4,

	"internal/acceptance": 5,

	"sources": 5,

	"destinations":         6,
	"internal/conformance": 6,
	"http":                 6,

	"cdk_test":              8,
	"destinations/sqltable": 7,
}

// TestImportsRunDownward keeps the picture of the architecture true: a package knows only what lies
// below it, so that each can be understood, and used, without those above.
func TestImportsRunDownward(t *testing.T) {
	t.Parallel()
	tr := load(t)
	var found []finding
	for _, p := range tr.pkgs {
		if isOtherModule(p.dir) || len(p.sources()) == 0 {
			continue
		}
		floor, known := floors[p.dir]
		if !known {
			found = append(found, findingf(p.dir, "%s has no floor in this test's table", p.dir))
		}
		for _, f := range p.sources() {
			for _, below := range ownImports(f) {
				if known && floors[below] >= floor {
					found = append(found, findingf(p.dir, "%s imports %s", f.path, below))
				}
			}
		}
	}
	judge(t, found, nil, "an import may only lead to a lower floor")
}

// ownImports returns the folders of this repository that a file imports.
func ownImports(f *file) []string {
	var dirs []string
	for _, spec := range f.syntax.Imports {
		name, err := strconv.Unquote(spec.Path.Value)
		if dir, isOurs := strings.CutPrefix(name, modulePath+"/"); err == nil && isOurs {
			dirs = append(dirs, dir)
		}
	}
	return dirs
}
