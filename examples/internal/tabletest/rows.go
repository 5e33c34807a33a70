package tabletest

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// Workload is a number of records for benchmarks, with columns of five types in turn.
type Workload struct {
	Columns int
	Lines   []byte // of the protocol
	Count   int
}

// workTypes are the types of the columns: their schema, a value, and what a beginner decodes into.
var workTypes = []struct {
	schema string
	value  func(n int) string
	typ    reflect.Type
}{
	{`{"type":"integer"}`, strconv.Itoa, reflect.TypeFor[int64]()},
	{
		`{"type":"string"}`,
		func(n int) string { return fmt.Sprintf(`"some text of row %d"`, n) },
		reflect.TypeFor[string](),
	},
	{
		`{"type":"number"}`, func(n int) string { return fmt.Sprintf("%d.25", n) },
		reflect.TypeFor[float64](),
	},
	{
		`{"type":"boolean"}`, func(n int) string { return strconv.FormatBool(n%2 == 0) },
		reflect.TypeFor[bool](),
	},
	{
		`{"type":"string","format":"date-time"}`,
		func(n int) string { return fmt.Sprintf(`"2024-01-02T03:%02d:%02dZ"`, n/60%60, n%60) },
		reflect.TypeFor[time.Time](),
	},
}

// Work makes count records; the first column counts up from first.
func Work(columns, first, count int) Workload {
	var lines bytes.Buffer
	for n := range count {
		var data strings.Builder
		for i := range columns {
			fmt.Fprintf(&data, `,"c%d":%s`, i, workTypes[i%len(workTypes)].value(first+n))
		}
		lines.WriteString(Record("bench", "{"+data.String()[1:]+"}"))
	}
	return Workload{Columns: columns, Lines: lines.Bytes(), Count: count}
}

// Properties are those of the schema.
func (w Workload) Properties() string {
	var list strings.Builder
	for i := range w.Columns {
		fmt.Fprintf(&list, `,"c%d":%s`, i, workTypes[i%len(workTypes)].schema)
	}
	return "{" + list.String()[1:] + "}"
}

// Load runs the destination on the records.
func (w Workload) Load(tb testing.TB, x *Target, options ...Option) {
	tb.Helper()
	x.WriteFrom(tb, Streams(Stream("bench", w.Properties(), options...)),
		bytes.NewReader(w.Lines)).Succeeds(tb)
}

// Rows decodes the records as a bare loop would: each line into a struct of its own, the values
// into a row with the columns that a destination adds.
func (w Workload) Rows(tb testing.TB) iter.Seq[[]any] {
	tb.Helper()
	fields := make([]reflect.StructField, w.Columns)
	for i := range fields {
		fields[i] = reflect.StructField{
			Name: fmt.Sprintf("C%d", i), Type: workTypes[i%len(workTypes)].typ,
			Tag: reflect.StructTag(fmt.Sprintf(`json:"c%d"`, i)),
		}
	}
	data := reflect.New(reflect.StructOf(fields))
	return func(yield func([]any) bool) {
		row := make([]any, 4+w.Columns)
		lines := bufio.NewReaderSize(bytes.NewReader(w.Lines), 256<<10)
		for {
			line, err := lines.ReadSlice('\n')
			if err == io.EOF {
				return
			}
			require.NoError(tb, err)
			var message struct {
				Type   string `json:"type"`
				Record struct {
					Stream    string          `json:"stream"`
					EmittedAt int64           `json:"emitted_at"`
					Data      json.RawMessage `json:"data"`
				} `json:"record"`
			}
			require.NoError(tb, json.Unmarshal(line, &message))
			require.NoError(tb, json.Unmarshal(message.Record.Data, data.Interface()))
			row[0] = fmt.Sprintf("018cc251-f400-7000-8000-%012d", message.Record.EmittedAt)
			row[1] = time.UnixMilli(message.Record.EmittedAt).UTC()
			row[2] = `{"sync_id":0,"changes":[]}`
			row[3] = int64(0)
			for i := range w.Columns {
				row[4+i] = data.Elem().Field(i).Interface()
			}
			if !yield(row) {
				return
			}
		}
	}
}

// Report makes the numbers of a benchmark those of one row.
func (w Workload) Report(b *testing.B) {
	b.Helper()
	rows := float64(b.N) * float64(w.Count)
	b.ReportMetric(rows/b.Elapsed().Seconds(), "rows/s")
	b.ReportMetric(0, "ns/op")
	b.SetBytes(int64(len(w.Lines)))
}
