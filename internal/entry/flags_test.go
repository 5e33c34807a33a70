package entry

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func testVerbs() []Verb {
	config := Flag{Name: "config", Arg: "PATH", Required: true}
	return []Verb{
		{Name: "spec"},
		{Name: "check", Flags: []Flag{config}},
		{Name: "read", Flags: []Flag{
			config,
			{Name: "catalog", Arg: "PATH", Required: true},
			{Name: "state", Arg: "PATH"},
			{Name: "limit", Arg: "N"},
			{Name: "fast"},
		}},
	}
}

func TestParse(t *testing.T) {
	t.Parallel()
	type values = map[string]string
	both := values{"config": "c.json", "catalog": "s.json"}
	tests := map[string]struct {
		args   string // separated by spaces; ~ stands for an empty argument
		verb   string
		values values
	}{
		"platform order":  {"read --config c.json --catalog s.json", "read", both},
		"other order":     {"read --catalog s.json --config c.json", "read", both},
		"before the verb": {"--catalog s.json --config c.json read", "read", both},
		"around the verb": {"--catalog s.json read --config c.json", "read", both},
		"equals signs":    {"--catalog=s.json read --config=c.json", "read", both},
		"single dashes":   {"-catalog s.json read -config=c.json", "read", both},
		"no flags":        {"spec", "spec", values{}},
		"debug":           {"--debug spec", "spec", values{"debug": "true"}},
		"debug on":        {"spec -debug=1", "spec", values{"debug": "true"}},
		"debug off":       {"spec --debug=false", "spec", values{"debug": "false"}},
		"debug twice":     {"--debug spec --debug", "spec", values{"debug": "true"}},
		"value with =":    {"check --config=a=b", "check", values{"config": "a=b"}},
		"value with dash": {"check --config=-", "check", values{"config": "-"}},
		"lone dash":       {"check --config -", "check", values{"config": "-"}},
		"value is a verb": {"check --config read", "check", values{"config": "read"}},
		"value is a flag": {"check --config=--debug", "check", values{"config": "--debug"}},
		"empty optional": {
			"check --config c --debug=false", "check", values{"config": "c", "debug": "false"},
		},
		"empty state": {
			"read --config c --catalog s --state ~", "read",
			values{"config": "c", "catalog": "s", "state": ""},
		},
		"empty after =": {
			"read --config c --catalog s --state=", "read",
			values{"config": "c", "catalog": "s", "state": ""},
		},
		"flag of one verb": {
			"--fast read --config c --catalog s", "read",
			values{"config": "c", "catalog": "s", "fast": "true"},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := parse(testVerbs(), splitArgs(test.args))
			require.NoError(t, err)
			assert.Equal(t, test.verb, got.verb.Name)
			assert.Equal(t, test.values, got.values)
			assert.False(t, got.help)
		})
	}
}

func TestParseBadArguments(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ args, verb, sentence string }{
		"nothing":       {"", "", "No verb is given."},
		"only flags":    {"--config c.json", "", "No verb is given."},
		"unknown verb":  {"write", "", `Unknown verb "write".`},
		"mistyped verb": {"chekc", "", `Unknown verb "chekc". Did you mean check?`},
		"empty verb":    {"~", "", `Unknown verb "".`},
		"unknown flag":  {"check --colour blue", "check", "Unknown flag --colour."},
		"mistyped flag": {
			"check --confg c.json", "check", "Unknown flag --confg. Did you mean --config?",
		},
		"stray value": {
			"--confg c.json check", "check", "Unknown flag --confg. Did you mean --config?",
		},
		"unknown letter": {"spec -x", "spec", "Unknown flag -x."},
		"two dashes":     {"spec --", "spec", "Unknown flag --."},
		"three dashes": {
			"spec ---debug", "spec", "Unknown flag ---debug. Did you mean --debug?",
		},
		"flag elsewhere": {
			"check --config c --state s", "check", "The verb check has no flag --state.",
		},
		"missing flag": {
			"read --config c", "read", "The verb read needs the flag --catalog PATH.",
		},
		"empty flag": {"check --config ~", "check", "The value of flag --config is empty."},
		"twice": {
			"check --config a --config=b", "check", "Flag --config is given twice.",
		},
		"two verbs": {"check read", "check", `Unexpected word "read" after the verb check.`},
		"extra word": {
			"check --config c d", "check", `Unexpected word "d" after the verb check.`,
		},
		"no value":         {"check --config", "check", needsValue("--config", "PATH")},
		"flag for a value": {"read --config --catalog s", "read", needsValue("--config", "PATH")},
		"negative number":  {"read --limit -5", "read", needsValue("--limit", "N")},
		"debug with value": {
			"spec --debug=loud", "spec",
			"Flag --debug takes no value, only --debug=true or --debug=false.",
		},
		"help with value": {
			"spec --help=me", "spec",
			"Flag --help takes no value, only --help=true or --help=false.",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := parse(testVerbs(), splitArgs(test.args))
			require.EqualError(t, err, test.sentence)
			assert.Equal(t, test.verb, verbName(got.verb), "the verb whose usage is shown")
			assert.False(t, got.help)
		})
	}
}

func TestParseHelp(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ args, verb string }{
		"alone":             {"-h", ""},
		"long":              {"--help", ""},
		"one dash":          {"-help", ""},
		"verb":              {"read -h", "read"},
		"before the verb":   {"-h read", "read"},
		"among mistakes":    {"read --nonsense --help --config", "read"},
		"with unknown verb": {"reed --help", ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, _ := parse(testVerbs(), splitArgs(test.args))
			assert.True(t, got.help)
			assert.Equal(t, test.verb, verbName(got.verb))
		})
	}
}

// FuzzParse checks that any command line is either refused with a sentence or gives a call that the
// verb can work with, which says the same when it is spelled another way.
func FuzzParse(f *testing.F) {
	for _, args := range []string{
		"read --config c.json --catalog s.json", "--debug spec", "check --config=a=b",
		"-h", "check --config --debug", "--=x spec", "- --", "read -fast=no --limit=-1",
	} {
		f.Add(strings.ReplaceAll(args, " ", "\n"))
	}
	f.Fuzz(func(t *testing.T, lines string) {
		verbs := testVerbs()
		got, err := parse(verbs, strings.Split(lines, "\n"))
		if err != nil {
			require.Regexp(t, `[.?]$`, err.Error())
			return
		}
		if got.help {
			return
		}
		require.NotNil(t, got.verb)
		for _, flag := range got.verb.Flags {
			require.False(t, flag.Required && got.values[flag.Name] == "")
		}
		again, err := parse(verbs, spellOut(got))
		require.NoError(t, err)
		require.Equal(t, got, again)
	})
}

// spellOut writes arguments in the one form that is free of choices.
func spellOut(a arguments) []string {
	var args []string
	for _, name := range slices.Sorted(maps.Keys(a.values)) {
		args = append(args, "--"+name+"="+a.values[name])
	}
	return append(args, a.verb.Name)
}

func splitArgs(line string) []string {
	args := strings.Fields(line)
	for i := range args {
		if args[i] == "~" {
			args[i] = ""
		}
	}
	return args
}

func verbName(verb *Verb) string {
	if verb == nil {
		return ""
	}
	return verb.Name
}

func needsValue(flag, arg string) string {
	return "Flag " + flag + " needs a value: " + flag + " " + arg +
		". A value that starts with a dash is written " + flag + "=VALUE."
}
