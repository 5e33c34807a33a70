package sources

import (
	"slices"
	"time"
)

// Option changes how [Main] and [Run] run a source.
type Option interface{ apply(*options) }

type options struct {
	concurrency    int
	stateInterval  time.Duration
	heartbeat      time.Duration
	stallTimeout   time.Duration
	checkTimeout   time.Duration
	partitionLimit int
	globalState    bool
	documentation  string
	specFile       []byte
}

type optionFunc func(*options)

func (f optionFunc) apply(o *options) { f(o) }

func newOptions(opts []Option) options {
	o := options{
		concurrency: 8, partitionLimit: 10_000, stateInterval: 15 * time.Second,
		heartbeat: 5 * time.Minute, stallTimeout: time.Hour, checkTimeout: time.Minute,
	}
	for _, opt := range opts {
		opt.apply(&o)
	}
	return o
}

// Concurrency is how many slices are read at once, over all streams, overriding the default 8. It
// panics below 1.
func Concurrency(n int) Option {
	if n < 1 {
		panic("sources: Concurrency must be at least 1")
	}
	return optionFunc(func(o *options) { o.concurrency = n })
}

// StateInterval is the shortest time between two states of a stream, overriding the default 15 s.
// The first and the last state of a stream do not wait. A large state, as of thousands of
// partitions, waits until it is a small share of the records written since the last one, but no
// longer than ten minutes. Zero writes a state at every checkpoint that moves the position, which
// suits tests: many states slow the platform down.
func StateInterval(d time.Duration) Option {
	return optionFunc(func(o *options) { o.stateInterval = d })
}

// Heartbeat is how long a read may write neither a record nor a state, overriding the default of
// five minutes: then the last state of a stream is written again, because nothing else shows the
// platform that a source is alive. Zero turns it off.
func Heartbeat(d time.Duration) Option {
	return optionFunc(func(o *options) { o.heartbeat = d })
}

// StallTimeout is how long a stream with slices in flight may show no sign of life, overriding the
// default of an hour: no record, no checkpoint, no answer of an API. It is then ended as a
// transient error, so that the platform tries again. A wait that [RateLimited] was told of does not
// count, nor does a destination that takes no more records. Zero turns it off.
func StallTimeout(d time.Duration) Option {
	return optionFunc(func(o *options) { o.stallTimeout = d })
}

// PartitionLimit is how many partitions of a stream have a position of their own in its state,
// overriding the default 10,000. A stream with more of them keeps one position for all, if it has a
// [TimeCursor]; with another cursor, those beyond the limit are read anew in each sync. A partition
// beyond the limit that comes again in one sync, after more than this many others and more than
// 10,000, may be read again, which repeats its records. It panics below 1.
func PartitionLimit(n int) Option {
	if n < 1 {
		panic("sources: PartitionLimit must be at least 1")
	}
	return optionFunc(func(o *options) { o.partitionLimit = n })
}

// GlobalState makes one state of those of all streams, together with a shared one that belongs to
// no stream, such as a position in a log from which all are read: see [Output.Share] and
// [Slice.Shared]. A source whose last sync left such a state keeps to it without being asked.
func GlobalState() Option { return optionFunc(func(o *options) { o.globalState = true }) }

// CheckTimeout bounds check, overriding the default of a minute.
func CheckTimeout(d time.Duration) Option {
	return optionFunc(func(o *options) { o.checkTimeout = d })
}

// Documentation is the address that the spec gives for the connector's documentation.
func Documentation(url string) Option {
	return optionFunc(func(o *options) { o.documentation = url })
}

// SpecFile replaces the spec that is derived from the config struct by one written by hand: the
// JSON of a ConnectorSpecification, usually embedded. Validation, defaults and masking follow it;
// the config struct then only receives the values.
func SpecFile(spec []byte) Option {
	spec = slices.Clone(spec)
	return optionFunc(func(o *options) { o.specFile = spec })
}
