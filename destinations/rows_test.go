package destinations_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/airbyte-go/cdk/destinations"
)

// loaded gives the records to a function as one batch, and returns what the run wrote.
func loaded(t *testing.T, load func(b *destinations.Batch), data ...string) transcript {
	t.Helper()
	f := &fake{load: func(_ context.Context, b *destinations.Batch) error {
		load(b)
		return nil
	}}
	lines := make([]string, len(data))
	for i, d := range data {
		lines[i] = record("a", d)
	}
	return writeLines(t, f, catalogOf("a"), lines...)
}

func TestRowsKeepAllDigits(t *testing.T) {
	t.Parallel()
	loaded(t, func(b *destinations.Batch) {
		for row, err := range destinations.Rows[map[string]any](b) {
			assert.NoError(t, err)
			assert.Equal(t, json.Number("12345678901234567890.10"), row["n"])
		}
		for row, err := range destinations.Rows[json.RawMessage](b) {
			assert.NoError(t, err)
			assert.Equal(t, `{"n": 12345678901234567890.10}`, string(row))
		}
	}, `{"n": 12345678901234567890.10}`)
}

// TestRowErrorsShowNoValue decodes what does not fit.
func TestRowErrorsShowNoValue(t *testing.T) {
	t.Parallel()
	type row struct {
		N int8
		S struct{ T string }
	}
	var texts []string
	got := loaded(t, func(b *destinations.Batch) {
		for r, err := range destinations.Rows[row](b) {
			wrong, ok := errors.AsType[*destinations.RowError](err)
			if !assert.True(t, ok) {
				return
			}
			assert.Zero(t, r)
			assert.Error(t, errors.Unwrap(wrong))
			texts = append(texts, wrong.Error())
			b.Reject(wrong.Record, wrong)
		}
	}, `{"N":4711}`, `{"S":{"T":4711}}`, `{"N":tru4711}`, `{"S":"4711"}`)
	assert.Equal(t, []string{
		"field N: a number is no int8", "field S.T: a number is no string",
		"its data cannot be decoded", "field S: a string is no struct { T string }",
	}, texts)
	assert.NotContains(t, got.text, "4711")
	assert.Equal(t, 4, strings.Count(got.logs(), "was rejected"))
}

func TestLoopsThatEndEarly(t *testing.T) {
	t.Parallel()
	n := 0
	got := loaded(t, func(b *destinations.Batch) {
		for range b.Records() {
			n++
			break
		}
		for range destinations.Rows[any](b) {
			n++
			break
		}
	}, `{"i":1}`, `{"i":2}`)
	assert.Equal(t, 0, got.code)
	assert.Equal(t, 2, n)
}

func TestRejectOfNoRecord(t *testing.T) {
	t.Parallel()
	got := loaded(t, func(b *destinations.Batch) {
		b.Reject(destinations.Record{}, errors.New("oh"))
	}, `{"i":1}`)
	assert.Equal(t, 1, got.code)
	assert.Contains(t, got.text, "Reject needs a record of the batch")
	got = loaded(t, func(b *destinations.Batch) {
		for r := range b.Records() {
			b.Reject(r, nil)
		}
	}, `{"i":1}`)
	assert.Equal(t, 0, got.code)
	assert.Contains(t, got.logs(), "the destination gave no reason")
}
