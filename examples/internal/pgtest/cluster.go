// Package pgtest starts a PostgreSQL server of a test's own.
//
// It runs the binaries on PATH or those of a Debian package, on a free port of the loopback
// interface, with its data in a temporary folder. Where there are none the test is skipped, unless
// the variable TEST_POSTGRES_REQUIRED is set: a machine that is meant to test must not skip.
package pgtest

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver that waits for the server
)

const (
	// User is the superuser of every cluster, who needs no password.
	User = "postgres"

	startTimeout = 60 * time.Second
	stopTimeout  = 30 * time.Second
)

// Cluster is a running server. Its methods are not safe for concurrent use.
type Cluster struct {
	Port int // on 127.0.0.1

	bin    string // folder of the binaries
	dir    string // what the server owns
	config []string
	server *exec.Cmd
	log    *logTail
	done   chan struct{} // closed when the server has ended
}

// Start makes a cluster and stops it when the test ends. Settings are lines of postgresql.conf,
// such as "fsync=off".
func Start(tb testing.TB, settings ...string) *Cluster {
	tb.Helper()
	bin, err := binaries()
	if err != nil {
		if os.Getenv("TEST_POSTGRES_REQUIRED") != "" {
			tb.Fatal(err)
		}
		tb.Skip(err)
	}
	c := &Cluster{bin: bin, config: settings}
	if err := c.init(); err != nil {
		tb.Fatal(errors.Join(err, c.remove()))
	}
	tb.Cleanup(func() {
		if err := errors.Join(c.stop(), c.remove()); err != nil {
			tb.Error(err)
		}
	})
	if err := c.Run(); err != nil {
		tb.Fatal(err)
	}
	return c
}

// binaries finds the folder that holds initdb and postgres.
func binaries() (string, error) {
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin")
	if path, lookErr := exec.LookPath("initdb"); lookErr == nil {
		if target, linkErr := filepath.EvalSymlinks(path); linkErr == nil {
			path = target // what stands beside a link need not stand beside its target
		}
		found = append(found, filepath.Dir(path))
	}
	for _, dir := range slices.Backward(found) {
		_, initdb := os.Stat(filepath.Join(dir, "initdb"))
		_, postgres := os.Stat(filepath.Join(dir, "postgres"))
		if initdb == nil && postgres == nil {
			return dir, err
		}
	}
	return "", errors.New("needs PostgreSQL: initdb and postgres are neither on PATH " +
		"nor in /usr/lib/postgresql/*/bin")
}

// init makes the data folder, which belongs to the user the server runs as.
func (c *Cluster) init() error {
	dir, err := os.MkdirTemp("", "pgtest")
	if err != nil {
		return err
	}
	c.dir = dir
	if err := giveAway(dir); err != nil {
		return err
	}
	initdb := exec.Command(filepath.Join(c.bin, "initdb"), "--pgdata", c.data(), "--username", User,
		"--auth", "trust", "--encoding", "UTF8", "--locale", "C", "--no-sync", "--no-instructions")
	asOther(initdb, dir)
	if out, err := initdb.CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w\n%s", err, out)
	}
	c.Port, err = freePort()
	return err
}

func (c *Cluster) data() string { return filepath.Join(c.dir, "data") }

func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer l.Close()
	addr, ok := l.Addr().(*net.TCPAddr)
	if !ok {
		return 0, fmt.Errorf("a TCP listener has the address %v", l.Addr())
	}
	return addr.Port, nil
}

// Run starts the server again after Kill, and returns when it answers. The sessions of the server
// that was killed end a moment after it, and until then a new one refuses to start.
func (c *Cluster) Run() error {
	deadline := time.Now().Add(startTimeout)
	for {
		err := c.start()
		if !errors.Is(err, errEnded) || time.Now().After(deadline) {
			return err
		}
	}
}

var errEnded = errors.New("postgres ended at its start")

func (c *Cluster) start() error {
	args := []string{"-D", c.data(), "-p", strconv.Itoa(c.Port), "-h", "127.0.0.1", "-k", c.dir}
	for _, setting := range c.config {
		args = append(args, "-c", setting)
	}
	c.log = &logTail{}
	c.done = make(chan struct{})
	c.server = exec.Command(filepath.Join(c.bin, "postgres"), args...)
	c.server.Stdout, c.server.Stderr = c.log, c.log
	asOther(c.server, c.dir)
	if err := c.server.Start(); err != nil {
		return fmt.Errorf("starting postgres: %w", err)
	}
	go func(server *exec.Cmd, done chan struct{}) {
		_ = server.Wait() // a server that was killed has no better answer
		close(done)
	}(c.server, c.done)
	return c.await()
}

// await asks the server until it answers.
func (c *Cluster) await() error {
	ctx, cancel := context.WithTimeout(context.Background(), startTimeout)
	defer cancel()
	db, err := sql.Open("pgx", c.URL(User, "", "postgres"))
	if err != nil {
		return err
	}
	defer db.Close()
	ticker := time.NewTicker(20 * time.Millisecond)
	defer ticker.Stop()
	for {
		if err = db.PingContext(ctx); err == nil {
			return nil
		}
		select {
		case <-c.done:
			return fmt.Errorf("%w:\n%s", errEnded, c.log)
		case <-ctx.Done():
			return fmt.Errorf("postgres does not answer: %w\n%s", err, c.log)
		case <-ticker.C:
		}
	}
}

// URL is how to connect, as pgx wants it.
func (c *Cluster) URL(user, password, database string) string {
	return fmt.Sprintf("postgres://%s:%s@127.0.0.1:%d/%s?sslmode=disable",
		user, password, c.Port, database)
}

// Open returns a pool on a database, closed when the test ends.
func (c *Cluster) Open(tb testing.TB, database string) *sql.DB {
	tb.Helper()
	db, err := sql.Open("pgx", c.URL(User, "", database))
	if err != nil {
		tb.Fatal(err)
	}
	db.SetMaxIdleConns(0) // a connection that outlived a Kill would fail later
	tb.Cleanup(func() { _ = db.Close() })
	return db
}

// Kill ends the server and its sessions at once, as a crash does. Run starts it again.
func (c *Cluster) Kill() error {
	err := c.signalAll()
	<-c.done
	return err
}

// stop ends the server: an interrupt ends its sessions first.
func (c *Cluster) stop() error {
	if c.server == nil || c.server.Process == nil {
		return nil
	}
	err := c.server.Process.Signal(os.Interrupt)
	if err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("stopping postgres: %w", err)
	}
	select {
	case <-c.done:
		return nil
	case <-time.After(stopTimeout):
		_ = c.Kill()
		return fmt.Errorf("postgres did not stop:\n%s", c.log)
	}
}

func (c *Cluster) remove() error { return os.RemoveAll(c.dir) }

// logTail keeps the end of what the server says.
type logTail struct {
	mu   sync.Mutex
	text bytes.Buffer
}

var _ io.Writer = (*logTail)(nil)

func (l *logTail) Write(p []byte) (int, error) {
	const enough = 64 << 10
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.text.Len() > enough {
		l.text.Reset()
	}
	return l.text.Write(p)
}

func (l *logTail) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}
