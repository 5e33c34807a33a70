package http

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	nethttp "net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/airbyte-go/cdk/internal/hook"
)

const (
	// maxLogged is how much of a body the debug log shows.
	maxLogged = 2 << 10
	// maxKeptForLog is how much of it is searched for secrets: one that the cut would part must be
	// seen whole.
	maxKeptForLog = maxLogged + 4<<10
)

// debugLog writes what is sent and what comes back to the log of the engine, at the level DEBUG.
// It is nil, and costs nothing, unless that level is on.
type debugLog struct {
	ctx    context.Context
	log    *slog.Logger
	client *Client
	what   string
	start  time.Time
}

func (c *Client) debugLog(ctx context.Context, r *nethttp.Request) *debugLog {
	log := hook.From(ctx).Log
	if !log.Enabled(ctx, slog.LevelDebug) {
		return nil
	}
	return &debugLog{ctx, log, c, describe(r.Method, r.URL), time.Now()}
}

func (d *debugLog) request(r *nethttp.Request) {
	if d == nil {
		return
	}
	args := []any{"request", d.what, "headers", d.headers(r.Header)}
	if r.GetBody != nil {
		if body, err := r.GetBody(); err == nil {
			text, _ := io.ReadAll(io.LimitReader(body, maxKeptForLog))
			_ = body.Close()
			args = append(args, "body", d.body(r.Header.Get("Content-Type"), text, r.ContentLength))
		}
	}
	d.log.DebugContext(d.ctx, "Sending a request.", args...)
}

func (d *debugLog) failure(err error) {
	if d != nil {
		d.log.DebugContext(d.ctx, "A request got no answer.", "request", d.what,
			"after", time.Since(d.start), "error", d.client.clean(err.Error()))
	}
}

// response logs the answer as soon as its body has been read, or closed.
func (d *debugLog) response(resp *nethttp.Response) {
	if d == nil {
		return
	}
	headers := d.headers(resp.Header)
	resp.Body = &loggedBody{ReadCloser: resp.Body, done: func(seen []byte, size int64) {
		d.log.DebugContext(d.ctx, "Got an answer.", "request", d.what,
			"status", resp.StatusCode, "after", time.Since(d.start), "headers", headers,
			"bytes", size, "body", d.body(resp.Header.Get("Content-Type"), seen, size))
	}}
}

// loggedBody remembers the beginning of a body.
type loggedBody struct {
	io.ReadCloser

	seen []byte
	size int64
	done func(seen []byte, size int64) // nil once it was called
}

// Read implements [io.Reader].
func (l *loggedBody) Read(p []byte) (int, error) {
	n, err := l.ReadCloser.Read(p)
	l.size += int64(n)
	l.seen = append(l.seen, p[:min(n, maxKeptForLog-len(l.seen))]...)
	if err != nil {
		l.finish()
	}
	return n, err
}

// Close implements [io.Closer].
func (l *loggedBody) Close() error {
	l.finish()
	return l.ReadCloser.Close()
}

func (l *loggedBody) finish() {
	if l.done != nil {
		l.done(l.seen, l.size)
		l.done = nil
	}
}

// shownHeaders are those whose values are shown. Of all others only the name is: which of them
// hold a key is known to the API alone.
var shownHeaders = []string{
	"Accept", "Accept-Encoding", "Accept-Language", "Cache-Control", "Content-Encoding",
	"Content-Language", "Content-Length", "Content-Type", "Date", "Etag", "Expires",
	"Last-Modified", "Link", "Location", "Range", "Retry-After", "Server", "User-Agent", "Vary",
	"Ratelimit", "Ratelimit-Limit", "Ratelimit-Policy", "Ratelimit-Remaining", "Ratelimit-Reset",
	"X-Rate-Limit-Limit", "X-Rate-Limit-Remaining", "X-Rate-Limit-Reset", "X-Ratelimit-Limit",
	"X-Ratelimit-Remaining", "X-Ratelimit-Reset", "X-Request-Id",
}

func (d *debugLog) headers(h nethttp.Header) string {
	var lines []string
	for name, values := range h {
		value := "****"
		if slices.Contains(shownHeaders, name) {
			value = d.client.clean(strings.Join(values, ", "))
		}
		lines = append(lines, name+": "+value)
	}
	slices.Sort(lines)
	return strings.Join(lines, "; ")
}

// secretMember matches a member of a JSON object whose name says that it is secret, also when its
// value is cut off.
var secretMember = regexp.MustCompile(`(?i)("[^"]*(?:token|secret|passw|pwd|passphrase|api_?key|` +
	`access_?key|private_?key|authorization|credential|signature|assertion|session|jwt|cookie)` +
	`[^"]*"\s*:\s*)(?:"(?:[^"\\]|\\.)*(?:"|\\?$)|-?[0-9][^,}\]\s]*)`)

// body shows the beginning of a body without secrets. Of a form only the names are shown, as of a
// query.
func (d *debugLog) body(contentType string, text []byte, size int64) string {
	if d.client.hushed {
		return "****"
	}
	text = bytes.ToValidUTF8(text, []byte("?"))
	if strings.HasPrefix(contentType, formType) {
		u := url.URL{RawQuery: string(text)}
		return strings.TrimPrefix(strings.TrimSpace(describe("", &u)), "?")
	}
	shown := secretMember.ReplaceAllString(d.client.clean(string(text)), `$1"****"`)
	if len(shown) > maxLogged || size > int64(len(text)) {
		shown = strings.ToValidUTF8(shown[:min(len(shown), maxLogged)], "") + "..."
	}
	return shown
}
