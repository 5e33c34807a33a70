package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	cdktest "github.com/airbyte-go/cdk/cdk_test"
	"github.com/airbyte-go/cdk/protocol"
)

// folder makes a folder with files, given as name and content in turn.
func folder(t *testing.T, files ...string) Config {
	t.Helper()
	dir := t.TempDir()
	for i := 0; i < len(files); i += 2 {
		require.NoError(t, os.WriteFile(filepath.Join(dir, files[i]), []byte(files[i+1]), 0o600))
	}
	return Config{Folder: dir}
}

func TestRowsArriveAsTheyAre(t *testing.T) {
	t.Parallel()
	cfg := folder(t,
		"people.jsonl", `{"name":"Ada","big":1234567890123456789012}`+"\n\n"+`{ "name" : "Bela" }`,
		"prices.jsonl", "{\"eur\":1.50}\r\n",
		"notes.txt", "not for us",
	)
	got := cdktest.Read(t, source{}, cfg)
	people, prices := got.Records("people"), got.Records("prices")
	require.Len(t, people, 2)
	require.Len(t, prices, 1)
	assert.Equal(t,
		`{"line":1,"row":{"name":"Ada","big":1234567890123456789012}}`, string(people[0]))
	assert.Equal(t, `{"line":3,"row":{ "name" : "Bela" }}`, string(people[1]))
	assert.Equal(t, `{"line":1,"row":{"eur":1.50}}`, string(prices[0]))
}

func TestReadAgainBringsNewLines(t *testing.T) {
	t.Parallel()
	cfg := folder(t, "log.jsonl", "{\"n\":1}\n{\"n\":2}\n")
	state := cdktest.Read(t, source{}, cfg).LastState()

	f, err := os.OpenFile(filepath.Join(cfg.Folder, "log.jsonl"), os.O_APPEND|os.O_WRONLY, 0)
	require.NoError(t, err)
	_, err = f.WriteString("{\"n\":3}\n")
	require.NoError(t, err)
	require.NoError(t, f.Close())

	got := cdktest.Read(t, source{}, cfg, cdktest.State(state)).Records("log")
	require.Len(t, got, 1)
	assert.JSONEq(t, `{"line":3,"row":{"n":3}}`, string(got[0]))
}

func TestNothingIsLost(t *testing.T) {
	t.Parallel()
	cfg := folder(t,
		"a.jsonl", strings.Repeat("{\"x\":[1,2]}\n", 12),
		"b.jsonl", strings.Repeat("{\"y\":{}}\n", 7),
	)
	cdktest.CrashEverywhere(t, source{}, cfg)
}

func TestBadInput(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, content string
		says          string
		records       int
	}{
		{"half a row at the end", "{\"n\":1}\n{\"n\":", "line 2 of", 1},
		{"no JSON", "name,age\nAda,36\n", "line 1 of", 0},
		{"two values on a line", "{} {}\n", "line 1 of", 0},
		{"an endless line", strings.Repeat("x", 65<<20), "token too long", 0},
		{"nothing", "", "", 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got := cdktest.Read(t, source{}, folder(t, "rows.jsonl", c.content))
			assert.Len(t, got.Records("rows"), c.records)
			if c.says == "" {
				assert.Zero(t, got.Code)
				return
			}
			assert.Equal(t, 1, got.Code)
			require.Len(t, got.Errors(), 1)
			assert.Contains(t, got.Errors()[0].Message, c.says)
		})
	}
}

func TestCheck(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		cfg  Config
		want protocol.ConnectionState
		says string
	}{
		{"rows", folder(t, "a.jsonl", "{}\n"), protocol.ConnectionSucceeded, ""},
		{"no folder", Config{Folder: filepath.Join(t.TempDir(), "gone")},
			protocol.ConnectionFailed, "The folder cannot be read"},
		{"no files", folder(t, "a.txt", ""), protocol.ConnectionFailed, "no streams"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			status := cdktest.Check(t, source{}, c.cfg).ConnectionStatus
			require.NotNil(t, status)
			assert.Equal(t, c.want, status.Status)
			assert.Contains(t, status.Message, c.says)
		})
	}
}
