package sources

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/airbyte-go/cdk/internal/entry"
	"github.com/airbyte-go/cdk/internal/jsonraw"
	"github.com/airbyte-go/cdk/internal/schema"
	"github.com/airbyte-go/cdk/protocol"
)

// sampleRecords is how many records of each stream a schema is inferred from, unless --limit says.
const sampleRecords = 1000

// infer reads some records of each stream and writes a catalog with the schemas that they have. It
// is a tool for development: what an API documents and what it sends are two things.
func (v verbs[C]) infer(ctx context.Context, c *entry.Call) error {
	j, err := v.job(ctx, c)
	if err != nil {
		return err
	}
	if j.limit == 0 {
		j.limit = sampleRecords
	}
	s := &sampler{to: c.Out, samples: map[protocol.Descriptor]*schema.Inference{}}
	e := v.engine(c)
	e.out = protocol.NewWriter(s, protocol.WriterOptions{})
	err = e.read(ctx, j)
	if closed := e.out.Close(); err == nil {
		err = closed
	}
	if said := c.Out.Write(&protocol.Message{
		Type: protocol.MessageCatalog, Catalog: j.streams.schemaCatalog(s.schemas()),
	}); err == nil {
		err = said
	}
	return err
}

// sampler takes the lines of a read: it learns from the records, passes failures on, and drops the
// rest.
type sampler struct {
	to      *protocol.Writer
	samples map[protocol.Descriptor]*schema.Inference
}

// Write implements [io.Writer] for the writer of the engine, which writes whole lines.
func (s *sampler) Write(lines []byte) (int, error) {
	for line := range bytes.Lines(lines) {
		if err := s.line(line); err != nil {
			return 0, err
		}
	}
	return len(lines), nil
}

func (s *sampler) line(line []byte) error {
	kind, _ := jsonraw.Member(line, []string{"type"})
	switch string(kind) {
	case `"RECORD"`:
		return s.record(line)
	case `"TRACE"`:
		return s.trace(line)
	}
	return nil
}

func (s *sampler) record(line []byte) error {
	text := func(name string) string {
		raw, _ := jsonraw.Member(line, []string{"record", name})
		value, _ := jsonraw.Unquote(raw)
		return value
	}
	data, ok := jsonraw.Member(line, []string{"record", "data"})
	if !ok {
		return errors.New("a record without data")
	}
	d := protocol.Descriptor{Name: text("stream"), Namespace: text("namespace")}
	if s.samples[d] == nil {
		s.samples[d] = new(schema.Inference)
	}
	s.samples[d].Add(data)
	return nil
}

func (s *sampler) trace(line []byte) error {
	var m protocol.Message
	if err := json.Unmarshal(line, &m); err != nil {
		return fmt.Errorf("a trace of our own: %w", err)
	}
	if m.Trace.Type != protocol.TraceError {
		return nil
	}
	return s.to.Write(&m)
}

func (s *sampler) schemas() map[protocol.Descriptor]json.RawMessage {
	schemas := map[protocol.Descriptor]json.RawMessage{}
	for d, sample := range s.samples {
		schemas[d] = sample.Schema()
	}
	return schemas
}
