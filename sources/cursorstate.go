package sources

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/airbyte-go/cdk/internal/jsonraw"
)

// The members of a cursor's state beside the position itself, which stands under the name of the
// cursor field. The first four are the Python kit's.
const (
	stateType       = "state_type"
	slicesMember    = "slices"
	noCursorMember  = "__ab_no_cursor_state_message"
	completeMember  = "__ab_full_refresh_sync_complete"
	ownMember       = "go_cdk" // what only this kit writes
	ownStateVersion = 1
)

// pythonSlice is a range that was read, as the Python kit writes it.
type pythonSlice struct {
	Start      json.RawMessage `json:"start"`
	End        json.RawMessage `json:"end"`
	MostRecent json.RawMessage `json:"most_recent_cursor_value,omitempty"`
}

// ownState is what only this kit writes. A reader that does not know it passes over it.
type ownState struct {
	Version int         `json:"version"`
	Open    []openSlice `json:"open,omitempty"`
	// Partitions says that the state names every partition that was ever read, so that one it does
	// not name is new.
	Partitions bool `json:"all_partitions,omitempty"`
	// More says that the sync which wrote the state, and was not complete then, had seen more
	// partitions than it has room for, and Highest is the highest value in all of them.
	More    bool            `json:"more_partitions,omitempty"`
	Highest json.RawMessage `json:"highest,omitempty"`
}

// openSlice is a slice that was not read to its end, and where to go on in it.
type openSlice struct {
	Start json.RawMessage `json:"start,omitempty"`
	End   json.RawMessage `json:"end,omitempty"`
	High  json.RawMessage `json:"most_recent_cursor_value,omitempty"`
	Token string          `json:"token"`
}

// members are those of a state of which nothing has been made yet.
type members map[string]json.RawMessage

// take removes a member from those that are kept as they came.
func (m members) take(name string) json.RawMessage {
	raw := m[name]
	delete(m, name)
	return raw
}

// parseMembers begins to read a state: nothing and null have no members. complete says that the
// state is that of a full refresh which was read to its end.
func parseMembers(raw []byte) (m members, complete bool, err error) {
	if len(raw) == 0 {
		return nil, false, nil
	}
	if err := json.Unmarshal(raw, &m); err != nil {
		return nil, false, errors.New("is not a JSON object")
	}
	complete = string(m.take(completeMember)) == "true"
	delete(m, noCursorMember)
	return m, complete, nil
}

// parseProgress reads the state of one cursor line: the position under the name of the cursor field
// or, where slices have gaps between them, the list of these. A state without a position for this
// cursor, such as that of a full refresh, counts as none.
func parseProgress(c Cursor, manner *manner, raw []byte) (*progress, error) {
	p := &progress{cursor: c, manner: manner}
	var err error
	if p.kept, p.complete, err = parseMembers(raw); err != nil {
		return nil, err
	}
	own, err := parseOwn(p.kept.take(ownMember))
	if err != nil {
		return nil, err
	}
	if err := p.load(); err != nil {
		return nil, err
	}
	return p, p.reopen(own.Open)
}

func parseOwn(raw json.RawMessage) (own ownState, err error) {
	if raw == nil {
		return own, nil
	}
	if err := json.Unmarshal(raw, &own); err != nil {
		return own, fmt.Errorf("has a member %q that this connector did not write", ownMember)
	}
	if own.Version > ownStateVersion {
		return own, fmt.Errorf("was written by a newer version of this connector (its %q says "+
			"version %d; this one knows %d)", ownMember, own.Version, ownStateVersion)
	}
	return own, nil
}

