package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
)

// cluster is a PostgreSQL server of the lab's own.
type cluster struct {
	dir, bin string
	port     int
}

const clusterUser = "postgres"

// startCluster starts a server on a free port with default settings. missing says why there is
// none on this machine.
func startCluster(ctx context.Context) (c *cluster, missing string, err error) {
	bin, ok := postgresBinaries()
	if !ok {
		return nil, "initdb is neither on PATH nor in /usr/lib/postgresql/*/bin", nil
	}
	dir, err := os.MkdirTemp("", "benchpg")
	if err != nil {
		return nil, "", err
	}
	c = &cluster{dir: dir, bin: bin}
	if err := c.start(ctx); err != nil {
		return nil, "", errors.Join(err, os.RemoveAll(dir))
	}
	return c, "", nil
}

func postgresBinaries() (dir string, ok bool) {
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin")
	if path, lookErr := exec.LookPath("initdb"); lookErr == nil {
		if target, linkErr := filepath.EvalSymlinks(path); linkErr == nil {
			found = append(found, filepath.Dir(target))
		}
	}
	for _, dir := range slices.Backward(found) {
		if _, statErr := os.Stat(filepath.Join(dir, "pg_ctl")); statErr == nil {
			return dir, err == nil
		}
	}
	return "", false
}

func (c *cluster) start(ctx context.Context) error {
	if err := giveToServer(c.dir); err != nil {
		return err
	}
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	_, port, err := net.SplitHostPort(l.Addr().String())
	if err := errors.Join(err, l.Close()); err != nil {
		return err
	}
	if c.port, err = strconv.Atoi(port); err != nil {
		return err
	}
	data := filepath.Join(c.dir, "data")
	err = c.call(ctx, "initdb", "--pgdata", data, "--username", clusterUser, "--auth", "trust",
		"--encoding", "UTF8", "--locale", "C", "--no-instructions")
	if err != nil {
		return err
	}
	return c.call(ctx, "pg_ctl", "start", "--wait", "--pgdata", data,
		"--log", filepath.Join(c.dir, "log"),
		"--options", fmt.Sprintf("-p %d -h 127.0.0.1 -k %s", c.port, c.dir))
}

// call runs one of PostgreSQL's programs. What the server inherits must not be a pipe, for that
// would be waited for, so their words go to a file.
func (c *cluster) call(ctx context.Context, program string, args ...string) error {
	words, err := os.Create(filepath.Join(c.dir, program+".txt"))
	if err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, filepath.Join(c.bin, program), args...)
	cmd.Stdout, cmd.Stderr, cmd.Dir = words, words, c.dir
	asServer(cmd)
	err = errors.Join(cmd.Run(), words.Close())
	if err != nil {
		said, _ := os.ReadFile(words.Name())
		return fmt.Errorf("%s: %w\n%s", program, err, said)
	}
	return nil
}

// stop ends the server, also after the command was interrupted.
func (c *cluster) stop() error {
	err := c.call(context.Background(), "pg_ctl", "stop", "--wait", "--mode", "fast",
		"--pgdata", filepath.Join(c.dir, "data"))
	return errors.Join(err, os.RemoveAll(c.dir))
}

// url is how the bare loop connects.
func (c *cluster) url() string {
	return fmt.Sprintf("postgres://%s@127.0.0.1:%d/postgres?sslmode=disable", clusterUser, c.port)
}
