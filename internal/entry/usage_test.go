package entry_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/airbyte-go/cdk/internal/entry"
	"github.com/airbyte-go/cdk/protocol"
)

const programUsage = `source-test is an Airbyte source.

Usage:
  source-test VERB [FLAGS]

Verbs:
  spec    print the specification: what the config must hold
  check   test it
          --config PATH
  read    read it
          --config PATH --catalog PATH [--state PATH] [--limit N] [--fast]

Flags of every verb:
  --debug      write DEBUG log messages too
  -h, --help   print this text

Flags may stand before or after the verb; --flag=value and -flag work too.

Example:
  source-test read --config config.json --catalog catalog.json

More about a verb:
  source-test VERB --help
`

const readUsage = `source-test read: read it

Usage:
  source-test read --config PATH --catalog PATH [--state PATH] [--limit N] [--fast]

Flags:
  --config PATH    the config (required)
  --catalog PATH   the streams to read (required)
  --state PATH     where to go on
  --limit N        stop after N records of a stream
  --fast           take no care
  --debug          write DEBUG log messages too
  -h, --help       print this text

Flags may stand before or after the verb; --flag=value and -flag work too.

Example:
  source-test read --config config.json --catalog catalog.json

Other verbs: spec, check
`

func TestHelp(t *testing.T) {
	t.Parallel()
	for args, text := range map[string]string{"-h": programUsage, "--help read": readUsage} {
		r := run(t, program(nil), strings.Fields(args)...)
		assert.Equal(t, 0, r.code, args)
		assert.Equal(t, text, r.err, args)
		assert.Empty(t, r.messages, args)
	}
}

func TestWrongUsage(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ args, sentence, usage string }{
		"no verb":      {"", "No verb is given.", programUsage},
		"unknown verb": {"raed", `Unknown verb "raed". Did you mean read?`, programUsage},
		"missing flag": {
			"read --catalog s", "The verb read needs the flag --config PATH.", readUsage,
		},
		"unknown flag": {
			"read --confg c", "Unknown flag --confg. Did you mean --config?", readUsage,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := run(t, program(nil), strings.Fields(test.args)...)
			assert.Equal(t, 2, r.code)
			assert.Equal(t, test.sentence+"\n\n"+test.usage, r.err, "what went wrong comes first")
			trace := r.onlyError(t)
			assert.Equal(t, test.sentence, trace.Message)
			assert.Equal(t, protocol.SystemError, trace.FailureType)
		})
	}
}

// TestUsageExample has a verb that needs what is not a file.
func TestUsageExample(t *testing.T) {
	t.Parallel()
	p := entry.Program{Kind: "source", Spec: parseSpec, Verbs: []entry.Verb{{
		Name: "peek",
		Flags: []entry.Flag{
			{Name: "input", Arg: "FILE", Required: true},
			{Name: "stream", Arg: "NAME", Required: true},
			{Name: "yes", Required: true},
		},
	}}}
	r := run(t, p, "peek", "-h")
	assert.Contains(t, r.err, "\n  connector peek --input input.json --stream NAME --yes\n")
}