// load reads the position.
func (p *progress) load() error {
	if _, ok := p.cursor.(TokenCursor); ok {
		p.loadBookmark()
		return nil
	}
	if p.cursor.name() == "" {
		return nil
	}
	if raw := p.kept.take(slicesMember); raw != nil {
		delete(p.kept, stateType)
		delete(p.kept, p.cursor.name())
		return p.loadSlices(raw)
	}
	at := p.kept[p.cursor.name()]
	if at == nil || jsonraw.IsNull(at) {
		return nil
	}
	k, err := p.parse(at)
	if err != nil {
		return err
	}
	delete(p.kept, p.cursor.name())
	p.slices = readUpTo(p.cursor, p.manner, k).slices
	return nil
}

// readUpTo is the progress of a line that has been read from its start to k. Where k is the start,
// or lies before it, nothing has been read.
func readUpTo(c Cursor, manner *manner, k key) *progress {
	p := &progress{cursor: c, manner: manner}
	s := c.bounds(time.Time{})
	if !s.bounded || k.compare(s.from) > 0 {
		s.to, s.ended = k, true
		p.slices = []*sliceProgress{{span: s, done: true, reach: reach{high: mark{k, true}}}}
	}
	return p
}

func (p *progress) parse(raw []byte) (key, error) {
	if _, isText := unquote(raw); !isText {
		p.manner.numbers = true
	}
	k, err := p.cursor.parse(raw)
	if err != nil {
		return k, fmt.Errorf("has no usable value for the cursor field %q: %w", p.cursor.name(),
			err)
	}
	return k, nil
}

// loadBookmark reads the token of a [TokenCursor]. One that is no string, as another kit may have
// written it, is handed on as its JSON stands.
func (p *progress) loadBookmark() {
	raw := p.kept.take(p.cursor.name())
	if raw == nil || jsonraw.IsNull(raw) {
		return
	}
	if text, ok := jsonraw.Unquote(raw); ok {
		p.bookmark = []byte(text)
		return
	}
	p.bookmark = slices.Clone(raw)
}

func (p *progress) loadSlices(raw json.RawMessage) error {
	var list []pythonSlice
	if err := json.Unmarshal(raw, &list); err != nil {
		return fmt.Errorf("has a member %q that is not a list of slices", slicesMember)
	}
	whole := p.cursor.bounds(time.Time{})
	for _, one := range list {
		s := &sliceProgress{done: true}
		var err error
		if s.span, err = p.parseSpan(one.Start, one.End); err != nil {
			return err
		}
		if one.MostRecent != nil && !jsonraw.IsNull(one.MostRecent) {
			if s.high.key, err = p.parse(one.MostRecent); err != nil {
				return err
			}
			// A value from before the slice was not seen in it.
			s.high.set = s.high.compare(s.span.from) >= 0
		}
		if !s.span.empty() {
			p.add(s)
		}
	}
	read := trimmed(p.ranges())
	p.slices = nil
	for _, c := range read {
		if whole.beginsBehind(c.span) {
			continue
		}
		p.slices = append(p.slices, &sliceProgress{
			span: c.span, done: true, reach: reach{high: c.high},
		})
	}
	return nil
}

// parseSpan reads the bounds of a slice. Where the cursor has no start, the smallest value there is
// stands for the beginning of all data.
func (p *progress) parseSpan(start, end json.RawMessage) (s span, err error) {
	if start == nil || end == nil {
		return s, errors.New("has a slice without start or end")
	}
	if s.from, err = p.parse(start); err != nil {
		return s, err
	}
	if s.to, err = p.parse(end); err != nil {
		return s, err
	}
	whole := p.cursor.bounds(time.Time{})
	s.bounded, s.ended = whole.bounded || s.from.compare(key{}) > 0, true
	return s, nil
}

// trimmed ends the last range at the highest value that was seen in it: what lies behind that may
// not have been there yet when it was read, and is asked for again. A last range without a value
// counts as not read.
func trimmed(all []covered) []covered {
	for n := len(all) - 1; n >= 0 && !all[n].high.set; n-- {
		all = all[:n]
	}
	if n := len(all); n > 0 {
		all[n-1].to, all[n-1].ended = all[n-1].high.key, true
	}
	return all
}

