package platform

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/airbyte-go/cdk/internal/jsonraw"
	"github.com/airbyte-go/cdk/protocol"
)

// Bounds of the verbs that answer (C.1).
const (
	answerTimeout   = 9 * time.Minute
	discoverTimeout = 30 * time.Minute // as within a sync
)

// Question is one run of spec, check or discover.
type Question struct {
	Connector Connector
	Verb      string
	Config    []byte // nil: none
	// SaveConfig keeps a config that the connector has changed; nil: it is not kept. Of several the
	// last counts (A.9).
	SaveConfig func(config []byte) error
	Log        func(e Entry) // nil discards
	Timeout    time.Duration // defaults to the platform's, 9 min; 30 min for discover
	Origin     Origin        // of the entries
}

// answers are the messages that answer the verbs.
var answers = map[string]protocol.MessageType{
	"spec": protocol.MessageSpec, "check": protocol.MessageConnectionStatus,
	"discover": protocol.MessageCatalog,
}

// Ask runs a verb and returns its answer, the first where there are several. A connector that fails
// is an error with what it says itself, a [*protocol.Error] of its failure type.
func Ask(ctx context.Context, q Question) (*protocol.Message, error) {
	run, err := q.Connector.Start(ctx, Call{Verb: q.Verb, Config: q.Config, Log: func(line string) {
		q.say(Entry{Origin: q.Origin, Level: protocol.LevelInfo, Text: line, Stderr: true})
	}})
	if err != nil {
		return nil, err
	}
	timeout := q.timeout()
	var late atomic.Bool
	defer time.AfterFunc(timeout, func() { late.Store(true); run.Kill() }).Stop()
	defer context.AfterFunc(ctx, run.Kill)()
	answer, failure := q.listen(run)
	code := run.Wait()
	switch {
	case ctx.Err() != nil:
		return nil, context.Cause(ctx)
	case late.Load():
		return nil, fmt.Errorf("%s of the %s did not end within %v", q.Verb, q.Origin, timeout)
	case answer != nil:
		return answer, nil
	case failure != nil:
		return nil, failure
	case code == entryMissing:
		return nil, fmt.Errorf("the shell found no program to start as the %s", q.Origin)
	case code == entryDenied:
		return nil, fmt.Errorf("the system does not execute the program that is to be the %s",
			q.Origin)
	}
	return nil, fmt.Errorf("%s of the %s ended with exit code %d and without a %s message",
		q.Verb, q.Origin, code, answers[q.Verb])
}

func (q *Question) timeout() time.Duration {
	switch {
	case q.Timeout > 0:
		return q.Timeout
	case q.Verb == "discover":
		return discoverTimeout
	}
	return answerTimeout
}

func (q *Question) say(e Entry) {
	if q.Log != nil {
		q.Log(e)
	}
}

// listen reads the output to its end.
func (q *Question) listen(run Running) (answer *protocol.Message, failure error) {
	var config []byte
	reader := protocol.NewReader(run.Output(), protocol.ReaderOptions{})
	for m, err := range reader.Messages() {
		switch {
		case err != nil:
			if _, isLine := errors.AsType[*protocol.LineError](err); !isLine {
				break // it is the last one
			}
			q.say(Entry{Origin: q.Origin, Level: protocol.LevelInfo, Text: err.Error()})
		case m.Type == answers[q.Verb] && answer == nil:
			answer = m
		case m.Log != nil:
			q.say(Entry{Origin: q.Origin, Level: m.Log.Level, Text: m.Log.Message})
		case m.Trace != nil && m.Trace.Error != nil && failure == nil:
			e := m.Trace.Error
			failure = &protocol.Error{
				Type: cmp.Or(e.FailureType, protocol.SystemError), Message: e.Message,
			}
		case m.Control != nil && m.Control.ConnectorConfig != nil:
			config = m.Control.ConnectorConfig.Config
		}
	}
	if config != nil && q.SaveConfig != nil && !jsonraw.Equal(config, q.Config) {
		if err := q.SaveConfig(config); err != nil {
			q.say(Entry{Origin: Platform, Level: protocol.LevelError, Text: err.Error()})
		}
	}
	return answer, failure
}
