package http

import (
	"bufio"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/airbyte-go/cdk/internal/jsonraw"
)

// CSV cuts records out of a table: each row becomes an object of strings by the names of the
// columns. It is an [Extractor]; the zero value reads comma-separated values (RFC 4180) whose first
// row holds the names.
//
// [Cast] turns the strings into numbers, booleans and nulls where the schema has them. Invalid
// UTF-8 becomes the replacement character. Rows without any text are passed over. A row with more
// or fewer fields than there are columns is an error, as are names that are empty or come twice.
type CSV struct {
	// Comma separates fields. Defaults to a comma; '\t' reads tab-separated values.
	Comma rune
	// Skip is how many lines stand before the header row, or before the records when Columns are
	// given.
	Skip int
	// Columns names the columns of a table without a header row.
	Columns []string
	// LazyQuotes accepts quotes within a field that is not quoted, and single quotes within one
	// that is.
	LazyQuotes bool
	// Empty says what becomes of an empty field. Defaults to [EmptyNull].
	Empty Empty
}

// Empty says what becomes of an empty field of a [CSV] row. CSV does not tell an empty text from
// none.
type Empty int

const (
	// EmptyNull makes it null.
	EmptyNull Empty = iota
	// EmptyString makes it "".
	EmptyString
	// EmptyMissing leaves the field out of the record.
	EmptyMissing
)

// Cut implements [Extractor].
func (c CSV) Cut(
	body io.Reader, want []string, emit func(record []byte) error,
) (map[string]json.RawMessage, error) {
	if err := refuseWants(formatCSV, want); err != nil {
		return nil, err
	}
	in, err := c.reader(body)
	if err != nil {
		return nil, err
	}
	columns, err := c.columns(in)
	if errors.Is(err, io.EOF) {
		return noValues, nil // a table without any row
	}
	if err != nil {
		return nil, err
	}
	var record []byte
	for {
		row, err := in.Read()
		switch {
		case errors.Is(err, io.EOF):
			return noValues, nil
		case errors.Is(err, csv.ErrFieldCount):
			return nil, c.misshapen(in, len(row), len(columns))
		case err != nil:
			return nil, c.explain(err)
		}
		if record = c.appendRecord(record[:0], columns, row); len(record) == len("{}") {
			continue
		}
		if err := emit(record); err != nil {
			return nil, err
		}
	}
}

func (CSV) format() format { return formatCSV }

func (c CSV) reader(body io.Reader) (*csv.Reader, error) {
	lines := bufio.NewReader(skipMark(body))
	for range c.Skip {
		if err := skipLine(lines); err != nil && !errors.Is(err, io.EOF) { // it comes again
			return nil, err
		}
	}
	in := csv.NewReader(lines)
	in.ReuseRecord, in.LazyQuotes = true, c.LazyQuotes
	if c.Comma != 0 {
		in.Comma = c.Comma
	}
	return in, nil
}

// skipLine reads a line of any length.
func skipLine(r *bufio.Reader) error {
	for {
		if _, err := r.ReadSlice('\n'); !errors.Is(err, bufio.ErrBufferFull) {
			return err
		}
	}
}

// columns returns what stands before the value of each column in a record: its name and a colon.
func (c CSV) columns(in *csv.Reader) ([]string, error) {
	names := c.Columns
	if names == nil {
		row, err := in.Read()
		if err != nil {
			return nil, c.explain(err)
		}
		names = slices.Clone(row)
	}
	in.FieldsPerRecord = len(names)
	columns := make([]string, len(names))
	for i, name := range names {
		if name == "" {
			return nil, fmt.Errorf("column %d of the CSV has no name; name the Columns, and Skip "+
				"the header row", i+1)
		}
		if slices.Contains(names[:i], name) {
			return nil, fmt.Errorf("two columns of the CSV have the name %s; name the Columns, "+
				"and Skip the header row", quote(name))
		}
		columns[i] = string(append(jsonraw.AppendString(nil, name), ':'))
	}
	return columns, nil
}

// appendRecord appends the object for a row. One without any text becomes {}.
func (c CSV) appendRecord(dst []byte, columns, row []string) []byte {
	start, blank := len(dst), true
	for i, value := range row {
		blank = blank && value == ""
		if value == "" && c.Empty == EmptyMissing {
			continue
		}
		dst = append(appendSeparator(dst, start, '{'), columns[i]...)
		if value == "" && c.Empty == EmptyNull {
			dst = append(dst, "null"...)
			continue
		}
		dst = jsonraw.AppendString(dst, value)
	}
	if blank {
		dst = dst[:start]
	}
	return appendEnd(dst, start, "{}")
}

func (c CSV) misshapen(in *csv.Reader, fields, columns int) error {
	line, _ := in.FieldPos(0)
	return fmt.Errorf("the row on line %d of the CSV has %d fields, but there are %d columns",
		line+c.Skip, fields, columns)
}

// explain words an error of the reader. The standard text would name lines without those that were
// skipped.
func (c CSV) explain(err error) error {
	p, ok := errors.AsType[*csv.ParseError](err)
	if !ok {
		return err
	}
	return fmt.Errorf("the CSV is not valid on line %d, column %d: %w", p.Line+c.Skip, p.Column,
		p.Err)
}
