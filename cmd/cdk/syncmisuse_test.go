//go:build unix

package main

import (
	"bytes"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/airbyte-go/cdk/cmd/cdk/internal/sqlite"
)

// misuse is a command line, its words parted by |, and a part of what is said about it.
type misuse struct{ args, says string }

func (p place) misuses() map[string]misuse {
	p.t.Helper()
	p.write("array.json", "[1]")
	p.write("broken.json", "{\n\"a\":\n}")
	p.write("wrong.json", `{"count":"x"}`)
	p.write("denied.sh", "#!/bin/sh\n")
	p.write("empty.json", `{"streams":[]}`)
	p.write("spec.sh", `echo '{"type":"SPEC","spec":{"connectionSpecification":{}}}'`)
	config, at := "--source-config|", p.path
	return map[string]misuse{
		"no config": {
			config + at("none"), "none cannot be read: no such file or directory; name a JSON file",
		},
		"broken config":  {config + at("broken.json"), "is not valid JSON, line 3: "},
		"array":          {config + at("array.json"), "holds no JSON object"},
		"wrong config":   {config + at("wrong.json"), "count"},
		"sqlite source":  {"--source|sqlite:a.db", "sqlite:FILE is a destination"},
		"sqlite nothing": {"--destination|sqlite:", "sqlite: names no file"},
		"sqlite config":  {"--destination-config|x", "leave --destination-config out"},
		"sqlite folder":  {"--destination|sqlite:" + at("no/a.db"), "make the folder"},
		"metrics":        {"--metrics|" + at("no/m.prom"), "where --metrics "},
		"report":         {"--report|" + p.dir, "is a folder; name a file"},
		"report on state": {
			"--state|" + at("s.json") + "|--report|" + at("./s.json"),
			"the state file and --report are the same file, ",
		},
		"metrics on config": {
			config + at("config.json") + "|--metrics|" + at("config.json"),
			"--source-config and --metrics are the same file, ",
		},
		"state on tables": {
			"--state|" + at("a.db") + "|--destination|sqlite:" + at("a.db"),
			"the SQLite file and the state file are the same file, ",
		},
		"report on log": {
			"--state|" + at("b.state.json") + "|--report|" + at("b.log"),
			"the log and --report are the same file, ",
		},
		"report on metrics": {
			"--metrics|" + at("both") + "|--report|" + at("both"),
			"--report and --metrics are the same file, ",
		},
		"state folder": {"--state|" + at("no/state.json"), "or name another file, by --state"},
		"unknown stream": {
			"--streams|number", "there is no stream number. Did you mean numbers?",
		},
		"unlike streams": {"--streams|x", "there is no stream x. There are numbers, plain"},
		"mode of none": {
			"--mode|incremental-dedup", "stream plain cannot be synced by incremental-dedup: the " +
				"source reads it only by full refresh",
		},
		"refreshes": {
			"--mode|full-refresh-overwrite-dedup|--streams|numbers",
			"it exists only with --supports-refreshes",
		},
		"no command": {
			"--source|./none/such", "the shell found no program to start as the source",
		},
		"denied":  {"--source|" + at("denied.sh"), "the system does not execute the program"},
		"no spec": {"--source|true", "exit code 0 and without a SPEC message"},
		"no destination": {
			"--destination|sh " + at("spec.sh"),
			"is no destination: its spec has no supported_destination_sync_modes",
		},
		"no source": {"--source|" + self(p.t, sqlite.Verb), "is a destination: its spec has"},
		"no catalog": {
			"--catalog|" + at("array.json"), "it is no catalog",
		},
		"empty catalog": {"--catalog|" + at("empty.json"), "there is nothing to sync"},
	}
}

func TestSyncMisused(t *testing.T) {
	t.Parallel()
	p := newPlace(t, `{"count":1}`)
	for name, test := range p.misuses() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			o := p.sync(append([]string{
				"--state", filepath.Join(dir, "state.json"),
				"--destination", "sqlite:" + filepath.Join(dir, "out.db"),
			}, strings.Split(test.args, "|")...)...)
			assert.Equal(t, 1, o.code)
			assert.Empty(t, o.out)
			_, last, found := strings.Cut(o.errs, "cdk sync: ")
			assert.True(t, found)
			assert.Contains(t, last, test.says)
			assert.Equal(t, 1, strings.Count(last, "\n"), last)
		})
	}
}

func TestSyncUsage(t *testing.T) {
	t.Parallel()
	for args, says := range map[string]string{
		"--mode|all":     `there is no mode "all"; choose from full-`,
		"main.py":        `"main.py"; put a command line of several words into quotes`,
		"--state|":       "the flag --state is empty",
		"--attempts|0":   "--attempts must be 1 or more",
		"--destination=": "the flag --destination is empty",
		"--fast":         "-fast",
	} {
		var out, errs bytes.Buffer
		words := append([]string{"sync", "--source", "x", "--destination", "y"},
			strings.Split(args, "|")...)
		assert.Equal(t, 2, run(words, &out, &errs), args)
		assert.Contains(t, errs.String(), says)
		assert.Contains(t, errs.String(), "; run `cdk sync --help` to see how it is used.\n")
	}
	var out, errs bytes.Buffer
	assert.Equal(t, 2, run([]string{"sync", "--destination", "x"}, &out, &errs))
	assert.Contains(t, errs.String(), "the flag --source is missing")
	assert.Equal(t, 2, run([]string{"sync", "--source", "x"}, &out, &errs))
	assert.Contains(t, errs.String(), "the flag --destination is missing, such as sqlite:acme.db")
	assert.Zero(t, run([]string{"sync", "--help"}, &out, &errs))
	assert.Contains(t, out.String(), "full-refresh-overwrite-dedup,\n")
	assert.NotContains(t, out.String(), "%!")
}
