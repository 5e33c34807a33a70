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
	"slices"
)

// buildConnectors builds connectors of the tree that this program comes from, by the names of their
// folders, and puts the binaries into the given folder.
func buildConnectors(ctx context.Context, folder string, names ...string) error {
	_, here, _, _ := runtime.Caller(0)
	examples, err := examplesFolder(here, names)
	if err != nil {
		return err
	}
	// Without -buildvcs=false the build fails where git refuses to look at a clone of another user.
	args := []string{"build", "-buildvcs=false", "-o", folder + string(filepath.Separator)}
	for _, name := range names {
		args = append(args, "./"+name)
	}
	build := exec.CommandContext(ctx, "go", args...)
	build.Dir = examples
	if out, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("the connectors cannot be built: %w\n%s", err, bytes.TrimSpace(out))
	}
	return nil
}

// examplesFolder is the folder of the connectors: the one that this file was compiled in or, where
// a build with -trimpath has left its path out, one near the folder that it is started in.
func examplesFolder(compiled string, names []string) (string, error) {
	folders := []string{".", "..", "examples"}
	if filepath.IsAbs(compiled) {
		folders = append([]string{filepath.Join(filepath.Dir(compiled), "..")}, folders...)
	}
	for _, folder := range folders {
		missing := slices.ContainsFunc(names, func(name string) bool {
			_, err := os.Stat(filepath.Join(folder, name, "main.go"))
			return err != nil
		})
		if !missing {
			return folder, nil
		}
	}
	return "", errors.New("the source tree that this program was built from is not there: start " +
		"it in the folder examples, or build examples/source-rest and " +
		"examples/destination-sqlite yourself and name the files by -source and -destination")
}

// binaryPath is where buildConnectors puts the binary of a connector.
func binaryPath(folder, name string) string {
	if runtime.GOOS == "windows" {
		name += ".exe"
	}
	return filepath.Join(folder, name)
}
