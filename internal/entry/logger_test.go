package entry

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"testing/slogtest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/airbyte-go/cdk/protocol"
)

// logged returns the LOG messages that log writes.
func logged(t *testing.T, debug bool, log func(*slog.Logger)) []protocol.Log {
	t.Helper()
	var lines bytes.Buffer
	out := protocol.NewWriter(&lines, protocol.WriterOptions{})
	log(newLogger(out, debug))
	require.NoError(t, out.Close())
	var logs []protocol.Log
	for m, err := range protocol.NewReader(&lines, protocol.ReaderOptions{}).Messages() {
		require.NoError(t, err)
		require.Equal(t, protocol.MessageLog, m.Type)
		logs = append(logs, *m.Log)
	}
	return logs
}

func TestLogLevels(t *testing.T) {
	t.Parallel()
	all := func(l *slog.Logger) {
		for level := slog.LevelDebug - 4; level <= slog.LevelError+4; level += 2 {
			l.Log(context.Background(), level, strconv.Itoa(int(level)))
		}
	}
	want := []protocol.Log{
		{Level: protocol.LevelInfo, Message: "0"},
		{Level: protocol.LevelInfo, Message: "2"},
		{Level: protocol.LevelWarn, Message: "4"},
		{Level: protocol.LevelWarn, Message: "6"},
		{Level: protocol.LevelError, Message: "8"},
		{Level: protocol.LevelError, Message: "10"},
		{Level: protocol.LevelError, Message: "12"},
	}
	assert.Equal(t, want, logged(t, false, all))
	want = append([]protocol.Log{
		{Level: protocol.LevelDebug, Message: "-4"},
		{Level: protocol.LevelDebug, Message: "-2"},
	}, want...)
	assert.Equal(t, want, logged(t, true, all))
}

// token hides itself from logs.
type token string

func (token) LogValue() slog.Value { return slog.StringValue("(token)") }

// chatter logs while it is logged.
type chatter struct{ log *slog.Logger }

func (c chatter) LogValue() slog.Value {
	c.log.Info("inner")
	return slog.IntValue(1)
}

func TestLogAttributes(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 2, 3, 4, 5, 6, 7000, time.UTC)
	type log = *slog.Logger
	tests := map[string]struct {
		log  func(log)
		want string
	}{
		"none":       {func(l log) { l.Info("m") }, "m"},
		"two":        {func(l log) { l.Info("m", "a", 1, "b", true) }, "m a=1 b=true"},
		"text":       {func(l log) { l.Info("m", "a", "x y", "b", "") }, `m a="x y" b=""`},
		"odd text":   {func(l log) { l.Info("m", "a=b", "c\nd") }, `m "a=b"="c\nd"`},
		"quotes":     {func(l log) { l.Info("m", "a", `"`) }, `m a="\""`},
		"error":      {func(l log) { l.Info("m", "err", errors.New("no")) }, "m err=no"},
		"nil":        {func(l log) { l.Info("m", "err", nil) }, "m err=<nil>"},
		"bytes":      {func(l log) { l.Info("m", "raw", []byte("{}")) }, "m raw={}"},
		"time":       {func(l log) { l.Info("m", "at", at) }, "m at=2026-02-03T04:05:06.000007Z"},
		"duration":   {func(l log) { l.Info("m", "d", time.Minute) }, "m d=1m0s"},
		"struct":     {func(l log) { l.Info("m", "s", struct{ A int }{1}) }, "m s={A:1}"},
		"log valuer": {func(l log) { l.Info("m", "t", token("abc")) }, "m t=(token)"},
		"with": {
			func(l log) { l.With("a", 1).With("b", 2).Info("m", "c", 3) },
			"m a=1 b=2 c=3",
		},
		"with group": {
			func(l log) { l.With("a", 1).WithGroup("g").Info("m", "b", 2) },
			"m a=1 g.b=2",
		},
		"group": {
			func(l log) { l.Info("m", slog.Group("g", "a", 1, "b", 2)) },
			"m g.a=1 g.b=2",
		},
		"empty group": {func(l log) {
			l.LogAttrs(context.Background(), slog.LevelInfo, "m", slog.Group("g"), slog.Attr{})
		}, "m"},
		"no name": {func(l log) { l.Info("m", slog.Group("", "a", 1)) }, "m a=1"},
		"siblings": {func(l log) {
			parent := l.WithGroup("g").With("a", 1)
			parent.With("b", 2)
			parent.WithGroup("")
			parent.Info("m")
		}, "m g.a=1"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			logs := logged(t, false, test.log)
			require.Len(t, logs, 1)
			assert.Equal(t, test.want, logs[0].Message)
		})
	}
}

func TestLogValuerMayLog(t *testing.T) {
	t.Parallel()
	logs := logged(t, false, func(l *slog.Logger) { l.Info("outer", "c", chatter{l}) })
	require.Len(t, logs, 2)
	assert.Equal(t, "inner", logs[0].Message)
	assert.Equal(t, "outer c=1", logs[1].Message)
}

// TestLogHandlerFollowsTheRules runs the checks of the standard library. They ask for a map of
// keys, and for a time, which LOG messages do not have.
func TestLogHandlerFollowsTheRules(t *testing.T) {
	t.Parallel()
	var lines bytes.Buffer
	newHandler := func(t *testing.T) slog.Handler {
		if strings.HasSuffix(t.Name(), "/zero-time") {
			t.Skip("a LOG message has no time, zero or not")
		}
		lines.Reset()
		return newLogger(protocol.NewWriter(&lines, protocol.WriterOptions{}), false).Handler()
	}
	slogtest.Run(t, newHandler, func(t *testing.T) map[string]any {
		m, err := protocol.Parse(lines.Bytes())
		require.NoError(t, err)
		attrs := readAttrs(m.Log.Message)
		attrs[slog.TimeKey], attrs[slog.LevelKey] = "none", string(m.Log.Level)
		attrs[slog.MessageKey], _, _ = strings.Cut(m.Log.Message, " ")
		return attrs
	})
}

// readAttrs turns "message a=1 g.b=2" into nested maps.
func readAttrs(text string) map[string]any {
	root := map[string]any{}
	for _, pair := range regexp.MustCompile(`(\S+)=(\S+)`).FindAllStringSubmatch(text, -1) {
		at, names := root, strings.Split(pair[1], ".")
		for _, name := range names[:len(names)-1] {
			if at[name] == nil {
				at[name] = map[string]any{}
			}
			at = at[name].(map[string]any)
		}
		at[names[len(names)-1]] = pair[2]
	}
	return root
}
