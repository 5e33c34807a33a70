package destinations

import (
	"math"
	"runtime/debug"
	"slices"
	"time"
)

// Option changes how [Main] and [Run] run a destination.
type Option interface{ apply(*options) }

type options struct {
	batchRecords  int
	batchBytes    int64
	batchAge      time.Duration
	memory        int64 // 0: defaultMemory
	stateInterval time.Duration
	concurrency   int
	maxLine       int
	checkTimeout  time.Duration
	documentation string
	specFile      []byte
}

type optionFunc func(*options)

func (f optionFunc) apply(o *options) { f(o) }

func newOptions(opts []Option) options {
	o := options{
		batchRecords: 50_000, batchBytes: 16 << 20, batchAge: time.Minute,
		stateInterval: 15 * time.Second, concurrency: 8, maxLine: 64 << 20,
		checkTimeout: time.Minute,
	}
	for _, opt := range opts {
		opt.apply(&o)
	}
	return o
}

// defaultMemory is 64 MiB, and less under a tight limit of the process, which is known only once
// the process has begun to work.
func defaultMemory() int64 {
	const enough = 64 << 20
	limit := debug.SetMemoryLimit(-1) // a negative limit only asks
	if limit == math.MaxInt64 {
		return enough
	}
	return min(enough, limit/4)
}

// BatchRecords is the largest number of records in a batch, overriding the default 50,000. It
// panics below 1.
func BatchRecords(n int) Option {
	mustBeAtLeastOne("BatchRecords", int64(n))
	return optionFunc(func(o *options) { o.batchRecords = n })
}

// BatchBytes is how many bytes of records close a batch, overriding the default of 16 MiB. A batch
// is larger by at most its last record. It panics below 1.
func BatchBytes(n int64) Option {
	mustBeAtLeastOne("BatchBytes", n)
	return optionFunc(func(o *options) { o.batchBytes = n })
}

// BatchAge is how long a batch may wait for further records, overriding the default of a minute. It
// panics below 1.
func BatchAge(d time.Duration) Option {
	mustBeAtLeastOne("BatchAge", int64(d))
	return optionFunc(func(o *options) { o.batchAge = d })
}

// Memory bounds the bytes of all records and states that are held at one time, over all streams,
// overriding the default of 64 MiB, or of a quarter of the process's memory limit where that is
// less. Where it is reached, standard input waits. What is larger than all of it is held alone. It
// panics below 1.
func Memory(n int64) Option {
	mustBeAtLeastOne("Memory", n)
	return optionFunc(func(o *options) { o.memory = n })
}

// StateInterval is how long a state may wait for more records to come into the batches before it,
// overriding the default 15 s: then they are loaded as they are, so that the platform learns of
// progress early and often. Zero loads them with each state, which suits tests: many small batches
// are slow.
func StateInterval(d time.Duration) Option {
	return optionFunc(func(o *options) { o.stateInterval = max(d, 0) })
}

// Concurrency is how many streams are loaded at once, overriding the default 8. It panics below 1.
func Concurrency(n int) Option {
	mustBeAtLeastOne("Concurrency", int64(n))
	return optionFunc(func(o *options) { o.concurrency = n })
}

// MaxLine is the longest line of standard input in bytes, overriding the default of 64 MiB. A
// longer one fails the write, because it may be a record. It panics below 1 and above 1 GiB.
func MaxLine(n int) Option {
	mustBeAtLeastOne("MaxLine", int64(n))
	if n > 1<<30 {
		panic("destinations: MaxLine must be at most 1 GiB")
	}
	return optionFunc(func(o *options) { o.maxLine = n })
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
// JSON of a ConnectorSpecification, usually embedded. Validation, defaults and masking follow it,
// and so do the sync modes of a destination that is no [ModeLister]; the config struct then only
// receives the values.
func SpecFile(spec []byte) Option {
	spec = slices.Clone(spec)
	return optionFunc(func(o *options) { o.specFile = spec })
}

func mustBeAtLeastOne(option string, n int64) {
	if n < 1 {
		panic("destinations: " + option + " must be at least 1")
	}
}
