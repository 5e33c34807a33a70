package platform_test

import (
	"context"
	"errors"
	"io"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/airbyte-go/cdk/internal/platform"
	"github.com/airbyte-go/cdk/protocol"
)

const (
	succeeded = `{"type":"CONNECTION_STATUS","connectionStatus":{"status":"SUCCEEDED"}}`
	failed    = `{"type":"CONNECTION_STATUS","connectionStatus":{"status":"FAILED","message":"no"}}`
	specLine  = `{"type":"SPEC","spec":{"connectionSpecification":{}}}`
)

// The first answer of the right type counts, whatever the exit code (A.9, output).
func TestAsk(t *testing.T) {
	t.Parallel()
	for name, k := range map[string]struct {
		verb  string
		lines []string
		code  int
		want  protocol.ConnectionState
		err   string
		typ   protocol.FailureType
	}{
		"the first answer": {
			lines: []string{infoLine, "text", failed, succeeded}, want: protocol.ConnectionFailed,
		},
		"although it failed": {
			lines: []string{succeeded}, code: 1, want: protocol.ConnectionSucceeded,
		},
		"beside a failure": {
			lines: []string{failure(1, "why", ""), succeeded}, want: protocol.ConnectionSucceeded,
		},
		"no answer": {
			lines: []string{specLine},
			err:   "check of the source ended with exit code 0 and without a CONNECTION_STATUS",
		},
		"no answer but a why": {lines: []string{failure(1, "why", `,"failure_type":"config_error"`), failure(2, "more", "")}, code: 1, err: "why", typ: protocol.ConfigError},
		"of no type": {
			lines: []string{failure(1, "why", "")}, code: 1, err: "why", typ: protocol.SystemError,
		},
		"no program": {
			code: 127, err: "the shell found no program to start as the source",
		},
		"another verb": {
			verb: "discover", lines: []string{succeeded}, err: "without a CATALOG message",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			verb := k.verb
			if verb == "" {
				verb = "check"
			}
			m, err := platform.Ask(t.Context(), platform.Question{
				Connector: script(k.code, k.lines...), Verb: verb, Origin: platform.Source,
			})
			if k.err == "" {
				require.NoError(t, err)
				assert.Equal(t, k.want, m.ConnectionStatus.Status)
				return
			}
			require.ErrorContains(t, err, k.err)
			if typed, ok := errors.AsType[*protocol.Error](err); k.typ != "" {
				require.True(t, ok)
				assert.Equal(t, k.typ, typed.Type)
			}
		})
	}
}

// Of several new configs the last counts, if it differs; that it cannot be kept is only logged
// (A.9).
func TestAskControl(t *testing.T) {
	t.Parallel()
	var saved, logged []string
	ask := func(fail error, lines ...string) {
		t.Helper()
		saved, logged = nil, nil
		_, err := platform.Ask(t.Context(), platform.Question{
			Connector: script(0, append(lines, succeeded)...), Verb: "check",
			Config: []byte(`{"token": 1}`), Origin: platform.Source,
			SaveConfig: func(config []byte) error {
				saved = append(saved, string(config))
				return fail
			},
			Log: func(e platform.Entry) { logged = append(logged, string(e.Origin)+" "+e.Text) },
		})
		require.NoError(t, err)
	}
	ask(nil, control(`{"token":2}`), control(`{"token":3}`))
	assert.Equal(t, []string{`{"token":3}`}, saved)
	ask(nil, control(`{"token":2}`), control(`{"token":1}`))
	assert.Empty(t, saved, "it is the old one")
	ask(io.ErrShortWrite, control(`{"token":2}`), infoLine)
	assert.Contains(t, logged, "source hello")
	assert.Contains(t, logged, "platform short write")
}

// A verb has its time (C.1).
func TestAskTimeout(t *testing.T) {
	t.Parallel()
	for verb, k := range map[string]struct{ timeout, want time.Duration }{
		"check":    {0, 9 * time.Minute},
		"spec":     {0, 9 * time.Minute},
		"discover": {0, 30 * time.Minute},
		"":         {time.Second, time.Second},
	} {
		synctest.Test(t, func(t *testing.T) {
			begun := time.Now()
			p := &puppet{act: untilKilled}
			_, err := platform.Ask(t.Context(), platform.Question{
				Connector: p, Verb: verb, Timeout: k.timeout, Origin: platform.Destination,
			})
			require.ErrorContains(t, err, "of the destination did not end within "+k.want.String())
			assert.Equal(t, k.want, time.Since(begun))
		})
	}
}

func TestAskIsCancelled(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		_, err := platform.Ask(ctx, platform.Question{
			Connector: &puppet{act: untilKilled}, Verb: "check",
		})
		require.ErrorIs(t, err, context.DeadlineExceeded)
		_, err = platform.Ask(t.Context(), platform.Question{Connector: unable{}, Verb: "check"})
		require.ErrorIs(t, err, io.ErrClosedPipe)
	})
}
