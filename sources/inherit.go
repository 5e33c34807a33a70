package sources

import "github.com/airbyte-go/cdk/internal/jsonraw"

// inheritance puts values of a partition into its records.
type inheritance struct {
	members []inherited
	record  []byte // memory for the next record
}

type inherited struct {
	name []string
	text []byte // "name":value
}

func newInheritance(names []string, p Partition) inheritance {
	var all inheritance
	for _, name := range names {
		raw := p.Raw(name)
		if raw == nil {
			raw = []byte("null")
		}
		text := append(jsonraw.AppendString(nil, name), ':')
		all.members = append(all.members, inherited{[]string{name}, append(text, raw...)})
	}
	return all
}

// into returns the record, a JSON object with at least one member, with those values that it does
// not have itself. It is valid until the next call.
func (h *inheritance) into(record []byte) []byte {
	if len(h.members) == 0 {
		return record
	}
	rest := record
	for rest[0] != '{' {
		rest = rest[1:]
	}
	h.record = append(h.record[:0], '{')
	for _, m := range h.members {
		if _, has := jsonraw.Member(record, m.name); !has {
			h.record = append(append(h.record, m.text...), ',')
		}
	}
	h.record = append(h.record, rest[1:]...)
	return h.record
}
