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

// buildSource builds examples/source-rest of the tree that this program comes from, and returns the
// path of the binary, which lies in the given folder.
func buildSource(ctx context.Context, folder string) (string, error) {
	_, here, _, _ := runtime.Caller(0)
	tree := filepath.Join(filepath.Dir(here), "..", "source-rest")
	if _, err := os.Stat(tree); err != nil {
		return "", errors.New("the source tree that this program was built from is not there: " +
			"build examples/source-rest yourself and name the file by -source")
	}
	binary := filepath.Join(folder, "source-rest")
	if runtime.GOOS == "windows" {
		binary += ".exe"
	}
	// Without -buildvcs=false the build fails where git refuses to look at a clone of another user.
	args := []string{"build", "-buildvcs=false", "-o", binary, "."}
	build := exec.CommandContext(ctx, "go", args...)
	build.Dir = tree
	if out, err := build.CombinedOutput(); err != nil {
		out = bytes.TrimSpace(out)
		return "", fmt.Errorf("examples/source-rest cannot be built: %w\n%s", err, out)
	}
	return binary, nil
}
