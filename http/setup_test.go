package http

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	nethttp "net/http"
	"os"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/airbyte-go/cdk/internal/hook"
	"github.com/airbyte-go/cdk/internal/memhttp"
	"github.com/airbyte-go/cdk/protocol"
)

// TestMain silences the log of retries.
func TestMain(m *testing.M) {
	slog.SetDefault(slog.New(slog.DiscardHandler))
	os.Exit(m.Run())
}

// bundle is an API in memory under virtual time, and what a running engine would have seen of it.
type bundle struct {
	*testing.T
	ctx   context.Context
	start time.Time

	mu      sync.Mutex
	calls   []arrival   // requests as they arrived
	limited []time.Time // arguments of RateLimited
}

// arrival is a request as the API saw it.
type arrival struct {
	*nethttp.Request
	after time.Duration // since the start
}

const base = "https://api.example.com/v1"

// arrivals returns the requests so far.
func (b *bundle) arrivals() []arrival {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.calls)
}

// bubble runs f under virtual time with an API whose n-th call, from 1, is answered by handle.
func bubble(
	t *testing.T, handle func(w nethttp.ResponseWriter, r *nethttp.Request, n int),
	f func(b *bundle),
) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		b := &bundle{T: t, start: time.Now()}
		server := memhttp.Serve(t, nethttp.HandlerFunc(func(w nethttp.ResponseWriter,
			r *nethttp.Request) {
			b.mu.Lock()
			b.calls = append(b.calls, arrival{r, time.Since(b.start)})
			n := len(b.calls)
			b.mu.Unlock()
			handle(w, r, n)
		}))
		b.ctx = WithTransport(t.Context(), server.Transport())
		b.ctx = hook.With(b.ctx, &hook.Hooks{
			Connector: "source-test",
			RateLimited: func(until time.Time) {
				b.mu.Lock()
				defer b.mu.Unlock()
				b.limited = append(b.limited, until)
			},
		})
		f(b)
	})
}

// read reads one slice of a stream without the engine.
func (b *bundle) read(s *Stream) (records []string, checkpoints int, err error) {
	s.Name = "records"
	if s.Client == nil {
		s.Client = NewClient(base)
	}
	r := &reader{
		stream: s,
		budget: heldPages,
		emit: func(record []byte) error {
			records = append(records,
				string(record))
			return nil
		},
		checkpoint: func([]byte) error { checkpoints++; return nil },
	}
	require.NoError(b, s.check())
	err = r.read(b.ctx)
	return records, checkpoints, err
}

// get sends a GET through a client and reads the whole body.
func (b *bundle) get(c *Client, path string) (string, error) {
	return b.do(c, &Request{Path: path})
}

func (b *bundle) do(c *Client, r *Request) (string, error) {
	resp, err := c.Do(b.ctx, r)
	if err != nil {
		return "", err
	}
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(resp.Body)
	return string(text), err
}

// requireError checks the type and the exact message of an error.
func requireError(t testing.TB, err error, kind protocol.FailureType, message string) {
	t.Helper()
	e, ok := errors.AsType[*protocol.Error](err)
	require.True(t, ok, "%T %v", err, err)
	require.Equal(t, message, e.Message)
	require.Equal(t, kind, e.Type)
}

// respond answers with a status and a body.
func respond(w nethttp.ResponseWriter, status int, body string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, body)
}

// breakOff sends a part of a body and cuts the connection.
func breakOff(w nethttp.ResponseWriter, body string) {
	w.Header().Set("Content-Length", fmt.Sprint(len(body)+100))
	_, _ = io.WriteString(w, body)
	w.(nethttp.Flusher).Flush()
	panic(nethttp.ErrAbortHandler)
}
