package main

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/airbyte-go/cdk/internal/bench/rows"
)

//go:embed python/source.py
var pythonSource []byte

// pythonVersion is the Python kit that is measured.
const pythonVersion = "airbyte-cdk==7.39.1"

// pythonKit is Airbyte's kit in a virtual environment.
type pythonKit struct {
	missing string   // why there is none; "" where there is one
	program []string // the interpreter and the source
	setup   usage    // of a process that does nothing but start
}

// openPython makes the environment, once for all runs of the command: in the user's cache.
func (l *lab) openPython(ctx context.Context) error {
	interpreter, lookErr := exec.LookPath("python3")
	if lookErr != nil {
		l.python.missing = "there is no python3 on this machine"
		return nil //nolint:nilerr // the Python kit is left out
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return err
	}
	dir := filepath.Join(cache, "airbyte-go-cdk", strings.ReplaceAll(pythonVersion, "==", "-"))
	own := filepath.Join(dir, "bin", "python")
	if runtime.GOOS == "windows" {
		own = filepath.Join(dir, "Scripts", "python.exe")
	}
	if exec.CommandContext(ctx, own, "-c", "import airbyte_cdk").Run() != nil {
		l.log.Info("installing the Python kit", "version", pythonVersion, "folder", dir)
		for _, args := range [][]string{
			{interpreter, "-m", "venv", dir},
			{own, "-m", "pip", "install", "--quiet", pythonVersion},
		} {
			out, err := exec.CommandContext(ctx, args[0], args[1:]...).CombinedOutput()
			if err != nil {
				l.python.missing = fmt.Sprintf("%s could not be installed: %v", pythonVersion, err)
				l.log.Warn(l.python.missing, "output", string(out))
				return nil
			}
		}
	}
	source := filepath.Join(l.dir, "source.py")
	if err := os.WriteFile(source, pythonSource, 0o600); err != nil {
		return err
	}
	l.python.program = []string{own, source}
	l.python.setup, err = l.startOf(ctx, append(l.python.program, "spec"))
	return err
}

// pythonRecords are enough of the API for the Python kit: four seconds of CPU time and more, so
// that what it takes to start, which is taken off, does not decide.
func pythonRecords(s rows.Shape) int {
	return map[string]int{"small": 200_000, "wide": 120_000, "texts": 16_000}[s.Name]
}

// pythonSynthetic is the same of records that are there already.
func pythonSynthetic(s rows.Shape) int {
	return map[string]int{"small": 600_000, "wide": 500_000, "texts": 110_000}[s.Name]
}

// pythonRounds bound how long all of it takes.
const pythonRounds = 3

// pythonRead is a way of the Python kit, or none where it is missing. What it takes to start is
// taken off, and rates are compared: it reads fewer records than the others.
func (l *lab) pythonRead(cfg rows.Config, records int, mode, stream string) ([]way, error) {
	if l.python.missing != "" {
		return nil, nil
	}
	config, err := l.pythonConfig(cfg, stream)
	if err != nil {
		return nil, err
	}
	file, err := l.file(config)
	if err != nil {
		return nil, err
	}
	catalog, err := l.catalog(cfg, mode, "append", stream)
	args := append(slices.Clone(l.python.program), "read", "--config", file, "--catalog", catalog)
	return []way{{
		name: python, records: int64(records), setup: l.python.setup, countsOutput: true,
		rounds:  pythonRounds,
		command: func(int) (command, error) { return command{args: args}, nil },
	}}, err
}

// pythonConfig is the config in the words of source.py.
func (*lab) pythonConfig(cfg rows.Config, stream string) (map[string]any, error) {
	config := map[string]any{
		"shape": cfg.Shape, "url": cfg.URL, "pages": cfg.Pages, "count": cfg.Count,
		"start": rows.Start().Format(time.RFC3339), "end": cfg.End().Format(time.RFC3339),
	}
	if stream == "synthetic" {
		shape, err := rows.ShapeOf(cfg.Shape)
		if err != nil {
			return nil, err
		}
		config["record"] = json.RawMessage(rows.NewClock(shape).Record)
	}
	return config, nil
}
