package image

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

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
