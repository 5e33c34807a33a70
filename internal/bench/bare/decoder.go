package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"time"

	"github.com/airbyte-go/cdk/internal/bench/rows"
)

// ownColumns are those that a destination adds to each row.
const ownColumns = 4

// decoder turns lines into rows, as a loop over encoding/json does: each line into a struct that
// was made for the schema.
type decoder struct {
	shape rows.Shape
	lines *bufio.Reader
	data  reflect.Value // a pointer to the struct
	line  []byte        // of a line longer than the buffer
}

func newDecoder(shape rows.Shape, in io.Reader) *decoder {
	types := map[rows.Kind]reflect.Type{
		rows.Integer: reflect.TypeFor[int64](),
		rows.Number:  reflect.TypeFor[float64](),
		rows.Boolean: reflect.TypeFor[bool](),
		rows.Moment:  reflect.TypeFor[time.Time](),
	}
	fields := make([]reflect.StructField, len(shape.Columns))
	for i, c := range shape.Columns {
		typ, ok := types[c.Kind]
		if !ok {
			typ = reflect.TypeFor[string]()
		}
		fields[i] = reflect.StructField{
			Name: fmt.Sprintf("C%d", i), Type: typ,
			Tag: reflect.StructTag(fmt.Sprintf(`json:%q`, c.Name)),
		}
	}
	return &decoder{
		shape: shape, lines: bufio.NewReaderSize(in, 256<<10),
		data: reflect.New(reflect.StructOf(fields)),
	}
}

// names are the columns of the table.
func (d *decoder) names() []string {
	names := []string{
		"_airbyte_raw_id", "_airbyte_extracted_at", "_airbyte_meta", "_airbyte_generation_id",
	}
	for _, c := range d.shape.Columns {
		names = append(names, c.Name)
	}
	return names
}

// next fills row, or returns io.EOF. Lines that are no records are passed over.
func (d *decoder) next(row []any) error {
	for {
		line, err := d.read()
		if err != nil {
			return err
		}
		var message struct {
			Type   string `json:"type"`
			Record struct {
				EmittedAt int64           `json:"emitted_at"`
				Data      json.RawMessage `json:"data"`
			} `json:"record"`
		}
		if err := json.Unmarshal(line, &message); err != nil {
			return err
		}
		if message.Type != "RECORD" {
			continue
		}
		if err := json.Unmarshal(message.Record.Data, d.data.Interface()); err != nil {
			return err
		}
		row[0] = fmt.Sprintf("018cc251-f400-7000-8000-%012d", message.Record.EmittedAt%1e12)
		row[1] = time.UnixMilli(message.Record.EmittedAt).UTC()
		row[2] = `{"sync_id":0,"changes":[]}`
		row[3] = int64(0)
		for i := range d.shape.Columns {
			row[ownColumns+i] = d.data.Elem().Field(i).Interface()
		}
		return nil
	}
}

// read returns the next line, valid until the next call.
func (d *decoder) read() ([]byte, error) {
	d.line = d.line[:0]
	for {
		part, err := d.lines.ReadSlice('\n')
		if err == nil && len(d.line) == 0 {
			return part, nil
		}
		d.line = append(d.line, part...)
		if !errors.Is(err, bufio.ErrBufferFull) {
			return d.line, err
		}
	}
}
