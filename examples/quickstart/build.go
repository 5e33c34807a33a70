package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
)

// buildConnectors builds connectors of the tree that this program comes from, by the names of their
// folders, and puts the binaries into the given folder.
func buildConnectors(ctx context.Context, folder string, names ...string) error {
	_, here, _, _ := runtime.Caller(0)
	examples := filepath.Join(filepath.Dir(here), "..")
	// Without -buildvcs=false the build fails where git refuses to look at a clone of another user.
	args := []string{"build", "-buildvcs=false", "-o", folder + string(filepath.Separator)}
	for _, name := range names {
		if _, err := os.Stat(filepath.Join(examples, name)); err != nil {
			return errors.New("the source tree that this program was built from is not there: " +
				"build examples/source-rest and examples/destination-sqlite yourself and name " +
				"the files by -source and -destination")
		}
		args = append(args, "./"+name)
	}
	build := exec.CommandContext(ctx, "go", args...)
	build.Dir = examples
	if out, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("the connectors cannot be built: %w\n%s", err, bytes.TrimSpace(out))
	}
	return nil
}

// binaryPath is where buildConnectors puts the binary of a connector.
func binaryPath(folder, name string) string {
	if runtime.GOOS == "windows" {
		name += ".exe"
	}
	return filepath.Join(folder, name)
}
