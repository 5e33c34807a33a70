package main

import (
	"bytes"
	"context"
	"debug/buildinfo"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
)

// machine names what everything ran on.
func machine() string {
	name := runtime.GOOS + "/" + runtime.GOARCH
	if info, err := os.ReadFile("/proc/cpuinfo"); err == nil {
		if model := cpuModel(info); model != "" {
			name = model + ", " + name
		}
	}
	return fmt.Sprintf("%d cores of %s", runtime.NumCPU(), name)
}

// cpuModel finds the line of Linux's cpuinfo that names the processor.
func cpuModel(info []byte) string {
	for line := range bytes.Lines(info) {
		name, value, _ := bytes.Cut(line, []byte(":"))
		if string(bytes.TrimSpace(name)) == "model name" {
			return string(bytes.TrimSpace(value))
		}
	}
	return ""
}

// versions name what was measured, as far as this machine knows it. They are asked for when all
// jobs have run, since PostgreSQL is started by the job that needs it.
func (l *lab) versions(ctx context.Context) []string {
	versions := []string{runtime.Version()}
	commit := l.says(ctx, "git", "describe", "--always", "--dirty", "--exclude=*")
	if commit != "" {
		versions = append(versions, "the kit at commit "+commit)
	}
	if l.python.missing == "" {
		versions = append(versions,
			pythonVersion, l.says(ctx, l.python.program[0], "--version"))
	}
	versions = append(versions, l.driver("destination-sqlite", "modernc.org/sqlite"))
	if l.cluster != nil {
		server := l.says(ctx, filepath.Join(l.cluster.bin, "postgres"), "--version")
		server = strings.TrimPrefix(server, "postgres (PostgreSQL) ")
		versions = append(versions,
			l.driver("destination-postgres", "github.com/jackc/pgx/v5"), "PostgreSQL "+server)
	}
	return slices.DeleteFunc(versions, func(v string) bool { return v == "" })
}

// says is what a program prints in the repository, or "" where it cannot be run.
func (l *lab) says(ctx context.Context, args ...string) string {
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	cmd.Dir = l.root
	out, err := cmd.Output()
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(out))
}

// driver is a module in one of the programs, with its version.
func (l *lab) driver(program, module string) string {
	info, err := buildinfo.ReadFile(l.program(program))
	if err != nil {
		return ""
	}
	for _, m := range info.Deps {
		if m.Path == module {
			return module + " " + m.Version
		}
	}
	return ""
}
