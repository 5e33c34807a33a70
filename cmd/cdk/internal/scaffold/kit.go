package scaffold

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"

	"golang.org/x/mod/modfile"

	"github.com/airbyte-go/cdk/internal/release"
)

// Kit is the kit that a new module is written for: a release of it, or a checkout.
type Kit struct {
	Version string // of the release; empty for a checkout
	Dir     string // of the checkout, absolute
}

// String is the kit as people would name it.
func (k Kit) String() string {
	if k.Dir != "" {
		return "the kit in " + k.Dir
	}
	return "the kit " + k.Version
}

// ErrNoKit says that nothing tells where the kit is that the command was built from.
var ErrNoKit = errors.New("the checkout of the kit is not where this command was built from, and " +
	"the kit has no release yet; name the checkout by --cdk DIR")

// BuiltFrom returns the kit that the running command was built from. A release has its version in
// the binary. A checkout is looked for where the compiler found this file, unless -trimpath hid it,
// where a replace directive pointed to, and around the binary and the working folder.
func BuiltFrom() (Kit, error) {
	if version := release.Version(); version != release.Development {
		return Kit{Version: version}, nil
	}
	var starts []string
	if _, file, _, ok := runtime.Caller(0); ok {
		starts = append(starts, filepath.Dir(file))
	}
	starts = append(starts, replacement())
	if program, err := os.Executable(); err == nil {
		starts = append(starts, filepath.Dir(program))
	}
	if here, err := os.Getwd(); err == nil {
		starts = append(starts, here)
	}
	return nearest(starts)
}

// nearest finds a checkout at or above one of the folders. One that is not absolute tells nothing.
func nearest(starts []string) (Kit, error) {
	for _, dir := range starts {
		for filepath.IsAbs(dir) {
			if kit, err := KitAt(dir); err == nil {
				return kit, nil
			}
			parent := filepath.Dir(dir)
			if parent == dir {
				break
			}
			dir = parent
		}
	}
	return Kit{}, ErrNoKit
}

// replacement is the folder that a replace directive has put in the place of the kit, or "".
func replacement() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	for _, dep := range info.Deps {
		if dep.Path == release.Module && dep.Replace != nil {
			return dep.Replace.Path
		}
	}
	return ""
}

// KitAt returns the kit in a folder, which must be a checkout of it.
func KitAt(dir string) (Kit, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return Kit{}, fmt.Errorf("the folder of the kit cannot be found: %w", err)
	}
	text, err := os.ReadFile(filepath.Join(dir, "go.mod"))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return Kit{}, fmt.Errorf("%s is no checkout of the kit: it has no go.mod", dir)
	case err != nil:
		return Kit{}, fmt.Errorf("%s is no checkout of the kit: %w", dir, err)
	}
	if is := modfile.ModulePath(text); is != release.Module {
		return Kit{}, fmt.Errorf("%s is no checkout of the kit: its go.mod is that of %q, and the "+
			"kit is %s", dir, is, release.Module)
	}
	return Kit{Dir: dir}, nil
}
