package sqltable

import (
	"bytes"
	"encoding/json"
	"math"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
)

func TestCast(t *testing.T) {
	t.Parallel()
	exact, plain := Postgres{}.Rules(), SQLite{}.Rules()
	for _, test := range []struct {
		rules Rules
		kind  Kind
		raw   string
		want  any
		what  outcome
	}{
		{plain, String, `null`, nil, kept},
		{plain, String, ``, nil, kept},
		{plain, String, `"a\n\"b\""`, "a\n\"b\"", kept},
		{plain, String, `12.50`, "12.50", kept},
		{plain, String, `{"a": 1}`, `{"a": 1}`, kept},
		{plain, String, `true`, "true", kept},
		{plain, String, `"a\u0000b"`, "a\x00b", kept},
		{exact, String, `"a\u0000b"`, "ab", cut},
		{exact, String, `"a\\u0000b"`, `a\u0000b`, kept},
		{exact, String, `"\ud800"`, "\ufffd", kept},
		{plain, Boolean, `true`, true, kept},
		{plain, Boolean, `false`, false, kept},
		{plain, Boolean, `"true"`, nil, nulled},
		{plain, Boolean, `1`, nil, nulled},
		{plain, Integer, `-12`, int64(-12), kept},
		{plain, Integer, `"12"`, int64(12), kept},
		{plain, Integer, `1.0`, int64(1), kept},
		{plain, Integer, `1.5`, nil, nulled},
		{plain, Integer, `true`, nil, nulled},
		{plain, Integer, `"x"`, nil, nulled},
		{plain, Integer, `""`, nil, nulled},
		{plain, Integer, `[1]`, nil, nulled},
		{plain, Integer, `9223372036854775807`, int64(math.MaxInt64), kept},
		{plain, Integer, `9223372036854775808`, nil, nulled},
		{exact, Integer, `9223372036854775808`, nil, tooWide},
		{exact, Integer, `1e200000`, nil, nulled},
		{exact, Number, `9223372036854775808`, "9223372036854775808", kept},
		{exact, Number, `0.12345678901234567890`, "0.12345678901234567890", kept},
		{exact, Number, `"1e-3"`, "0.001", kept},
		{exact, Number, `1e200000`, nil, nulled},
		{plain, Number, `0.5`, 0.5, kept},
		{plain, Number, `9007199254740993`, int64(9007199254740993), kept},
		{plain, Number, `1e400`, nil, nulled},
		{plain, Number, `"NaN"`, nil, nulled},
		{plain, Date, `20240101`, nil, nulled},
		{plain, JSON, `{"a":"\u0000"}`, `{"a":"\u0000"}`, kept},
		{exact, JSON, `{"a":"\u0000b\\u0000"}`, `{"a":"b\\u0000"}`, cut},
		{exact, JSON, `{"a":"\ud800"}`, "{\"a\":\"\ufffd\"}", kept},
		{exact, JSON, `[1e20000]`, nil, nulled},
		{exact, JSON, `["1e20000"]`, `["1e20000"]`, kept},
		{exact, JSON, `{"a":["x\"{",1.5e300]}`, `{"a":["x\"{",1.5e300]}`, kept},
		{exact, JSON, strings.Repeat("[", 1001) + strings.Repeat("]", 1001), nil, nulled},
	} {
		c := caster{rules: test.rules}
		v, what := c.cast(test.kind, []byte(test.raw))
		assert.Equal(t, test.want, v.Any(), "%s as %s", test.raw, test.kind)
		assert.Equal(t, test.what, what, "%s as %s", test.raw, test.kind)
	}
}

// FuzzCast casts every JSON value into every kind: what is kept is never text that the database
// refuses, and a string comes back as it was.
func FuzzCast(f *testing.F) {
	for _, raw := range []string{
		`"a\u0000"`, `{"a":[1e5,"\ud800"]}`, `-1.50e3`, `"2024-01-02T03:04:05Z"`, `"03:04:05+02"`, `true`,
	} {
		f.Add([]byte(raw))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		raw = []byte(strings.TrimSpace(string(raw)))
		if !json.Valid(raw) {
			return
		}
		for _, rules := range []Rules{(Postgres{}).Rules(), (SQLite{}).Rules()} {
			c := caster{rules: rules}
			for _, k := range kinds {
				v, _ := c.cast(k, raw)
				text := v.AppendText(nil)
				if rules.RefusesNUL && bytes.IndexByte(text, 0) >= 0 {
					t.Fatalf("%q as %s keeps NUL", raw, k)
				}
				if k != JSON || v.IsNull() || !rules.ReadsJSON {
					continue
				}
				if !json.Valid(text) || !utf8.Valid(text) {
					t.Fatalf("%q became %q, which is not JSON", raw, text)
				}
			}
		}
	})
}

func TestKindOf(t *testing.T) {
	t.Parallel()
	for schema, want := range map[string]Kind{
		`{"type":"string"}`: String, `{"type":["null","string"]}`: String,
		`{"type":"boolean"}`: Boolean, `{"type":"integer"}`: Integer, `{"type":"number"}`: Number,
		`{"type":"number","airbyte_type":"integer"}`:      Integer,
		`{"type":"string","airbyte_type":"big_integer"}`:  Integer,
		`{"type":"string","format":"date"}`:               Date,
		`{"type":"string","format":"date-time"}`:          TimestampTZ,
		`{"type":"string","format":"time"}`:               TimeTZ,
		`{"type":"string","format":"email"}`:              String,
		`{"type":"object"}`:                               JSON,
		`{"type":"array","items":{}}`:                     JSON,
		`{"type":["string","integer"]}`:                   JSON,
		`{"type":["integer","number"]}`:                   Number,
		`{"type":"null"}`:                                 JSON,
		`{}`:                                              JSON,
		`true`:                                            JSON,
		`{"oneOf":[{"type":"string"},{"type":"object"}]}`: JSON,
		`{"anyOf":[{"type":"string","format":"date"},{"type":"null"}]}`:                      Date,
		`{"$ref":"WellKnownTypes.json#/definitions/Integer"}`:                                Integer,
		`{"$ref":"#/definitions/other"}`:                                                     JSON,
		`{"type":"string","format":"time","airbyte_type":"time_without_timezone"}`:           Time,
		`{"type":"string","format":"date-time","airbyte_type":"timestamp_without_timezone"}`: Timestamp,
	} {
		assert.Equal(t, want, kindOf([]byte(schema)), schema)
	}
}

// Wider is a least upper bound: it does not matter in which order a column met its kinds.
func TestWider(t *testing.T) {
	t.Parallel()
	for _, a := range kinds {
		assert.Equal(t, a, wider(a, a))
		assert.Equal(t, JSON, wider(a, JSON))
		for _, b := range kinds {
			both := wider(a, b)
			assert.Equal(t, both, wider(b, a), "%s, %s", a, b)
			assert.Equal(t, both, wider(both, a), "%s, %s", a, b)
			for _, c := range kinds {
				assert.Equal(t, wider(both, c), wider(both, wider(both, c)), "%s %s %s", a, b, c)
			}
		}
	}
}
