package http

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/airbyte-go/cdk/internal/jsonraw"
)

// cutter walks one document. On the way to the records and to the wanted values it reads token by
// token; all else it reads or skips as whole values.
type cutter struct {
	dec    *jsonraw.Decoder
	paths  []recordPath // to the records; none lies within another
	state  []pathState  // of paths
	want   [][]string   // the split paths of names
	names  []string
	values map[string]json.RawMessage
	emit   func(record []byte, end int64) error
	count  int
	key    string // the name that the last * has met in an object
}

// pathState is what is known of a path so far.
type pathState struct {
	found  bool  // something, or a reason for there being nothing
	absent error // the first place behind a * that does not have what the path leads to
}

// newCutter returns a cutter for the paths, and the indexes of all wanted values.
func newCutter(
	dec *jsonraw.Decoder, paths []recordPath, want []string,
	emit func(record []byte, end int64) error,
) (c *cutter, active []int, err error) {
	c = &cutter{dec: dec, paths: paths, emit: emit, state: make([]pathState, len(paths))}
	for i, path := range want {
		if path == "" {
			return nil, nil, errWantsNowhere
		}
		c.want = append(c.want, splitPath(path))
		active = append(active, i)
	}
	if len(want) > 0 {
		c.values = make(map[string]json.RawMessage, len(want))
		c.names = want
	}
	return c, active, nil
}

var errWantsNowhere = errors.New(
	"the paginator wants a value but does not say where; set its At")

// document reads the one document there must be.
func (c *cutter) document(active []int) error {
	if c.dec.PeekKind() == 0 {
		if err := c.dec.SkipValue(); !errors.Is(err, io.EOF) {
			return invalid(err)
		}
		return errors.New("the answer is empty, where JSON was expected")
	}
	all := make([]int, len(c.paths))
	for i := range all {
		all[i] = i
	}
	if err := c.value(0, all, active); err != nil {
		return err
	}
	switch _, err := c.dec.ReadToken(); {
	case err == nil:
		return fmt.Errorf("the JSON of the answer goes on after its end, at byte %d",
			c.dec.InputOffset())
	case !errors.Is(err, io.EOF):
		return invalid(err)
	}
	for _, s := range c.state {
		if !s.found && s.absent != nil {
			return s.absent
		}
	}
	return nil
}

// value reads a value at the given depth. records are the indexes of the paths to records that it
// lies on; active are those of the wanted paths.
func (c *cutter) value(depth int, records, active []int) error {
	if len(records) == 0 {
		if c.dec.PeekKind() != jsonraw.ObjectStart {
			return invalid(c.dec.SkipValue())
		}
		return c.object(depth, nil, active)
	}
	first := c.paths[records[0]]
	if len(first) == depth {
		c.state[records[0]].found = true
		return c.records(first, active)
	}
	wild := slices.IndexFunc(records, func(i int) bool { return !c.paths[i][depth].any }) < 0
	switch kind := c.dec.PeekKind(); {
	case kind == jsonraw.ObjectStart:
		return c.object(depth, records, active)
	case kind == jsonraw.ArrayStart && wild:
		return c.array(depth, records)
	case kind == jsonraw.Null && wild, kind == 0: // 0: an error, which SkipValue returns
		c.settle(records)
		return invalid(c.dec.SkipValue())
	default:
		return fmt.Errorf("the answer has no records at %q: %s is %s",
			first, first.place(depth), kindName(kind))
	}
}

// settle notes that there is a reason for there being no records.
func (c *cutter) settle(records []int) {
	for _, i := range records {
		c.state[i].found = true
	}
}

// object reads an object at the given depth and follows the members on the paths.
func (c *cutter) object(depth int, records, active []int) error {
	if _, err := c.dec.ReadToken(); err != nil {
		return invalid(err)
	}
	var others []string
	seen := make([]bool, len(records))
	for c.dec.PeekKind() != jsonraw.ObjectEnd {
		name, err := c.dec.ReadName()
		if err != nil {
			return invalid(err)
		}
		var deeper []int
		for k, i := range records {
			switch s := c.paths[i][depth]; {
			case s.any:
				c.key = name
			case s.name != name:
				continue
			}
			seen[k] = true
			deeper = append(deeper, i)
		}
		if err := c.member(name, depth, deeper, active); err != nil {
			return err
		}
		if len(records) > 0 && len(others) <= maxNames {
			others = append(others, name)
		}
	}
	for k, i := range records {
		if err := c.absent(i, depth, seen[k], others); err != nil {
			return err
		}
	}
	_, err := c.dec.ReadToken()
	return invalid(err)
}

