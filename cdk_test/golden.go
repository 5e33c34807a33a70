package cdktest

import (
	"bytes"
	"cmp"
	"flag"
	"fmt"
	nethttp "net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/airbyte-go/cdk/internal/transcript"
	"github.com/airbyte-go/cdk/sources"
)

// The name has a prefix because it is a flag of the user's test binary, which may have an -update
// of its own.
var updateGolden = flag.Bool("cdktest.update", false, "rewrite the answers in golden conversations")

// Conversations runs the conversations with s in the files that match a pattern, such as
// "testdata/*.txt", each as a subtest, and compares every line of standard output.
//
// A file has an explanation at the top and then sections, as in golang.org/x/tools/txtar:
//
//	What the file is about.
//	-- args --
//	read --config config.json --catalog catalog.json
//	-- config.json --
//	{"api_key": "k"}
//	-- catalog.json --
//	{"streams": []}
//	-- api GET /v1/records --
//	{"data": []}
//	-- api 503 GET /v1/records?page=2 --
//	{}
//	-- code --
//	1
//	-- stdout --
//	{"type":"TRACE", ...}
//
// A word of args that names a section becomes a file with its text. A section "api" is the answer
// of a fake API to a route of [net/http.ServeMux]; with a query, to requests that have its
// parameters; of several for the same requests each is given once, and the last from then on.
// Without a status it is 200. The section code may be left out where the exit code is 0. In
// standard output each emitted_at is written as 0 and each duration in a log as 0s; the rest is the
// same in each run, because time is virtual as in [Bubble].
//
// "go test -cdktest.update" writes what the connector says into the files.
func Conversations[C any](t *testing.T, s sources.Source[C], pattern string, opts ...Option) {
	t.Helper()
	files, err := filepath.Glob(pattern)
	require.NoError(t, err)
	require.NotEmpty(t, files, "no file matches %s", pattern)
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), filepath.Ext(file)), func(t *testing.T) {
			text, err := os.ReadFile(file)
			require.NoError(t, err)
			comment, sections := parseArchive(text)
			var run *transcript.Run
			Bubble(t, func(t *testing.T, api *API) {
				t.Helper()
				c := newConnector(t, s, nil, append(slices.Clone(opts), api))
				run = converse(c, api, sections)
			})
			judge(t, run)
			settle(t, file, comment, sections, run)
		})
	}
}

// converse has the connector answer the args.
func converse(c *connector, api *API, sections []section) *transcript.Run {
	c.t.Helper()
	routes := map[string]*scriptedRoute{}
	var args []string
	files := map[string]string{}
	for _, s := range sections {
		kind, rest, _ := strings.Cut(s.name, " ")
		switch {
		case kind == "api":
			addAnswer(c.t, routes, rest, s.text)
		case s.name == "args":
			args = strings.Fields(s.text)
		case s.name != "stdout" && s.name != "code":
			files[s.name] = filepath.Join(c.dir, filepath.Base(s.name))
			require.NoError(c.t, os.WriteFile(files[s.name], []byte(s.text), 0o600))
		}
	}
	for pattern, route := range routes {
		api.Handle(pattern, route)
	}
	for i, word := range args {
		if path, ok := files[word]; ok {
			args[i] = path
		}
	}
	verb := ""
	if len(args) > 0 {
		verb = args[0]
	}
	var out bytes.Buffer
	code, stderr := c.launch(c.t.Context(), &out, args...)
	run := transcript.Parse(verb, out.String())
	run.Code, run.Stderr = code, stderr
	return run
}

// What differs from run to run, and durations in logs, in which there is jitter.
var (
	emittedAt = regexp.MustCompile(`"emitted_at":\d+`)
	duration  = regexp.MustCompile(`=([0-9.]+(ns|us|ms|s|m|h))+`)
)

// settled is a line without what differs.
func settled(line string) string {
	line = emittedAt.ReplaceAllString(line, `"emitted_at":0`)
	if strings.HasPrefix(line, `{"type":"LOG"`) {
		line = duration.ReplaceAllString(line, "=0s")
	}
	return line
}

