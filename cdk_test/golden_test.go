package cdktest

import (
	"context"
	nethttp "net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/airbyte-go/cdk/internal/transcript"
	"github.com/airbyte-go/cdk/protocol"
)

func TestConversationDiffers(t *testing.T) {
	t.Parallel()
	lines := `{"type":"RECORD","record":{"stream":"a","emitted_at":17,"data":{"n":1}}}` + "\n" +
		logLine("after=1.5s wait=2m3s n=4")
	run := transcript.Parse("read", lines+"\n")
	run.Code = 1
	want := strings.NewReplacer("17", "0", "1.5s", "0s", "2m3s", "0s").Replace(lines) + "\n"
	for name, test := range map[string]struct {
		sections []section
		failures int
	}{
		"same":             {[]section{{"code", "1\n"}, {"stdout", want}}, 0},
		"another code":     {[]section{{"stdout", want}}, 1},
		"another line":     {[]section{{"code", "1"}, {"stdout", want + "x\n"}}, 1},
		"nothing expected": {nil, 2},
	} {
		found := failuresOf(t, func(t testing.TB) { settle(t, "none", "", test.sections, run) })
		assert.Len(t, found, test.failures, name)
	}
}

func TestConversationIsUpdated(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "a.txt")
	run := transcript.Parse("read", logLine("hello")+"\n")
	run.Code = 2
	sections := []section{{"args", "read\n"}, {"stdout", "old\n"}}
	rewrite(t, file, "About it.\n", sections, run)
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	assert.Equal(t, "About it.\n-- args --\nread\n-- stdout --\n"+logLine("hello")+
		"\n-- code --\n2\n", string(text))
}

func TestScriptedRoute(t *testing.T) {
	t.Parallel()
	routes := map[string]*scriptedRoute{}
	for _, s := range []section{
		{"503 GET /a", "1"}, {"GET /a", "2"}, {"GET /a?page=2", "3"}, {"404 GET /a?page=2&x=y",
			"4"},
	} {
		addAnswer(t, routes, s.name, s.text)
	}
	require.Len(t, routes, 1)
	for _, want := range []struct {
		url, body string
		status    int
	}{
		{"/a", "1", 503}, {"/a", "2", 200}, {"/a?page=1", "2", 200}, {"/a?page=2", "3", 200},
		{"/a?page=2&x=y", "4", 404}, {"/a?page=2&x=z", "3", 200},
	} {
		w := httptest.NewRecorder()
		r := httptest.NewRequestWithContext(context.Background(), nethttp.MethodGet, want.url, nil)
		routes["GET /a"].ServeHTTP(w, r)
		assert.Equal(t, want.body, w.Body.String(), want.url)
		assert.Equal(t, want.status, w.Code, want.url)
	}
	assert.Len(t, failuresOf(t, func(t testing.TB) {
		w := httptest.NewRecorder()
		r := httptest.NewRequestWithContext(context.Background(), nethttp.MethodGet, "/b", nil)
		(&scriptedRoute{t: t}).ServeHTTP(w, r)
		assert.Equal(t, 404, w.Code)
	}), 1)
}

func FuzzArchive(f *testing.F) {
	f.Add("about\n-- a --\ntext\n-- b b --\n")
	f.Add("-- --\n--  --\r\n-- x --")
	f.Fuzz(func(t *testing.T, text string) {
		comment, sections := parseArchive([]byte(text))
		if len(sections) > 0 && comment != "" && !strings.HasSuffix(comment, "\n") {
			t.Fatal("the comment does not end with its line")
		}
		again, same := parseArchive(formatArchive(comment, sections))
		for i := range sections {
			if sections[i].text != "" {
				sections[i].text = strings.TrimSuffix(sections[i].text, "\n") + "\n"
			}
		}
		assert.Equal(t, comment, again)
		assert.Equal(t, sections, same)
	})
}

func TestStatesOfOptions(t *testing.T) {
	t.Parallel()
	var s settings
	StreamState("ns.users", `{"n":1}`).apply(&s)
	StreamState("teams", `{}`).apply(&s)
	assert.JSONEq(t, `[
		{"type":"STREAM","stream":{"stream_descriptor":{"name":"users","namespace":"ns"},
			"stream_state":{"n":1}}},
		{"type":"STREAM","stream":{"stream_descriptor":{"name":"teams"},"stream_state":{}}}
	]`, string(s.state))
	GlobalState(`{"lsn":7}`).apply(&s)
	assert.Contains(t, string(s.state), `"shared_state":{"lsn":7}`)
	assert.Contains(t, string(s.state), string(protocol.StateGlobal))
	assert.Panics(t, func() { StreamState("users", "{").apply(&s) })
}
