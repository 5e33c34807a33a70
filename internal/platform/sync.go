package platform

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/airbyte-go/cdk/protocol"
)

// Sync is one connection, about to be synced. Its fields must not be changed once it runs. A Sync
// runs once.
type Sync struct {
	Source, Destination             Connector
	SourceConfig, DestinationConfig []byte
	// Catalog is what the user chose, with [OverwriteDedup] beside the modes of the protocol. Its
	// generation ids do not count.
	Catalog *protocol.ConfiguredCatalog
	Store   Store

	// SupportsRefreshes plays a registry connector whose definition says so: with generation ids,
	// and COMPLETE before the destination's input ends. Defaults to a custom connector.
	SupportsRefreshes bool
	// ResumeFullRefresh is the platform's flag enable-resumable-full-refresh: a retry of a full
	// refresh goes on where the last attempt ended, if its stream is resumable. Defaults to off, as
	// there.
	ResumeFullRefresh bool

	Attempts int // at most; defaults to 1
	// Heartbeat is how long the source may be silent; defaults to 3 h.
	Heartbeat time.Duration
	// DestinationTimeout is how long a write to the destination may block, and how long it may take
	// to end after its input; defaults to 24 h.
	DestinationTimeout time.Duration
	// Grace is how long a connector may take to end after it was told to; defaults to 1 min.
	Grace time.Duration
	// Backoff is the wait before a retry; defaults to [Backoff].
	Backoff func(complete int) time.Duration

	// SaveSourceConfig and SaveDestinationConfig keep a config that a connector has changed; nil:
	// it is kept for the next attempt only.
	SaveSourceConfig, SaveDestinationConfig func(config []byte) error
	// Log gets what is logged, by several goroutines. Nil discards it.
	Log func(e Entry)

	board   board
	memory  *Memory
	keeper  sync.Mutex // of the memory
	configs sync.Mutex
	saved   time.Time   // when the states were stored last
	late    *time.Timer // stores those that came since; nil: none did
}

// Entry is one thing to be logged.
type Entry struct {
	Origin Origin
	Level  protocol.LogLevel
	Text   string
	Stderr bool // it is a line of standard error
}

// saveEvery is how often states are stored at most, besides the end of an attempt. The platform
// does it every 10 s (C.4).
const saveEvery = time.Second

func (s *Sync) grace() time.Duration     { return cmp.Or(s.Grace, defaultGrace) }
func (s *Sync) heartbeat() time.Duration { return cmp.Or(s.Heartbeat, defaultHeartbeat) }
func (s *Sync) destinationTimeout() time.Duration {
	return cmp.Or(s.DestinationTimeout, defaultDestinationTimeout)
}

// Progress is what is known at this moment. It may be called while the sync runs, by any goroutine.
func (s *Sync) Progress() *Report { return s.board.snapshot() }

// Run syncs. The report says how it ended; an error means that nothing could be tried, or that what
// was reached could not be stored. When ctx ends, the source is asked to stop, what it has read is
// loaded, and the outcome is [Cancelled].
func (s *Sync) Run(ctx context.Context) (*Report, error) {
	if err := checkCatalog(s.Catalog); err != nil {
		return nil, err
	}
	var err error
	if s.memory, err = s.Store.Load(); err != nil {
		return nil, err
	}
	s.memory.SyncID++
	s.board.open(s.Catalog, s.memory)
	if ctx.Err() != nil { // a new generation for nothing would be a pity
		return s.board.end(Cancelled), nil //nolint:nilerr // the report says it
	}
	outcome, err := s.attempts(ctx)
	return s.board.end(outcome), err
}

// attempts makes attempts until one succeeds or there is no use in another (C.4).
func (s *Sync) attempts(ctx context.Context) (Outcome, error) {
	var tries retries
	for number := 1; ; number++ {
		good, err := s.try(ctx, number)
		switch {
		case err != nil:
			return Failed, err
		case good:
			return Succeeded, nil
		case ctx.Err() != nil:
			return Cancelled, nil //nolint:nilerr // the outcome says it
		case number >= max(s.Attempts, 1):
			return Failed, nil
		}
		wait, more := tries.next(s.partial(), s.Backoff)
		if !more {
			s.say(Platform, protocol.LevelError, "the platform would give up here: "+tries.why())
			return Failed, nil
		}
		s.say(Platform, protocol.LevelWarn, fmt.Sprintf(
			"attempt %d failed; the next one begins in %v", number, wait))
		if !pause(ctx, wait) {
			return Cancelled, nil
		}
	}
}

