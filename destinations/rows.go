package destinations

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"strings"
)

// RowError says that a record could not be decoded. Its text shows no value of the record, so that
// it can be the reason of [Batch.Reject].
type RowError struct {
	Record Record // valid until Load returns
	Err    error  // may show a value of the record
}

// Error names the field and its type where they are known.
func (e *RowError) Error() string {
	if mismatch, ok := errors.AsType[*json.UnmarshalTypeError](e.Err); ok {
		kind, _, _ := strings.Cut(mismatch.Value, " ") // "number 1.5" says more than it may
		if mismatch.Field == "" {
			return fmt.Sprintf("a %s is no %s", kind, mismatch.Type)
		}
		return fmt.Sprintf("field %s: a %s is no %s", mismatch.Field, kind, mismatch.Type)
	}
	return "its data cannot be decoded"
}

// Unwrap returns the cause.
func (e *RowError) Unwrap() error { return e.Err }

// Rows decodes the records of a batch, in their order, as encoding/json does, except that numbers
// in an interface are [json.Number], which keeps all digits. The error of a record that does not
// fit is a [*RowError]; the loop may reject its record and go on. [Batch.Records] is many times
// faster, because it decodes nothing.
func Rows[T any](b *Batch) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for r := range b.Records() {
			row, err := decode[T](r)
			if !yield(row, err) {
				return
			}
		}
	}
}

func decode[T any](r Record) (row T, err error) {
	d := json.NewDecoder(bytes.NewReader(r.Data))
	d.UseNumber()
	if err := d.Decode(&row); err != nil {
		var none T
		return none, &RowError{Record: r, Err: err}
	}
	return row, nil
}
