//go:build unix

package acceptance

import (
	"context"
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// runShell runs a script of the shell as a connector.
func runShell(t *testing.T, script string, call Call) *Outcome {
	t.Helper()
	out, err := Process("sh -c '"+script+"' connector").Run(t.Context(), call)
	require.NoError(t, err)
	return out
}

func TestProcess(t *testing.T) {
	t.Parallel()
	out := runShell(t, `cat "$3"; echo "$1 $2 $MODE"; echo oops >&2; exit 3`, Call{
		Args: []string{"check"}, Config: []byte("{}\n"),
		Environment: map[string]string{"MODE": "m"},
	})
	assert.Equal(t, "{}\ncheck --config m\n", out.Stdout)
	assert.Equal(t, "oops\n", out.Stderr)
	assert.Equal(t, 3, out.Code)
	assert.False(t, out.TimedOut)
	assert.Positive(t, out.FirstLine)
}

// A large test process does not make its connectors large.
func TestProcessMemory(t *testing.T) {
	t.Parallel()
	const mine, largest = 64 << 20, 32 << 20
	ballast := make([]byte, mine)
	for i := range ballast {
		ballast[i] = 1
	}
	out := runShell(t, `trap "exit 143" TERM; echo a; while :; do sleep 0.01; done`, Call{
		Args: []string{"spec"}, Stop: &Stop{Lines: 1, Grace: time.Minute},
	})
	if runtime.GOOS == "linux" {
		assert.Positive(t, out.PeakMemory)
	}
	assert.Less(t, out.PeakMemory, int64(largest))
	runtime.KeepAlive(ballast)
}

func TestProcessFlags(t *testing.T) {
	t.Parallel()
	out := runShell(t, `echo "$# $2" | sed "s/=.*/=/"`, Call{
		Args: []string{"read"}, Joined: true, Config: []byte("{}"), Catalog: []byte("{}"),
		State: []byte("[]"),
	})
	assert.Equal(t, "4 --config=\n", out.Stdout)
}

// The scripts wait for a child, which is killed with them; a test that hangs would wait an hour.
func TestProcessIsEnded(t *testing.T) {
	t.Parallel()
	const long = time.Minute
	for name, test := range map[string]struct {
		script string
		call   Call
		want   Outcome
	}{
		"timeout": {
			`echo a; sleep 3600`, Call{Timeout: time.Second},
			Outcome{Stdout: "a\n", Code: 137, TimedOut: true},
		},
		"SIGTERM": {
			`trap "echo b; exit 143" TERM; echo a; while :; do sleep 0.01; done`,
			Call{Stop: &Stop{Lines: 1, Grace: long}},
			Outcome{Stdout: "a\nb\n", Code: 143, Stopped: true},
		},
		"SIGTERM without a handler": {
			`echo a; exec sleep 3600`, Call{Stop: &Stop{Lines: 1, Grace: long}},
			Outcome{Stdout: "a\n", Code: 143, Stopped: true},
		},
		"SIGTERM is ignored": {
			`trap "" TERM; echo a; sleep 3600`,
			Call{Stop: &Stop{Lines: 1, Grace: 50 * time.Millisecond}},
			Outcome{Stdout: "a\n", Code: 137, Stopped: true, TimedOut: true},
		},
		"output is closed": {
			`echo a; while echo b; do :; done; exit 7`,
			Call{Stop: &Stop{Lines: 1, Close: true, Grace: long}},
			Outcome{Stdout: "a\n", Stopped: true},
		},
		"it ends before": {
			`echo a`, Call{Timeout: long, Stop: &Stop{Lines: 2, Grace: long}}, Outcome{Stdout: "a\n"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			out := runShell(t, test.script, test.call)
			if test.call.Stop != nil && test.call.Stop.Close { // by SIGPIPE or by itself
				assert.NotZero(t, out.Code)
				out.Code = 0
			}
			assert.Equal(t, test.want, Outcome{
				Stdout: out.Stdout, Code: out.Code, TimedOut: out.TimedOut, Stopped: out.Stopped,
			})
		})
	}
}

func TestProcessThatIsNotThere(t *testing.T) {
	t.Parallel()
	out, err := Process("/there/is/none").Run(t.Context(), Call{Args: []string{"spec"}})
	require.NoError(t, err)
	assert.Equal(t, 127, out.Code)
	assert.Contains(t, out.Stderr, "/there/is/none")
}

func TestProcessEndsWithItsContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	out, err := Process("sleep 3600").Run(ctx, Call{})
	require.NoError(t, err)
	assert.True(t, out.TimedOut)
}
