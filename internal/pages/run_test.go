//go:build unix

package pages_test

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/airbyte-go/cdk/internal/pages"
)

// patience is for a machine that compiles everything for the first time.
const patience = 4 * time.Minute

// results is written by the command that it shows, which takes a quarter of an hour. Its own test
// runs that on tiny sizes.
const results = "docs/results/README.md"

// shownAddress is where the pages serve their fake APIs. The copies of the repository have another
// one each, so that they can be run beside whatever else listens here.
const shownAddress = "127.0.0.1:8080"

// Every page is typed by a newcomer: in a copy of the repository, without a network.
func TestCommandsOfPages(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("bash"); err != nil {
		t.Skip("there is no bash to type the commands of the pages into")
	}
	root, err := pages.Root()
	require.NoError(t, err)
	files, err := pages.Files(root)
	require.NoError(t, err)
	for _, name := range files {
		if !pages.IsPage(name) || name == results {
			continue
		}
		text, err := os.ReadFile(filepath.Join(root, name))
		require.NoError(t, err)
		if blocks := pages.Blocks(string(text)); hasCommands(blocks) {
			t.Run(name, func(t *testing.T) { // one after the other: they compile the same
				p := newcomer{t: t, page: name, dir: t.TempDir(), address: freeAddress(t)}
				p.copyTree(root, files)
				p.types(blocks)
			})
		}
	}
}

func hasCommands(blocks []pages.Block) bool {
	for _, b := range blocks {
		if b.Language == "sh" {
			return true
		}
	}
	return false
}

// newcomer is somebody who has a checkout in the folder cdk of an empty folder.
type newcomer struct {
	t         *testing.T
	page, dir string
	address   string // instead of shownAddress
}

func freeAddress(t *testing.T) string {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer func() { require.NoError(t, listener.Close()) }()
	return listener.Addr().String()
}

func (n newcomer) copyTree(root string, files []string) {
	n.t.Helper()
	for _, name := range files {
		from, to := filepath.Join(root, name), filepath.Join(n.dir, "cdk", name)
		info, err := os.Stat(from)
		require.NoError(n.t, err)
		text, err := os.ReadFile(from)
		require.NoError(n.t, err)
		require.NoError(n.t, os.MkdirAll(filepath.Dir(to), 0o700))
		moved := strings.ReplaceAll(string(text), shownAddress, n.address)
		require.NoError(n.t, os.WriteFile(to, []byte(moved), info.Mode().Perm()))
	}
}

// types runs the commands of a page and compares what they print.
func (n newcomer) types(blocks []pages.Block) {
	n.t.Helper()
	out := filepath.Join(n.dir, "out")
	require.NoError(n.t, os.Mkdir(out, 0o700))
	script := strings.ReplaceAll(pages.Script(blocks, out), shownAddress, n.address)
	if err := n.run(script); err != nil {
		at, readErr := os.ReadFile(filepath.Join(out, "at"))
		require.NoError(n.t, readErr)
		number, atoiErr := strconv.Atoi(strings.TrimSpace(string(at)))
		require.NoError(n.t, atoiErr)
		n.t.Fatalf("%s:%d: %v:\n%s", n.page, blocks[number].Line, err, n.printed(out, number))
	}
	for i, b := range blocks {
		if b.Language != "output" {
			continue
		}
		printed := n.printed(out, i-1)
		assert.True(n.t, b.Matches(printed), "%s:%d: it printed\n%s", n.page, b.Line, printed)
	}
}

func (n newcomer) printed(out string, number int) string {
	n.t.Helper()
	text, err := os.ReadFile(filepath.Join(out, fmt.Sprintf("%d.out", number)))
	require.NoError(n.t, err)
	return strings.ReplaceAll(string(text), n.address, shownAddress)
}

// run gives the script a process group of its own, so that what it leaves in the background ends
// with it.
func (n newcomer) run(script string) error {
	n.t.Helper()
	ctx, cancel := context.WithTimeout(n.t.Context(), patience)
	defer cancel()
	bash := exec.CommandContext(ctx, "bash", "-c", script)
	bash.Dir = filepath.Join(n.dir, "cdk")
	bin := filepath.Join(bash.Dir, "bin") // in the copy, where git and the copy's tests ignore it
	bash.Env = append(os.Environ(), "PWD="+bash.Dir, "GOBIN="+bin, "GOWORK=", "GOPROXY=off",
		"PATH="+bin+string(os.PathListSeparator)+os.Getenv("PATH"),
		"GOFLAGS="+n.flags())
	bash.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	bash.Cancel = func() error { return syscall.Kill(-bash.Process.Pid, syscall.SIGKILL) }
	require.NoError(n.t, bash.Start())
	defer func() { _ = syscall.Kill(-bash.Process.Pid, syscall.SIGKILL) }()
	return bash.Wait()
}

// flags let all copies share what has been compiled. Only the quickstart must know where it was
// built from, because it builds the connectors that lie there.
func (n newcomer) flags() string {
	if n.page == "README.md" {
		return "-buildvcs=false"
	}
	return "-buildvcs=false -trimpath"
}

// A page that is wrong is found out.
func TestPagesThatAreWrong(t *testing.T) {
	t.Parallel()
	for name, page := range map[string]string{
		"a command fails":         fenced("sh", "false", "true"),
		"a command does not fail": fenced("sh fails", "true"),
		"a pipe fails":            fenced("sh", "false | cat"),
		"a variable is missing":   fenced("sh", "echo $THERE_IS_NONE"),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			n := newcomer{t: t, dir: t.TempDir()}
			require.NoError(t, os.Mkdir(filepath.Join(n.dir, "cdk"), 0o700))
			assert.Error(t, n.run(pages.Script(pages.Blocks(page), n.dir)))
		})
	}
}

// Blocks share a shell, and files are there before the commands behind them.
func TestPagesThatAreRight(t *testing.T) {
	t.Parallel()
	page := fenced("sh", "mkdir new", "cd new") + fenced("json a/config.json", `{"b": "$c"}`) +
		fenced("sh", "cat a/config.json", "sleep 1000 &") + fenced("output", `{"b": "$c"}`) +
		fenced("sh fails", "cat b") + fenced("output", "cat: b: ...")
	n := newcomer{t: t, page: "a page", dir: t.TempDir(), address: "nowhere"}
	require.NoError(t, os.Mkdir(filepath.Join(n.dir, "cdk"), 0o700))
	n.types(pages.Blocks(page))
}
