package acceptance

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/airbyte-go/cdk/state"
)

// scripted is a small correct source, written by hand, that says anything a test wants: a defect
// rewrites what it was about to do.
type scripted struct {
	t testing.TB
	defect
}

// defect is one thing that a connector does wrong. Each function is called before the connector
// says something, and may be nil.
type defect struct {
	spec    func(spec, schema map[string]any) // the specification and the schema within
	catalog func(streams []map[string]any)
	users   func(all []user, since string) []user // what is read; all are newer
	lines   func(c *conversation)
}

// conversation is what a run of the connector says.
type conversation struct {
	args   []string
	verb   string
	joined bool
	lines  []string
	code   int
	stderr string
	signal bool // it got SIGTERM
	hangs  bool // it does not end by itself
	config map[string]string
}

type user struct {
	id, updated int // the number, and the day of January
}

var allUsers = []user{{1, 2}, {2, 5}, {3, 9}, {4, 9}, {5, 20}, {6, 28}}

func day(n int) string { return fmt.Sprintf("2024-01-%02dT00:00:00Z", n) }

// Run implements [Connector].
func (s *scripted) Run(_ context.Context, call Call) (*Outcome, error) {
	c := &conversation{args: call.Args, joined: call.Joined}
	s.say(c, call)
	out := &Outcome{Took: time.Second}
	if stop := call.Stop; stop != nil && len(c.lines) > stop.Lines {
		s.stop(c, stop)
		out.Stopped, out.Refused, out.Ended = true, stop.Close, time.Millisecond
	}
	if s.lines != nil {
		s.lines(c)
	}
	out.TimedOut = c.hangs
	out.Code, out.Stderr = c.code, c.stderr
	if len(c.lines) > 0 {
		out.Stdout = strings.Join(c.lines, "\n") + "\n"
	}
	return out, nil
}

func (s *scripted) say(c *conversation, call Call) {
	if len(c.args) > 0 {
		c.verb = c.args[0]
	}
	switch {
	case c.verb == "spec":
		c.add(s.specification())
	case !slices.Contains([]string{"check", "discover", "read"}, c.verb):
		c.fail(2, "system_error", "The verb is not known.", "")
	case call.Config == nil:
		c.fail(2, "system_error", "The flag --config is missing.", "")
	default:
		_ = json.Unmarshal(call.Config, &c.config)
		s.answer(c, call)
	}
}

func (s *scripted) answer(c *conversation, call Call) {
	wrong := ""
	switch {
	case c.config["api_key"] == "" || c.config["start_date"] == "":
		wrong = "api_key and start_date are required."
	case c.config["api_key"] == "sk-wrong-key-1":
		wrong = "The API key is not known."
	case c.config["api_key"] == "sk-broken-key-1":
		c.fail(1, "system_error", "The API cannot be understood.", "")
		return
	}
	switch {
	case c.verb == "check" && wrong != "":
		c.add(`{"type":"CONNECTION_STATUS","connectionStatus":{"status":"FAILED","message":"%s"}}`, wrong)
	case wrong != "":
		c.fail(1, "config_error", wrong, "")
	case c.verb == "check":
		c.add(`{"type":"CONNECTION_STATUS","connectionStatus":{"status":"SUCCEEDED"}}`)
	case c.verb == "discover":
		c.add(s.discovered())
	default:
		s.read(c, call)
	}
}

// has tells whether there is a line with all of the texts.
func (c *conversation) has(texts ...string) bool { return c.at(texts...) >= 0 }

// at is the index of the first line with all of the texts, -1 where there is none.
func (c *conversation) at(texts ...string) int {
	return slices.IndexFunc(c.lines, func(line string) bool {
		return !slices.ContainsFunc(texts, func(t string) bool {
			return !strings.Contains(line,
				t)
		})
	})
}

func (c *conversation) add(format string, args ...any) {
	if len(args) > 0 {
		format = fmt.Sprintf(format, args...)
	}
	c.lines = append(c.lines, format)
}

func (c *conversation) fail(code int, failure, message, stream string) {
	of := ""
	if stream != "" {
		of = fmt.Sprintf(`,"stream_descriptor":{"name":%q}`, stream)
	}
	c.add(`{"type":"TRACE","trace":{"type":"ERROR","emitted_at":1735689600000,"error":{"message":%q,`+
		`"failure_type":%q%s}}}`, message, failure, of)
	c.code = code
}

func (c *conversation) status(stream, status string) {
	c.add(`{"type":"TRACE","trace":{"type":"STREAM_STATUS","emitted_at":1735689600000,`+
		`"stream_status":{"stream_descriptor":{"name":%q},"status":%q}}}`, stream, status)
}

