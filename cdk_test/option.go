package cdktest

import (
	"bytes"
	"encoding/json"
	nethttp "net/http"

	"github.com/airbyte-go/cdk/protocol"
	"github.com/airbyte-go/cdk/sources"
)

// Option says what surrounds a run of a connector. An [API] is one, too. Options that a verb has
// no use for are ignored.
type Option interface{ apply(s *settings) }

// settings is what the options of one call say.
type settings struct {
	transport  nethttp.RoundTripper // nil: the connector's own
	fake       func(api *API)       // nil: no fake API for acceptance tests
	config     []byte               // nil: the config is the value that was given
	catalog    []byte               // nil: see selections
	selected   []selection
	streams    []string
	limit      int    // 0: none
	generation int64  // 0: the platform counts none
	state      []byte // nil: no --state
	options    []sources.Option

	streamStates []protocol.StreamState // of which state is made
	sharedState  json.RawMessage        // nil: the states are of one stream each
	cassette     *cassetteFile          // nil: none
}

// selection asks for streams in one mode; no names mean all of them.
type selection struct {
	mode    protocol.SyncMode
	streams []string
}

type optionFunc func(*settings)

func (f optionFunc) apply(s *settings) { f(s) }

// Config is the text of the config file, instead of the config given as a Go value: for configs
// that the type cannot hold.
func Config[T ~string | ~[]byte](file T) Option {
	raw := []byte(file)
	return optionFunc(func(s *settings) { s.config = bytes.Clone(raw) })
}

// Incremental puts streams into the catalog in the mode incremental; without names all streams
// that support it. A stream with a namespace is named as "namespace.name", or by its name alone.
//
// Together with [FullRefresh] it selects the streams of both. A name that the source does not
// have goes into the catalog as it is, to see what the source says.
func Incremental(streams ...string) Option { return choose(protocol.SyncIncremental, streams) }

// FullRefresh puts streams into the catalog in the mode full_refresh; without names all of them.
// See [Incremental].
func FullRefresh(streams ...string) Option { return choose(protocol.SyncFullRefresh, streams) }

func choose(mode protocol.SyncMode, streams []string) Option {
	return optionFunc(func(s *settings) {
		s.selected = append(s.selected, selection{mode, streams})
	})
}

// Generation makes the catalog that of a platform that counts generations, as for destinations that
// support refreshes: each stream has this generation_id, and only there can an interrupted full
// refresh be resumed. The number must not be 0.
func Generation(id int64) Option {
	return optionFunc(func(s *settings) { s.generation = id })
}

// Catalog is the text of the catalog file, instead of a catalog that is made of what discover
// says.
func Catalog[T ~string | ~[]byte](file T) Option {
	raw := []byte(file)
	return optionFunc(func(s *settings) { s.catalog = bytes.Clone(raw) })
}

// State is the text of the state file, usually what [Result.LastState] returned.
func State[T ~string | ~[]byte](file T) Option {
	raw := []byte(file)
	return optionFunc(func(s *settings) { s.state = bytes.Clone(raw) })
}

// StreamState puts the state of a stream into the state file, as earlier syncs would have left it.
// The name of a stream with a namespace is "namespace.name". Several of these, and [GlobalState],
// make one file; after [State] they replace it.
func StreamState(stream, state string) Option {
	return optionFunc(func(s *settings) {
		s.streamStates = append(s.streamStates, streamStateOf(stream, state))
		s.state = describedStates(s)
	})
}

// GlobalState makes the state file that of a source with one state for all streams; those that
// [StreamState] gives are parts of it.
func GlobalState(shared string) Option {
	return optionFunc(func(s *settings) {
		s.sharedState = json.RawMessage(shared)
		s.state = describedStates(s)
	})
}

// Streams reads without a catalog, by the flag --streams: the named streams in full refresh.
func Streams(names ...string) Option {
	return optionFunc(func(s *settings) { s.streams = names })
}

// Limit reads without a catalog, by the flag --limit: at most n records of each stream, in full
// refresh.
func Limit(n int) Option {
	return optionFunc(func(s *settings) { s.limit = n })
}

// RunOptions passes options to [sources.Run], such as [sources.Concurrency].
func RunOptions(opts ...sources.Option) Option {
	return optionFunc(func(s *settings) { s.options = append(s.options, opts...) })
}