// try makes one attempt and stores what it has reached.
func (s *Sync) try(ctx context.Context, number int) (bool, error) {
	s.begin(s.memory, number > 1)
	if err := s.Store.SaveAll(s.memory); err != nil {
		return false, err
	}
	forSource, forDestination, err := s.catalogs(s.memory.Generations, s.memory.SyncID)
	if err != nil {
		return false, err
	}
	source := Call{
		Verb: "read", Config: s.SourceConfig, Catalog: forSource, Log: s.stderrOf(Source),
	}
	if s.memory.States.Len() > 0 { // without one there is no --state (A.9)
		source.State = s.memory.States.File()
	}
	good := s.newAttempt(number).run(ctx, source, Call{
		Verb: "write", Config: s.DestinationConfig, Catalog: forDestination, Input: true,
		Log: s.stderrOf(Destination),
	})
	s.keeper.Lock()
	defer s.keeper.Unlock()
	return good, s.saveNow()
}

// saveStates stores the states, but not more often than it makes sense. It must be called under
// the keeper's lock.
func (s *Sync) saveStates() error {
	wait := saveEvery - time.Since(s.saved)
	switch {
	case wait <= 0:
		return s.saveNow()
	case s.late == nil:
		s.late = time.AfterFunc(wait, func() {
			s.keeper.Lock()
			defer s.keeper.Unlock()
			if s.late == nil {
				return // they have been stored meanwhile
			}
			if err := s.saveNow(); err != nil { // the end of the attempt tries again
				s.say(Platform, protocol.LevelError, err.Error())
			}
		})
	}
	return nil
}

// saveNow stores the states. It must be called under the keeper's lock.
func (s *Sync) saveNow() error {
	if s.late != nil {
		s.late.Stop()
		s.late = nil
	}
	s.saved = time.Now()
	return s.Store.SaveStates(s.memory)
}

func (s *Sync) partial() bool {
	s.board.mu.Lock()
	defer s.board.mu.Unlock()
	return s.board.current().Partial()
}

func (s *Sync) stderrOf(origin Origin) func(string) {
	return func(line string) {
		if s.Log != nil {
			s.Log(Entry{Origin: origin, Level: protocol.LevelInfo, Text: line, Stderr: true})
		}
	}
}

func (s *Sync) say(origin Origin, level protocol.LogLevel, text string) {
	if s.Log != nil {
		s.Log(Entry{Origin: origin, Level: level, Text: text})
	}
}

func (a *attempt) say(origin Origin, level protocol.LogLevel, text string) {
	a.sync.say(origin, level, text)
}

// failure adds a failure that no connector has said itself.
func (a *attempt) failure(origin Origin, t protocol.FailureType, err error) {
	a.fail(Failure{Origin: origin, Type: t, Message: err.Error(), At: time.Now()})
}

func (a *attempt) fail(f Failure) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.addFailure(f)
}

// mostFailures is how many reasons the platform keeps (A.9).
const mostFailures = 10

// longestMessage is where the platform cuts the message of a failure, in characters (A.9).
const longestMessage = 50_000

// addFailure keeps a failure in the order of time: the earliest is the headline. It must be called
// under the lock.
func (a *attempt) addFailure(f Failure) {
	now := a.current()
	f.Message = cut(f.Message, longestMessage)
	// Connectors tell milliseconds. What they say of an end that this failure has led to must not
	// look earlier.
	f.At = f.At.Truncate(time.Millisecond)
	now.Failures = append(slices.Clip(now.Failures), f) // a snapshot may hold the old ones
	slices.SortStableFunc(now.Failures, func(x, y Failure) int { return x.At.Compare(y.At) })
	now.Failures = now.Failures[:min(len(now.Failures), mostFailures)]
}

// cut shortens a text to a number of characters.
func cut(text string, most int) string {
	if len(text) <= most {
		return text
	}
	n := 0
	for i := range text {
		if n == most {
			return text[:i]
		}
		n++
	}
	return text
}
