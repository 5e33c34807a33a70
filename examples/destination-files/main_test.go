package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	cdktest "github.com/airbyte-go/cdk/cdk_test"
	"github.com/airbyte-go/cdk/destinations"
	"github.com/airbyte-go/cdk/protocol"
)

// asDestination makes the binary of the tests the connector.
const asDestination = "TEST_AS_DESTINATION"

// TestMain lets the test's own binary be the connector, for tests that kill it, with small batches
// so that there is much to be killed in.
func TestMain(m *testing.M) {
	if os.Getenv(asDestination) != "" {
		destinations.Main(destination{},
			destinations.BatchRecords(200), destinations.StateInterval(20*time.Millisecond))
	}
	os.Exit(m.Run())
}

// setup is a folder to write to, and the flags.
type setup struct {
	t      *testing.T
	folder string
}

func newSetup(t *testing.T) setup { return setup{t, filepath.Join(t.TempDir(), "out")} }

func (s setup) file(name, text string) string {
	s.t.Helper()
	path := filepath.Join(s.t.TempDir(), name)
	require.NoError(s.t, os.WriteFile(path, []byte(text), 0o600))
	return path
}

func (s setup) args(verb, compression, catalog string) []string {
	s.t.Helper()
	config := fmt.Sprintf(`{"folder":%q,"compression":%q}`, s.folder, compression)
	args := []string{verb, "--config", s.file("config.json", config)}
	if verb == "write" {
		args = append(args, "--catalog", s.file("catalog.json", catalog))
	}
	return args
}

// write runs the verb in this process.
func (s setup) write(compression, catalog, input string) (code int, output string) {
	s.t.Helper()
	var out bytes.Buffer
	code = destinations.Run(s.t.Context(), destination{}, destinations.Process{
		Args: s.args("write", compression, catalog), In: strings.NewReader(input), Out: &out,
	}, destinations.BatchRecords(2))
	return code, out.String()
}

// rows reads all files of a stream, in order.
func (s setup) rows(folder string) (rows []string) {
	s.t.Helper()
	files, err := filepath.Glob(filepath.Join(s.folder, folder, "*.jsonl*"))
	require.NoError(s.t, err)
	for _, path := range files {
		data, err := os.ReadFile(path)
		require.NoError(s.t, err)
		var r io.Reader = bytes.NewReader(data)
		switch filepath.Ext(path) {
		case ".gz":
			r, err = gzip.NewReader(r)
		case ".zst":
			r, err = zstd.NewReader(r)
		}
		require.NoError(s.t, err)
		text, err := io.ReadAll(r)
		require.NoError(s.t, err, "%s is not whole", path)
		for line := range strings.Lines(string(text)) {
			assert.True(s.t, json.Valid([]byte(line)), line)
			rows = append(rows, strings.TrimSpace(line))
		}
	}
	return rows
}

// tests are the setup as cdktest takes it. What a crash has left ready for its place counts as
// there: the next process moves it, before it reads or writes anything.
func (s setup) tests() cdktest.DestinationTests {
	return cdktest.DestinationTests{
		Config: Config{Folder: s.folder, Compression: "gzip"},
		Rows: func(_ context.Context, d protocol.Descriptor) (found []json.RawMessage, err error) {
			name := folderName(destinations.Stream{Descriptor: d})
			ready := filepath.Join(".work", name, "ready")
			if exists(filepath.Join(s.folder, ready)) {
				name = ready
			}
			for _, row := range s.rows(name) {
				found = append(found, json.RawMessage(row))
			}
			return found, nil
		},
		Skip: map[string]string{"rejected_records": "a file holds every record"},
	}
}

func TestAcceptance(t *testing.T) {
	cdktest.AcceptDestination(t, cdktest.Destination(destination{}), newSetup(t).tests())
}

func stream(name, mode, more string) string {
	return fmt.Sprintf(`{"streams":[{"stream":{"name":%q,"json_schema":{},"supported_sync_modes":`+
		`["full_refresh"]},"sync_mode":"full_refresh","destination_sync_mode":%q%s}]}`,
		name, mode, more)
}

func generation(id, minimum int) string {
	return fmt.Sprintf(`,"generation_id":%d,"minimum_generation_id":%d,"sync_id":1`, id, minimum)
}

func record(name string, id int) string {
	return fmt.Sprintf(
		`{"type":"RECORD","record":{"stream":%q,"emitted_at":1,"data":{"id":%d}}}`+"\n",
		name,
		id,
	)
}

func state(name string, id int) string {
	return fmt.Sprintf(`{"type":"STATE","state":{"type":"STREAM","stream":{"stream_descriptor":`+
		`{"name":%q},"stream_state":{"id":%d}},"id":%d}}`+"\n", name, id, id)
}

func complete(name string) string {
	return fmt.Sprintf(`{"type":"TRACE","trace":{"type":"STREAM_STATUS","emitted_at":1,`+
		`"stream_status":{"stream_descriptor":{"name":%q},"status":"COMPLETE"}}}`+"\n", name)
}

func TestAppendInEachFormat(t *testing.T) {
	for _, compression := range []string{"none", "gzip", "zstd"} {
		s := newSetup(t)
		for i := range 2 {
			code, out := s.write(compression, stream("a", "append", ""),
				record("a", 3*i+1)+record("a", 3*i+2)+record("a", 3*i+3)+state("a", i))
			require.Equal(t, 0, code, out)
			assert.Contains(t, out, `"recordCount":3.0`)
		}
		assert.Equal(
			t,
			[]string{`{"id":1}`, `{"id":2}`, `{"id":3}`, `{"id":4}`, `{"id":5}`, `{"id":6}`},
			s.rows("a"),
		)
	}
}

