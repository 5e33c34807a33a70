package acceptance

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/airbyte-go/cdk/protocol"
)

func TestConformance(t *testing.T) {
	t.Parallel()
	const (
		date     = `{"type":"string","format":"date"}`
		zoned    = `{"type":["null","string"],"format":"date-time"}`
		zoneless = `{"type":"string","format":"date-time","airbyte_type":"timestamp_without_timezone"}`
		clock    = `{"type":"string","format":"time"}`
		local    = `{"type":"string","format":"time","airbyte_type":"time_without_timezone"}`
	)
	for _, test := range []struct{ schema, value, says string }{
		{date, `"2024-02-29"`, ""},
		{date, `"0044-03-15 BC"`, ""},
		{date, `"2023-02-29"`, "v, a string, breaks format date"},
		{date, `20240229`, "v, a whole number, breaks type string"},
		{zoned, `"2024-01-01T00:00:00Z"`, ""},
		{zoned, `"2024-01-01t00:00:00.123456+0200"`, ""},
		{zoned, `"2024-01-01 00:00:00-07"`, ""},
		{zoned, `null`, ""},
		{zoned, `"2024-01-01T00:00:00"`, "date-time, which has a zone unless airbyte_type"},
		{zoned, `"2024-13-01T00:00:00Z"`, "breaks format"},
		{zoned, `"2024-01-01T24:61:00Z"`, "breaks format"},
		{zoned, `"yesterday"`, "breaks format"},
		{zoneless, `"2024-01-01T00:00:00.5"`, ""},
		{zoneless, `"2024-01-01T00:00:00Z"`, "timestamp_without_timezone"},
		{clock, `"12:30:00Z"`, ""},
		{clock, `"noon"`, "breaks format time"},
		{local, `"12:30:00.25"`, ""},
		{local, `"12:30:00+01:00"`, "time_without_timezone"},
		{`{"type":"integer"}`, `12345678901234567890123`, ""},
		{`{"type":"integer"}`, `1.5`, "v, a number with a fraction, breaks type integer"},
		{`{"type":"array","items":{"type":"string"}}`, `["a",{}]`, "v.1, an object, breaks type string"},
		{`{"oneOf":[{"type":"string"},{"type":"null"}]}`, `true`, "v, a boolean, breaks oneOf"},
		{`{"type":"object","properties":{"a/b":{"type":"string"}}}`, `{"a/b":[]}`, "an array, breaks type"},
		{`{"enum":["a"]}`, `"SECRETVALUE"`, "v, a string, breaks enum"},
	} {
		c, err := newConformer(protocol.Stream{
			JSONSchema: json.RawMessage(`{"$schema":"http://json-schema.org/draft-04/schema#",` +
				`"type":"object","properties":{"v":` + test.schema + `}}`),
		})
		require.NoError(t, err, test.schema)
		found := strings.Join(c.violations(json.RawMessage(`{"v":`+test.value+`}`)), "\n")
		if test.says == "" {
			assert.Empty(t, found, test.value)
			continue
		}
		assert.Contains(t, found, test.says, test.value)
		assert.NotContains(t, found, "SECRETVALUE")
	}
}

// A schema from outside must not make the tests read files or ask hosts.
func TestConformanceFollowsNoReference(t *testing.T) {
	t.Parallel()
	for _, ref := range []string{"file:///etc/passwd", "https://example.com/a.json"} {
		_, err := newConformer(protocol.Stream{
			JSONSchema: json.RawMessage(`{"properties":{"a":{"$ref":"` + ref + `"}}}`),
		})
		assert.Error(t, err)
	}
}

