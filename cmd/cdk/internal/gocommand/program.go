package gocommand

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
)

// Program builds the Go program in a folder, which is an absolute path, and returns the path of its
// binary. That stands in the user's cache, one for each folder, and is called by the name. Several
// processes may build the same one at once. The error says what is wrong as the end of a sentence
// that names the folder; beyond that it is as of [Run].
func Program(ctx context.Context, dir, name string) (string, error) {
	kind, err := say(ctx, dir, "list", "-f", "{{.Name}}", ".")
	switch {
	case errors.Is(err, ErrMissing):
		return "", fmt.Errorf("cannot be built: %w; install Go, or give a command line", err)
	case err != nil:
		return "", fmt.Errorf("holds no Go program, so give a command line if it is one in "+
			"another language: %w", err)
	case kind != "main":
		return "", fmt.Errorf("holds package %s, and no program; name the folder of a package "+
			"main, or a command line", kind)
	}
	path, err := binaryPath(dir, name)
	if err != nil {
		return "", err
	}
	next := fmt.Sprintf("%s.%d.next", path, os.Getpid())
	defer os.Remove(next) //nolint:errcheck // it is moved, or of no use
	// Without -buildvcs=false the build fails where git refuses to look at a clone of another user.
	if _, err := say(ctx, dir, "build", "-buildvcs=false", "-o", next, "."); err != nil {
		return "", fmt.Errorf("cannot be built: %w", err)
	}
	if err := os.Rename(next, path); err != nil {
		return "", fmt.Errorf("is built, but the program cannot be put in its place: %w", err)
	}
	return path, nil
}

// say runs the go command in a folder, and its error has what the command said.
func say(ctx context.Context, dir string, args ...string) (string, error) {
	out, err := Run(ctx, Call{Dir: dir, Args: args})
	if _, failed := errors.AsType[*Error](err); failed {
		return "", fmt.Errorf("go %s says:\n%w", args[0], err)
	}
	return out, err
}

func binaryPath(dir, name string) (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("has no place for what is built: %w", err)
	}
	sum := sha256.Sum256([]byte(dir))
	const letters = 16
	folder := filepath.Join(cache, "airbyte-go-cdk", "built", hex.EncodeToString(sum[:])[:letters])
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return "", fmt.Errorf("has no place for what is built: %w", err)
	}
	if runtime.GOOS == "windows" {
		name += ".exe"
	}
	return filepath.Join(folder, name), nil
}
