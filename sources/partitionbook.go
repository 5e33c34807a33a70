package sources

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"strconv"
	"time"

	"github.com/airbyte-go/cdk/internal/jsonraw"
)

// The members of the state of a stream with partitions; they are the Python kit's.
const (
	globalMember      = "use_global_cursor"
	statesMember      = "states"
	stateMember       = "state"
	lookbackMember    = "lookback_window"
	parentStateMember = "parent_state"
)

// partitionBook keeps the positions of a stream's partitions.
//
// It remembers a limited number of them. A stream that has more falls back, when a sync is
// complete, to one position for all: the highest of that sync, from which every partition then
// goes on, less the time the sync took. This is sound for times only, which are of one clock; of a
// stream with another cursor, the partitions beyond the limit are read anew in each sync. So memory
// does not grow with the number of partitions beyond the limit.
type partitionBook struct {
	cursor   Cursor
	manner   *manner
	limit    int
	mode     readMode
	finished bool // of a full refresh that has been read to its end

	useGlobal bool
	global    *progress     // the position for all; nil: no sync has been complete
	lookback  time.Duration // before it, for what changed while that sync ran
	fresh     bool          // whether a partition without an entry is read from its beginning
	highest   mark          // of this sync
	overflow  bool          // this sync has seen more partitions than there is room for

	entries map[partitionKey]*partitionEntry
	listed  []*partitionEntry // as the state lists them; nil where one was dropped
	stale   int               // no entry before this index can be dropped
	seen    *recentPartitions // in this sync, of partitions without an entry

	parents parentMarks
	others  members // what is none of ours in the state
}

// partitionEntry is what the state says of one partition.
type partitionEntry struct {
	partition json.RawMessage // as it came, or as this sync spells it
	cursor    json.RawMessage // its position, while it is not being read
	place     *place          // while it is
	seen      bool            // in this sync
}

type partitionState struct {
	Partition json.RawMessage `json:"partition"`
	Cursor    json.RawMessage `json:"cursor"`
}

// parseBook reads the state of a stream with partitions. One that holds a bare cursor value, as
// that of a stream which had no partitions when it was written, counts for all partitions.
func parseBook(c Cursor, manner *manner, raw []byte) (*partitionBook, error) {
	b := &partitionBook{
		cursor: c, manner: manner,
		entries: map[partitionKey]*partitionEntry{},
	}
	var err error
	b.others, b.finished, err = parseMembers(raw)
	switch {
	case err != nil:
		return b, err
	case len(b.others) == 0:
		b.fresh = true // nothing has been read
		return b, nil
	case !b.ofPartitions():
		b.others = nil
		return b, b.loadGlobal(raw)
	}
	return b, b.load()
}

// ofPartitions reports whether the state is one of a stream with partitions.
func (b *partitionBook) ofPartitions() bool {
	for _, name := range []string{globalMember, statesMember, stateMember, parentStateMember} {
		if b.others[name] != nil {
			return true
		}
	}
	return false
}

func (b *partitionBook) load() error {
	var seconds json.RawMessage
	var global json.RawMessage
	var states []partitionState
	for name, to := range map[string]any{
		globalMember: &b.useGlobal, statesMember: &states, stateMember: &global,
		lookbackMember: &seconds, parentStateMember: &b.parents.state,
	} {
		raw := b.others.take(name)
		if raw == nil {
			continue
		}
		if err := json.Unmarshal(raw, to); err != nil {
			return fmt.Errorf("has a member %q of another kind than it should be", name)
		}
	}
	own, err := parseOwn(b.others.take(ownMember))
	if err != nil {
		return err
	}
	b.fresh, b.overflow = own.Partitions, own.More
	if own.Highest != nil {
		k, err := b.cursor.parse(own.Highest)
		if err != nil {
			return fmt.Errorf("has no usable value in its %q: %w", ownMember, err)
		}
		b.highest.raise(k)
	}
	if b.lookback, err = parseLookback(seconds); err != nil {
		return err
	}
	for _, one := range states {
		e := &partitionEntry{partition: orNull(one.Partition), cursor: orNull(one.Cursor)}
		b.record(e, keyOf(one.Partition))
	}
	return b.loadGlobal(global)
}

