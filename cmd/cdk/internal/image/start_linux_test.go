package image

import (
	"archive/tar"
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	_ "modernc.org/sqlite" // reads what the destination has written
)

// A source and a destination, each in an image on a base of busybox alone, are started as the
// platform starts containers, and carry out every verb. The second sync goes on from the state.
func TestStartsAsThePlatformDoes(t *testing.T) {
	t.Parallel()
	base := busyboxBase(t)
	address := fakeAPI(t)
	source := startable(t, base, "rest")
	destination := startable(t, base, "sql")

	for _, p := range []*pod{source, destination} {
		run := p.run(t, "/config", "spec", nil, nil)
		assert.Equal(t, "0", run.code, run.errs)
		assert.Contains(t, run.out, `"connectionSpecification"`)
	}

	config := `{"api_key":"fake-key-1","start_date":"2025-09-01T00:00:00Z","base_url":"http://` +
		address + `/v1/"}`
	given := map[string]string{"connectionConfiguration.json": config}
	const atConfig = " --config /config/connectionConfiguration.json"
	assert.Contains(t, source.run(t, "/config", "check"+atConfig, given, nil).out, `"SUCCEEDED"`)
	discovered := source.run(t, "/config", "discover"+atConfig, given, nil)
	catalog := configured(t, discovered.out)

	given = map[string]string{"connectorConfig.json": config, "catalog.json": catalog}
	const read = "read --config /source/connectorConfig.json --catalog /source/catalog.json"
	first := source.run(t, "/source", read, given, nil)
	require.Equal(t, "0", first.code, first.errs)
	messages, records, state := forDestination(t, first.out)
	require.Positive(t, records)
	given["inputState.json"] = "[" + state + "]"
	second := source.run(t, "/source", read+" --state /source/inputState.json", given, nil)
	require.Equal(t, "0", second.code, second.out)
	_, again, _ := forDestination(t, second.out)
	assert.Less(t, again, records, "the second sync goes on from the state")

	given = map[string]string{
		"connectionConfiguration.json": `{"path":"/dest/local.db"}`,
		"connectorConfig.json":         `{"path":"/dest/local.db"}`, "catalog.json": catalog,
	}
	assert.Contains(t, destination.run(t, "/config", "check"+atConfig, given, nil).out, `"SUCCEEDED"`)
	write := destination.run(t, "/dest", writeVerb, given, strings.NewReader(messages))
	require.Equal(t, "0", write.code, write.out)
	assert.Contains(t, write.out, `"type":"STATE"`)
	assert.Equal(t, records, destination.rows(t, "dest/local.db", "customers", "invoices"))
}

const writeVerb = "write --config /dest/connectorConfig.json --catalog /dest/catalog.json"

// The platform stops a container by a file that its script looks for. The connector ends with its
// own exit code, and what it had by then is not lost.
func TestStopsAsThePlatformAsks(t *testing.T) {
	t.Parallel()
	p := startable(t, busyboxBase(t), "sql")
	testdata := filepath.Join("..", "..", "templates", "sql", "testdata")
	catalog, err := os.ReadFile(filepath.Join(testdata, "catalog.json"))
	require.NoError(t, err)
	messages, err := os.ReadFile(filepath.Join(testdata, "messages.jsonl"))
	require.NoError(t, err)
	// The input does not end, and once there is output the connector is at work.
	p.spoken = make(chan struct{})
	go func() {
		select {
		case <-p.spoken:
			assert.NoError(t, os.WriteFile(filepath.Join(p.root, "dest", "TERMINATED"), nil, 0o600))
		case <-t.Context().Done():
		}
	}()
	ended := make(chan struct{})
	defer close(ended)
	run := p.run(t, "/dest", writeVerb, map[string]string{
		"connectorConfig.json": `{"path":"/dest/local.db"}`, "catalog.json": string(catalog),
	}, io.MultiReader(bytes.NewReader(messages), endless{ended}))
	assert.Equal(t, "143", run.code, run.out)
	assert.Contains(t, run.out, `"type":"STATE"`)
	assert.Positive(t, p.rows(t, "dest/local.db", "customers", "visits"))
}

// endless is an input that says nothing until it is over.
type endless struct{ over <-chan struct{} }

func (e endless) Read([]byte) (int, error) {
	<-e.over
	return 0, io.EOF
}

