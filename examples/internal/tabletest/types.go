package tabletest

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/airbyte-go/cdk/destinations/sqltable"
)

func appendSchemaEvolution(t *testing.T, x *Target) {
	x.Write(t, Streams(Stream("users",
		`{"id":{"type":"integer"},"name":{"type":"string"},"gone":{"type":"string"}}`)),
		Record("users", `{"id":1,"name":"a","gone":"x"}`)).Succeeds(t)
	x.Write(t, Streams(Stream("users",
		`{"id":{"type":"integer"},"name":{"type":"string"},"new":{"type":"boolean"}}`)),
		Record("users", `{"id":2,"name":"b","new":true}`)).Succeeds(t)
	assert.Equal(t, []string{"1 a", "2 b"}, x.users(t))
	columns := strings.Join(x.Columns(t, "users"), ",")
	assert.Contains(t, columns, "new ")
	assert.NotContains(t, columns, "gone ")
}

// From and to every type: no row and no value is lost, and the wider type is what is there then.
func schemaEvolutionWidens(t *testing.T, x *Target) {
	for _, test := range []struct{ before, value, after, more, want string }{
		{`"type":"integer"`, `7`, `"type":"number"`, `1.5`, "1.5,7"},
		{`"type":"number"`, `1.5`, `"type":"integer"`, `7`, "1.5,7"},
		{`"type":"integer"`, `7`, `"type":"string"`, `"x"`, "7,x"},
		{`"type":"string"`, `"x"`, `"type":"integer"`, `7`, "7,x"},
		{`"type":"boolean"`, `true`, `"type":"string"`, `"x"`, "true,x"},
		{`"type":"boolean"`, `true`, `"type":"object"`, `{"a":1}`, `true,{"a": 1}`},
		{`"type":"string"`, `"x"`, `"type":"object"`, `{"a":1}`, `"x",{"a": 1}`},
		{`"type":"object"`, `{"a":1}`, `"type":"string"`, `"x"`, `"x",{"a": 1}`},
		{`"type":"integer"`, `7`, `"type":"array"`, `[1]`, `7,[1]`},
		{
			`"type":"string","format":"date"`, `"2024-01-02"`, `"type":"string"`, `"x"`,
			"2024-01-02,x",
		},
		{
			`"type":"string","format":"date-time"`, `"2024-01-02T03:04:05Z"`,
			`"type":"string"`, `"x"`, "2024-01-02T03:04:05.000000Z,x",
		},
		{
			`"type":"string","format":"date-time"`, `"2024-01-02T03:04:05Z"`,
			`"type":"boolean"`, `true`, "2024-01-02T03:04:05.000000Z,true",
		},
		{
			`"type":"string","format":"date"`, `"2024-01-02"`, `"type":"object"`, `{"a":1}`,
			`"2024-01-02",{"a": 1}`,
		},
	} {
		x.Exec(t, "DROP TABLE IF EXISTS "+x.Table("", "users"))
		for _, step := range [][2]string{{test.before, test.value}, {test.after, test.more}} {
			properties := `{"id":{"type":"integer"},"v":{` + step[0] + `}}`
			record := Record("users", `{"id":`+quoteless(step[1])+`,"v":`+step[1]+`}`)
			x.Write(t, Streams(Stream("users", properties, Dedup("", "id"))), record).Succeeds(t)
		}
		got := strings.Join(x.Rows(t, x.Table("", "users"), "v"), ",")
		got = strings.ReplaceAll(got, `{"a":1}`, `{"a": 1}`) // jsonb writes a space
		assert.Equal(t, test.want, got, "%s, then %s", test.before, test.after)
	}
}

// quoteless makes a distinct number of a value, for its key.
func quoteless(value string) string {
	n := 0
	for _, c := range value {
		n = n*31 + int(c)
		n %= 1_000_003
	}
	text, err := json.Marshal(n)
	if err != nil {
		return "0"
	}
	return string(text)
}