// absent judges whether a path may end in an object that does not have its next member. Behind a *
// it may, if it goes on elsewhere.
func (c *cutter) absent(i, depth int, seen bool, others []string) error {
	path, state := c.paths[i], &c.state[i]
	switch s := path[depth]; {
	case seen:
	case s.any || s.optional:
		state.found = true
	case path.wild(depth):
		if state.absent == nil {
			state.absent = missing(path, depth, others)
		}
	default:
		return missing(path, depth, others)
	}
	return nil
}

// array reads an array whose elements lie on the paths.
func (c *cutter) array(depth int, records []int) error {
	if _, err := c.dec.ReadToken(); err != nil {
		return invalid(err)
	}
	if c.dec.PeekKind() == jsonraw.ArrayEnd {
		c.settle(records)
	}
	for kind := c.dec.PeekKind(); kind != jsonraw.ArrayEnd && kind != 0; kind = c.dec.PeekKind() {
		if err := c.value(depth+1, records, nil); err != nil {
			return err
		}
	}
	_, err := c.dec.ReadToken()
	return invalid(err)
}

// member reads the value of one member of an object at the given depth.
func (c *cutter) member(name string, depth int, records, active []int) error {
	var deeper, here []int
	for _, i := range active {
		switch path := c.want[i]; {
		case path[depth] != name:
		case depth+1 == len(path):
			here = append(here, i)
		default:
			deeper = append(deeper, i)
		}
	}
	switch {
	case len(records) > 0 && len(here) > 0:
		return fmt.Errorf("the records lie at %q, so the paginator cannot take a value from %q",
			c.paths[records[0]], c.names[here[0]])
	case len(records) > 0 || len(here) == 0 && len(deeper) > 0:
		return c.value(depth+1, records, deeper)
	case len(here) == 0:
		return invalid(c.dec.SkipValue())
	}
	v, err := c.dec.ReadValue()
	if err != nil {
		return invalid(err)
	}
	c.catch(v, depth+1, append(here, deeper...))
	return nil
}

// catch keeps copies of the wanted values in the text of a value at the given depth.
func (c *cutter) catch(text []byte, depth int, active []int) {
	for _, i := range active {
		if v, ok := jsonraw.Member(text, c.want[i][depth:]); ok {
			c.values[c.names[i]] = slices.Clone(v)
		}
	}
}

// records reads what lies at the end of a path.
func (c *cutter) records(path recordPath, active []int) error {
	switch kind := c.dec.PeekKind(); kind {
	case jsonraw.ArrayStart:
		return c.elements(path)
	case jsonraw.ObjectStart:
		return c.record(path, active)
	case jsonraw.Null, 0: // 0: an error, which SkipValue returns
		return invalid(c.dec.SkipValue())
	default:
		return fmt.Errorf("the answer has no records at %s: that is %s, neither an array nor "+
			"an object", path.place(len(path)), kindName(kind))
	}
}

func (c *cutter) elements(path recordPath) error {
	if _, err := c.dec.ReadToken(); err != nil {
		return invalid(err)
	}
	for {
		switch kind := c.dec.PeekKind(); kind {
		case jsonraw.ObjectStart:
			if err := c.record(path, nil); err != nil {
				return err
			}
		case jsonraw.ArrayEnd, 0:
			_, err := c.dec.ReadToken()
			return invalid(err)
		default:
			return fmt.Errorf("record %d at %s is %s, but a record must be an object",
				c.count+1, path.place(len(path)), kindName(kind))
		}
	}
}

func (c *cutter) record(path recordPath, active []int) error {
	v, err := c.dec.ReadValue()
	if err != nil {
		return invalid(err)
	}
	c.count++
	c.catch(v, len(path), active)
	return c.emit(v, c.dec.InputOffset())
}

// missing says that an object at the given depth of a path does not have its next member.
func missing(path recordPath, depth int, others []string) error {
	there := "no members"
	if len(others) > 0 {
		more := ""
		if len(others) > maxNames {
			others, more = others[:maxNames], ", ..."
		}
		there = fmt.Sprintf("the members %q%s", others, more)
	}
	return fmt.Errorf("the answer has no records at %q: %s has no member %q; it has %s",
		path, path.place(depth), path[depth].name, there)
}

// invalid explains an error of the decoder; nil stays nil.
func invalid(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, io.ErrUnexpectedEOF):
		return fmt.Errorf("the JSON of the answer ends early: %w", err)
	}
	return fmt.Errorf("the answer is not valid JSON: %w", err)
}