// Without its variable a container of the platform ends as a shell without a command does.
func TestScriptNeedsTheEntrypoint(t *testing.T) {
	t.Parallel()
	p := startable(t, busyboxBase(t), "sql")
	p.config.Env = []string{"PATH=/bin"}
	assert.Equal(t, "127", p.run(t, "/config", "spec", nil, nil).code)
}

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

// outcome is how a container has ended.
type outcome struct{ out, errs, code string }

// script starts a connector between three named pipes, tells its exit code in a file, and ends it
// when a marker appears. So does that of the platform, which looks for the marker each ten seconds.
const script = `
if [ -z "$AIRBYTE_ENTRYPOINT" ]; then
	echo 127 > exitCode.txt
	exit 127
fi
eval "exec $AIRBYTE_ENTRYPOINT %s" < stdin > stdout 2> stderr &
child=$!
(
	while kill -0 $child; do
		if [ -f TERMINATED ]; then
			kill -TERM $child
			break
		fi
		sleep 1
	done
) 2> /dev/null &
watcher=$!
wait $child
code=$?
kill $watcher
echo $code > exitCode.partial
mv exitCode.partial exitCode.txt
touch ended
exit $code
`

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

// mayStart skips the test where neither root nor a namespace lets it change its root.
func mayStart(t *testing.T) {
	t.Helper()
	if os.Getuid() == 0 {
		return
	}
	p := &pod{root: "/"}
	err := p.command(t.Context(), "/", "exit").Run()
	if err != nil {
		err = fmt.Errorf("nothing can be started as in a container, without root and without user "+
			"namespaces: %w", err)
	}
	skipUnlessRequired(t, err)
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

// configured makes a catalog of all streams that were discovered, as a user would select them.
func configured(t *testing.T, out string) string {
	t.Helper()
	var streams []any
	for line := range strings.SplitSeq(out, "\n") {
		var m struct {
			Catalog struct {
				Streams []map[string]any `json:"streams"`
			} `json:"catalog"`
		}
		if json.Unmarshal([]byte(line), &m) != nil {
			continue
		}
		for _, stream := range m.Catalog.Streams {
			streams = append(streams, map[string]any{
				"stream": stream, "sync_mode": "incremental",
				"destination_sync_mode": "append_dedup",
				"primary_key":           stream["source_defined_primary_key"],
				"cursor_field":          stream["default_cursor_field"],
			})
		}
	}
	require.NotEmpty(t, streams, out)
	text, err := json.Marshal(map[string]any{"streams": streams})
	require.NoError(t, err)
	return string(text)
}

// forDestination returns the messages that the platform passes on, how many records are among them,
// and the last state of each stream.
func forDestination(t *testing.T, out string) (messages string, records int, state string) {
	t.Helper()
	var kept []string
	last := map[string]string{}
	for line := range strings.SplitSeq(strings.TrimSpace(out), "\n") {
		var m struct {
			Type  string          `json:"type"`
			State json.RawMessage `json:"state"`
		}
		require.NoError(t, json.Unmarshal([]byte(line), &m), line)
		switch m.Type {
		case "RECORD":
			records++
		case "STATE":
			var s struct {
				Stream struct {
					Descriptor struct {
						Name string `json:"name"`
					} `json:"stream_descriptor"`
				} `json:"stream"`
			}
			require.NoError(t, json.Unmarshal(m.State, &s))
			last[s.Stream.Descriptor.Name] = string(m.State)
		default:
			continue
		}
		kept = append(kept, line)
	}
	var states []string
	for _, text := range last {
		states = append(states, text)
	}
	return strings.Join(kept, "\n") + "\n", records, strings.Join(states, ",")
}

// fakeAPI runs the API of the template on a loopback port until the test ends.
func fakeAPI(t *testing.T) (address string) {
	t.Helper()
	binary := filepath.Join(t.TempDir(), "fakeapi")
	build := exec.CommandContext(t.Context(), "go", "build", "-o", binary,
		"../../templates/rest/cmd/fakeapi")
	said, err := build.CombinedOutput()
	require.NoError(t, err, string(said))
	server := exec.CommandContext(t.Context(), binary, "-address", "127.0.0.1:0")
	errs, err := server.StderrPipe()
	require.NoError(t, err)
	require.NoError(t, server.Start())
	t.Cleanup(func() {
		_ = server.Process.Kill()
		_ = server.Wait()
	})
	line := make([]byte, 200)
	n, err := errs.Read(line)
	require.NoError(t, err)
	found := regexp.MustCompile(`http://([0-9.:]+)/`).FindSubmatch(line[:n])
	require.NotNil(t, found, string(line[:n]))
	return string(found[1])
}