func TestRecordComparison(t *testing.T) {
	t.Parallel()
	no := false
	want := []string{`{"id":1,"at":{"d":1}}`, `{"id":2,"at":{"d":1}}`}
	for name, test := range map[string]struct {
		expect  ExpectedRecords
		ignored Excuses
		got     []string
		says    []string
	}{
		"same":          {got: want},
		"another order": {got: []string{want[1], want[0]}},
		"exact order": {
			expect: ExpectedRecords{ExactOrder: true}, got: []string{want[1], want[0]},
			says: []string{"record 1, on line 1", "record 2, on line 2"},
		},
		"missing": {got: want[:1], says: []string{"the record of line 2 of f did not come"}},
		"missing in order": {
			expect: ExpectedRecords{ExactOrder: true}, got: want[:1],
			says: []string{"did not come"},
		},
		"more": {got: append(want[:2:2], `{"id":3}`)},
		"more than allowed": {
			expect: ExpectedRecords{ExtraRecords: &no}, got: append(want[:2:2], `{"id":3}`),
			says: []string{"the record on line 3 of the output is not in f"},
		},
		"twice": {
			expect: ExpectedRecords{ExtraRecords: &no}, got: []string{want[0], want[0]},
			says: []string{"line 2 of f did not come", "line 2 of the output is not in f"},
		},
		"more fields": {
			got:  []string{`{"id":1,"at":{"d":1},"x":1}`, want[1]},
			says: []string{"the record of line 1 of f did not come"},
		},
		"more fields than asked": {
			expect: ExpectedRecords{ExtraFields: true},
			got:    []string{`{"id":1,"at":{"d":1},"x":1}`, want[1]},
		},
		"ignored": {
			ignored: Excuses{{Name: "at/d"}},
			got:     []string{`{"id":1,"at":{"d":7}}`, `{"id":2.0,"at":{}}`},
		},
	} {
		var v Verdict
		test.expect.Path = "f"
		c := recordComparison{Verdict: &v, expect: &test.expect, ignored: test.ignored}
		for i, w := range want {
			c.want = append(c.want, expectedRecord{line: i + 1, Data: json.RawMessage(w)})
		}
		var got []recordAt
		for i, g := range test.got {
			got = append(got, recordAt{i + 1, json.RawMessage(g)})
		}
		c.compare(got)
		require.Len(t, v.Failures, len(test.says), name)
		for i, says := range test.says {
			assert.Contains(t, v.Failures[i], says, name)
		}
	}
}

// TestViolationsNameTheirPlace: a name may be that of a keyword, or one that a URL has no form for.
func TestViolationsNameTheirPlace(t *testing.T) {
	t.Parallel()
	c, err := newConformer(protocol.Stream{JSONSchema: json.RawMessage(`{
		"type": "object", "required": ["id"],
		"properties": {
			"id": {"type": "integer"}, "type": {"type": "string"}, "Due date": {"type": "integer"},
			"a/b~c": {"type": "array", "items": {"type": "string"}},
			"format": {"type": "object", "properties": {"items": {"type": "boolean"}}}
		},
		"additionalProperties": {"type": "string"}
	}`)})
	require.NoError(t, err)
	for record, says := range map[string]string{
		`{}`:                             "the record, an object, breaks required of the schema",
		`{"id":1,"type":1}`:              "the field type, a whole number, breaks type string",
		`{"id":1,"Due date":"x"}`:        "the field Due date, a string, breaks type integer",
		`{"id":1,"a/b~c":["x",true]}`:    "the field a/b~c.1, a boolean, breaks type string",
		`{"id":1,"format":{"items":""}}`: "the field format.items, a string, breaks type boolean",
		`{"id":1,"x":1}`:                 "the field x, a whole number, breaks type of the schema",
	} {
		assert.Equal(t, []string{says}, c.violations(json.RawMessage(record)))
	}
}

func TestDropField(t *testing.T) {
	t.Parallel()
	record := decode([]byte(`{"a":{"b":[{"c":1,"d":2},{"c":3}]},"e":1}`))
	for _, field := range []string{"a/b/*/c", "a/b/d", "e", "x/y/z"} {
		dropField(record, strings.Split(field, "/"))
	}
	assert.Equal(t, map[string]any{
		"a": map[string]any{"b": []any{map[string]any{}, map[string]any{}}},
	}, record)
}

func TestCompareCursors(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		a, b  string
		order int
		ok    bool
	}{
		{`1`, `2`, -1, true},
		{`10`, `9`, 1, true},
		{`"10"`, `"9"`, 1, true},
		{`"2024-01-01"`, `"2024-01-02"`, -1, true},
		{`"2024-01-01"`, `"2024-01-01T00:00:00Z"`, -1, false},
		{`"a"`, `1`, 0, false},
		{`true`, `false`, 0, false},
	} {
		order, ok := compareCursors([]byte(test.a), []byte(test.b))
		assert.Equal(t, test.ok, ok, "%s %s", test.a, test.b)
		if ok {
			assert.Equal(t, test.order, order, "%s %s", test.a, test.b)
		}
	}
}
