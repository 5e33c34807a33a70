//go:build unix

package main

import (
	"bytes"
	"database/sql"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/airbyte-go/cdk/internal/platform"
	"github.com/airbyte-go/cdk/internal/process"
	"github.com/airbyte-go/cdk/protocol"
)

// self is the command line of the test binary in a part.
func self(t *testing.T, part string) string {
	t.Helper()
	path, err := os.Executable()
	require.NoError(t, err)
	return process.Quote(path) + " " + part
}

// place is a folder in which a source is synced.
type place struct {
	t   *testing.T
	dir string
}

func newPlace(t *testing.T, config string) place {
	t.Helper()
	p := place{t, t.TempDir()}
	p.write("config.json", config)
	return p
}

func (p place) path(name string) string { return filepath.Join(p.dir, name) }

func (p place) write(name, text string) string {
	p.t.Helper()
	require.NoError(p.t, os.WriteFile(p.path(name), []byte(text), 0o600))
	return p.path(name)
}

func (p place) read(name string) string {
	p.t.Helper()
	text, err := os.ReadFile(p.path(name))
	require.NoError(p.t, err)
	return string(text)
}

// flags are those of a sync of the played source into a SQLite file, and more; the last of several
// counts.
func (p place) flags(more ...string) []string {
	p.t.Helper()
	return append([]string{
		"sync", "--source", self(p.t, asSource), "--source-config", p.path("config.json"),
		"--destination", "sqlite:" + p.path("out.db"), "--state", p.path("state.json"),
	}, more...)
}

// outcome is what a sync has left behind.
type outcome struct {
	code      int
	out, errs string
}

// sync runs `cdk sync` in this process, with real connectors.
func (p place) sync(more ...string) outcome {
	p.t.Helper()
	var out, errs bytes.Buffer
	code := run(p.flags(more...), &out, &errs)
	return outcome{code, out.String(), errs.String()}
}

// report is the report of a sync.
func (p place) report(more ...string) (outcome, *platform.Report) {
	p.t.Helper()
	o := p.sync(append([]string{"--report", p.path("report.json")}, more...)...)
	r := new(platform.Report)
	require.NoError(p.t, json.Unmarshal([]byte(p.read("report.json")), r), o.errs)
	return o, r
}

// rows counts the rows of a table and its different ids.
func (p place) rows(table string) (rows, different int) {
	p.t.Helper()
	db, err := sql.Open("sqlite", "file:"+p.path("out.db"))
	require.NoError(p.t, err)
	defer db.Close()
	err = db.QueryRowContext(p.t.Context(), "SELECT count(*), count(DISTINCT id) FROM "+table).
		Scan(&rows, &different)
	require.NoError(p.t, err)
	return rows, different
}

func TestSyncGoesOnFromItsState(t *testing.T) {
	t.Parallel()
	p := newPlace(t, `{"count":500}`)
	o, r := p.report("--metrics", p.path("m.prom"))
	require.Zero(t, o.code, o.errs)
	assert.Contains(t, o.out, "Succeeded in ")
	assert.Contains(t, o.out, "501 records read, 501 committed")
	assert.Contains(t, o.out, "State: "+p.path("state.json"))
	assert.Contains(t, o.errs, "stream numbers: done, 500 records\n")
	assert.Equal(t, platform.Succeeded, r.Outcome)
	assert.True(t, r.Streams[0].Complete)
	assert.Empty(t, r.Findings)
	assert.Contains(t, p.read("m.prom"), `stream_records{connection="`)
	assert.Contains(t, p.read("state.json"), `{"id":500}`)
	assert.NoFileExists(t, p.path("state.json.lock"))

	p.write("config.json", `{"count":700}`)
	_, r = p.report()
	assert.EqualValues(t, 200, r.Streams[0].Records)
	assert.EqualValues(t, 2, r.SyncID)
	rows, different := p.rows("numbers")
	assert.Equal(t, []int{700, 700}, []int{rows, different})
	rows, _ = p.rows("plain")
	assert.Equal(t, 1, rows, "a full refresh replaces")

	// Without its tables the state would hide what is to be read again.
	require.NoError(t, os.Remove(p.path("out.db")))
	o, r = p.report()
	require.Zero(t, o.code, o.errs)
	assert.Contains(t, o.errs, "out.db is gone, so its state is forgotten: the sync starts over")
	assert.EqualValues(t, 700, r.Streams[0].Records)
}

