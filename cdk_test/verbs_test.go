package cdktest_test

import (
	"context"
	"errors"
	"iter"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	cdktest "github.com/airbyte-go/cdk/cdk_test"
	"github.com/airbyte-go/cdk/protocol"
	"github.com/airbyte-go/cdk/sources"
)

// shop is a source whose config has what encoding/json cannot write.
type shop struct{}

type shopConfig struct {
	Since  time.Time  `json:"since" format:"date"`
	SignIn shopSignIn `json:"sign_in" airbyte:"oneof=kind"`
}

type shopSignIn struct {
	Key *struct {
		Value string `json:"value" airbyte:"secret"`
	} `json:"key"`
}

var shopConfigured = shopConfig{
	Since: january,
	SignIn: shopSignIn{Key: &struct {
		Value string `json:"value" airbyte:"secret"`
	}{"open-sesame"}},
}

func (shop) Streams(_ context.Context, cfg shopConfig) ([]sources.Stream, error) {
	read := func(n int64) func(context.Context, sources.Slice) iter.Seq2[item, error] {
		return func(_ context.Context, s sources.Slice) iter.Seq2[item, error] {
			return func(yield func(item, error) bool) {
				for id := max(s.From.Int(), 1); id <= n; id++ {
					if !yield(item{id, cfg.Since}, nil) {
						return
					}
				}
			}
		}
	}
	broken := func(context.Context, sources.Slice) iter.Seq2[item, error] {
		return func(yield func(item, error) bool) {
			yield(item{}, errors.New("no shop says open-sesame"))
		}
	}
	return []sources.Stream{
		&sources.StreamOf[item]{
			Name: "orders", Cursor: sources.IntCursor{Field: "id"}, Read: read(3),
		},
		&sources.StreamOf[item]{Name: "tags", Namespace: "meta", Read: read(2)},
		&sources.StreamOf[item]{Name: "broken", Read: broken},
	}, nil
}

func (shop) Check(context.Context, shopConfig) error { return errors.New("closed on Sundays") }

func TestVerbs(t *testing.T) {
	t.Parallel()
	spec := cdktest.Spec(t, shop{}).Spec
	assert.Contains(t, string(spec.ConnectionSpecification), `"sign_in"`)

	got := cdktest.Check(t, shop{}, shopConfigured)
	assert.Equal(t, &protocol.ConnectionStatus{
		Status: protocol.ConnectionFailed, Message: "closed on Sundays",
	}, got.ConnectionStatus)

	got = cdktest.Discover(t, shop{}, shopConfigured)
	require.Len(t, got.Catalog.Streams, 3)
	assert.Equal(t, "meta.tags", got.Catalog.Streams[1].Descriptor().String())
}

func TestReadSelectsStreams(t *testing.T) {
	t.Parallel()
	const (
		of    = `{"type":"STREAM","stream":{"stream_descriptor":{"name":`
		none  = `"stream_state":{"__ab_no_cursor_state_message":true}}}`
		order = of + `"orders"},"stream_state":{"id":3}}}`
		all   = of + `"orders"},` + none
		tags  = of + `"tags","namespace":"meta"},` + none
	)
	type opts []cdktest.Option
	for name, test := range map[string]struct {
		opts         opts
		orders, tags int    // records
		state        string // the elements
	}{
		"incremental":  {opts{cdktest.Incremental("orders")}, 3, 0, order},
		"full refresh": {opts{cdktest.FullRefresh("meta.tags", "orders")}, 3, 2, all + "," + tags},
		"both": {
			opts{cdktest.FullRefresh("tags"), cdktest.Incremental("orders")}, 3, 2,
			order + "," + tags,
		},
		"from a state": {
			opts{cdktest.Incremental("orders"), cdktest.State(`[` + order + `]`)}, 1, 0, order,
		},
		"catalog": {
			opts{cdktest.Catalog(
				[]byte(`{"streams":[{"stream":{"name":"orders"},"sync_mode":"incremental"}]}`),
			)}, 3, 0, order,
		},
		"streams": {opts{cdktest.Streams("meta.tags")}, 0, 2, tags},
		"limit": {
			opts{cdktest.Streams("orders", "tags"), cdktest.Limit(1)}, 1, 1, all + "," + tags,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := cdktest.Read(t, shop{}, shopConfigured, test.opts...)
			assert.Equal(t, 0, got.Code)
			assert.Len(t, got.Records("orders"), test.orders)
			assert.Len(t, got.Records("meta.tags"), test.tags)
			assert.JSONEq(t, "["+test.state+"]", string(got.LastState()))
		})
	}
}

// TestReadOfEverything has one stream that fails, without harm to the others.
func TestReadOfEverything(t *testing.T) {
	t.Parallel()
	for _, opts := range [][]cdktest.Option{nil, {cdktest.Incremental()}, {cdktest.FullRefresh()}} {
		got := cdktest.Read(t, shop{}, shopConfigured, opts...)
		assert.Equal(t, 1, got.Code)
		assert.Equal(t, `{"id":1,"at":"2026-01-01T00:00:00Z"}`, string(got.Records("orders")[0]))
		assert.Len(t, got.Records("tags"), 2)
		require.Len(t, got.Errors(), 1)
		assert.Equal(t, "broken", got.Errors()[0].Descriptor.Name)
		assert.Contains(t, got.Errors()[0].Message, "no shop says ****")
		assert.Equal(t, protocol.StatusIncomplete, got.Statuses("broken")[1])
		assert.Contains(t, got.Logs()[len(got.Logs())-1].Message, "1 of 3 streams failed: broken.")
	}
}

func TestReadOfWhatIsWrong(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		opt  cdktest.Option
		code int
		want string
	}{
		"config":  {cdktest.Config(`{"since":7}`), 1, "since: must be a string"},
		"stream":  {cdktest.Incremental("nope"), 1, "stream nope, which the source does not have"},
		"mode":    {cdktest.Incremental("tags"), 1, "supports full_refresh only"},
		"catalog": {cdktest.Catalog(`{`), 1, "The catalog is not"},
		"state":   {cdktest.State(`[7]`), 1, "element 1"},
		"limit":   {cdktest.Limit(-1), 2, "--limit must be"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := cdktest.Read(t, shop{}, shopConfigured, test.opt)
			assert.Equal(t, test.code, got.Code)
			require.NotEmpty(t, got.Errors())
			assert.Contains(t, got.Errors()[0].Message, test.want)
			if test.code == 2 {
				assert.Contains(t, got.Stderr, "Usage:")
			}
		})
	}
}
