package sources

import (
	"slices"
	"time"
)

// Option changes how [Main] and [Run] run a source.
type Option interface{ apply(*options) }

type options struct {
	concurrency   int
	stateInterval time.Duration
	checkTimeout  time.Duration
	documentation string
	specFile      []byte
}

type optionFunc func(*options)

func (f optionFunc) apply(o *options) { f(o) }

func newOptions(opts []Option) options {
	o := options{concurrency: 8, stateInterval: 15 * time.Second, checkTimeout: time.Minute}
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
// The first and the last state of a stream do not wait. Zero writes one at every checkpoint that
// moves the position, which suits tests: many states slow the platform down.
func StateInterval(d time.Duration) Option {
	return optionFunc(func(o *options) { o.stateInterval = d })
}

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
