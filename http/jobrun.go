package http

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	nethttp "net/http"
	"net/url"
	"strings"
	"time"

	"github.com/airbyte-go/cdk/internal/hook"
	"github.com/airbyte-go/cdk/internal/jsonraw"
	"github.com/airbyte-go/cdk/protocol"
	"github.com/airbyte-go/cdk/sources"
)

const (
	// maxMisses is how many polls in a row may fail, each with all its retries, before a job is
	// given up: hours of its work are worth more than a few minutes without an answer.
	maxMisses = 3
	// cleanUpGrace bounds the requests that stop and delete a job.
	cleanUpGrace = 30 * time.Second
)

// jobRun reads one slice.
type jobRun struct {
	*Jobs

	slice   sources.Slice
	yield   func(json.RawMessage, error) bool
	stopped bool // the caller wants no more
}

// errNoMore ends a run whose caller wants no more.
var errNoMore = errors.New("no more records are wanted")

func (r *jobRun) emit(record []byte) error {
	if !r.yield(record, nil) {
		r.stopped = true
		return errNoMore
	}
	return nil
}

// failedJobError is a job that came to no good end. Another one may.
type failedJobError struct {
	reason string
	ended  bool // by itself
}

func (f *failedJobError) Error() string { return f.reason }

// run creates jobs until one succeeds.
func (r *jobRun) run(ctx context.Context) error {
	if err := r.check(); err != nil {
		return err
	}
	if err := r.takeTurn(ctx); err != nil {
		return err
	}
	defer func() { <-r.Client.jobs }()
	attempts := cmp.Or(r.Attempts, defaultJobAttempts)
	for n := 1; ; n++ {
		err := r.attempt(ctx)
		failed, ok := errors.AsType[*failedJobError](err)
		switch {
		case !ok:
			return err
		case n >= attempts:
			return protocol.Errorf(protocol.TransientError, "%s. It was tried %d times. A later "+
				"sync may succeed; if this stays, ask the API's operator.", failed.reason, n)
		}
		hook.From(ctx).Log.WarnContext(ctx, "A job failed; it is created again.",
			"attempt", n, "of", attempts, "because", failed.reason)
		if err := rest(ctx, spread(r.pollEvery())); err != nil {
			return err
		}
	}
}

// takeTurn waits until another job may run.
func (r *jobRun) takeTurn(ctx context.Context) error {
	tick := time.NewTicker(signOfLife)
	defer tick.Stop()
	for {
		select {
		case r.Client.jobs <- struct{}{}:
			return nil
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-tick.C:
			hook.From(ctx).Progress()
		}
	}
}

// attempt creates one job, waits for its end and reads its result.
func (r *jobRun) attempt(ctx context.Context) error {
	id, err := r.create(ctx)
	if err != nil {
		return err
	}
	running := true
	defer func() { r.cleanUp(ctx, id, running) }()
	status, answer, err := r.await(ctx, id)
	failed, _ := errors.AsType[*failedJobError](err)
	running = err != nil && (failed == nil || !failed.ended)
	if err != nil || status == JobEmpty {
		return err
	}
	downloads, err := r.downloads(id, answer)
	if err != nil {
		return err
	}
	for _, request := range downloads {
		if err := r.download(ctx, request); err != nil {
			return err
		}
	}
	return nil
}

// create sends the request that creates the job and returns its ID.
func (r *jobRun) create(ctx context.Context) (id string, err error) {
	body, resp, err := r.Client.fetch(ctx, r.Create(r.slice))
	if err != nil {
		return "", err
	}
	what := describe(resp.Request.Method, resp.Request.URL)
	if r.ID != "" {
		id, ok := textAt(body, splitPath(r.ID))
		if !ok {
			return "", protocol.Errorf(protocol.SystemError, "%s: %w.", what,
				missingAt("job ID", r.ID, body))
		}
		return id, nil
	}
	location, err := resp.Location() // resolved against the URL of the request
	if err != nil {
		return "", protocol.Errorf(protocol.SystemError, "%s: the answer has no header Location "+
			"that names the job. Say in the connector where its ID stands.", what)
	}
	return location.String(), nil
}

