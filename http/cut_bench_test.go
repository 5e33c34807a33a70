package http

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airbyte-go/cdk/sources"
)

// benchFields are the names of a record's fields: five for a small record, 40 for a large one.
func benchFields(n int) []string {
	fields := make([]string, n)
	for i := range fields {
		fields[i] = fmt.Sprintf("field_%02d", i)
	}
	return fields
}

// benchValue is the value of a field. Some texts need escapes in JSON and quotes in CSV.
func benchValue(record, field int) string {
	if field%10 == 3 {
		return fmt.Sprintf(`a "quoted", text %d`, record)
	}
	return fmt.Sprintf("value %d of %d", field, record)
}

// benchBody writes a page in one of the formats.
func benchBody(tb testing.TB, f string, records, fields int) []byte {
	names := benchFields(fields)
	var b bytes.Buffer
	object := func(record int) {
		for i, name := range names {
			text, err := json.Marshal(benchValue(record, i))
			require.NoError(tb, err)
			fmt.Fprintf(&b, `%c"%s":%s`, ",{"[min(1, max(0, 1-i))], name, text)
		}
		b.WriteByte('}')
	}
	switch f {
	case "json", "keyed":
		b.WriteString(`{"next":"x","data":`)
		opener, closer := "[", "]}"
		if f == "keyed" {
			opener, closer = "{", "}}"
		}
		for n := range records {
			b.WriteString(opener)
			opener = ","
			if f == "keyed" {
				fmt.Fprintf(&b, `"%d":`, n)
			}
			object(n)
		}
		b.WriteString(closer)
	case "json lines", "gzip", "zip":
		for n := range records {
			object(n)
			b.WriteByte('\n')
		}
	case "lines":
		for n := range records {
			b.WriteString(strings.Repeat(benchValue(n, 1)+" ", fields) + "\n")
		}
	case "csv":
		b.WriteString(strings.Join(names, ",") + "\n")
		for n := range records {
			row := make([]string, fields)
			for i := range row {
				row[i] = `"` + strings.ReplaceAll(benchValue(n, i), `"`, `""`) + `"`
			}
			b.WriteString(strings.Join(row, ",") + "\n")
		}
	case "xml":
		b.WriteString("<feed><next>x</next>")
		for n := range records {
			b.WriteString("<entry>")
			for i, name := range names {
				fmt.Fprintf(&b, "<%s>%s</%s>", name, benchValue(n, i), name)
			}
			b.WriteString("</entry>")
		}
		b.WriteString("</feed>")
	}
	switch f {
	case "gzip":
		return gzipOf(tb, b.String())
	case "zip":
		return zipOf(tb, zip.Deflate, "a", b.String())
	}
	return b.Bytes()
}

// BenchmarkCut goes from the bytes of a page that has arrived to its records. "json" is the
// yardstick: its records stand in the page as they are.
func BenchmarkCut(b *testing.B) {
	extractors := []struct {
		name string
		e    Extractor
	}{
		{"json", Field("data")}, {"keyed", Keyed("data", "key")}, {"json lines", JSONLines()},
		{"lines", Lines("line")}, {"csv", CSV{}}, {"xml", XML{Record: "feed.entry"}},
		{"gzip", Gzip(JSONLines())}, {"zip", Zip(JSONLines())},
	}
	for _, x := range extractors {
		for _, fields := range []int{5, 40} {
			for _, records := range []int{100, 10_000} {
				body := benchBody(b, x.name, records, fields)
				b.Run(fmt.Sprintf("%s/%d fields/%d records", x.name, fields, records),
					func(b *testing.B) { cutPage(b, x.e, body, records) })
			}
		}
	}
}

func cutPage(b *testing.B, e Extractor, body []byte, records int) {
	count := 0
	emit := func([]byte) error { count++; return nil }
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	loops := 0
	for b.Loop() {
		loops++
		p := newPage(e, nil, emit, heldPages)
		if err := p.load(answer(bytes.NewReader(body), int64(len(body)))); err != nil {
			b.Fatal(err)
		}
		if err := p.flush(); err != nil {
			b.Fatal(err)
		}
		p.release()
	}
	require.Equal(b, loops*records, count)
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(count), "ns/record")
}

// BenchmarkEdits shows what each edit costs, for a record of 20 fields and about 500 bytes. "none"
// is a stream without edits, "decode" the same as "remove" by way of a map.
func BenchmarkEdits(b *testing.B) {
	var record bytes.Buffer
	for i, name := range benchFields(20) {
		fmt.Fprintf(&record, `%c"%s":"%s"`, ",{"[min(1, max(0, 1-i))], name,
			strings.ReplaceAll(benchValue(7, i), `"`, `\"`))
	}
	record.WriteByte('}')
	cast := Cast(sources.SchemaJSON([]byte(
		`{"properties":{"field_00":{"type":"integer"},"field_01":{"type":"string"}}}`)))
	for _, tt := range []struct {
		name  string
		edits []Edit
	}{
		{"none", nil},
		{"filter", []Edit{Filter("field_19", func(json.RawMessage) bool { return true })}},
		{"add", []Edit{Add("field_20", "x")}},
		{"remove", []Edit{Remove("field_03", "field_13")}},
		{"rename", []Edit{Rename("field_03", "x")}},
		{"flatten", []Edit{Flatten("_")}},
		{"keys", []Edit{Keys(strings.ToUpper)}},
		{"cast", []Edit{cast}},
		{"decode", []Edit{Map(func(record []byte, _ sources.Slice) ([]byte, error) {
			var fields map[string]any
			if err := json.Unmarshal(record, &fields); err != nil {
				return nil, err
			}
			delete(fields, "field_03")
			delete(fields, "field_13")
			return json.Marshal(fields)
		})}},
	} {
		b.Run(tt.name, func(b *testing.B) {
			emit, err := edited(b.Context(), tt.edits, sources.Slice{}, func([]byte) error {
				return nil
			})
			require.NoError(b, err)
			b.SetBytes(int64(record.Len()))
			b.ReportAllocs()
			for b.Loop() {
				if err := emit(record.Bytes()); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
