package http

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/airbyte-go/cdk/internal/jsonraw"
)

func TestCSV(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		c    CSV
		body string
		want []string
	}{
		{"nothing", CSV{}, "", nil},
		{"no rows", CSV{}, "a,b\n", nil},
		{"rows", CSV{}, "a,b\n1,x\n2,\"y, \"\"z\"\"\nw\"\n", []string{`{"a":"1","b":"x"}`,
			`{"a":"2","b":"y, \"z\"\nw"}`}},
		{"byte order mark and CRLF", CSV{}, "\xef\xbb\xbfa,b\r\n1,x\r\n", []string{
			`{"a":"1","b":"x"}`}},
		{"tabs", CSV{Comma: '\t'}, "a\tb\n1\tx,y\n", []string{`{"a":"1","b":"x,y"}`}},
		{"empty fields", CSV{}, "a,b\n1,\n,2\n,\n\n", []string{`{"a":"1","b":null}`,
			`{"a":null,"b":"2"}`}},
		{"empty text", CSV{Empty: EmptyString}, "a,b\n1,\"\"\n", []string{`{"a":"1","b":""}`}},
		{"left out", CSV{Empty: EmptyMissing}, "a,b\n,2\n,\n", []string{`{"b":"2"}`}},
		{"own names", CSV{Columns: []string{"x", `y"`}}, "1,2\n", []string{`{"x":"1","y\"":"2"}`}},
		{"lines before", CSV{Skip: 2}, "Report\n\na,b\n1,2\n", []string{`{"a":"1","b":"2"}`}},
		{"header replaced", CSV{Skip: 1, Columns: []string{"a", "b"}}, "a,a\n1,2\n",
			[]string{`{"a":"1","b":"2"}`}},
		{"all skipped", CSV{Skip: 9}, "a,b\n", nil},
		{"lazy quotes", CSV{LazyQuotes: true}, "a\n5\" pipe\n", []string{`{"a":"5\" pipe"}`}},
		{"bad bytes", CSV{}, "a\n\xff\n", []string{"{\"a\":\"\ufffd\"}"}},
	} {
		records, found, err := cutAll(tt.c, strings.NewReader(tt.body))
		require.NoError(t, err, tt.name)
		assert.Equal(t, tt.want, records, tt.name)
		assert.Empty(t, found)
		records, _, err = cutAll(tt.c, iotest.OneByteReader(strings.NewReader(tt.body)))
		require.NoError(t, err, tt.name)
		assert.Equal(t, tt.want, records, tt.name)
	}
}

func TestCSVSaysWhereItIsWrong(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		c          CSV
		body, want string
	}{
		{CSV{}, "a,b\n1,2\n3\n", "the row on line 3 of the CSV has 1 fields, but there are 2 " +
			"columns"},
		{CSV{Skip: 1}, "x\na,b\n\n1,2,3\n", "the row on line 4 of the CSV has 3 fields, but " +
			"there " +
			"are 2 columns"},
		{CSV{Skip: 1}, "x\na\n5\" pipe\n", `the CSV is not valid on line 3, column 2: bare " in ` +
			`non-quoted-field`},
		{CSV{}, "a\n\"x\n", `the CSV is not valid on line 2, column 4: extraneous or missing " in ` +
			`quoted-field`},
		{CSV{}, "a,,b\n", "column 2 of the CSV has no name; name the Columns, and Skip the " +
			"header " +
			"row"},
		{CSV{}, "a,b,a\n", `two columns of the CSV have the name "a"; name the Columns, and Skip ` +
			`the header row`},
		{CSV{Comma: '"'}, "a\n", "csv: invalid field or comment delimiter"},
	} {
		_, _, err := cutAll(tt.c, strings.NewReader(tt.body))
		require.EqualError(t, err, tt.want)
	}
	_, _, err := cutAll(CSV{}, strings.NewReader("a\n"), "next")
	require.ErrorContains(t, err, "a body of CSV holds nothing but records")
	_, _, err = cutAll(CSV{Skip: 1}, iotest.ErrReader(iotest.ErrTimeout))
	require.ErrorIs(t, err, iotest.ErrTimeout)
}

func FuzzCSV(f *testing.F) {
	for _, seed := range []string{"a,b\n1,2\n", "a\n\"x\"\"\"\n", "\xff,\"\n\n", "a,a\n",
		",\n,\n"} {
		f.Add([]byte(seed), byte(0))
		f.Add([]byte(seed), byte(7))
	}
	f.Fuzz(func(t *testing.T, body []byte, options byte) {
		c := CSV{LazyQuotes: options&1 != 0, Empty: Empty(options >> 1 & 1),
			Skip: int(options >> 6)}
		records, _, err := cutAll(c, bytes.NewReader(body))
		for _, r := range records {
			if jsonraw.Valid([]byte(r)) != nil || r[0] != '{' {
				t.Fatalf("%q: %q", body, r)
			}
		}
		if err != nil || c.Skip != 0 || c.Empty != EmptyString {
			return
		}
		// The table itself must say the same.
		table := csv.NewReader(skipMark(bytes.NewReader(body)))
		table.LazyQuotes = c.LazyQuotes
		rows, err := table.ReadAll()
		if err != nil {
			t.Fatalf("%q: %v", body, err)
		}
		for _, row := range rows[min(1, len(rows)):] { // the first holds the names
			if strings.Join(row, "") == "" {
				continue
			}
			var record map[string]string
			if err := json.Unmarshal([]byte(records[0]), &record); err != nil {
				t.Fatal(err)
			}
			for i, name := range rows[0] {
				if record[strings.ToValidUTF8(name, "\ufffd")] != row[i] && isPlain(row[i], name) {
					t.Fatalf("%q: %q is not %q", body, record, row)
				}
			}
			records = records[1:]
		}
	})
}

// isPlain reports whether texts are compared without regard to repaired bytes.
func isPlain(texts ...string) bool {
	for _, text := range texts {
		if strings.ToValidUTF8(text, "") != text {
			return false
		}
	}
	return true
}
