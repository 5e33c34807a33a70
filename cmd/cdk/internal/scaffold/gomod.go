package scaffold

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"

	"github.com/airbyte-go/cdk/internal/release"
)

// goVersion is the oldest Go that the kit supports.
const goVersion = "1.26.0"

// testModules are what the tests of a template import besides the kit.
var testModules = []string{"github.com/stretchr/testify"}

// moduleFiles are go.mod and, for a checkout, go.sum. What a checkout needs is what its own files
// say, so nobody has to be asked for it. The driver is zero where the program needs none.
func moduleFiles(name Name, driver module.Version, kit Kit) ([]File, error) {
	mod := new(modfile.File)
	if err := mod.AddModuleStmt(name.Module); err != nil {
		return nil, fmt.Errorf("go.mod cannot be written: %w", err)
	}
	if err := mod.AddGoStmt(goVersion); err != nil {
		return nil, fmt.Errorf("go.mod cannot be written: %w", err)
	}
	if kit.Dir == "" {
		mod.AddNewRequire(release.Module, kit.Version, false)
		if driver.Path != "" {
			mod.AddNewRequire(driver.Path, driver.Version, false)
		}
		return formatted(mod)
	}
	like := kit.Dir
	if driver.Path != "" { // the kit knows no driver, but the templates' module does
		like = filepath.Join(kit.Dir, "cmd", "cdk")
	}
	theirs, err := readMod(like)
	if err != nil {
		return nil, err
	}
	mod.SetRequireSeparateIndirect(requirements(theirs, driver))
	if err := mod.AddReplace(release.Module, "", kit.Dir, ""); err != nil {
		return nil, fmt.Errorf("go.mod cannot name the folder of the kit: %w", err)
	}
	files, err := formatted(mod)
	if err != nil {
		return nil, err
	}
	sum, err := os.ReadFile(filepath.Join(like, "go.sum"))
	if err != nil {
		return nil, fmt.Errorf("the kit's go.sum cannot be read: %w", err)
	}
	return append(files, File{"go.sum", sum}), nil
}

func formatted(mod *modfile.File) ([]File, error) {
	mod.Cleanup()
	text, err := mod.Format()
	if err != nil {
		return nil, fmt.Errorf("go.mod cannot be written: %w", err)
	}
	return []File{{"go.mod", text}}, nil
}

func readMod(dir string) (*modfile.File, error) {
	path := filepath.Join(dir, "go.mod")
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("the kit's go.mod cannot be read: %w", err)
	}
	mod, err := modfile.Parse(path, text, nil)
	if err != nil {
		return nil, fmt.Errorf("the kit's go.mod cannot be read: %w", err)
	}
	return mod, nil
}

// requirements are the kit, the driver, what the test kit brings, and all else of a go.mod.
func requirements(theirs *modfile.File, driver module.Version) []*modfile.Require {
	all := []*modfile.Require{{Mod: module.Version{Path: release.Module, Version: "v0.0.0"}}}
	for _, r := range theirs.Require {
		if r.Mod.Path == release.Module {
			continue
		}
		indirect := r.Mod.Path != driver.Path && !slices.Contains(testModules, r.Mod.Path)
		all = append(all, &modfile.Require{Mod: r.Mod, Indirect: indirect})
	}
	return all
}

// ownWorkspace is a go.work, where the folder lies in a workspace that does not know the module:
// without one of its own every go command in it would fail.
func ownWorkspace(dir string) []File {
	if workspaceAbove(dir) == "" {
		return nil
	}
	const text = "// The folder lies within a workspace that does not name this module.\n" +
		"go " + goVersion + "\n\nuse .\n"
	return []File{{"go.work", []byte(text)}}
}

// workspaceAbove is the nearest go.work at or above an absolute folder, or "".
func workspaceAbove(dir string) string {
	for {
		file := filepath.Join(dir, "go.work")
		if info, err := os.Stat(file); err == nil && info.Mode().IsRegular() {
			return file
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return ""
		}
		dir = parent
	}
}