func TestSyncModes(t *testing.T) {
	t.Parallel()
	for mode, want := range map[string]int{
		"full-refresh-append": 20, "full-refresh-overwrite": 10, "incremental-append": 10,
		"incremental-dedup": 10, "full-refresh-overwrite-dedup": 10,
	} {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			p := newPlace(t, `{}`)
			more := []string{"--mode", mode, "--streams", "numbers"}
			if strings.HasSuffix(mode, "overwrite-dedup") {
				more = append(more, "--supports-refreshes")
			}
			for range 2 {
				o := p.sync(more...)
				require.Zero(t, o.code, o.errs)
			}
			rows, _ := p.rows("numbers")
			assert.Equal(t, want, rows)
		})
	}
}

// A catalog that discover has written is configured; a configured one is taken as it is.
func TestSyncCatalogs(t *testing.T) {
	t.Parallel()
	p := newPlace(t, `{}`)
	const stream = `{"name":"numbers","json_schema":{"type":"object","properties":` +
		`{"id":{"type":"integer"}}},"supported_sync_modes":["full_refresh","incremental"]}`
	p.write("found.json", `{"type":"CATALOG","catalog":{"streams":[`+stream+`]}}`)
	o, r := p.report("--catalog", p.path("found.json"))
	require.Zero(t, o.code, o.errs)
	assert.EqualValues(t, 10, r.Streams[0].Records)
	assert.Len(t, r.Streams, 1)
	assert.Contains(t, p.read("state.json"), "__ab_no_cursor", "it has no cursor of its own")

	p.write("ready.json", `{"streams":[{"stream":`+stream+`,"sync_mode":"full_refresh",`+
		`"destination_sync_mode":"append"}]}`)
	o = p.sync("--catalog", p.path("ready.json"))
	require.Zero(t, o.code, o.errs)
	rows, _ := p.rows("numbers")
	assert.Equal(t, 20, rows)

	o = p.sync("--catalog", p.path("ready.json"), "--mode", "full-refresh-append")
	assert.Equal(t, 1, o.code)
	assert.Contains(t, o.errs, "which has the modes; leave --mode out")
}

func TestSyncBuildsAFolder(t *testing.T) {
	t.Parallel()
	p := newPlace(t, `{"path":"`+t.TempDir()+`/journal.jsonl"}`)
	template, err := filepath.Abs("templates/custom")
	require.NoError(t, err)
	o := p.sync("--source", template, "--source-config", filepath.Join(template, "config.json"))
	assert.Contains(t, o.errs, "building custom\n")
	assert.Contains(t, o.errs, "spec of both connectors\n")

	p.write("go.mod", "module example.com/broken\n")
	p.write("main.go", "package main\n\nfunc main() { undefined() }\n")
	o = p.sync("--source", p.dir)
	assert.Equal(t, 1, o.code)
	assert.Contains(t, o.errs, "main.go:3:15: undefined: undefined")
	p.write("main.go", "package lib\n")
	o = p.sync("--source", p.dir)
	assert.Contains(t, o.errs, "holds package lib, and no program")
	o = p.sync("--source", t.TempDir())
	assert.Contains(t, o.errs, "holds no Go program, so give a command line")
}

func TestSyncJSON(t *testing.T) {
	t.Parallel()
	p := newPlace(t, `{"count":30,"pause_ms":50}`)
	o := p.sync("--json")
	require.Zero(t, o.code, o.errs)
	assert.Empty(t, o.errs)
	types := map[string]int{}
	var last jsonLine
	for line := range strings.Lines(o.out) {
		last = jsonLine{}
		require.NoError(t, json.Unmarshal([]byte(line), &last))
		types[last.Type]++
	}
	assert.Positive(t, types["log"])
	assert.Positive(t, types["progress"])
	assert.Equal(t, 1, types["report"])
	require.NotNil(t, last.Report)
	assert.Equal(t, platform.Succeeded, last.Report.Outcome)
	assert.EqualValues(t, 31, last.Report.Totals().Committed)
}

