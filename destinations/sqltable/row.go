package sqltable

import (
	"encoding/json"
	"iter"
	"strconv"
	"strings"

	"github.com/airbyte-go/cdk/destinations"
	"github.com/airbyte-go/cdk/internal/jsonraw"
	"github.com/airbyte-go/cdk/protocol"
)

// The columns that every table begins with, and the prefix that no other column has.
const (
	ownPrefix        = "_airbyte_"
	rawIDColumn      = ownPrefix + "raw_id"
	extractedColumn  = ownPrefix + "extracted_at"
	metaColumn       = ownPrefix + "meta"
	generationColumn = ownPrefix + "generation_id"
	orderColumn      = ownPrefix + "order" // of temporary tables only
	deletedField     = "_ab_cdc_deleted_at"
)

// ownColumns are the first columns of each table.
var ownColumns = []Column{
	{rawIDColumn, String}, {extractedColumn, TimestampTZ}, {metaColumn, JSON},
	{generationColumn, Integer},
}

// An encoder turns the records of one stream into rows. It is not safe for concurrent use.
type encoder struct {
	caster caster
	fields []field        // of the stream, with the kinds of their columns
	places map[string]int // of fields by name
	stream destinations.Stream

	raws    [][]byte // of the record in hand, by field
	row     []Value
	changes []protocol.RecordChange
	noMeta  []byte // the meta of most records

	wide []int // fields that need a wider column; the batch must be encoded again
}

func newEncoder(rules Rules, s destinations.Stream, fields []field) *encoder {
	e := &encoder{
		caster: caster{rules: rules}, fields: fields, places: map[string]int{}, stream: s,
		raws: make([][]byte, len(fields)), row: make([]Value, len(ownColumns)+len(fields)+1),
	}
	for i, f := range fields {
		e.places[f.name] = i
	}
	e.noMeta = e.appendMeta(nil)
	return e
}

// rows yields the records of a batch as rows, with their order in the batch as a last column. It
// ends early when a column is not wide enough.
func (e *encoder) rows(b *destinations.Batch) iter.Seq[[]Value] {
	return func(yield func([]Value) bool) {
		e.wide = nil
		order := int64(0)
		for r := range b.Records() {
			if err := e.encode(r); err != nil {
				b.Reject(r, err)
				continue
			}
			order++
			e.row[len(e.row)-1] = intValue(order)
			if len(e.wide) > 0 || !yield(e.row) {
				return
			}
		}
	}
}

// encode fills the row with a record.
func (e *encoder) encode(r destinations.Record) error {
	if err := e.find(r.Data); err != nil {
		return err
	}
	e.caster.reset()
	e.changes = e.changes[:0]
	if r.Meta != nil {
		// A meta that cannot be read says nothing of what happened.
		changes, _ := r.Changes()
		e.changes = append(e.changes, changes...)
	}
	cells := e.row[len(ownColumns) : len(e.row)-1]
	for i, raw := range e.raws {
		v, what := e.caster.cast(e.fields[i].kind, raw)
		cells[i] = v
		switch what {
		case kept:
		case tooWide:
			e.wide = append(e.wide, i)
		default:
			e.changes = append(e.changes, protocol.RecordChange{
				Field: e.fields[i].name, Change: what.change(),
				Reason: protocol.ReasonDestinationSerialization,
			})
		}
	}
	e.fillOwn(r)
	return nil
}

// find notes the text of each field. Of two members with one name the first counts, and what the
// schema does not name has no column.
func (e *encoder) find(data []byte) error {
	clear(e.raws)
	expected := 0
	w := jsonraw.Walk(data)
	for w.Next() {
		name := w.Name()
		if expected >= len(e.fields) || string(name) != e.fields[expected].name {
			place, ok := e.places[string(name)]
			if !ok {
				continue
			}
			expected = place
		}
		if e.raws[expected] == nil {
			e.raws[expected] = w.Value()
		}
		expected++
	}
	return w.Err()
}

func (e *encoder) fillOwn(r destinations.Record) {
	id := e.caster.keep(func(dst []byte) []byte { return appendUUID(dst, r.EmittedAt) })
	meta := e.noMeta
	if len(e.changes) > 0 {
		meta = e.caster.keep(e.appendMeta)
	}
	e.row[0] = textValue(id)
	e.row[1] = Value{form: formInstant, bits: (r.EmittedAt - epochDays*secondsPerDay*1000) * 1000}
	e.row[2] = textValue(meta)
	e.row[3] = intValue(e.stream.Generation)
}

func (e *encoder) appendMeta(dst []byte) []byte {
	dst = append(dst, `{"sync_id":`...)
	dst = strconv.AppendInt(dst, e.stream.SyncID, 10)
	dst = append(dst, `,"changes":[`...)
	for i, change := range e.changes {
		if i > 0 {
			dst = append(dst, ',')
		}
		change.Field = strings.ReplaceAll(change.Field, "\x00", "") // which a database may refuse
		text, err := json.Marshal(change)
		if err == nil { // three strings cannot fail
			dst = append(dst, text...)
		}
	}
	return append(dst, "]}"...)
}
