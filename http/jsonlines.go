package http

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/airbyte-go/cdk/internal/jsonraw"
)

// JSONLines cuts records that follow each other, usually one on each line. Empty lines are passed
// over, and so is a record that spans several lines. A body without records is no error.
func JSONLines() Extractor { return jsonLines{} }

type jsonLines struct{}

// Cut implements [Extractor].
func (j jsonLines) Cut(
	body io.Reader, want []string, emit func(record []byte) error,
) (map[string]json.RawMessage, error) {
	return j.cut(jsonraw.NewDecoder(skipMark(body)), want, withoutEnd(emit))
}

// cut implements [inPlace].
func (jsonLines) cut(
	dec *jsonraw.Decoder, want []string, emit func(record []byte, end int64) error,
) (map[string]json.RawMessage, error) {
	if err := refuseWants(formatLines, want); err != nil {
		return nil, err
	}
	for n := 1; ; n++ {
		kind := dec.PeekKind()
		if kind != jsonraw.ObjectStart && kind != 0 { // 0: an error, or the end
			return nil, fmt.Errorf("record %d of the JSON Lines is %s, but a record must be an "+
				"object", n, kindName(kind))
		}
		record, err := dec.ReadValue()
		switch {
		case errors.Is(err, io.EOF):
			return noValues, nil
		case errors.Is(err, io.ErrUnexpectedEOF):
			return nil, fmt.Errorf("the JSON Lines end early, in record %d: %w", n, err)
		case err != nil:
			return nil, fmt.Errorf("record %d of the JSON Lines is not valid: %w", n, err)
		}
		if err := emit(record, dec.InputOffset()); err != nil {
			return nil, err
		}
	}
}

func (jsonLines) format() format { return formatLines }

// noValues is what a format returns that has none.
var noValues map[string]json.RawMessage

// refuseWants says that a format has no place for what the paginator wants.
func refuseWants(f format, want []string) error {
	if len(want) == 0 {
		return nil
	}
	return fmt.Errorf("the paginator wants the value at %q, but a body of %s holds nothing but "+
		"records; use another Pages, such as a token in a header", want[0], f)
}

// Lines makes a record of each line of text: Lines("line") makes {"line":"..."}. The line break is
// left out, empty lines are records as well. Invalid UTF-8 becomes the replacement character.
func Lines(field string) Extractor {
	return lines{prefix: append(jsonraw.AppendString([]byte{'{'}, field), ':')}
}

type lines struct{ prefix []byte }

// Cut implements [Extractor].
func (l lines) Cut(
	body io.Reader, want []string, emit func(record []byte) error,
) (map[string]json.RawMessage, error) {
	if err := refuseWants(formatText, want); err != nil {
		return nil, err
	}
	in := bufio.NewScanner(skipMark(body))
	in.Buffer(nil, maxGap)
	var record []byte
	n := 0
	for in.Scan() {
		n++
		record = jsonraw.AppendString(append(record[:0], l.prefix...), in.Bytes())
		record = append(record, '}')
		if err := emit(record); err != nil {
			return nil, err
		}
	}
	if err := in.Err(); err != nil {
		return nil, fmt.Errorf("line %d cannot be read: %w", n+1, err)
	}
	return noValues, nil
}

func (lines) format() format { return formatText }