// What failed is in the report and in the metrics, whether the sync came to begin or not.
func TestSyncFails(t *testing.T) {
	t.Parallel()
	p := newPlace(t, `{"count":100,"fail_at":60}`)
	o, r := p.report("--metrics", p.path("m.prom"), "--streams", "numbers")
	assert.Equal(t, 1, o.code)
	assert.Contains(t, o.out, "Failed in ")
	assert.Contains(t, o.out, "source, stream numbers, transient_error: The API is gone.\n")
	assert.Equal(t, platform.Failed, r.Outcome)
	assert.Contains(t, p.read("m.prom"), `outcome="failed"} 1`)
	assert.EqualValues(t, 59, r.Streams[0].Committed)

	p.write("config.json", `{"refuse":"The key is wrong."}`)
	o, r = p.report("--metrics", p.path("m.prom"))
	assert.Equal(t, 1, o.code)
	assert.Empty(t, o.out)
	assert.Contains(t, o.errs, "cdk sync: the source refuses its config ("+p.path("config.json")+
		"): The key is wrong.\n")
	require.Len(t, r.Attempts, 1)
	assert.Equal(t, protocol.ConfigError, r.Attempts[0].Failures[0].Type)
	assert.Equal(t, platform.Source, r.Attempts[0].Failures[0].Origin)
	assert.Contains(t, p.read("m.prom"), "cdk_sync_failures{connection=")

	p.write("config.json", `{"count":100,"fail_at":60}`)
	_, r = p.report("--streams", "numbers", "--json")
	assert.EqualValues(t, 1, r.Streams[0].Records, "it goes on at 59")
}

// A config that the connector changes is in its file afterwards, whose mode stays.
func TestSyncKeepsAChangedConfig(t *testing.T) {
	t.Parallel()
	p := newPlace(t, `{"token":"old"}`)
	require.NoError(t, os.Chmod(p.path("config.json"), 0o640))
	p.write("source.sh", `control() {
  printf '{"type":"CONTROL","control":{"type":"CONNECTOR_CONFIG","emitted_at":1,'
  printf '"connectorConfig":{"config":%s}}}\n' "$1"
}
case $1 in
spec) echo '{"type":"SPEC","spec":{"connectionSpecification":{}}}';;
check) echo '{"type":"CONNECTION_STATUS","connectionStatus":{"status":"SUCCEEDED"}}'
  control '{"token":"checked"}';;
discover) grep -q checked "$3" || exit 1
  printf '{"type":"CATALOG","catalog":{"streams":[{"name":"a","json_schema":{},'
  echo '"supported_sync_modes":["full_refresh"]}]}}';;
read) echo '{"type":"RECORD","record":{"stream":"a","emitted_at":1,"data":{"id":1}}}'
  control '{"token":"read","n":12345678901234567890}';;
esac`)
	o := p.sync("--source", "sh "+p.path("source.sh"))
	require.Zero(t, o.code, o.errs)
	assert.Equal(t, "{\n  \"token\": \"read\",\n  \"n\": 12345678901234567890\n}\n",
		p.read("config.json"))
	info, err := os.Stat(p.path("config.json"))
	require.NoError(t, err)
	assert.Equal(t, os.FileMode(0o640), info.Mode())
}

func TestSyncRefusesForeignAndBusyState(t *testing.T) {
	t.Parallel()
	p := newPlace(t, `{}`)
	require.Zero(t, p.sync().code)
	o := p.sync("--destination", "sqlite:"+p.path("other.db"))
	assert.Equal(t, 1, o.code)
	assert.Contains(t, o.errs, "is that of ")
	assert.Contains(t, o.errs, "-> sqlite:out.db, and this is ")
	assert.Contains(t, o.errs, "give another file by --state")

	p.write("state.json", "[{")
	o = p.sync()
	assert.Contains(t, o.errs, "state.json cannot be used: ")
	assert.Contains(t, o.errs, "; delete it to start over")
}

// Retries wait as the platform does; the second attempt goes on where the first one ended.
func TestSyncTriesAgain(t *testing.T) {
	t.Parallel()
	p := newPlace(t, `{}`)
	mark := p.path("mark")
	p.write("source.sh", fmt.Sprintf(`if [ "$1" = read ] && [ ! -e %[1]s ]; then
  touch %[1]s
  echo '{"type":"RECORD","record":{"stream":"numbers","emitted_at":1,"data":{"id":1}}}'
  echo '{"type":"STATE","state":{"type":"STREAM","stream":%[3]s}}'
  exit 3
fi
exec %[2]s "$@"`, mark, self(t, asSource),
		`{"stream_descriptor":{"name":"numbers"},"stream_state":{"id":1}}`))
	o, r := p.report("--source", "sh "+p.path("source.sh"), "--attempts", "2",
		"--streams", "numbers")
	require.Zero(t, o.code, o.errs)
	require.Len(t, r.Attempts, 2)
	assert.EqualValues(t, 10, r.Streams[0].Records)
	assert.Contains(t, o.out, "in 2 attempts")
	assert.Contains(t, o.out, "attempt 1, source, system_error: the source ended with exit code 3")
}
