package openapi

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// get is a GET operation with parameters and the schema of its answer, all in one line of YAML.
func get(path, params, schema string) string {
	return "  " + path + ":\n    get: {parameters: [" + params + "], responses: {'200': {" +
		"description: x, content: {application/json: {schema: " + schema + "}}}}}\n"
}

// object is a schema; members are those of its properties.
func object(members string) string { return "{type: object, properties: {" + members + "}}" }

func array(items string) string { return "{type: array, items: " + items + "}" }

const item = "{type: object, properties: {id: {type: integer}, name: {type: string}}}"

// guessed is what a document with these paths makes.
func guessed(t *testing.T, paths ...string) *API {
	t.Helper()
	api, err := readAll("shop.yaml", head+"paths:\n"+strings.Join(paths, ""))
	require.NoError(t, err)
	return api
}

func TestPages(t *testing.T) {
	t.Parallel()
	query := func(names ...string) string {
		for i, name := range names {
			names[i] = "{name: '" + name + "', in: query, schema: {type: integer, maximum: 50}}"
		}
		return strings.Join(names, ", ")
	}
	const text = "{name: cursor, in: query, schema: {type: string}}"
	data := "data: " + array(item)
	for name, test := range map[string]struct {
		params, answer string
		want           Pages
	}{
		"none":    {"", data, Pages{}},
		"numbers": {query("page"), data, Pages{Kind: PageNumbers, Param: "page", Start: 1}},
		"numbers and sizes": {
			query("page", "per_page"), data,
			Pages{Kind: PageNumbers, Param: "page", Start: 1, Size: 50, SizeParam: "per_page"},
		},
		"numbers and totals": {
			query("pageNumber", "pageSize"), data + ", meta: " + object("total: {type: integer}"),
			Pages{
				Kind: PageNumbers, Param: "pageNumber", Start: 1, Size: 50, SizeParam: "pageSize",
				Total: []string{"meta", "total"},
			},
		},
		"the number of pages": {
			query("page", "per_page"),
			data + ", total_pages: {type: integer}, total: {type: integer}",
			Pages{
				Kind: PageNumbers, Param: "page", Start: 1, Size: 50, SizeParam: "per_page",
				Last: []string{"total_pages"},
			},
		},
		"from 0": {
			"{name: page, in: query, schema: {type: integer, default: 0}}", data,
			Pages{Kind: PageNumbers, Param: "page"},
		},
		"offsets": {
			query("offset", "limit"), data + ", has_more: {type: boolean}", Pages{
				Kind:      Offsets,
				Param:     "offset",
				Size:      50,
				SizeParam: "limit",
				More:      []string{"has_more"},
			},
		},
		"an offset from 1": {
			"{name: startIndex, in: query, schema: {type: integer, default: 1}}", data, Pages{},
		},
		"an offset that is a text": {
			"{name: offset, in: query, schema: {type: string}}", data, Pages{},
		},
		"an offset that is a token": {
			"{name: offset, in: query, schema: {type: string}}",
			data + ", next_page: " + object("offset: {type: string}, uri: {type: string}"),
			Pages{Kind: Tokens, Param: "offset", At: []string{"next_page", "offset"}},
		},
		"tokens": {
			text, data + ", next_cursor: {type: string, nullable: true}",
			Pages{Kind: Tokens, Param: "cursor", At: []string{"next_cursor"}},
		},
		"tokens and more": {
			text, data + ", meta: " + object("cursor: {type: string}, has_more: {type: boolean}"),
			Pages{
				Kind: Tokens, Param: "cursor", At: []string{"meta", "cursor"},
				More: []string{"meta", "has_more"},
			},
		},
		"the number of the next page": {
			query("page"), data + ", next_page: {type: integer, nullable: true}",
			Pages{Kind: Tokens, Param: "page", At: []string{"next_page"}, Number: true},
		},
		"links": {
			query("page"), data + ", next: {type: string, format: uri, nullable: true}",
			Pages{Kind: Tokens, At: []string{"next"}},
		},
		"links among links": {
			"", data + ", links: " + object("next: {type: string}"),
			Pages{Kind: Tokens, At: []string{"links", "next"}},
		},
		"a name with a dot": {
			"", data + ", '@odata.nextLink': {type: string}",
			Pages{Kind: Tokens, At: []string{"@odata.nextLink"}},
		},
		"the last key": {
			"{name: starting_after, in: query, schema: {type: string}}",
			data + ", has_more: {type: boolean}",
			Pages{Kind: After, Param: "starting_after", More: []string{"has_more"}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			api := guessed(t, get("/things", test.params, object(test.answer)))
			got := api.Streams[0].Pages
			if got.Kind == OnePage || got.Kind == Tokens {
				got.Size, got.SizeParam = 0, ""
			}
			assert.Equal(t, test.want, got)
		})
	}
}

func TestLinkHeader(t *testing.T) {
	t.Parallel()
	paths := strings.Replace(get("/things", "", array(item)), "description: x",
		"description: x, headers: {link: {schema: {type: string}}}", 1)
	assert.Equal(t, Links, guessed(t, paths).Streams[0].Pages.Kind)
}

