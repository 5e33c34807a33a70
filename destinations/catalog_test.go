package destinations_test

import (
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/airbyte-go/cdk/destinations"
	"github.com/airbyte-go/cdk/protocol"
)

// opened returns the one stream that Open gets for a catalog.
func opened(t *testing.T, catalog, lastLine string) destinations.Stream {
	t.Helper()
	f := &fake{}
	got := writeLines(t, f, catalog, lastLine)
	require.Equal(t, 0, got.code, got.text)
	require.Len(t, f.streams, 1)
	return f.streams[0]
}

func TestWorldWithoutGenerations(t *testing.T) {
	t.Parallel()
	for mode, want := range map[string]destinations.Stream{
		"append":       {},
		"overwrite":    {Replace: true},
		"append_dedup": {Dedup: true},
	} {
		got := opened(t, catalogOf("a:"+mode), "")
		assert.Equal(t, want.Replace, got.Replace, mode)
		assert.Equal(t, want.Dedup, got.Dedup, mode)
		assert.Zero(t, got.Generation, mode)
		assert.Equal(t, [][]string{{"id"}}, got.Key)
		assert.Equal(t, []string{"id"}, got.Cursor)
		assert.JSONEq(t, `{}`, string(got.Schema))
	}
}

func TestWorldWithGenerations(t *testing.T) {
	t.Parallel()
	done := status("a", protocol.StatusComplete)
	for name, c := range map[string]struct {
		catalog string
		want    destinations.Stream
	}{
		"append":  {counted("append", 5, 0), destinations.Stream{}},
		"replace": {counted("append", 5, 5), destinations.Stream{Replace: true}},
		"dedup":   {counted("append_dedup", 5, 0), destinations.Stream{Dedup: true}},
		"replace and dedup": {
			counted("append_dedup", 5, 5),
			destinations.Stream{Dedup: true, Replace: true},
		},
		"overwrite, though": {counted("overwrite", 5, 5), destinations.Stream{Replace: true}},
	} {
		got := opened(t, c.catalog, done)
		assert.Equal(t, c.want.Replace, got.Replace, name)
		assert.Equal(t, c.want.Dedup, got.Dedup, name)
		assert.Equal(t, int64(5), got.Generation, name)
		assert.Equal(t, int64(3), got.SyncID, name)
	}
}

func TestDefaultsOfTheStream(t *testing.T) {
	t.Parallel()
	got := opened(t, `{"streams":[{"stream":{"name":"a","namespace":"n","json_schema":{"x":1},`+
		`"supported_sync_modes":["incremental"],"default_cursor_field":["at"],`+
		`"source_defined_primary_key":[["k"],["l","m"]]},"sync_mode":"incremental",`+
		`"destination_sync_mode":"append_dedup","primary_key":[],"cursor_field":[]}]}`, "")
	assert.Equal(t, "n.a", got.String())
	assert.Equal(t, [][]string{{"k"}, {"l", "m"}}, got.Key)
	assert.Equal(t, []string{"at"}, got.Cursor)
}

func TestCatalogMistakes(t *testing.T) {
	t.Parallel()
	keyless := strings.Replace(catalogOf("a:append_dedup"), `[["id"]]`, `[]`, 1)
	for name, c := range map[string]struct{ catalog, want string }{
		"no JSON":          {`{`, "The catalog is not a configured catalog in JSON"},
		"no streams":       {`{"streams":[]}`, "selects no stream. Select at least one in the conn"},
		"twice":            {catalogOf("a", "a"), "names stream a twice"},
		"no mode":          {strings.Replace(catalogOf("a"), `"append"`, `""`, 1), `mode ""`},
		"unknown mode":     {catalogOf("a:overwrite_dedup"), `mode "overwrite_dedup", which nobody knows`},
		"data activation":  {catalogOf("a:update"), "mode update, which this destination does not"},
		"dedup, no key":    {keyless, "deduplicate stream a, which has no primary key"},
		"empty key":        {strings.Replace(catalogOf("a"), `[["id"]]`, `[[]]`, 1), "empty path"},
		"half the ids":     {strings.Replace(counted("append", 5, 0), `"generation_id":5,`, "", 1), "only one of"},
		"hybrid":           {counted("append", 5, 3), "generation_id 5, minimum_generation_id 3"},
		"beyond":           {counted("append", 5, 6), "keep a part of the generations"},
		"overwrite, keep":  {counted("overwrite", 5, 0), "Only one can be meant"},
		"files":            {strings.Replace(catalogOf("a"), `"sync_mode"`, `"include_files":true,"sync_mode"`, 1), "copy the files"},
		"one of two wrong": {catalogOf("b", "a:soft_delete"), "mode soft_delete"},
	} {
		f := &fake{}
		got := writeLines(t, f, c.catalog, record("a", `{"a":1}`))
		assert.Equal(t, 1, got.code, name)
		require.Len(t, got.errors(), 1, name)
		trace := got.errors()[0]
		assert.Contains(t, trace.Message, c.want, name)
		assert.Equal(t, protocol.ConfigError, trace.FailureType, name)
		assert.Nil(t, f.streams, name)
	}
}

// appender can do nothing but append, and says nothing.
type appender struct{ f *fake }

func (a appender) Check(context.Context, none) error { return nil }

func (a appender) Open(
	ctx context.Context, cfg none, streams []destinations.Stream,
) (destinations.Loader, error) {
	return a.f.Open(ctx, cfg, streams)
}

func TestModesThatAreNotOffered(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		catalog, want string
		options       []destinations.Option
	}{
		"append":             {catalogOf("a"), "", nil},
		"overwrite":          {catalogOf("a:overwrite"), "mode overwrite, which this", nil},
		"dedup":              {catalogOf("a:append_dedup"), "mode append_dedup, which this", nil},
		"replace, counted":   {counted("append", 2, 2), "asks to replace what stream a has", nil},
		"a file's modes":     {catalogOf("a:overwrite"), "", overwriteSpec()},
		"not a file's modes": {catalogOf("a"), "Choose one of: overwrite.", overwriteSpec()},
		"spelled as append":  {counted("append", 2, 2), "", overwriteSpec()},
	} {
		got := call(t, appender{&fake{}}, command{
			catalog: c.catalog, input: strings.NewReader(status("a", protocol.StatusComplete)),
			options: c.options,
		})
		if c.want == "" {
			assert.Equal(t, 0, got.code, "%s: %s", name, got.text)
			continue
		}
		assert.Equal(t, 1, got.code, name)
		require.Len(t, got.errors(), 1, name)
		assert.Contains(t, got.errors()[0].Message, c.want, name)
	}
}

func overwriteSpec() []destinations.Option {
	return []destinations.Option{destinations.SpecFile([]byte(
		`{"connectionSpecification":{},"supported_destination_sync_modes":["overwrite"]}`))}
}
