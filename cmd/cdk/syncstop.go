package main

import (
	"context"
	"os"
	"os/signal"
	"sync/atomic"
	"syscall"
)

// stops hears SIGINT and SIGTERM. The first asks for an end, and every other one ends at once.
type stops struct {
	signals chan os.Signal
	done    chan struct{}
	gently  atomic.Pointer[func()]
	hard    atomic.Pointer[func()]
}

func newStops(cancel context.CancelCauseFunc) *stops {
	s := &stops{signals: make(chan os.Signal, 2), done: make(chan struct{})}
	signal.Notify(s.signals, os.Interrupt, syscall.SIGTERM)
	go s.obey(cancel)
	return s
}

func (s *stops) obey(cancel context.CancelCauseFunc) {
	for first := true; ; first = false {
		var got os.Signal
		select {
		case <-s.done:
			return
		case got = <-s.signals:
		}
		do := &s.hard
		if first {
			cancel(interrupted{got})
			do = &s.gently
		}
		if f := do.Load(); f != nil {
			(*f)()
		}
	}
}

// on says what is to be done besides at the first signal, and at every other one.
func (s *stops) on(gently, hard func()) {
	s.gently.Store(&gently)
	s.hard.Store(&hard)
}

func (s *stops) close() {
	signal.Stop(s.signals)
	close(s.done)
}
