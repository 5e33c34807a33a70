package sources

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"testing"
	"testing/fstest"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/airbyte-go/cdk/protocol"
)

// remote returns streams whose schemas are calls that take a second each.
func remote(t *testing.T, n int, call func(i int) error) *knownStreams {
	var streams []Stream
	for i := range n {
		streams = append(streams, &StreamOf[json.RawMessage]{
			Name: fmt.Sprintf("s%03d", i),
			Schema: func(ctx context.Context) (json.RawMessage, error) {
				select {
				case <-time.After(time.Second):
				case <-ctx.Done():
					return nil, context.Cause(ctx)
				}
				return json.RawMessage(fmt.Sprintf(`{"n":%d}`, i)), call(i)
			},
			Read: func(context.Context, Slice) iter.Seq2[json.RawMessage, error] { return nil },
		})
	}
	known, err := describe(streams)
	require.NoError(t, err)
	return known
}

func TestSchemasAreAskedForTogether(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		catalog, err := remote(t, 100, func(int) error { return nil }).catalog(t.Context())
		require.NoError(t, err)
		assert.Equal(t, 13*time.Second, time.Since(start), "8 at once")
		for i, s := range catalog.Streams {
			assert.Equal(t, fmt.Sprintf("s%03d", i), s.Name)
			assert.Equal(t, fmt.Sprintf(`{"n":%d}`, i), string(s.JSONSchema))
		}
	})
}

func TestFirstFailureOfASchemaEndsDiscover(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		_, err := remote(t, 100, func(i int) error {
			if i == 20 {
				return errors.New("no such object")
			}
			return nil
		}).catalog(t.Context())
		require.EqualError(t, err, "Stream s020 could not be read: no such object.")
		assert.Equal(t, 3*time.Second, time.Since(start))

		_, err = remote(t, 3, func(i int) error { panic(i) }).catalog(t.Context())
		require.ErrorContains(t, err, "The connector crashed")

		ctx, cancel := context.WithCancelCause(t.Context())
		cancel(errors.New("stopped"))
		_, err = remote(t, 3, func(int) error { return nil }).catalog(ctx)
		require.EqualError(t, err, "stopped")
	})
}

func TestSchemaFile(t *testing.T) {
	t.Parallel()
	files := fstest.MapFS{
		"s/a.json": {Data: []byte(" {\"type\":\"object\"}\n")}, "s/b.json": {Data: []byte("[1]")},
		"s/c.json": {Data: []byte("{")},
	}
	raw, err := SchemaFile(files, "s/a.json")(t.Context())
	require.NoError(t, err)
	assert.Equal(t, `{"type":"object"}`, string(raw))
	for name, want := range map[string]string{
		"s/b.json": "The connector is built wrong: its schema s/b.json is not a JSON object.",
		"s/c.json": "The connector is built wrong: its schema s/c.json is not valid: jsontext: " +
			"unexpected EOF after offset 1.",
		"s/d.json": "The connector is built wrong: its schema cannot be read: open s/d.json: " +
			"file " +
			"does not exist.",
	} {
		_, err := SchemaFile(files, name)(t.Context())
		var e *protocol.Error
		require.ErrorAs(t, err, &e)
		assert.Equal(t, want, e.Message)
		assert.Equal(t, protocol.SystemError, e.Type)
	}
}
