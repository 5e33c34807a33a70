package image

import (
	"archive/tar"
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/stretchr/testify/require"
	_ "modernc.org/sqlite" // reads what the destination has written
)

// pod is the file system of an image, unpacked, with which programs can be started.
type pod struct {
	root   string
	config v1.Config
	spoken chan struct{} // closed, if it is not nil, at the first output of a container
}

// startable builds the image of a template for this machine and unpacks it.
func startable(t *testing.T, base, template string) *pod {
	t.Helper()
	mayStart(t)
	program, err := FindProgram(t.Context(), filepath.Join("..", "..", "templates", template))
	require.NoError(t, err)
	o := optionsFor(t, base, "linux/"+runtime.GOARCH)
	o.Program = program
	built, err := Build(t.Context(), o)
	require.NoError(t, err)
	require.Less(t, built.Parts[0].Added, int64(10<<20), "compressed bytes above the base")

	index, err := layout.ImageIndexFromPath(o.Layout)
	require.NoError(t, err)
	digest, err := v1.NewHash(built.Digest)
	require.NoError(t, err)
	img, err := index.Image(digest)
	require.NoError(t, err)
	config, err := img.ConfigFile()
	require.NoError(t, err)
	p := &pod{root: t.TempDir(), config: config.Config}
	p.unpack(t, img)
	return p
}

func (p *pod) unpack(t *testing.T, img v1.Image) {
	t.Helper()
	stream := mutate.Extract(img)
	defer stream.Close()
	archive := tar.NewReader(stream)
	for {
		header, err := archive.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		require.NoError(t, err)
		name := filepath.Join(p.root, header.Name)
		require.NoError(t, os.MkdirAll(filepath.Dir(name), 0o755))
		switch header.Typeflag {
		case tar.TypeDir:
			require.NoError(t, os.MkdirAll(name, 0o755))
		case tar.TypeSymlink:
			require.NoError(t, os.Symlink(header.Linkname, name))
			continue
		default:
			text, err := io.ReadAll(archive)
			require.NoError(t, err)
			require.NoError(t, os.WriteFile(name, text, 0o600))
		}
		p.giveTo(t, name, header.Uid, header.Gid)
		mode := os.FileMode(header.Mode).Perm()
		if header.Mode&0o1000 != 0 {
			mode |= os.ModeSticky
		}
		require.NoError(t, os.Chmod(name, mode))
	}
	// A shell opens this for what runs beside it. In a container it is a device.
	require.NoError(t, os.Mkdir(filepath.Join(p.root, "dev"), 0o755))
	p.write(t, "dev/null", "")
}

// giveTo is chown, where the test runs as root. Elsewhere the user of the test is that of the pod.
func (p *pod) giveTo(t *testing.T, name string, uid, gid int) {
	t.Helper()
	if os.Getuid() == 0 {
		require.NoError(t, os.Lchown(name, uid, gid))
	}
}

func (p *pod) write(t *testing.T, name, text string) {
	t.Helper()
	file := filepath.Join(p.root, name)
	require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
	p.giveTo(t, file, userID, userID)
}

// run runs one container in a working folder, with files that the platform would put there.
func (p *pod) run(
	t *testing.T, folder, verb string, given map[string]string, input io.Reader,
) outcome {
	t.Helper()
	for name, text := range given {
		p.write(t, filepath.Join(folder, name), text)
	}
	pipe := func(name string) string {
		name = filepath.Join(p.root, folder, name)
		_ = os.Remove(name)
		require.NoError(t, syscall.Mkfifo(name, 0o600))
		p.giveTo(t, name, userID, userID)
		return name
	}
	in := pipe("stdin")
	stdout, stderr := drain(t, pipe("stdout"), p.spoken), drain(t, pipe("stderr"), nil)
	feed(in, input)

	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	command := p.command(ctx, folder, fmt.Sprintf(script, verb))
	var said bytes.Buffer
	command.Stdout, command.Stderr = &said, &said
	err := command.Run()
	// A container that has not opened its input leaves nobody behind who waits for it.
	if file, err := os.OpenFile(in, os.O_RDONLY|syscall.O_NONBLOCK, 0); err == nil {
		_ = file.Close()
	}
	result := outcome{out: stdout(), errs: said.String() + stderr()}
	require.NoError(t, ctx.Err(), result.errs)
	code, readErr := os.ReadFile(filepath.Join(p.root, folder, "exitCode.txt"))
	require.NoError(t, readErr, "%v %s", err, result.errs)
	result.code = strings.TrimSpace(string(code))
	return result
}

// command starts the shell of the image as the user of the platform, with nothing around it but the
// image. Who is not root borrows the user and the right to it from a namespace.
func (p *pod) command(ctx context.Context, folder, text string) *exec.Cmd {
	command := exec.CommandContext(ctx, "/bin/sh", "-c", text)
	command.Dir, command.Env = folder, p.config.Env
	command.SysProcAttr = &syscall.SysProcAttr{
		Chroot: p.root, Setpgid: true,
		Credential: &syscall.Credential{Uid: userID, Gid: userID, NoSetGroups: os.Getuid() != 0},
	}
	if os.Getuid() != 0 {
		command.SysProcAttr.Cloneflags = syscall.CLONE_NEWUSER
		own := func(id int) []syscall.SysProcIDMap {
			return []syscall.SysProcIDMap{{ContainerID: userID, HostID: id, Size: 1}}
		}
		command.SysProcAttr.UidMappings = own(os.Getuid())
		command.SysProcAttr.GidMappings = own(os.Getgid())
	}
	command.Cancel = func() error { return syscall.Kill(-command.Process.Pid, syscall.SIGKILL) }
	command.WaitDelay = 5 * time.Second
	return command
}

// drain reads a pipe, and tells of the first bytes. What it returns is called when the container
// has ended, and returns all that was written. Until then a writer of our own keeps the pipe open,
// so that nothing depends on who opens it first.
func drain(t *testing.T, pipe string, spoken chan<- struct{}) func() string {
	t.Helper()
	reader, err := os.OpenFile(pipe, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	require.NoError(t, err)
	writer, err := os.OpenFile(pipe, os.O_WRONLY|syscall.O_NONBLOCK, 0)
	require.NoError(t, err)
	all := make(chan string, 1)
	go func() {
		defer reader.Close()
		var text bytes.Buffer
		if n, _ := io.CopyN(&text, reader, 1); n > 0 && spoken != nil {
			close(spoken)
		}
		_, _ = text.ReadFrom(reader) // what is missing is seen by whoever looks for it
		all <- text.String()
	}()
	return func() string {
		_ = writer.Close()
		return <-all
	}
}

// feed writes an input to a pipe; without one the input ends at once.
func feed(pipe string, input io.Reader) {
	go func() {
		file, err := os.OpenFile(pipe, os.O_WRONLY, 0)
		if err != nil {
			return
		}
		defer file.Close()
		if input != nil {
			_, _ = io.Copy(file, input) // a container that has gone is seen by its exit code
		}
	}()
}

// rows counts the rows of tables, which are what a sync with deduplication has left.
func (p *pod) rows(t *testing.T, file string, tables ...string) int {
	t.Helper()
	db, err := sql.Open("sqlite", filepath.Join(p.root, file))
	require.NoError(t, err)
	defer db.Close()
	total := 0
	for _, table := range tables {
		var n int
		row := db.QueryRowContext(t.Context(), "SELECT count(*) FROM "+table)
		require.NoError(t, row.Scan(&n))
		total += n
	}
	return total
}