// TestGenerations cuts a refresh off, goes on with it, and then adds to it.
func TestGenerations(t *testing.T) {
	s := newSetup(t)
	refresh := stream("a", "append", generation(5, 5))
	code, _ := s.write(
		"none",
		stream("a", "append", generation(4, 0)),
		record("a", 1)+complete("a"),
	)
	require.Equal(t, 0, code)
	code, out := s.write("none", refresh, record("a", 2)+state("a", 2))
	require.Equal(t, 1, code)
	assert.Contains(t, out, `"recordCount":1.0`)
	assert.Equal(t, []string{`{"id":1}`}, s.rows("a"), "the refresh has not ended")
	code, _ = s.write("none", refresh, record("a", 3)+complete("a"))
	require.Equal(t, 0, code)
	assert.Equal(t, []string{`{"id":2}`, `{"id":3}`}, s.rows("a"), "what was acknowledged is kept")
	code, _ = s.write("none", refresh, record("a", 4)+complete("a"))
	require.Equal(t, 0, code)
	assert.Equal(
		t,
		[]string{`{"id":2}`, `{"id":3}`, `{"id":4}`},
		s.rows("a"),
		"the same generation",
	)
	code, _ = s.write("none", stream("a", "append", generation(6, 6)), record("a", 5)+complete("a"))
	require.Equal(t, 0, code)
	assert.Equal(t, []string{`{"id":5}`}, s.rows("a"))
}

// TestGenerationIsReplaced writes the file of a generation anew instead of over the old one: were
// it empty after a crash, what was acknowledged would be taken for that of another generation.
func TestGenerationIsReplaced(t *testing.T) {
	s := newSetup(t)
	code, _ := s.write("none", stream("a", "append", generation(4, 0)), complete("a"))
	require.Equal(t, 0, code)
	old := filepath.Join(s.folder, "old")
	require.NoError(t, os.Link(filepath.Join(s.folder, "a", generationFile), old))
	code, _ = s.write("none", stream("a", "append", generation(5, 0)), complete("a"))
	require.Equal(t, 0, code)
	for file, want := range map[string]string{
		old: "4", filepath.Join(s.folder, "a", generationFile): "5",
	} {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		assert.Equal(t, want, string(text))
	}
}

// TestGenerationThatCannotBeRead is not taken for none, which would have the folder replaced.
func TestGenerationThatCannotBeRead(t *testing.T) {
	s := newSetup(t)
	require.NoError(t, os.MkdirAll(filepath.Join(s.folder, "a", generationFile), 0o755))
	code, out := s.write("none", stream("a", "append", generation(5, 5)), complete("a"))
	assert.Equal(t, 1, code)
	assert.Contains(t, out, "The folder of stream a cannot be used")
}

// TestReplacementCutOffAnywhere leaves the folders as a crash in finish would.
func TestReplacementCutOffAnywhere(t *testing.T) {
	for step := range 3 {
		s := newSetup(t)
		code, _ := s.write("none", stream("a", "append", ""), record("a", 1))
		require.Equal(t, 0, code)
		work := filepath.Join(s.folder, ".work", "a")
		final := filepath.Join(s.folder, "a")
		require.NoError(t, os.MkdirAll(filepath.Join(work, "ready"), 0o755))
		require.NoError(t, os.WriteFile(filepath.Join(work, "ready", "00000001.jsonl"),
			[]byte(`{"id":2}`+"\n"), 0o600))
		if step > 0 {
			require.NoError(t, os.Rename(final, filepath.Join(work, "old")))
		}
		if step > 1 {
			require.NoError(t, os.Rename(filepath.Join(work, "ready"), final))
		}
		code, _ = s.write("none", stream("a", "append", ""), record("a", 3))
		require.Equal(t, 0, code)
		assert.Equal(t, []string{`{"id":2}`, `{"id":3}`}, s.rows("a"), step)
		assert.NoDirExists(t, filepath.Join(work, "old"))
	}
}

func TestNamesOfStreams(t *testing.T) {
	seen := map[string]string{}
	for _, d := range []protocol.Descriptor{
		{Name: "a"}, {Name: "a", Namespace: "n"}, {Name: "n,a"}, {Name: "n/a"}, {Name: "n.a"},
		{Name: ".."}, {Name: "."}, {Name: ""}, {Name: ".work"}, {Name: "%2E"},
		{Name: "x", Namespace: "."},
	} {
		name := folderName(destinations.Stream{Descriptor: d})
		assert.Equal(t, name, filepath.Base(filepath.Join("/root", name)), "one element")
		assert.NotEqual(t, byte('.'), name[0])
		assert.Empty(t, seen[name], name)
		seen[name] = d.String() + "!"
	}
}

func TestDedupIsRefused(t *testing.T) {
	s := newSetup(t)
	code, out := s.write("none", stream("a", "append_dedup", `,"primary_key":[["id"]]`), "")
	assert.Equal(t, 1, code)
	assert.Contains(t, out, "does not support. Choose one of: append, overwrite.")
}

func TestCheck(t *testing.T) {
	s := newSetup(t)
	check := func() string {
		var out bytes.Buffer
		code := destinations.Run(t.Context(), destination{}, destinations.Process{
			Args: s.args("check", "gzip", ""), Out: &out,
		})
		assert.Equal(t, 0, code)
		return out.String()
	}
	assert.Contains(t, check(), "SUCCEEDED")
	s.folder = s.file("a file", "")
	assert.Contains(t, check(), "the folder cannot be made")
}