// settle compares a conversation with its file, or writes it there.
func settle(t testing.TB, file, comment string, sections []section, run *transcript.Run) {
	t.Helper()
	if *updateGolden {
		rewrite(t, file, comment, sections, run)
		return
	}
	want := cmp.Or(strings.TrimSpace(sectionText(sections, "code")), "0")
	assert.Equal(t, want, strconv.Itoa(run.Code), "the exit code")
	assert.Equal(t, sectionText(sections, "stdout"), settledLines(run),
		"standard output; -cdktest.update writes it into the file")
}

func settledLines(run *transcript.Run) string {
	var b strings.Builder
	for _, line := range run.Texts {
		b.WriteString(settled(line) + "\n")
	}
	return b.String()
}

// rewrite writes what the connector said into the file.
func rewrite(t testing.TB, file, comment string, sections []section, run *transcript.Run) {
	t.Helper()
	sections = withSection(sections, "stdout", settledLines(run))
	if run.Code != 0 || sectionText(sections, "code") != "" {
		sections = withSection(sections, "code", strconv.Itoa(run.Code)+"\n")
	}
	require.NoError(t, os.WriteFile(file, formatArchive(comment, sections), 0o600))
}

func sectionText(sections []section, name string) string {
	for _, s := range sections {
		if s.name == name {
			return s.text
		}
	}
	return ""
}

func withSection(sections []section, name, text string) []section {
	at := slices.IndexFunc(sections, func(s section) bool { return s.name == name })
	if at < 0 {
		return append(sections, section{name, text})
	}
	sections[at].text = text
	return sections
}

// scriptedRoute answers the requests of one route from a script.
type scriptedRoute struct {
	t testing.TB

	mu      sync.Mutex
	answers []*scriptedAnswer
}

type scriptedAnswer struct {
	status int
	query  map[string][]string // that the request must have
	body   string
	given  bool
}

// addAnswer reads the name of a section: an optional status, then a pattern with an optional query.
func addAnswer(t testing.TB, routes map[string]*scriptedRoute, name, body string) {
	t.Helper()
	answer := &scriptedAnswer{status: nethttp.StatusOK, body: body}
	if word, rest, ok := strings.Cut(name, " "); ok {
		if status, err := strconv.Atoi(word); err == nil {
			answer.status, name = status, rest
		}
	}
	pattern, query, _ := strings.Cut(name, "?")
	if query != "" {
		r, err := nethttp.NewRequestWithContext(t.Context(), nethttp.MethodGet, "/?"+query, nil)
		require.NoError(t, err, "the section api %s", name)
		answer.query = r.URL.Query()
	}
	if routes[pattern] == nil {
		routes[pattern] = &scriptedRoute{t: t}
	}
	routes[pattern].answers = append(routes[pattern].answers, answer)
}

// ServeHTTP implements [nethttp.Handler]. A connector may ask at once from several goroutines only
// for answers that differ in their query; others have no order.
func (s *scriptedRoute) ServeHTTP(w nethttp.ResponseWriter, r *nethttp.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var last *scriptedAnswer
	for _, a := range s.answers {
		if !a.fits(r) || last != nil && len(a.query) < len(last.query) {
			continue
		}
		if last == nil || last.given || len(a.query) > len(last.query) {
			last = a
		}
	}
	if last == nil {
		s.t.Errorf("The script has no answer for %s %s.", r.Method, r.URL.RequestURI())
		nethttp.Error(w, "no answer", nethttp.StatusNotFound)
		return
	}
	last.given = true
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(last.status)
	_, _ = fmt.Fprint(w, last.body) // the client may have gone
}

func (a *scriptedAnswer) fits(r *nethttp.Request) bool {
	given := r.URL.Query()
	for name, values := range a.query {
		if !slices.Equal(given[name], values) {
			return false
		}
	}
	return true
}
