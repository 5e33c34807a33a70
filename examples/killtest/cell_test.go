//go:build linux

package killtest_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

// column is a property of a record, and how two values of it are told apart, whether they come from
// the API or from a database.
type column struct {
	name string
	text func(v any) string
}

var (
	customerColumns = []column{
		{"id", number}, {"updated_at", moment}, {"name", plain}, {"email", plain}, {"city", plain},
		{"country", plain}, {"newsletter", truth}, {"created_at", moment},
	}
	orderColumns = []column{
		{"id", number}, {"updated_at", moment}, {"customer_id", number}, {"status", plain},
		{"currency", plain}, {"total", number}, {"lines", document}, {"placed_at", moment},
	}
	productColumns = []column{
		{"id", number}, {"updated_at", moment}, {"sku", plain}, {"name", plain},
		{"category", plain}, {"price", number}, {"in_stock", number},
	}
	columnsOf = map[string][]column{
		"customers": customerColumns, "orders": orderColumns, "products": productColumns,
	}
)

// line is a row as text.
func line(columns []column, values []any) string {
	cells := make([]string, len(columns))
	for i, c := range columns {
		cells[i] = c.text(values[i])
	}
	return strings.Join(cells, " | ")
}

func plain(v any) string {
	if text, ok := v.([]byte); ok {
		return string(text)
	}
	return fmt.Sprint(v)
}

// number is exact, whatever the type.
func number(v any) string {
	r, ok := new(big.Rat).SetString(plain(v))
	if !ok {
		return "no number: " + plain(v)
	}
	return r.RatString()
}

func truth(v any) string {
	switch plain(v) {
	case "true", "1":
		return "true"
	case "false", "0":
		return "false"
	}
	return "no boolean: " + plain(v)
}

func moment(v any) string {
	t, ok := v.(time.Time)
	if !ok {
		var err error
		if t, err = time.Parse(time.RFC3339, plain(v)); err != nil {
			return "no time: " + plain(v)
		}
	}
	return t.UTC().Format(time.RFC3339Nano)
}

// document is JSON with its members in order.
func document(v any) string {
	text, ok := v.(json.RawMessage)
	if !ok {
		text = json.RawMessage(plain(v))
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var value any
	if err := d.Decode(&value); err != nil {
		return "no JSON: " + string(text)
	}
	sorted, err := json.Marshal(value)
	if err != nil {
		return "no JSON: " + string(text)
	}
	return string(sorted)
}

// What differs must look different, or nothing below proves anything.
func TestCells(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 1, 2, 3, 4, 5, 6_000_000, time.FixedZone("", 3600))
	assert.Equal(t, moment("2026-01-02T02:04:05.006Z"), moment(at))
	assert.NotEqual(t, moment("2026-01-02T02:04:05.007Z"), moment(at))
	assert.Equal(t, number("12.50"), number(12.5))
	assert.NotEqual(t, number("12.50"), number("12.51"))
	assert.Equal(t, truth(true), truth(int64(1)))
	assert.NotEqual(t, truth(false), truth(int64(1)))
	assert.Equal(t, document(`[{"a":1.50,"b":2}]`), document([]byte(`[{"b": 2, "a": 1.50}]`)))
	assert.NotEqual(t, document(`[1]`), document(`[2]`))
	assert.NotEqual(t, plain("a"), plain("b"))
	assert.Contains(t, number("x")+truth("x")+moment("x")+document("x"), "no JSON")
}
