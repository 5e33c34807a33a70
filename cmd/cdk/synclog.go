package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"github.com/airbyte-go/cdk/internal/platform"
	"github.com/airbyte-go/cdk/internal/syncview"
)

// logged is a live view on a terminal, beside which all logs go to a file: on the screen they would
// bury what matters, and nobody could look for them later.
type logged struct {
	*syncview.Live

	path string
	mu   sync.Mutex
	file *os.File // nil: not yet, or closed
}

// to opens the file anew.
func (l *logged) to(path string) error {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return fmt.Errorf("the logs cannot be kept: %w", err)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.path, l.file = path, file
	return nil
}

// Log keeps an entry and shows it if it is one to be seen.
func (l *logged) Log(e platform.Entry) {
	l.mu.Lock()
	if l.file != nil {
		kind := string(e.Level)
		if e.Stderr {
			kind = "stderr"
		}
		fmt.Fprintf(l.file, "%s %s %s %s\n",
			time.Now().Format(time.RFC3339Nano), e.Origin, kind, e.Text)
	}
	l.mu.Unlock()
	l.Live.Log(e)
}

// Close ends the view and the file.
func (l *logged) Close() {
	l.Live.Close()
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.file != nil {
		_ = l.file.Close()
		l.file = nil
	}
}

// lastWords keeps the last lines of standard error of each connector: where one dies without a
// message, they are all there is.
type lastWords struct {
	mu    sync.Mutex
	lines map[platform.Origin][]string
}

func (w *lastWords) hear(e platform.Entry) {
	const most = 8
	if !e.Stderr {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.lines == nil {
		w.lines = map[platform.Origin][]string{}
	}
	lines := w.lines[e.Origin]
	if len(lines) == most {
		lines = lines[1:]
	}
	w.lines[e.Origin] = append(lines, e.Text)
}

// write shows them on a terminal; elsewhere they have been seen.
func (w *lastWords) write(errs io.Writer, show display, failed error) {
	if _, ok := show.(*logged); !ok || failed == nil {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, origin := range []platform.Origin{platform.Source, platform.Destination} {
		if len(w.lines[origin]) == 0 {
			continue
		}
		fmt.Fprintf(errs, "The last words of the %s on standard error:\n", origin)
		for _, line := range w.lines[origin] {
			fmt.Fprintf(errs, "  %s\n", syncview.Clean(line))
		}
	}
}

// jsonLines writes what happens for programs: one object a line.
type jsonLines struct {
	mu     sync.Mutex
	out    *json.Encoder
	failed error
	done   chan struct{}
	shown  sync.WaitGroup
}

// jsonEvery is how often there is a line of progress.
const jsonEvery = time.Second

// jsonLine is a line. Its type is log, progress or report.
type jsonLine struct {
	Type    string           `json:"type"`
	At      time.Time        `json:"at"`
	Origin  platform.Origin  `json:"origin,omitempty"`
	Level   string           `json:"level,omitempty"`
	Stderr  bool             `json:"stderr,omitempty"`
	Message string           `json:"message,omitempty"`
	Report  *platform.Report `json:"report,omitempty"`
}

func newJSONLines(out io.Writer) *jsonLines {
	l := &jsonLines{out: json.NewEncoder(out), done: make(chan struct{})}
	l.out.SetEscapeHTML(false)
	return l
}

func (l *jsonLines) put(line jsonLine) {
	l.mu.Lock()
	defer l.mu.Unlock()
	line.At = time.Now()
	if err := l.out.Encode(line); err != nil && l.failed == nil {
		l.failed = fmt.Errorf("standard output cannot be written: %w", err)
	}
}

// Phase says what begins.
func (l *jsonLines) Phase(text string) { l.Note(text) }

// Note says what must not be missed.
func (l *jsonLines) Note(text string) {
	l.put(jsonLine{Type: "log", Origin: platform.Platform, Level: "INFO", Message: text})
}

// Log passes an entry on.
func (l *jsonLines) Log(e platform.Entry) {
	l.put(jsonLine{
		Type: "log", Origin: e.Origin, Level: string(e.Level), Stderr: e.Stderr, Message: e.Text,
	})
}

// Follow writes the report over and over.
func (l *jsonLines) Follow(report func() *platform.Report) {
	l.shown.Go(func() {
		tick := time.NewTicker(jsonEvery)
		defer tick.Stop()
		for {
			select {
			case <-l.done:
				return
			case <-tick.C:
				if r := report(); !r.Begun.IsZero() {
					l.put(jsonLine{Type: "progress", Report: r})
				}
			}
		}
	})
}

// Close ends the progress.
func (l *jsonLines) Close() {
	close(l.done)
	l.shown.Wait()
}

// report writes the last line and returns the first failure of any.
func (l *jsonLines) report(r *platform.Report) error {
	l.put(jsonLine{Type: "report", Report: r})
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.failed
}