func containerTypes(t *testing.T, x *Target) {
	properties := `{"o":{"type":"object","properties":{"a":{"type":"integer"}}},` +
		`"e":{"type":"object"},"a":{"type":["null","array"],"items":{"type":"integer"}},"u":{}}`
	x.Write(t, Streams(Stream("t", properties)),
		Record("t", `{"o":{"a":1,"b":[{}]},"e":{},"a":[1,null,"x"],"u":"text"}`),
		Record("t", `{"o":null,"e":5,"a":"not an array","u":[1.50]}`)).Succeeds(t)
	var found []string
	for _, column := range []string{"o", "e", "a", "u"} {
		found = append(found, strings.Join(x.Rows(t, x.Table("", "t"), column), "|"))
	}
	spaceless := strings.ReplaceAll(strings.Join(found, "\n"), ": ", ":")
	spaceless = strings.ReplaceAll(spaceless, ", ", ",")
	assert.Equal(t, `-|{"a":1,"b":[{}]}`+"\n"+`5|{}`+"\n"+`"not an array"|[1,null,"x"]`+"\n"+
		`"text"|[1.50]`, spaceless)
}

// allTypes has one property of each kind.
const allTypes = `{"s":{"type":"string"},"b":{"type":"boolean"},"i":{"type":"integer"},` +
	`"n":{"type":"number"},"d":{"type":"string","format":"date"},` +
	`"t":{"type":"string","format":"date-time","airbyte_type":"timestamp_without_timezone"},` +
	`"tz":{"type":"string","format":"date-time"},` +
	`"c":{"type":"string","format":"time","airbyte_type":"time_without_timezone"},` +
	`"cz":{"type":"string","format":"time"},"j":{"type":"object"}}`

// kindOf are the kinds of the properties of allTypes.
var kindOf = map[string]sqltable.Kind{
	"s": sqltable.String, "b": sqltable.Boolean, "i": sqltable.Integer, "n": sqltable.Number,
	"d": sqltable.Date, "t": sqltable.Timestamp, "tz": sqltable.TimestampTZ, "c": sqltable.Time,
	"cz": sqltable.TimeTZ, "j": sqltable.JSON,
}

// basicTypes looks at the columns' types and at values that every database spells the same.
func basicTypes(t *testing.T, x *Target) {
	x.Write(t, Streams(Stream("t", allTypes)),
		Record("t", `{"s":"x","b":true,"i":-9223372036854775808,"n":0.1,"d":"2024-02-29",`+
			`"t":"2024-02-29T01:02:03.000004","tz":"2024-02-29T01:02:03.5+01:00",`+
			`"c":"01:02:03.5","cz":"01:02:03+02:00","j":{"a":1}}`)).Succeeds(t)
	columns := x.Columns(t, "t")
	for name, kind := range kindOf {
		assert.Contains(t, columns, name+" "+x.Dialect.Type(kind))
	}
	assert.Equal(t, []string{"x -9223372036854775808 0.1 2024-02-29"},
		x.Rows(t, x.Table("", "t"), "s", "i", "n", "d"))
	clock := strings.Join(x.Rows(t, x.Table("", "t"), "t", "tz", "c", "cz"), "")
	clock = strings.NewReplacer("T", " ", "Z", "+00").Replace(clock)
	for _, part := range []string{
		"2024-02-29 01:02:03.000004", "2024-02-29 00:02:03.5", "01:02:03.5", "01:02:03", "+02",
	} {
		assert.Contains(t, clock, part)
	}
	var b bool
	row := x.DB.QueryRowContext(t.Context(), `SELECT b FROM `+x.Table("", "t"))
	require.NoError(t, row.Scan(&b))
	assert.True(t, b)
}

