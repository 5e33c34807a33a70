package platform

import (
	"bytes"
	"cmp"
	"fmt"
	"time"

	"github.com/airbyte-go/cdk/protocol"
)

// other takes in a message of the source that is not passed on.
func (in *intake) other(line []byte) error {
	m, err := protocol.Parse(line)
	if err != nil || m.Type == "" {
		in.stray(Source, line)
		return nil
	}
	switch {
	case m.Trace != nil && m.Trace.StreamStatus != nil:
		return in.status(m.Trace.StreamStatus)
	case m.Trace != nil && m.Trace.Estimate != nil:
		in.estimate(m.Trace.Estimate)
		return nil
	}
	in.said(Source, m)
	return nil
}

// said takes in what both connectors may say: logs, failures and a new config.
func (a *attempt) said(origin Origin, m *protocol.Message) {
	switch {
	case m.Log != nil:
		a.say(origin, m.Log.Level, m.Log.Message)
	case m.Trace != nil && m.Trace.Error != nil:
		a.failed(origin, m.Trace)
	case m.Trace != nil && m.Trace.Analytics != nil:
		a.say(origin, protocol.LevelDebug,
			fmt.Sprintf("analytics %s: %s", m.Trace.Analytics.Type, m.Trace.Analytics.Value))
	case m.Control != nil:
		a.control(origin, m.Control)
	}
}

// failed keeps an ERROR trace. A missing type is system_error (A.9).
func (a *attempt) failed(origin Origin, t *protocol.Trace) {
	e := t.Error
	f := Failure{
		Origin: origin, Type: e.FailureType, Message: e.Message, Internal: e.InternalMessage,
		Stream: e.Descriptor, At: time.UnixMilli(t.EmittedAt),
	}
	if f.Type == "" {
		f.Type = protocol.SystemError
	}
	a.fail(f)
}

// control keeps a new config as soon as it is read, in the place of the old one. That it cannot be
// kept is only logged (A.9).
func (a *attempt) control(origin Origin, c *protocol.Control) {
	if c.ConnectorConfig == nil || len(c.ConnectorConfig.Config) == 0 {
		a.found(origin, "A CONTROL message has no config.")
		return
	}
	if err := a.sync.saveConfig(origin, c.ConnectorConfig.Config); err != nil {
		a.say(Platform, protocol.LevelError,
			fmt.Sprintf("the new config of the %s cannot be saved: %v", origin, err))
		a.found(Platform, "A new config of the %s could not be saved: %v", origin, err)
		return
	}
	a.say(Platform, protocol.LevelInfo, fmt.Sprintf("the %s changed its config", origin))
}

// saveConfig keeps a config for the attempts to come and hands it to who keeps it for good.
func (s *Sync) saveConfig(origin Origin, config []byte) error {
	s.configs.Lock()
	defer s.configs.Unlock()
	config = bytes.Clone(config)
	save := s.SaveSourceConfig
	if origin == Destination {
		save = s.SaveDestinationConfig
		s.DestinationConfig = config
	} else {
		s.SourceConfig = config
	}
	if save == nil {
		return nil
	}
	return save(config)
}

// status notes what a stream is doing. COMPLETE of an unknown stream fails the sync (A.9).
func (in *intake) status(t *protocol.StreamStatusTrace) error {
	in.mu.Lock()
	defer in.mu.Unlock()
	s := in.streams[t.Descriptor]
	if s == nil {
		if t.Status == protocol.StatusComplete {
			return fmt.Errorf("the source says that stream %s is COMPLETE, which the configured "+
				"catalog does not have; the platform fails such a sync", t.Descriptor)
		}
		in.note(Source, "A status is of stream %s, which the configured catalog does not have.",
			t.Descriptor)
		return nil
	}
	if !follows(s.Status, t.Status) {
		in.note(Source, "The status %s of stream %s follows %s; the order is STARTED, RUNNING, "+
			"COMPLETE or INCOMPLETE.", t.Status, s.names, cmp.Or(s.Status, "none"))
	}
	s.Status = t.Status
	s.RateLimited, s.RateLimitedUntil = false, time.Time{}
	switch t.Status {
	case protocol.StatusStarted:
		s.attempt.began = time.Now()
	case protocol.StatusComplete, protocol.StatusIncomplete:
		s.close()
	case protocol.StatusRunning:
		for _, reason := range t.Reasons {
			if reason.Type == protocol.ReasonRateLimited {
				s.RateLimited = true
				if l := reason.RateLimited; l != nil && l.QuotaReset > 0 {
					s.RateLimitedUntil = time.UnixMilli(l.QuotaReset)
				}
			}
		}
	}
	return nil
}

// follows tells whether a status may come after another one, or as the first (A.9). INCOMPLETE may
// come at any time, for a stream can fail before it has started.
func follows(before, status protocol.StreamStatus) bool {
	switch status {
	case protocol.StatusStarted:
		return before == ""
	case protocol.StatusRunning:
		return before == protocol.StatusStarted || before == protocol.StatusRunning
	case protocol.StatusComplete:
		return before == protocol.StatusRunning
	case protocol.StatusIncomplete:
		return before != protocol.StatusComplete && before != protocol.StatusIncomplete
	}
	return true
}

// close stops the stream's clock.
func (s *StreamReport) close() {
	if !s.attempt.began.IsZero() {
		s.Seconds += time.Since(s.attempt.began).Seconds()
		s.attempt.began = time.Time{}
	}
}

// estimate keeps a guess. Where a sync mixes the two kinds, the platform drops all (A.5).
func (in *intake) estimate(e *protocol.Estimate) {
	in.mu.Lock()
	defer in.mu.Unlock()
	mixed := in.estimates != "" && in.estimates != e.Type
	if in.estimates = e.Type; mixed || in.mixed {
		in.mixed = true
		in.note(Source, "Estimates of streams and of the sync are mixed; the platform drops them.")
		for _, s := range in.ordered {
			s.RowEstimate, s.ByteEstimate = 0, 0
		}
		return
	}
	d := protocol.Descriptor{Name: e.Name, Namespace: e.Namespace}
	if s := in.streams[d]; s != nil && e.Type == protocol.EstimateStream {
		s.RowEstimate, s.ByteEstimate = e.RowEstimate, e.ByteEstimate
	}
}
