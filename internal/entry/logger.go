package entry

import (
	"context"
	"fmt"
	"log/slog"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/airbyte-go/cdk/protocol"
)

// newLogger returns a logger that writes LOG messages. Secrets are masked by the writer, where all
// lines leave the process, so that no way of logging can go around the mask.
func newLogger(out *protocol.Writer, debug bool) *slog.Logger {
	level := slog.LevelInfo
	if debug {
		level = slog.LevelDebug
	}
	return slog.New(&logHandler{out: out, level: level})
}

// logHandler writes log records as LOG messages. A LOG has no place for attributes, so that they
// follow the message as key=value, the way slog.TextHandler writes them; the keys of a group are
// joined by dots.
type logHandler struct {
	out    *protocol.Writer
	level  slog.Level
	prefix string // of the open groups, each with a dot
	attrs  string // of WithAttrs, each with a space before it
}

// Enabled implements [slog.Handler].
func (h *logHandler) Enabled(_ context.Context, level slog.Level) bool { return level >= h.level }

// Handle implements [slog.Handler].
// It holds no lock of its own while it renders: a LogValuer may log.
func (h *logHandler) Handle(_ context.Context, r slog.Record) error {
	text := new(strings.Builder)
	text.WriteString(r.Message)
	text.WriteString(h.attrs)
	r.Attrs(func(a slog.Attr) bool {
		writeAttr(text, h.prefix, a)
		return true
	})
	return h.out.Write(&protocol.Message{Type: protocol.MessageLog, Log: &protocol.Log{
		Level:   logLevel(r.Level),
		Message: text.String(),
	}})
}

// WithAttrs implements [slog.Handler]. It renders the attributes once, for all records to come.
func (h *logHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	text := new(strings.Builder)
	text.WriteString(h.attrs)
	for _, a := range attrs {
		writeAttr(text, h.prefix, a)
	}
	with := *h
	with.attrs = text.String()
	return &with
}

// WithGroup implements [slog.Handler].
func (h *logHandler) WithGroup(name string) slog.Handler {
	if name == "" {
		return h
	}
	with := *h
	with.prefix += name + "."
	return &with
}

// logLevel maps a level to the one at or below it that the protocol knows. FATAL and TRACE, which
// package slog does not have, are left out.
func logLevel(level slog.Level) protocol.LogLevel {
	switch {
	case level >= slog.LevelError:
		return protocol.LevelError
	case level >= slog.LevelWarn:
		return protocol.LevelWarn
	case level >= slog.LevelInfo:
		return protocol.LevelInfo
	default:
		return protocol.LevelDebug
	}
}

// writeAttr follows the rules for handlers: empty attributes and groups without members vanish, and
// a group without a name is as if its members stood in its place.
func writeAttr(text *strings.Builder, prefix string, a slog.Attr) {
	value := a.Value.Resolve()
	if value.Kind() == slog.KindGroup {
		if a.Key != "" {
			prefix += a.Key + "."
		}
		for _, member := range value.Group() {
			writeAttr(text, prefix, member)
		}
		return
	}
	if a.Equal(slog.Attr{}) {
		return
	}
	text.WriteByte(' ')
	text.WriteString(quoteIfNeeded(prefix + a.Key))
	text.WriteByte('=')
	text.WriteString(quoteIfNeeded(attrText(value)))
}

// attrText renders a value as slog.TextHandler does.
func attrText(value slog.Value) string {
	switch value.Kind() {
	case slog.KindTime:
		return value.Time().Format(time.RFC3339Nano)
	case slog.KindAny:
		if raw, ok := value.Any().([]byte); ok {
			return string(raw)
		}
		return fmt.Sprintf("%+v", value.Any()) // String alone leaves out the names of fields
	default:
		return value.String()
	}
}

// quoteIfNeeded quotes what could be misread: a space or an equals sign would end it.
func quoteIfNeeded(text string) string {
	odd := func(r rune) bool {
		return r == ' ' || r == '=' || r == '"' || r == utf8.RuneError || !unicode.IsPrint(r)
	}
	if text == "" || strings.ContainsFunc(text, odd) {
		return strconv.Quote(text)
	}
	return text
}
