package conformance

import "context"

var typeLooks = []writeLook{
	{
		name: "basic_types", want: "values of all types, exactly as they came",
		mend: "Decode numbers as numbers of any size, and times with and without a zone.",
		at:   basicTypes,
	},
	{
		name: "container_types", want: "objects and arrays with all that is in them",
		mend: "Keep the text of a container, or decode it with exact numbers.",
		at:   containerTypes,
	},
	{
		name: "unions", want: "values of different types in one column, each with its type",
		mend: "Keep a column of several types as JSON.",
		at:   unions,
	},
}

const typedProperties = `{"id":{"type":"integer"},"s":{"type":"string"},"b":{"type":"boolean"},` +
	`"i":{"type":"integer"},"n":{"type":"number"},"d":{"type":"string","format":"date"},` +
	`"t":{"type":"string","format":"date-time","airbyte_type":"timestamp_without_timezone"},` +
	`"tz":{"type":"string","format":"date-time"},` +
	`"c":{"type":"string","format":"time","airbyte_type":"time_without_timezone"},` +
	`"cz":{"type":"string","format":"time"}}`

func basicTypes(ctx context.Context, w *writing, v *verdict) {
	s := w.stream("t", typedProperties)
	rows := []string{
		`{"id":1,"s":"\u00e9 \u65e5 \"quoted\" \\ <&>\n\t","b":true,"i":9007199254740993,"n":0.1,` +
			`"d":"2024-02-29","t":"2024-02-29T01:02:03.000004",` +
			`"tz":"2024-02-29T01:02:03.5+01:00","c":"01:02:03.5","cz":"01:02:03+02:00"}`,
		`{"id":2,"s":"","b":false,"i":-9223372036854775808,"n":-123456789.25,"d":"1969-12-31",` +
			`"t":"1969-12-31T23:59:59","tz":"1969-12-31T23:59:59Z","c":"00:00:00",` +
			`"cz":"23:59:59Z"}`,
		`{"id":3,"s":"0","b":null,"i":0,"n":1e3,"d":null,"t":null,"tz":null,"c":null,"cz":null}`,
	}
	if w.plain(ctx, v, s, record(s, rows[0]), record(s, rows[1]), record(s, rows[2]), stateOf(s)) {
		w.has(ctx, v, s, rows...)
	}
}

func containerTypes(ctx context.Context, w *writing, v *verdict) {
	s := w.stream("t", `{"id":{"type":"integer"},"o":{"type":"object","properties":{"a":{"type":`+
		`"integer"}}},"e":{"type":"object"},"a":{"type":["null","array"],"items":{"type":`+
		`"integer"}},"u":{}}`)
	rows := []string{
		`{"id":1,"o":{"a":9007199254740993,"b":[{}]},"e":{},"a":[1,null,"x"],"u":{"v":[1.5]}}`,
		`{"id":2,"o":null,"e":{"x":{"y":[]}},"a":[],"u":[1.25]}`,
	}
	if w.plain(ctx, v, s, record(s, rows[0]), record(s, rows[1]), stateOf(s)) {
		w.has(ctx, v, s, rows...)
	}
}

func unions(ctx context.Context, w *writing, v *verdict) {
	s := w.stream("t", `{"id":{"type":"integer"},"u":{"type":["string","integer","null"]},`+
		`"o":{"oneOf":[{"type":"string"},{"type":"object"}]}}`)
	rows := []string{
		`{"id":1,"u":"one","o":"x"}`, `{"id":2,"u":1,"o":{"a":1}}`, `{"id":3,"u":null,"o":null}`,
	}
	if w.plain(ctx, v, s, record(s, rows[0]), record(s, rows[1]), record(s, rows[2]), stateOf(s)) {
		w.has(ctx, v, s, rows...)
	}
}