func TestWhereRecordsAre(t *testing.T) {
	t.Parallel()
	others := "other: " + array(item) + ", another: " + array(item)
	for name, test := range map[string]struct {
		path, schema string
		want         []string
		single       bool
	}{
		"an array": {"/things", array(item), nil, false},
		"the only array": {
			"/things",
			object("stuff: " + array(item)),
			[]string{"stuff"},
			false,
		},
		"the array of that name": {
			"/things",
			object("things: " + array(item) + ", " + others),
			[]string{"things"},
			false,
		},
		"the plainest name": {
			"/things",
			object("results: " + array(item) + ", " + others),
			[]string{"results"},
			false,
		},
		"an array further down": {
			"/things",
			object("data: " + object("items: "+array(item))),
			[]string{"data", "items"},
			false,
		},
		"one object":        {"/account", item, nil, true},
		"one object within": {"/account", object("data: " + item), []string{"data"}, true},
		"one object with a list": {
			"/order",
			object("id: {type: string}, lines: " + array(item)),
			nil,
			true,
		},
		"allOf": {
			"/things",
			"{allOf: [" + object("data: "+array(item)) + ", " +
				object("next: {type: string}") + "]}",
			[]string{"data"},
			false,
		},
		"objects of several types": {
			"/things",
			array("{oneOf: [" + item + ", " +
				object("id: {type: integer}, size: {type: integer}") + "]}"),
			nil,
			false,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := guessed(t, get(test.path, "", test.schema)).Streams[0]
			assert.Equal(t, test.want, s.Records)
			assert.Equal(t, test.single, s.Single)
			assert.NotNil(t, s.Record.field("id"))
		})
	}
	_, err := readAll("shop.yaml", head+"paths:\n"+get("/things", "", object(others)))
	require.ErrorContains(t, err, "several members of its answer hold records")
}

func TestShapes(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		schema string
		want   Shape
	}{
		"string":          {"{type: string}", Shape{Kind: String}},
		"nullable of 3.0": {"{type: string, nullable: true}", Shape{Kind: String, Nullable: true}},
		"nullable of 3.1": {"{type: [string, 'null']}", Shape{Kind: String, Nullable: true}},
		"nullable by oneOf": {
			"{oneOf: [{type: string}, {type: 'null'}]}", Shape{Kind: String, Nullable: true},
		},
		"two types":            {"{type: [string, integer]}", Shape{}},
		"a choice":             {"{oneOf: [{type: string}, {type: integer}]}", Shape{}},
		"a choice of one kind": {"{anyOf: [{type: string}, {type: string}]}", Shape{Kind: String}},
		"int64":                {"{type: integer, format: int64}", Shape{Kind: Integer}},
		"number":               {"{type: number, format: float}", Shape{Kind: Number}},
		"date": {
			"{type: string, format: date}",
			Shape{Kind: String, Format: "date"},
		},
		"moment": {
			"{type: string, format: date-time}",
			Shape{Kind: String, Format: "date-time"},
		},
		"an enum without type":  {"{enum: [a, b]}", Shape{Kind: String}},
		"a constant":            {"{const: 1}", Shape{Kind: Integer}},
		"nothing":               {"{}", Shape{}},
		"parts of another type": {"{allOf: [{type: string}, {type: integer}]}", Shape{}},
		"one part and null": {
			"{nullable: true, allOf: [{type: integer}]}", Shape{Kind: Integer, Nullable: true},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			schema := array(object("id: {type: integer}, x: " + test.schema))
			got := guessed(t, get("/things", "", schema)).Streams[0].Record.field("x")
			assert.Equal(t, test.want,
				Shape{Kind: got.Kind, Format: got.Format, Nullable: got.Nullable})
		})
	}
}

func TestExamplesAreUsedWhereTheyFit(t *testing.T) {
	t.Parallel()
	api := guessed(t, get("/things", "", array(object(
		"id: {type: integer, example: 77}, fits: {type: string, example: Oslo}, "+
			"wrong: {type: integer, example: none}, "+
			"day: {type: string, format: date, example: soon}, "+
			"one: {type: string, enum: [a, b]}"))))
	assert.JSONEq(t, `{"id":1,"fits":"Oslo","wrong":1,"day":"2026-01-02","one":"a"}`,
		api.Streams[0].Samples[0])
}

func TestWords(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"orderItems": "order_items", "HTTPServer": "http_server", "userIDs": "user_ids",
		"page[size]": "page_size", "@odata.nextLink": "odata_next_link", "V1Users": "v1_users",
		"": "", "\u00e9\u00e8": "",
	} {
		assert.Equal(t, want, snake(name), name)
	}
	for name, want := range map[string]string{
		"customer_id": "CustomerID", "1_day": "X1Day", "": "X", "type": "Type",
	} {
		assert.Equal(t, want, GoName(name))
	}
	assert.Equal(t, "customerID", LocalName("customer_id"))
	assert.Equal(t, "x1Day", LocalName("1_day"))
	for name, want := range map[string]string{
		"companies": "company", "statuses": "status", "boxes": "box", "news": "new", "bus": "bus",
		"order_items": "order_item", "analysis": "analysis",
	} {
		assert.Equal(t, want, Singular(name))
	}
}
