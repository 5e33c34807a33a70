package connection

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/airbyte-go/cdk/protocol"
)

func TestShortName(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]string{
		"./source-acme": "source-acme", "python main.py": "main", "": "source",
		"python main.py --password s3cr3t": "main", "KEY=s3cr3t ./run": "run",
		"python -m source_acme":    "source_acme",
		`C:\tools\source-acme.exe`: "source-acme", "'/a b/source-x' --flag": "source-x",
		"docker run --rm acme/source-acme:1.2": "source-acme-1.2", "./..": "source",
		"python -m source-acme run": "source-acme",
	} {
		assert.Equal(t, want, shortName(line, "source"), line)
	}
}

// The best mode is the one with the least to read and the fewest copies.
func TestModeOfAStream(t *testing.T) {
	t.Parallel()
	both := []protocol.SyncMode{protocol.SyncFullRefresh, protocol.SyncIncremental}
	all := []protocol.DestinationSyncMode{
		protocol.DestinationAppend, protocol.DestinationOverwrite, protocol.DestinationAppendDedup,
	}
	key := [][]string{{"id"}}
	for name, test := range map[string]struct {
		stream protocol.Stream
		writes []protocol.DestinationSyncMode
		want   Mode
	}{
		"all": {
			protocol.Stream{
				SupportedSyncModes: both, SourceDefinedCursor: true, SourceDefinedPrimaryKey: key,
			}, all, IncrementalDedup,
		},
		"no key": {
			protocol.Stream{SupportedSyncModes: both, DefaultCursorField: []string{"at"}}, all,
			IncrementalAppend,
		},
		"no cursor": {
			protocol.Stream{SupportedSyncModes: both, SourceDefinedPrimaryKey: key}, all,
			FullRefreshOverwrite,
		},
		"only append": {protocol.Stream{}, all[:1], FullRefreshAppend},
	} {
		got, err := chooser{writes: test.writes}.configure(test.stream)
		require.NoError(t, err, name)
		assert.Equal(t, configured(test.stream, test.want), got, name)
	}
	incremental := protocol.Stream{Name: "a", SupportedSyncModes: both[1:]}
	_, err := chooser{writes: all}.configure(incremental)
	require.ErrorContains(t, err, "stream a cannot be synced by any mode")
	require.ErrorContains(t, err, "cursor_field into a configured catalog")
}

func TestChooseStreams(t *testing.T) {
	t.Parallel()
	all := []protocol.Stream{
		{Name: "users", Namespace: "a"}, {Name: "users", Namespace: "b"}, {Name: "orders"},
	}
	pick := func(names ...string) ([]protocol.Stream, error) {
		return choose(all, names, (*protocol.Stream).Descriptor)
	}
	got, err := pick("orders", "a.users")
	require.NoError(t, err)
	assert.Equal(t, []protocol.Stream{all[0], all[2]}, got)
	_, err = pick("users")
	require.EqualError(t, err,
		"--streams users is the name of 2 streams; say which one: a.users or b.users")
}

// A catalog of whatever bytes is one of the two, or an error.
func FuzzParseCatalog(f *testing.F) {
	f.Add([]byte(`{"streams":[{"stream":{"name":"a"},"sync_mode":"incremental"}]}`))
	f.Add([]byte(`{"type":"CATALOG","catalog":{"streams":[{"name":"a"}]}}`))
	f.Add([]byte(`{"catalog":{"catalog":null}}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		ready, found, err := parseCatalog(text)
		if err == nil {
			assert.NotEqual(t, ready == nil, found == nil)
		}
	})
}