// What cannot be cast becomes null, and the row's meta says so, behind what the source said.
func failedCasts(t *testing.T, x *Target) {
	line := Record("t", `{"s":"x","b":"true","i":1.5,"n":"NaN","d":"2023-02-29","t":5,`+
		`"tz":"yesterday","c":"25:00","cz":""}`)
	line = strings.Replace(line, `"data"`, `"meta":{"changes":[{"field":"q","change":"TRUNCATED",`+
		`"reason":"SOURCE_FIELD_SIZE_LIMITATION"}]},"data"`, 1)
	x.Write(t, Streams(Stream("t", allTypes)), line).Succeeds(t)
	assert.Equal(t, []string{"x - - - - - - - - -"},
		x.Rows(t, x.Table("", "t"), "s", "b", "i", "n", "d", "t", "tz", "c", "cz", "j"))
	var meta struct {
		Changes []struct{ Field, Change, Reason string }
	}
	text := x.Rows(t, x.Table("", "t"), "_airbyte_meta")[0]
	require.NoError(t, json.Unmarshal([]byte(text), &meta))
	fields := map[string]string{}
	for _, c := range meta.Changes {
		fields[c.Field] = c.Change + " " + c.Reason
	}
	assert.Len(t, fields, 9)
	assert.Equal(t, "TRUNCATED SOURCE_FIELD_SIZE_LIMITATION", fields["q"])
	assert.Equal(t, "NULLED DESTINATION_SERIALIZATION_ERROR", fields["tz"])
}

// NUL is kept where the database can, and taken out, with a note, where it cannot.
func nul(t *testing.T, x *Target) {
	x.Write(t, Streams(Stream("t", allTypes, Dedup("", "s"))),
		Record("t", `{"s":"a\u0000b","j":{"k\u0000":"\u0000","l":"\\u0000","m":"\ud800"}}`),
	).Succeeds(t)
	var s, meta string
	row := x.DB.QueryRowContext(t.Context(), `SELECT s, _airbyte_meta FROM `+x.Table("", "t"))
	require.NoError(t, row.Scan(&s, &meta))
	assert.Contains(t, []string{"a\x00b", "ab"}, s)
	assert.Equal(t, s == "ab", strings.Contains(meta, "TRUNCATED"), meta)
	assert.Len(t, x.Rows(t, x.Table("", "t"), "j"), 1)
}

// Integers beyond 64 bits are kept where the database can, within and behind a batch, also as keys.
func bigIntegers(t *testing.T, x *Target) {
	big := []string{"9223372036854775808", "-123456789012345678901234567890", "7"}
	properties := `{"i":{"type":"integer"},"k":{"type":"string"}}`
	s := Streams(Stream("t", properties, Dedup("", "i", "k")))
	for range 2 {
		var lines []string
		for _, n := range big {
			lines = append(lines, Record("t", `{"i":`+n+`,"k":"`+n+`"}`))
		}
		x.Write(t, s, lines...).Succeeds(t)
	}
	want := []string{"-123456789012345678901234567890", "7", "9223372036854775808"}
	if !x.Dialect.Rules().ExactNumbers {
		want = []string{"-", "-", "7"}
	}
	assert.Equal(t, want, x.Rows(t, x.Table("", "t"), "i"))
	meta := strings.Join(x.Rows(t, x.Table("", "t"), "_airbyte_meta"), "")
	assert.Equal(t, !x.Dialect.Rules().ExactNumbers, strings.Contains(meta, "NULLED"), meta)
}

// largeRecord has 50 MiB.
func largeRecord(t *testing.T, x *Target) {
	if testing.Short() {
		t.Skip("50 MiB")
	}
	text := strings.Repeat("0123456789abcdef", 50<<20/16)
	x.Write(t, Streams(Stream("t", allTypes, Dedup("", "i"))),
		Record("t", `{"i":1,"s":"`+text+`"}`), Record("t", `{"i":2,"s":"small"}`)).Succeeds(t)
	var length int
	query := `SELECT LENGTH(s) FROM ` + x.Table("", "t") + ` WHERE i = 1`
	row := x.DB.QueryRowContext(t.Context(), query)
	require.NoError(t, row.Scan(&length))
	assert.Equal(t, len(text), length)
}
