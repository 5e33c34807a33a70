package cdktest

import (
	"context"
	"iter"
	nethttp "net/http"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/airbyte-go/cdk/internal/acceptance"
	"github.com/airbyte-go/cdk/sources"
)

const brokenVariable = "CDK_TEST_BROKEN_SOURCE"

// TestAcceptOfABrokenSource fails on purpose when the next test runs it.
func TestAcceptOfABrokenSource(t *testing.T) {
	if os.Getenv(brokenVariable) == "" {
		t.Skip("it is run by TestAcceptFails")
	}
	Accept(t, Source(leaky{}), "testdata/acceptance-test-config.yml", FakeAPI(func(*API) {}))
}

func TestAcceptFails(t *testing.T) {
	t.Parallel()
	again := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestAcceptOfABrokenSource$",
		"-test.v")
	again.Env = append(os.Environ(), brokenVariable+"=1")
	text, err := again.CombinedOutput()
	require.Error(t, err)
	for _, want := range []string{
		"--- FAIL: TestAcceptOfABrokenSource/connection/2/outcome",
		"The check of wrong_key.json SUCCEEDED.",
		"expected: the outcome that the test's status names",
		"to mend:  Correct the config of the test",
		"--- FAIL: TestAcceptOfABrokenSource/output/secrets",
		"--- SKIP: TestAcceptOfABrokenSource/spec/1/image",
		"--- PASS: TestAcceptOfABrokenSource/spec/1/one_of",
	} {
		assert.Contains(t, string(text), want)
	}
	assert.NotContains(t, string(text), "right-key-1")
}

// leaky is a source with a few defects.
type leaky struct {
	keep chan struct{} // a goroutine waits for it; nil: there is none
}

type leakyConfig struct {
	APIKey string `json:"api_key"` // it should be marked as a secret
}

func (l leaky) Check(context.Context, leakyConfig) error { return nil }

func (l leaky) Streams(_ context.Context, cfg leakyConfig) ([]sources.Stream, error) {
	if l.keep != nil {
		go func() { <-l.keep }()
	}
	return []sources.Stream{&sources.StreamOf[map[string]string]{
		Name: "rows", Schema: sources.SchemaOf[struct {
			Key string `json:"key"`
		}](),
		Read: func(context.Context, sources.Slice) iter.Seq2[map[string]string, error] {
			return func(yield func(map[string]string, error) bool) {
				yield(map[string]string{"key": cfg.APIKey}, nil)
			}
		},
	}}, nil
}

func TestInProcessSeesWhatIsLeftBehind(t *testing.T) {
	t.Parallel()
	left := leaky{keep: make(chan struct{})}
	run := &inProcess{connector: newConnector[leakyConfig](t, left, nil, nil), t: t}
	call := acceptance.Call{Args: []string{"discover"}, Config: []byte(`{"api_key":"k"}`)}
	out, err := run.Run(t.Context(), call)
	require.NoError(t, err)
	assert.Zero(t, out.Code, out.Stderr)
	assert.Contains(t, out.Leaked, "leaky.Streams")
	close(left.keep)

	run.connector = newConnector[leakyConfig](t, leaky{}, nil, nil)
	out, err = run.Run(t.Context(), call)
	require.NoError(t, err)
	assert.Empty(t, out.Leaked)
	assert.Positive(t, out.Took)
}

// deaf is a source that does not listen to its context.
type deaf struct{ until chan struct{} }

func (d deaf) Streams(context.Context, leakyConfig) ([]sources.Stream, error) {
	<-d.until
	return nil, nil
}

func TestInProcessDoesNotWaitForEver(t *testing.T) {
	t.Parallel()
	until := make(chan struct{})
	defer close(until)
	run := &inProcess{connector: newConnector[leakyConfig](t, deaf{until}, nil, nil), t: t}
	out, err := run.Run(t.Context(), acceptance.Call{
		Args: []string{"discover"}, Config: []byte(`{"api_key":"k"}`), Timeout: time.Millisecond,
	})
	require.NoError(t, err)
	assert.True(t, out.TimedOut)
}

func TestInProcessStops(t *testing.T) {
	for _, closes := range []bool{false, true} {
		run := &inProcess{connector: newConnector[leakyConfig](t, leaky{}, nil, nil), t: t}
		run.fake = func(api *API) { api.Handle("/", nethttp.NotFoundHandler()) }
		out, err := run.Run(t.Context(), acceptance.Call{
			Args: []string{"read"}, Config: []byte(`{"api_key":"k"}`),
			Environment: map[string]string{"SOME_MODE": "x"},
			Stop:        &acceptance.Stop{Lines: 1, Close: closes, Grace: time.Minute},
		})
		require.NoError(t, err)
		assert.True(t, out.Stopped)
		assert.Equal(t, "x", os.Getenv("SOME_MODE"))
		if closes {
			assert.True(t, out.Refused)
			assert.Equal(t, 1, out.Code)
			assert.Equal(t, 1, strings.Count(out.Stdout, "\n"))
		} else {
			assert.Equal(t, 143, out.Code)
		}
	}
}

func TestAcceptOfAProgram(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("it needs a shell")
	}
	Accept(t, Command("sh testdata/program/connector.sh"),
		"testdata/program/acceptance-test-config.yml")
}