// orNull is what stands for a member that is missing.
func orNull(raw json.RawMessage) json.RawMessage {
	if raw == nil {
		return json.RawMessage("null")
	}
	return raw
}

// parseLookback reads a number of seconds, which the Python kit takes as text as well.
func parseLookback(raw json.RawMessage) (time.Duration, error) {
	if len(raw) == 0 || jsonraw.IsNull(raw) {
		return 0, nil
	}
	text, ok := jsonraw.Unquote(raw)
	if !ok {
		text = string(raw)
	}
	seconds, err := strconv.ParseFloat(text, 64)
	if err != nil || seconds < 0 || seconds > maxLookback.Seconds() {
		return 0, fmt.Errorf("has a member %q that is not a number of seconds", lookbackMember)
	}
	return time.Duration(math.Ceil(seconds)) * time.Second, nil
}

// maxLookback is more than a sync can take.
const maxLookback = 100 * 365 * 24 * time.Hour

func (b *partitionBook) loadGlobal(raw json.RawMessage) error {
	global, err := parseProgress(b.cursor, b.manner, raw)
	if err != nil {
		return err
	}
	if global.highest().set || global.bookmark != nil {
		b.global = global
	}
	return nil
}

// record adds an entry. Of two for the same partition the first counts.
func (b *partitionBook) record(e *partitionEntry, k partitionKey) {
	if b.entries[k] == nil {
		b.entries[k] = e
		b.listed = append(b.listed, e)
	}
}

// begin opens the place of a partition. It is nil where there is nothing to read. note is something
// to log.
func (b *partitionBook) begin(partition Partition) (at *place, note string, err error) {
	text, _ := partition.MarshalJSON() // it never fails
	k := keyOf(text)
	e := b.entries[k]
	if b.met(e, k) {
		return nil, "has a partition twice, which is read once", nil
	}
	at = &place{partition: partition}
	if !b.mode.tracked() {
		b.seen.add(k)
		at.progress = &progress{cursor: b.cursor, manner: b.manner}
		return at, "", nil
	}
	if e != nil {
		e.seen = true
	}
	if at.progress, err = b.progressOf(e); err != nil {
		return nil, "", fmt.Errorf("%w (in the partition %s)", err, partition)
	}
	if b.mode == resumableFullRefresh && at.progress.complete {
		return nil, "", nil
	}
	at.progress.complete = false
	note = b.enter(at, e, k, text)
	at.segment = b.parents.enter()
	return at, note, nil
}

// met reports whether this sync has seen a partition, whose entry may be nil. Those with one are
// remembered there alone: most streams need no second set of keys.
func (b *partitionBook) met(e *partitionEntry, k partitionKey) bool {
	if e != nil && e.seen {
		return true
	}
	return b.seen.has(k)
}

// progressOf is where a partition goes on: from its own position or, where none is known, from that
// of all.
func (b *partitionBook) progressOf(e *partitionEntry) (*progress, error) {
	switch {
	case e != nil:
		return parseProgress(b.cursor, b.manner, e.cursor)
	case b.global == nil || b.fresh && !b.useGlobal:
		return &progress{cursor: b.cursor, manner: b.manner}, nil
	case b.global.bookmark != nil:
		return &progress{cursor: b.cursor, manner: b.manner, bookmark: b.global.bookmark}, nil
	}
	k := b.global.highest().key
	if _, ok := b.cursor.(TimeCursor); ok {
		k = timeKey(k.time().Add(-b.lookback))
	}
	return readUpTo(b.cursor, b.manner, k), nil
}

// enter gives a place its entry, as far as there is room. text is how states spell its partition.
func (b *partitionBook) enter(
	at *place, e *partitionEntry, k partitionKey, text json.RawMessage,
) (note string) {
	switch {
	case b.useGlobal:
		if e == nil {
			b.seen.add(k)
		}
		return ""
	case e == nil && !b.makeRoom():
		b.seen.add(k)
		return b.overflowed()
	case e == nil:
		e = &partitionEntry{seen: true}
		b.record(e, k)
	}
	e.partition, e.place, at.entry = text, at, e
	return ""
}

// makeRoom drops the oldest entry of a partition that this sync has not seen, where the book is
// full.
func (b *partitionBook) makeRoom() bool {
	if len(b.entries) < b.limit {
		return true
	}
	for ; b.stale < len(b.listed); b.stale++ {
		if e := b.listed[b.stale]; e != nil && !e.seen {
			delete(b.entries, keyOf(e.partition))
			b.listed[b.stale] = nil
			return true
		}
	}
	return false
}

