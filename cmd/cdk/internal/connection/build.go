package connection

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"

	"github.com/airbyte-go/cdk/cmd/cdk/internal/gocommand"
	"github.com/airbyte-go/cdk/internal/platform"
	"github.com/airbyte-go/cdk/internal/process"
)

// build builds the Go program in the side's folder and makes it the one to start. The binary stands
// in the user's cache, one for each folder.
func (s *side) build(ctx context.Context) error {
	name, err := s.run(ctx, "list", "-f", "{{.Name}}", ".")
	if errors.Is(err, gocommand.ErrMissing) {
		return s.errorf("--%s %s cannot be built: %w; install Go, or give a command "+
			"line", s.origin, s.given, err)
	}
	if err != nil {
		return s.errorf("--%s %s holds no Go program, so give a command line if it is one in "+
			"another language: %w", s.origin, s.given, err)
	}
	if name != "main" {
		return s.errorf("--%s %s holds package %s, and no program; name the folder of a package "+
			"main, or a command line", s.origin, s.given, name)
	}
	path, err := binaryPath(s.dir, s.name)
	if err != nil {
		return err
	}
	next := fmt.Sprintf("%s.%d.next", path, os.Getpid())
	defer os.Remove(next) //nolint:errcheck // it is moved, or of no use
	// Without -buildvcs=false the build fails where git refuses to look at a clone of another user.
	if _, err := s.run(ctx, "build", "-buildvcs=false", "-o", next, "."); err != nil {
		return s.errorf("--%s %s cannot be built: %w", s.origin, s.given, err)
	}
	if err := os.Rename(next, path); err != nil {
		return fmt.Errorf("what was built cannot be put in its place: %w", err)
	}
	s.line = platform.Process(process.Quote(path))
	return nil
}

// run runs the go command in the folder.
func (s *side) run(ctx context.Context, args ...string) (string, error) {
	out, err := gocommand.Run(ctx, gocommand.Call{Dir: s.dir, Args: args})
	if _, failed := errors.AsType[*gocommand.Error](err); failed {
		return "", fmt.Errorf("go %s says:\n%w", args[0], err)
	}
	return out, err
}

func binaryPath(dir, name string) (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("there is no folder for what is built: %w", err)
	}
	sum := sha256.Sum256([]byte(dir))
	const letters = 16
	folder := filepath.Join(cache, "airbyte-go-cdk", "sync", hex.EncodeToString(sum[:])[:letters])
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return "", fmt.Errorf("there is no folder for what is built: %w", err)
	}
	if runtime.GOOS == "windows" {
		name += ".exe"
	}
	return filepath.Join(folder, name), nil
}
