// Package rows makes the records that all contestants of a measurement read or write, so that they
// differ in nothing but their code.
package rows

import (
	"fmt"
	"strconv"
	"strings"
)

// Shape is what the records of a job look like.
type Shape struct {
	// Name is how jobs and the addresses of the API call it.
	Name string
	// Columns are the fields of a record, in order. The first is the key, and one is Moment.
	Columns []Column
}

// Column is one field of a record.
type Column struct {
	Name string
	Kind Kind
}

// Kind says what values a column has.
type Kind int

// The kinds of columns. Moment is the cursor: its text has always the length of [MomentLayout].
const (
	Integer Kind = iota
	Text
	Number
	Boolean
	Moment
	LongText
)

// MomentLayout is how a time is written in a record.
const MomentLayout = "2006-01-02T15:04:05Z"

// CursorField is the column that every shape has for incremental streams.
const CursorField = "updated_at"

// Shapes are the three that every job is run with: about 110 bytes, 500 bytes and 10 to 50 KB.
func Shapes() []Shape {
	return []Shape{
		{Name: "small", Columns: []Column{
			{"id", Integer},
			{"name", Text},
			{"amount", Number},
			{"active", Boolean},
			{CursorField, Moment},
		}},
		{Name: "wide", Columns: wideColumns()},
		{Name: "texts", Columns: []Column{
			{"id", Integer},
			{CursorField, Moment},
			{"title", Text},
			{"body", LongText},
			{"notes", LongText},
		}},
	}
}

// wideColumns are twenty, with the cursor in the middle.
func wideColumns() []Column {
	columns := []Column{{"id", Integer}}
	kinds := []Kind{Text, Number, Boolean, Text, Integer}
	for i := range 18 {
		if i == 9 {
			columns = append(columns, Column{CursorField, Moment})
		}
		columns = append(columns, Column{fmt.Sprintf("field_%02d", i), kinds[i%len(kinds)]})
	}
	return columns
}

// ShapeOf finds a shape by its name.
func ShapeOf(name string) (Shape, error) {
	var known []string
	for _, s := range Shapes() {
		if s.Name == name {
			return s, nil
		}
		known = append(known, s.Name)
	}
	return Shape{}, fmt.Errorf("there is no shape %q; there are %s",
		name, strings.Join(known, ", "))
}

// Append adds record number n as a JSON object without white space.
func (s Shape) Append(dst []byte, n int, moment string) []byte {
	for i, c := range s.Columns {
		dst = append(dst, ",{"[min(1, max(0, 1-i))], '"')
		dst = append(append(dst, c.Name...), '"', ':')
		switch c.Kind {
		case Integer:
			dst = strconv.AppendInt(dst, int64(n+i), 10)
		case Text:
			dst = fmt.Appendf(dst, `"text %02d of row %07d"`, i, n)
		case Number:
			dst = fmt.Appendf(dst, `%d.25`, n)
		case Boolean:
			dst = strconv.AppendBool(dst, n%2 == 0)
		case Moment:
			dst = append(append(append(dst, '"'), moment...), '"')
		case LongText:
			dst = appendLongText(dst, n)
		}
	}
	return append(dst, '}')
}

// appendLongText adds a text of 5 to 25 KB in which some characters need an escape.
func appendLongText(dst []byte, n int) []byte {
	const sentence = `The quick brown fox said \"no\" in M\u00fcnchen, \u20ac 12.50 later;\n`
	dst = append(dst, '"')
	for range 75 * (1 + n%5) {
		dst = append(dst, sentence...)
	}
	return append(dst, '"')
}

// Schema is the JSON schema of the records.
func (s Shape) Schema() string {
	texts := map[Kind]string{
		Integer: `{"type":"integer"}`,
		Number:  `{"type":"number"}`,
		Boolean: `{"type":"boolean"}`,
		Moment:  `{"type":"string","format":"date-time"}`,
	}
	var b strings.Builder
	for i, c := range s.Columns {
		if i > 0 {
			b.WriteByte(',')
		}
		text, ok := texts[c.Kind]
		if !ok {
			text = `{"type":"string"}`
		}
		fmt.Fprintf(&b, "%q:%s", c.Name, text)
	}
	return `{"type":"object","properties":{` + b.String() + `}}`
}