// await polls until the job is at its end, and returns the last answer.
func (r *jobRun) await(ctx context.Context, id string) (JobStatus, []byte, error) {
	begun, pause, misses := time.Now(), r.pollEvery(), 0
	timeout := cmp.Or(r.Timeout, defaultJobTimeout)
	next := spread(pause)
	for {
		left := timeout - time.Since(begun)
		if left <= 0 {
			return 0, nil, &failedJobError{
				reason: fmt.Sprintf("Job %q did not end within %v", id, timeout),
			}
		}
		if err := rest(ctx, min(next, left)); err != nil {
			return 0, nil, err
		}
		pause = min(pause+pause/2, max(cmp.Or(r.PollMost, defaultPollMost), r.pollEvery()))
		next = spread(pause)
		body, resp, err := r.Client.fetch(ctx, r.poll(id))
		if err != nil {
			if misses++; isPassingMiss(ctx, err) && misses < maxMisses {
				continue
			}
			return 0, nil, err
		}
		misses = 0
		status, err := r.statusOf(id, body, resp)
		if err != nil || status == JobDone || status == JobEmpty {
			return status, body, err
		}
		if asked := parseRetryAfter(resp.Header, time.Now()); asked > 0 {
			next = asked
		}
	}
}

// isPassingMiss tells a poll that may be answered the next time.
func isPassingMiss(ctx context.Context, err error) bool {
	return ctx.Err() == nil && protocol.AsError(err).Type == protocol.TransientError
}

func (r *jobRun) pollEvery() time.Duration { return cmp.Or(r.PollEvery, defaultPollEvery) }

func (r *jobRun) poll(id string) *Request {
	request := Request{Path: id}
	if r.Poll != nil {
		request = *r.Poll(id)
	}
	request.Idempotent = true
	return &request
}

// statusOf returns what the answer to a poll says about the job.
func (r *jobRun) statusOf(id string, body []byte, resp *nethttp.Response) (JobStatus, error) {
	text, ok := textAt(body, splitPath(r.Status))
	if !ok {
		return 0, protocol.Errorf(protocol.SystemError, "%s: %w.",
			describe(resp.Request.Method, resp.Request.URL), missingAt("status", r.Status, body))
	}
	status, known := r.Statuses[text]
	switch {
	case !known:
		return 0, protocol.Errorf(protocol.SystemError, "Job %q has the status %s, which the "+
			"connector does not know: report it to its maintainer, who adds it to the Statuses of "+
			"the stream's jobs.", id, quote(text))
	case status == JobFailed:
		return 0, &failedJobError{
			reason: fmt.Sprintf("Job %q failed: its status is %s", id, quote(text)), ended: true,
		}
	}
	return status, nil
}

// downloads returns the requests for the result of a job.
func (r *jobRun) downloads(id string, answer []byte) ([]*Request, error) {
	if r.Links == "" {
		request := *r.Download(id)
		request.Idempotent = true
		return []*Request{&request}, nil
	}
	path := splitPath(r.Links)
	raw, ok := jsonraw.Member(answer, path)
	if ok && jsonraw.IsNull(raw) {
		return nil, nil
	}
	var links []string
	if text, isText := textAt(answer, path); isText {
		links = []string{text}
	} else if !ok || json.Unmarshal(raw, &links) != nil {
		return nil, protocol.Errorf(protocol.SystemError, "Job %q is done, but %w.", id,
			missingAt("link to its result", r.Links, answer))
	}
	requests := make([]*Request, len(links))
	for i, link := range links {
		requests[i] = &Request{Path: link}
	}
	return requests, nil
}

// download emits the records of one result.
func (r *jobRun) download(ctx context.Context, request *Request) error {
	p := newPage(orDefault(r.Records), nil, r.emit, heldPages)
	defer p.release()
	_, err := r.Client.serving(request.Path).do(ctx, request, p.load)
	switch {
	case errors.Is(err, ErrIgnored):
		return nil
	case err != nil:
		return err
	}
	return p.flush()
}

// serving returns the client for a link: c for its own host, and one without credentials for
// another.
func (c *Client) serving(path string) *Client {
	u, err := url.Parse(path)
	if !isWholeURL(path) || err != nil || c.base == nil ||
		strings.EqualFold(u.Hostname(), c.base.Hostname()) {
		return c
	}
	return c.apart(path)
}

// cleanUp stops a job that still runs and deletes it, even where ctx has ended. That it fails is no
// failure of the slice.
func (r *jobRun) cleanUp(ctx context.Context, id string, running bool) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), cleanUpGrace)
	defer cancel()
	if running && r.Abort != nil {
		r.tell(ctx, r.Abort(id))
	}
	if r.Delete != nil {
		r.tell(ctx, r.Delete(id))
	}
}

// tell sends a request whose answer does not matter.
func (r *jobRun) tell(ctx context.Context, request *Request) {
	copied := *request
	copied.Idempotent = true
	_, _, err := r.Client.fetch(ctx, &copied)
	if err != nil && StatusOf(err) != nethttp.StatusNotFound {
		hook.From(ctx).Log.WarnContext(ctx, "A job could not be removed.", "because", err)
	}
}

// spread makes a wait up to a fifth longer or shorter.
func spread(d time.Duration) time.Duration { return d - d/5 + rand.N(2*d/5+1) }