func (c *conversation) state(stream, blob string, count int) {
	c.add(`{"type":"STATE","state":{"type":"STREAM","stream":{"stream_descriptor":{"name":%q},`+
		`"stream_state":%s},"sourceStats":{"recordCount":%d.0}}}`, stream, blob, count)
}

func (c *conversation) record(stream, data string) {
	c.add(`{"type":"RECORD","record":{"stream":%q,"emitted_at":%d,"data":%s}}`, stream,
		time.Now().UnixMilli(), data)
}

func (s *scripted) specification() string {
	spec := s.file("spec.json")
	if s.spec != nil {
		s.spec(spec, spec["connectionSpecification"].(map[string]any))
	}
	return s.message("SPEC", "spec", spec)
}

func (s *scripted) discovered() string {
	catalog := s.file("catalog.json")
	if s.catalog != nil {
		var streams []map[string]any
		for _, stream := range catalog["streams"].([]any) {
			streams = append(streams, stream.(map[string]any))
		}
		s.catalog(streams)
	}
	return s.message("CATALOG", "catalog", catalog)
}

func (s *scripted) file(name string) map[string]any {
	text, err := os.ReadFile(filepath.Join("testdata", name))
	require.NoError(s.t, err)
	var value map[string]any
	require.NoError(s.t, json.Unmarshal(text, &value))
	return value
}

func (s *scripted) message(kind, name string, payload any) string {
	text, err := json.Marshal(map[string]any{"type": kind, name: payload})
	require.NoError(s.t, err)
	return string(text)
}

func (s *scripted) read(c *conversation, call Call) {
	var catalog struct {
		Streams []struct {
			Stream   struct{ Name string }
			SyncMode string `json:"sync_mode"`
		}
	}
	_ = json.Unmarshal(call.Catalog, &catalog)
	since := ""
	if set, err := state.Parse(call.State); err == nil {
		for _, blob := range set.Streams() {
			var position struct {
				UpdatedAt string `json:"updated_at"`
			}
			_ = json.Unmarshal(blob, &position)
			since = position.UpdatedAt
		}
	}
	for _, stream := range catalog.Streams {
		isMode := stream.SyncMode == "full_refresh" || stream.SyncMode == "incremental"
		switch name := stream.Stream.Name; {
		case !isMode:
			c.fail(1, "config_error", "The sync mode is not known.", "")
			return
		case name == "users":
			s.readUsers(c, stream.SyncMode == "incremental", since)
		case name == "plans":
			readPlans(c)
		default:
			c.fail(1, "config_error", "There is no such stream.", name)
			c.status(name, "INCOMPLETE")
		}
	}
}

func (s *scripted) readUsers(c *conversation, incremental bool, since string) {
	users := slices.DeleteFunc(slices.Clone(allUsers), func(u user) bool {
		return incremental && day(u.updated) <= since
	})
	if s.users != nil {
		users = s.users(users, since)
	}
	c.status("users", "STARTED")
	c.status("users", "RUNNING")
	count := 0
	for i, u := range users {
		c.record("users", fmt.Sprintf(`{"id":%d,"name":"n","born":"1999-12-31","updated_at":%q,`+
			`"seen_at":"2024-02-01T00:00:00","address":{"city":"c"}}`, u.id, day(u.updated)))
		count++
		since = max(since, day(u.updated))
		if i%2 == 1 && incremental && (i+1 == len(users) || users[i+1].updated > u.updated) {
			c.state("users", fmt.Sprintf(`{"updated_at":%q}`, since), count)
			count = 0
		}
	}
	if incremental {
		c.state("users", fmt.Sprintf(`{"updated_at":%q}`, since), count)
	} else {
		c.state("users", `{"done":true}`, count)
	}
	c.status("users", "COMPLETE")
}

func readPlans(c *conversation) {
	c.status("plans", "STARTED")
	c.status("plans", "RUNNING")
	for _, id := range []string{"a", "b"} {
		c.record("plans", fmt.Sprintf(`{"id":%q,"price":1.5,"read_at":%d}`, id, time.Now().UnixNano()))
	}
	c.state("plans", `{"done":true}`, 2)
	c.status("plans", "COMPLETE")
}

// stop ends a conversation after some lines, as a correct connector does.
func (s *scripted) stop(c *conversation, stop *Stop) {
	c.lines = c.lines[:stop.Lines]
	if stop.Close {
		c.code = 1
	} else {
		c.signal, c.code = true, 143
		for _, stream := range []string{"users", "plans"} {
			name := fmt.Sprintf("%q", stream)
			if c.has(name, "STARTED") && !c.has(name, "COMPLETE") {
				c.status(stream, "INCOMPLETE")
			}
		}
		c.fail(143, "transient_error", "The read was interrupted.", "")
	}
}
