package connection

import (
	"fmt"
	"slices"
	"strings"

	"github.com/airbyte-go/cdk/internal/platform"
	"github.com/airbyte-go/cdk/protocol"
)

// Mode is how a stream is read and written. Empty is the best that both connectors allow.
type Mode string

// The modes.
const (
	FullRefreshOverwrite      Mode = "full-refresh-overwrite"
	FullRefreshAppend         Mode = "full-refresh-append"
	FullRefreshOverwriteDedup Mode = "full-refresh-overwrite-dedup"
	IncrementalAppend         Mode = "incremental-append"
	IncrementalDedup          Mode = "incremental-dedup"
)

// Modes lists them all.
func Modes() []Mode {
	return []Mode{
		FullRefreshOverwrite, FullRefreshAppend, FullRefreshOverwriteDedup, IncrementalAppend,
		IncrementalDedup,
	}
}

// ParseMode reads a flag.
func ParseMode(text string) (Mode, error) {
	if text == "" || slices.Contains(Modes(), Mode(text)) {
		return Mode(text), nil
	}
	var names []string
	for _, m := range Modes() {
		names = append(names, string(m))
	}
	return "", fmt.Errorf("there is no mode %q; choose from %s", text, strings.Join(names, ", "))
}

// preferred are the modes to choose from where none is said, the best first.
var preferred = []Mode{
	IncrementalDedup, IncrementalAppend, FullRefreshOverwrite, FullRefreshAppend,
}

// parts are the two modes of the protocol behind a mode, and what the destination is asked for.
func (m Mode) parts() (
	read protocol.SyncMode, write, asked protocol.DestinationSyncMode,
) {
	switch m {
	case FullRefreshOverwrite:
		return protocol.SyncFullRefresh, protocol.DestinationOverwrite,
			protocol.DestinationOverwrite
	case FullRefreshAppend:
		return protocol.SyncFullRefresh, protocol.DestinationAppend, protocol.DestinationAppend
	case FullRefreshOverwriteDedup:
		return protocol.SyncFullRefresh, platform.OverwriteDedup, protocol.DestinationAppendDedup
	case IncrementalAppend:
		return protocol.SyncIncremental, protocol.DestinationAppend, protocol.DestinationAppend
	case IncrementalDedup:
	}
	return protocol.SyncIncremental, protocol.DestinationAppendDedup,
		protocol.DestinationAppendDedup
}

// chooser gives streams their modes.
type chooser struct {
	mode      Mode
	writes    []protocol.DestinationSyncMode // what the destination can do
	refreshes bool
}

// configure gives a stream the mode that is asked for, or the best.
func (c chooser) configure(s protocol.Stream) (protocol.ConfiguredStream, error) {
	if c.mode != "" {
		reason := c.lacks(&s, c.mode)
		if reason == "" {
			return configured(s, c.mode), nil
		}
		return protocol.ConfiguredStream{}, fmt.Errorf("stream %s cannot be synced by %s: %s",
			s.Descriptor(), c.mode, reason)
	}
	var reasons []string
	for _, m := range preferred {
		reason := c.lacks(&s, m)
		if reason == "" {
			return configured(s, m), nil
		}
		reasons = append(reasons, fmt.Sprintf("%s, for %s", m, reason))
	}
	return protocol.ConfiguredStream{}, fmt.Errorf("stream %s cannot be synced by any mode: not "+
		"by %s; leave it out by --streams", s.Descriptor(), strings.Join(reasons, "; not by "))
}

// lacks says why a stream cannot have a mode; empty: it can.
func (c chooser) lacks(s *protocol.Stream, m Mode) string {
	read, _, asked := m.parts()
	incremental := slices.Contains(s.SupportedSyncModes, protocol.SyncIncremental)
	full := len(s.SupportedSyncModes) == 0 ||
		slices.Contains(s.SupportedSyncModes, protocol.SyncFullRefresh)
	switch {
	case read == protocol.SyncIncremental && !incremental:
		return "the source reads it only by full refresh"
	case read == protocol.SyncFullRefresh && !full:
		return "the source reads it only incrementally"
	case read == protocol.SyncIncremental && !s.SourceDefinedCursor &&
		len(s.DefaultCursorField) == 0:
		return "the source leaves its cursor to the user; write it as cursor_field into a " +
			"configured catalog and give that by --catalog"
	case !slices.Contains(c.writes, asked):
		return fmt.Sprintf("the destination does not support %s", asked)
	case asked == protocol.DestinationAppendDedup && len(s.SourceDefinedPrimaryKey) == 0:
		return "it has no primary key by which to tell its records apart"
	case m == FullRefreshOverwriteDedup && !c.refreshes:
		return "it exists only with --supports-refreshes"
	}
	return ""
}

func configured(s protocol.Stream, m Mode) protocol.ConfiguredStream {
	read, write, _ := m.parts()
	c := protocol.ConfiguredStream{
		Stream: s, SyncMode: read, DestinationSyncMode: write,
		PrimaryKey: s.SourceDefinedPrimaryKey,
	}
	if read == protocol.SyncIncremental {
		c.CursorField = s.DefaultCursorField
	}
	return c
}
