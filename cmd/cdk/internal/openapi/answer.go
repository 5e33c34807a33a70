package openapi

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// answers makes what the fake API sends for a stream: its records within all that an answer has
// besides.
func (g *guesser) answers(s *Stream) error {
	example := any(nil)
	for _, o := range g.operations {
		if o.path == s.Source {
			example = o.example
		}
	}
	n := records
	if s.Single {
		n = 1
	}
	for i := range n {
		m := sampler{s, i + 1}
		s.Samples = append(s.Samples, m.record(exampleRecord(example, s.Records)))
	}
	var b bytes.Buffer
	s.envelope(&b, s.root, s.Records, example)
	var indented bytes.Buffer
	if err := json.Indent(&indented, b.Bytes(), "", "  "); err != nil {
		return fmt.Errorf("gives GET %s an answer that cannot be made up: %w", s.Source, err)
	}
	indented.WriteByte('\n')
	s.Answer = indented.String()
	return nil
}

// exampleRecord is the first record in an example of an answer, or nil.
func exampleRecord(example any, path []string) any {
	for _, name := range path {
		object, ok := example.(map[string]any)
		if !ok {
			return nil
		}
		example = object[name]
	}
	if list, ok := example.([]any); ok {
		return first(list)
	}
	return example
}

// envelope writes an answer down to its records.
func (s *Stream) envelope(b *bytes.Buffer, shape *Shape, path []string, example any) {
	if len(path) == 0 {
		s.list(b)
		return
	}
	object := shape.asRecord()
	if object == nil {
		object = &Shape{Kind: Object}
	}
	b.WriteByte('{')
	for i, f := range object.Fields {
		if i > 0 {
			b.WriteByte(',')
		}
		b.Write(quote(f.Name))
		b.WriteByte(':')
		within := below([]any{example}, memberOf(f.Name))
		if f.Name == path[0] {
			s.envelope(b, f.Shape, path[1:], first(within))
			continue
		}
		left := MaxFields
		beside := prune(f.Shape, MaxNesting-1, &left)
		sampler{s, 1}.value(b, beside, f.Name, within)
	}
	b.WriteByte('}')
}

// list writes the records as the answer holds them.
func (s *Stream) list(b *bytes.Buffer) {
	if s.Single {
		b.WriteString(s.Samples[0])
		return
	}
	b.WriteByte('[')
	for i, record := range s.Samples {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(record)
	}
	b.WriteByte(']')
}