// reopen takes up the slices that an earlier sync did not end.
func (p *progress) reopen(open []openSlice) error {
	for _, one := range open {
		s := &sliceProgress{token: []byte(one.Token)}
		var err error
		if one.Start != nil {
			if s.span.from, err = p.parse(one.Start); err != nil {
				return err
			}
			s.span.bounded = true
		}
		if one.End != nil {
			if s.span.to, err = p.parse(one.End); err != nil {
				return err
			}
			s.span.ended = true
		}
		if one.High != nil {
			if s.high.key, err = p.parse(one.High); err != nil {
				return err
			}
			s.high.set = true
		}
		p.add(s)
	}
	return nil
}

// encode returns the state of the line. Where nothing was reached it names the cursor's start, or
// else says what it said when it came.
func (p *progress) encode() json.RawMessage {
	members := make(map[string]json.RawMessage, len(p.kept)+2)
	maps.Copy(members, p.kept)
	switch {
	case p.bookmark != nil:
		members[p.cursor.name()] = jsonraw.AppendString(nil, p.bookmark)
	case p.hasValues():
		p.encodePosition(members)
	}
	if own := p.encodeOpen(); own != nil {
		members[ownMember] = own
	}
	if p.complete {
		members[completeMember] = json.RawMessage("true")
	}
	return mustMarshal(members)
}

// spell is a cursor value as the state that was found spells it: the Python kit has cursors which
// write a count since 1970 as text, and others which want a number.
func (p *progress) spell(k key) json.RawMessage {
	raw := p.cursor.encode(k)
	text, isText := unquote(raw)
	if p.manner.numbers && isText && json.Valid(text) {
		return text
	}
	return raw
}

// hasValues reports whether the cursor finds values in records.
func (p *progress) hasValues() bool {
	switch p.cursor.(type) {
	case TimeCursor, IntCursor:
		return true
	}
	return false
}

func (p *progress) encodePosition(members map[string]json.RawMessage) {
	whole := p.cursor.bounds(time.Time{})
	switch read := trimmed(p.ranges()); {
	case len(read) == 0 && whole.bounded:
		members[p.cursor.name()] = p.spell(whole.from)
	case len(read) == 0:
	case len(read) == 1 && (!read[0].beginsAfter(whole) || !read[0].beginsAfter(p.whole)):
		members[p.cursor.name()] = p.spell(read[0].high.key)
	default:
		p.encodeSlices(members, read)
	}
}

func (p *progress) encodeSlices(members map[string]json.RawMessage, read []covered) {
	list := make([]pythonSlice, len(read))
	for i, c := range read {
		list[i] = pythonSlice{Start: p.spell(c.from), End: p.spell(c.to)}
		if c.high.set {
			list[i].MostRecent = p.spell(c.high.key)
		}
	}
	members[slicesMember] = mustMarshal(list)
	members[stateType] = json.RawMessage(`"date-range"`)
	if _, ok := p.cursor.(IntCursor); ok {
		members[stateType] = json.RawMessage(`"integer"`)
	}
}

// encodeOpen spells the tokens of slices that are not done.
func (p *progress) encodeOpen() json.RawMessage {
	own := ownState{Version: ownStateVersion}
	for _, s := range p.slices {
		if s.done || s.token == nil {
			continue
		}
		one := openSlice{Token: string(s.token)}
		if s.span.bounded {
			one.Start = p.spell(s.span.from)
		}
		if s.span.ended {
			one.End = p.spell(s.span.to)
		}
		if s.high.set {
			one.High = p.spell(s.high.key)
		}
		own.Open = append(own.Open, one)
	}
	if own.Open == nil {
		return nil
	}
	return mustMarshal(own)
}

// mustMarshal encodes what is made of JSON and plain values, which always has a JSON form.
func mustMarshal(v any) json.RawMessage {
	raw, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return raw
}
