package connection

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/airbyte-go/cdk/internal/platform"
	"github.com/airbyte-go/cdk/internal/process"
)

// build builds the Go program in the side's folder and makes it the one to start. The binary stands
// in the user's cache, one for each folder.
func (s *side) build(ctx context.Context) error {
	name, err := s.run(ctx, "list", "-f", "{{.Name}}", ".")
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
	// Without -buildvcs=false the build fails where git refuses to look at a clone of another user.
	if _, err := s.run(ctx, "build", "-buildvcs=false", "-o", next, "."); err != nil {
		return s.errorf("--%s %s cannot be built: %w", s.origin, s.given, err)
	}
	if err := os.Rename(next, path); err != nil {
		return err
	}
	s.line = platform.Process(process.Quote(path))
	return nil
}

// run runs the go command in the folder.
func (s *side) run(ctx context.Context, args ...string) (string, error) {
	var said bytes.Buffer
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Dir, cmd.Stderr = s.dir, &said
	out, err := cmd.Output()
	text := strings.TrimSpace(string(out))
	switch {
	case err == nil:
		return text, nil
	case ctx.Err() != nil:
		return "", context.Cause(ctx)
	case errors.Is(err, exec.ErrNotFound):
		return "", errors.New("there is no go command in the PATH")
	}
	if words := strings.TrimSpace(said.String()); words != "" {
		return "", fmt.Errorf("go %s says:\n%s", args[0], words)
	}
	return "", fmt.Errorf("go %s failed: %w", args[0], err)
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
