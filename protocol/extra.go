package protocol

import (
	"bytes"
	"encoding/json"
	"iter"

	"github.com/airbyte-go/cdk/internal/jsonraw"
)

// Extra holds the properties of one object of a state that this package does not know, in their
// order and byte for byte, duplicates included. It also holds those that are known but null or
// empty, such as a namespace of "", which no field can tell from absent ones; they are written
// back as long as the field stays empty. The zero value is empty.
//
// A copy shares its bytes with the original, which is safe: they are never changed in place.
type Extra struct {
	members []byte // `"a": 1,"b":2`, the text of the members without the braces
}

// IsZero reports whether there is no property.
func (x Extra) IsZero() bool { return len(x.members) == 0 }

// Get returns the value of the property name. It must not be modified.
func (x Extra) Get(name string) (value json.RawMessage, ok bool) {
	return jsonraw.Member(x.object(), []string{name})
}

// All returns the properties in their order. The values must not be modified.
func (x Extra) All() iter.Seq2[string, json.RawMessage] {
	return func(yield func(string, json.RawMessage) bool) {
		for p, err := range jsonraw.Members(x.object()) {
			if err != nil || !yield(p.Name, p.Value) {
				return
			}
		}
	}
}

// Set puts a property at the end and removes others of the same name. The value must be valid
// JSON, or writing the state fails; it is copied.
func (x *Extra) Set(name string, value json.RawMessage) {
	x.Delete(name)
	member := append(append(jsonraw.AppendString(nil, name), ':'), value...)
	x.members = appendMember(bytes.Clone(x.members), member)
}

// Delete removes all properties called name.
func (x *Extra) Delete(name string) {
	var kept []byte
	for w := jsonraw.Walk(x.object()); w.Next(); {
		if string(w.Name()) != name {
			kept = appendMember(kept, w.Text())
		}
	}
	x.members = kept
}

func appendMember(members, member []byte) []byte {
	return append(comma(members, 0), member...)
}

func (x Extra) object() []byte {
	object := make([]byte, 0, len(x.members)+2)
	return append(append(append(object, '{'), x.members...), '}')
}