func (b *partitionBook) overflowed() (note string) {
	if b.overflow {
		return ""
	}
	b.overflow = true
	if b.fallsBack() {
		return fmt.Sprintf("has more than %d partitions; when this sync is complete its state "+
			"keeps one position for all of them", b.limit)
	}
	return fmt.Sprintf("has more than %d partitions, of which its state keeps no more; the others "+
		"are read from the beginning next time", b.limit)
}

// fallsBack reports whether one position can stand for all partitions.
func (b *partitionBook) fallsBack() bool {
	_, ok := b.cursor.(TimeCursor)
	return ok && b.mode != resumableFullRefresh
}

// settle ends a place of which everything has been read.
func (b *partitionBook) settle(at *place) {
	b.highest.include(at.progress.highest())
	if e := at.entry; e != nil {
		at.progress.complete = b.mode == resumableFullRefresh
		e.cursor, e.place = at.progress.encode(), nil
	}
	if at.segment != nil {
		at.segment.open--
		b.parents.pass()
	}
}

// complete notes that all partitions have been read, in a sync that took so long.
func (b *partitionBook) complete(took time.Duration) {
	b.finished = b.mode == resumableFullRefresh
	if b.finished && b.cursor.name() == "" { // nothing of it serves a later sync
		clear(b.entries)
		b.listed, b.stale = nil, 0
		return
	}
	b.useGlobal = b.useGlobal || b.overflow && b.fallsBack()
	b.fresh, b.overflow = !b.useGlobal, false
	if !b.highest.set {
		return
	}
	if b.global != nil {
		b.highest.include(b.global.highest())
	}
	b.global = readUpTo(b.cursor, b.manner, b.highest.key)
	b.highest, b.lookback = mark{}, took
}

// encode returns the state of the stream.
func (b *partitionBook) encode() json.RawMessage {
	members := make(map[string]json.RawMessage, len(b.others)+6)
	maps.Copy(members, b.others)
	if b.cursor.name() != "" {
		members[globalMember] = mustMarshal(b.useGlobal)
		members[lookbackMember] = mustMarshal(int64(math.Ceil(b.lookback.Seconds())))
		members[ownMember] = mustMarshal(b.own())
	}
	if b.global != nil {
		members[stateMember] = b.global.encode()
	}
	if len(b.parents.state) > 0 {
		members[parentStateMember] = mustMarshal(b.parents.state)
	}
	if b.finished {
		members[completeMember] = json.RawMessage("true")
	}
	text := mustMarshal(members)
	if b.useGlobal {
		return text
	}
	return b.appendEntries(text)
}

// own is what only this kit writes of partitions.
func (b *partitionBook) own() ownState {
	own := ownState{Version: ownStateVersion, Partitions: b.fresh, More: b.overflow}
	if b.highest.set {
		own.Highest = b.cursor.encode(b.highest.key)
	}
	return own
}

// appendEntries adds the list of partitions to a state without it. There can be ten thousand of
// them, so that they are written once and into memory that is large enough.
func (b *partitionBook) appendEntries(object json.RawMessage) json.RawMessage {
	const ofEntry = len(`{"partition":,"cursor":},`)
	size := len(object) + len(`,"":[]`) + len(statesMember)
	for _, e := range b.listed {
		if e != nil {
			size += len(e.partition) + len(e.cursor) + ofEntry
		}
	}
	text := append(make([]byte, 0, size), object[:len(object)-len(`}`)]...)
	if len(text) > len(`{`) {
		text = append(text, ',')
	}
	text = append(text, `"`+statesMember+`":[`...)
	for _, e := range b.listed {
		if e != nil {
			text = append(e.append(text), ',')
		}
	}
	return append(bytes.TrimSuffix(text, []byte{','}), "]}"...)
}

func (e *partitionEntry) append(text []byte) []byte {
	cursor := e.cursor
	if e.place != nil {
		cursor = e.place.progress.encode()
	}
	text = append(append(text, `{"partition":`...), e.partition...)
	return append(append(append(text, `,"cursor":`...), cursor...), '}')
}
