package scaffold

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/airbyte-go/cdk/cmd/cdk/internal/gocommand"
)

// tidyTimeout bounds one attempt: without a network the go command may wait for long.
const tidyTimeout = time.Minute

// Tidy has the go command bring go.mod and go.sum in order. First it uses only what is in the
// module cache, which takes no network; then it may ask for more.
func Tidy(ctx context.Context, dir string) error {
	err := tidy(ctx, dir, "GOPROXY=off")
	switch {
	case err == nil:
		return nil
	case errors.Is(err, gocommand.ErrMissing):
		return fmt.Errorf("%w; install Go %s or later", err, goVersion)
	}
	return tidy(ctx, dir)
}

func tidy(outer context.Context, dir string, env ...string) error {
	ctx, cancel := context.WithTimeout(outer, tidyTimeout)
	defer cancel()
	// A workspace above the folder has no say in what the module needs.
	_, err := gocommand.Run(ctx, gocommand.Call{
		Dir: dir, Args: []string{"mod", "tidy"}, Env: append(env, "GOWORK=off"),
	})
	switch {
	case outer.Err() != nil:
		return errors.New("go mod tidy was interrupted")
	case ctx.Err() != nil:
		return fmt.Errorf("go mod tidy did not end within %v, as without a network", tidyTimeout)
	case err == nil || errors.Is(err, gocommand.ErrMissing):
		return err
	}
	return fmt.Errorf("go mod tidy says: %s", lastLine(err.Error()))
}

// lastLine is what a failed command said last.
func lastLine(said string) string {
	lines := strings.Split(said, "\n")
	return strings.TrimSpace(lines[len(lines)-1])
}
