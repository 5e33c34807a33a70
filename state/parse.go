package state

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/airbyte-go/cdk/internal/jsonraw"
	"github.com/airbyte-go/cdk/protocol"
)

// Parse reads the state given to a source. These forms are known:
//
//   - an array of STREAM states, or one such state without the array;
//   - one GLOBAL state, in an array or not;
//   - a LEGACY state, in an array or not, or the legacy object itself, which holds the state of
//     each stream under the stream's name;
//   - any of these states within the STATE message a connector wrote.
//
// Empty input, white space, null, {} and [] give an empty set. Everything else is a
// [*protocol.Error] of type ConfigError with one sentence that names the offending element. The
// set holds no part of data.
func Parse(data []byte) (*Set, error) {
	var p parser
	if err := p.parse(bytes.Clone(bytes.TrimSpace(data))); err != nil {
		return nil, protocol.Errorf(protocol.ConfigError, "Invalid state: %w. Correct it, or give "+
			"no state to read every stream from the beginning.", err)
	}
	return &p.set, nil
}

// A parser fills a set.
type parser struct {
	set  Set
	seen map[protocol.Descriptor]bool // the streams of the input, also those without a state
}

func (p *parser) parse(data []byte) error {
	if len(data) == 0 {
		return nil
	}
	if err := jsonraw.Valid(data); err != nil {
		return fmt.Errorf("it is not JSON (%w)", err)
	}
	switch data[0] {
	case '[':
		return p.array(data)
	case '{':
		return p.object(data)
	case 'n':
		return nil
	}
	return errors.New("it must be an array of states")
}

func (p *parser) array(data []byte) error {
	n := 0
	for element, err := range jsonraw.Elements(data) {
		n++
		if err == nil {
			err = p.state(element)
		}
		if err != nil {
			return fmt.Errorf("element %d: %w", n, err)
		}
	}
	return nil
}

// object reads a state without an array around it, or the legacy object.
func (p *parser) object(data []byte) error {
	if _, empty := jsonraw.EmptyObject(data); empty {
		return nil
	}
	if isState(data) {
		return p.state(data)
	}
	return p.legacy(data)
}

// isState tells a state from a legacy object, which may have streams called "type", "stream",
// "global" or "data" as well.
func isState(object []byte) bool {
	kind, _ := jsonraw.Member(object, []string{"type"})
	_, stream := jsonraw.Member(object, []string{"stream", "stream_descriptor"})
	_, global := jsonraw.Member(object, []string{"global", "stream_states"})
	return bytes.HasPrefix(kind, []byte{'"'}) || stream || global || onlyMember(object) == "data"
}

// onlyMember returns the name of the object's member when it has no other.
func onlyMember(object []byte) string {
	name, n := "", 0
	for w := jsonraw.Walk(object); w.Next(); n++ {
		name = string(w.Name())
	}
	if n != 1 {
		return ""
	}
	return name
}

// state reads one state in one of its official forms.
func (p *parser) state(data []byte) error {
	if kind, _ := jsonraw.Member(data, []string{"type"}); string(kind) == `"STATE"` {
		data, _ = jsonraw.Member(data, []string{"state"})
	}
	if isObject, _ := jsonraw.EmptyObject(data); !isObject {
		return errors.New("it is not an object")
	}
	var s protocol.State
	if err := s.UnmarshalJSON(data); err != nil {
		return err
	}
	switch kind := kindOf(&s); kind {
	case protocol.StateStream:
		return p.stream(&s)
	case protocol.StateGlobal:
		return p.global(&s)
	case protocol.StateLegacy:
		return p.legacy(s.Data)
	case "":
		return errors.New("it has none of the members stream, global and data")
	default:
		return fmt.Errorf("the type %q is not STREAM, GLOBAL or LEGACY", kind)
	}
}

// kindOf returns the type of s, which older writers left out.
func kindOf(s *protocol.State) protocol.StateType {
	switch {
	case s.Type != "":
		return s.Type
	case s.Stream != nil:
		return protocol.StateStream
	case s.Global != nil:
		return protocol.StateGlobal
	case s.Data != nil:
		return protocol.StateLegacy
	}
	return ""
}

// begin records the kind of the next state. Only STREAM states come in numbers.
func (p *parser) begin(kind protocol.StateType) error {
	before := p.set.kind
	p.set.kind = kind
	switch {
	case before == "" || before == kind && kind == protocol.StateStream:
		return nil
	case before == kind:
		return fmt.Errorf("there may be only one %s state", kind)
	}
	return fmt.Errorf("a %s state cannot stand beside a %s state", kind, before)
}

func (p *parser) stream(s *protocol.State) error {
	if err := p.begin(protocol.StateStream); err != nil {
		return err
	}
	if s.Stream == nil {
		return errors.New("a STREAM state needs the member stream")
	}
	return p.add(s.Stream.Descriptor, s.Stream.State)
}

func (p *parser) global(s *protocol.State) error {
	if err := p.begin(protocol.StateGlobal); err != nil {
		return err
	}
	if s.Global == nil {
		return errors.New("a GLOBAL state needs the member global")
	}
	shared, err := object(s.Global.SharedState)
	if err != nil {
		return fmt.Errorf("the shared_state %w", err)
	}
	p.set.shared = shared
	for i := range s.Global.StreamStates {
		st := &s.Global.StreamStates[i]
		if err := p.add(st.Descriptor, st.State); err != nil {
			return err
		}
	}
	return nil
}

// legacy reads the object that holds each stream's state under its name.
func (p *parser) legacy(data []byte) error {
	if err := p.begin(protocol.StateLegacy); err != nil {
		return err
	}
	for m, err := range jsonraw.Members(data) {
		if err != nil {
			return errors.New("the data of a LEGACY state must be an object")
		}
		if err := p.add(protocol.Descriptor{Name: m.Name}, m.Value); err != nil {
			return err
		}
	}
	return nil
}

// add adds the state of one stream.
func (p *parser) add(d protocol.Descriptor, state json.RawMessage) error {
	if d.Name == "" {
		return errors.New("a stream without a name")
	}
	if p.seen[d] {
		return fmt.Errorf("the stream %q appears a second time", d)
	}
	if p.seen == nil {
		p.seen = map[protocol.Descriptor]bool{}
		p.set.index = map[protocol.Descriptor]int{}
	}
	p.seen[d] = true
	state, err := object(state)
	if err != nil {
		return fmt.Errorf("the state of stream %q %w", d, err)
	}
	if state != nil {
		p.set.index[d] = len(p.set.streams)
		p.set.streams = append(p.set.streams, streamState{d, state})
	}
	return nil
}

// object returns raw, which must be an object, or nil where it is absent or null.
func object(raw json.RawMessage) (json.RawMessage, error) {
	if len(raw) == 0 || jsonraw.IsNull(raw) {
		return nil, nil
	}
	if isObject, _ := jsonraw.EmptyObject(raw); !isObject {
		return nil, errors.New("is not an object")
	}
	return raw, nil
}
