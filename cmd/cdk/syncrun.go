package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"golang.org/x/term"

	"github.com/airbyte-go/cdk/cmd/cdk/internal/connection"
	"github.com/airbyte-go/cdk/cmd/cdk/internal/metrics"
	"github.com/airbyte-go/cdk/internal/platform"
	"github.com/airbyte-go/cdk/internal/syncview"
)

// syncRun is one run of the verb sync.
type syncRun struct {
	flags     *syncFlags
	out, errs io.Writer
	stops     *stops

	begun      time.Time
	connection *connection.Connection
	show       display
	report     *platform.Report
	lastWords  lastWords
}

// display shows a run while it goes on.
type display interface {
	Phase(text string)
	Note(text string)
	Log(e platform.Entry)
	Follow(report func() *platform.Report)
	Close()
}

// code is the exit code of a run.
func (r *syncRun) code(ctx context.Context, err error) int {
	switch {
	case r.report == nil || r.report.Outcome != platform.Succeeded:
		return failureCode(ctx)
	case err != nil:
		return exitFailed
	}
	return exitOK
}

// run syncs and writes down what came of it, whatever that is.
func (r *syncRun) run(ctx context.Context) error {
	r.begun = time.Now()
	r.connection = connection.New(r.flags.Options, connection.Teller{
		Phase: func(text string) { r.show.Phase(text) },
		Note:  func(text string) { r.show.Note(text) },
		Log:   func(e platform.Entry) { r.lastWords.hear(e); r.show.Log(e) },
	})
	if err := r.connection.CheckOutputs(r.flags.outputs()); err != nil {
		return err
	}
	defer r.connection.Close()
	r.open()
	err := r.sync(ctx)
	r.show.Close()
	return errors.Join(r.tell(ctx, err), r.keep(ctx, err))
}

// sync is the run up to its outcome. The report is there where it has come so far.
func (r *syncRun) sync(ctx context.Context) error {
	if err := r.connection.Open(ctx); err != nil {
		return err
	}
	if l, ok := r.show.(*logged); ok {
		if err := l.to(r.connection.LogPath()); err != nil {
			return err
		}
	}
	r.stops.on(func() {
		r.show.Note(
			"Stopping: what the source has read is being loaded; Ctrl-C again stops at once.")
	}, r.connection.Kill)
	if err := r.connection.Prepare(ctx); err != nil {
		return err
	}
	r.show.Follow(r.connection.Progress)
	var err error
	r.report, err = r.connection.Sync(ctx)
	return err
}

// open opens the display that fits where the output goes.
func (r *syncRun) open() {
	if r.flags.json {
		r.show = newJSONLines(r.out)
		return
	}
	v := syncview.View{Title: r.connection.Title()}
	size := terminalSize(r.errs)
	v.Colour = colours(size)
	live := syncview.Open(r.errs, v, size)
	if size == nil {
		r.show = live
		return
	}
	r.show = &logged{Live: live}
}

// terminalSize asks a terminal for its size; nil: there is none, or one that cannot move its
// cursor.
func terminalSize(w io.Writer) func() (width, height int) {
	f := terminalOf(w)
	if f == nil || !term.IsTerminal(int(f.Fd())) || os.Getenv("TERM") == "dumb" {
		return nil
	}
	return func() (width, height int) {
		const usualWidth, usualHeight = 80, 24
		width, height, err := term.GetSize(int(f.Fd()))
		if err != nil || width < 1 || height < 1 {
			return usualWidth, usualHeight // one that does not say
		}
		return width, height
	}
}

// colours tells whether there are colours: on terminals, unless https://no-color.org says no.
func colours(size func() (width, height int)) bool {
	return size != nil && os.Getenv("NO_COLOR") == ""
}

// tell says what came of it. The error is what has not been said.
func (r *syncRun) tell(ctx context.Context, err error) error {
	if lines, ok := r.show.(*jsonLines); ok {
		return errors.Join(err, lines.report(r.outcome(ctx, err)))
	}
	if r.report == nil {
		r.lastWords.write(r.errs, r.show, err)
		if ctx.Err() != nil {
			fmt.Fprintln(r.errs, "cdk sync: interrupted before anything was synced.")
		}
		return err
	}
	size := terminalSize(r.out)
	v := syncview.View{Colour: colours(size)}
	if size != nil {
		v.Width, _ = size()
	}
	text := "\n" + v.Summary(r.report) + "\nState: " + r.connection.StatePath() + "\n"
	if l, ok := r.show.(*logged); ok {
		text += "Logs:  " + l.path + "\n"
	}
	_, failed := io.WriteString(r.out, text)
	if r.report.Outcome == platform.Failed {
		r.lastWords.write(r.errs, r.show, errors.New("it failed"))
	}
	return errors.Join(err, failed)
}

// outcome is the report, or one of a run that did not come so far.
func (r *syncRun) outcome(ctx context.Context, err error) *platform.Report {
	if r.report != nil {
		return r.report
	}
	report := &platform.Report{
		Outcome: platform.Failed, Begun: r.begun, Seconds: time.Since(r.begun).Seconds(),
		Streams: []platform.StreamReport{}, Attempts: []platform.AttemptReport{},
		Findings: []platform.Finding{},
	}
	if ctx.Err() != nil {
		report.Outcome = platform.Cancelled
		return report
	}
	if err != nil {
		report.Attempts = append(report.Attempts, platform.AttemptReport{
			Number: 1, Begun: r.begun, Seconds: report.Seconds,
			Failures: []platform.Failure{connection.Failure(err)},
		})
	}
	return report
}

// keep writes the files that the flags ask for.
func (r *syncRun) keep(ctx context.Context, err error) error {
	report := r.outcome(ctx, err)
	var failed error
	if path := r.flags.report; path != "" {
		var text bytes.Buffer
		e := json.NewEncoder(&text)
		e.SetEscapeHTML(false)
		e.SetIndent("", "  ")
		failed = errors.Join(e.Encode(report), platform.ReplaceFile(path, text.Bytes()))
	}
	if path := r.flags.metrics; path != "" {
		text := metrics.Text(r.connection.Name(), report)
		failed = errors.Join(failed, writeMetrics(path, text))
	}
	if failed != nil {
		return fmt.Errorf("what came of the sync could not be kept: %w", failed)
	}
	return nil
}

// writeMetrics makes the file one that the node exporter, which is another user, can read.
func writeMetrics(path string, text []byte) error {
	const forAll = 0o644
	_, err := os.Stat(path)
	if err == nil || !errors.Is(err, os.ErrNotExist) {
		return platform.ReplaceFile(path, text)
	}
	if err := platform.ReplaceFile(path, text); err != nil {
		return err
	}
	return os.Chmod(path, forAll)
}
