package cdktest

import (
	"testing"

	"github.com/airbyte-go/cdk/sources"
)

// Spec runs the verb spec of s.
func Spec[C any](t testing.TB, s sources.Source[C], opts ...Option) *Result {
	t.Helper()
	return judge(t, newConnector(t, s, nil, opts).answer("spec"))
}

// Check runs the verb check of s with the config cfg. Whether the connector accepts the config is
// in [Result.ConnectionStatus], which is nil when the check could not be done.
func Check[C any](t testing.TB, s sources.Source[C], cfg C, opts ...Option) *Result {
	t.Helper()
	c := newConnector(t, s, &cfg, opts)
	return judge(t, c.answer("check", c.configFlag()))
}

// Discover runs the verb discover of s with the config cfg.
func Discover[C any](t testing.TB, s sources.Source[C], cfg C, opts ...Option) *Result {
	t.Helper()
	return newConnector(t, s, &cfg, opts).discover()
}

// Read runs the verb read of s with the config cfg, which is written to a file as JSON.
//
// Without an option that says otherwise the catalog holds every stream, incremental where the
// stream supports it. It is made of what discover says, as the platform makes it; a source that
// sends requests in Streams or for its schemas therefore sends them twice. Where discover fails
// there is no catalog, and the read shows how it fails. There is no state unless [State] gives
// one.
func Read[C any](t testing.TB, s sources.Source[C], cfg C, opts ...Option) *Result {
	t.Helper()
	c := newConnector(t, s, &cfg, opts)
	return judge(t, c.read(c.task(), c.state))
}
