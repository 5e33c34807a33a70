package schema_test

import (
	"encoding/json"
	"math/big"
	"net/netip"
	"reflect"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/airbyte-go/cdk/internal/schema"
)

type (
	scalars struct {
		B   bool        `json:"b"`
		I   int8        `json:"i"`
		U   uint64      `json:"u"`
		F   float32     `json:"f"`
		S   string      `json:"s"`
		N   json.Number `json:"n"`
		Q   int64       `json:"q,string"`
		Raw []byte      `json:"raw"`
	}
	times struct {
		At      time.Time  `json:"at"`
		Maybe   *time.Time `json:"maybe,omitempty"`
		Local   time.Time  `json:"local" airbyte:"timestamp_without_timezone"`
		Day     time.Time  `json:"day" format:"date"`
		Text    string     `json:"text" format:"date-time"`
		Clock   string     `json:"clock" airbyte:"time_without_timezone"`
		Clock2  string     `json:"clock2" format:"time"`
		History []string   `json:"history" format:"date"`
	}
	anything struct {
		Any  any             `json:"any"`
		Raw  json.RawMessage `json:"raw"`
		RawP *json.RawMessage
		Big  *big.Int   `json:"big"`
		Addr netip.Addr `json:"addr"`
		Code textCode   `json:"code"`
		Ptr  *ptrCode   `json:"ptr"`
		Val  ptrCode    `json:"val"`
		Vals []ptrCode  `json:"vals"`
		Tiny []tinyCode `json:"tiny"`
	}
	textCode struct{ c int }
	tinyCode uint8
	ptrCode  struct {
		C int `json:"c"`
	}
	containers struct {
		List  []int          `json:"list"`
		Pair  [2]string      `json:"pair"`
		Map   map[string]int `json:"map"`
		Free  map[string]any `json:"free"`
		ByInt map[int]bool   `json:"by_int"`
		Deep  []map[string][]struct {
			A int `json:"a"`
		} `json:"deep"`
	}
	tree struct {
		Name     string           `json:"name"`
		Parent   *tree            `json:"parent"`
		Children []tree           `json:"children"`
		Index    map[string]*tree `json:"index"`
	}
	nest     []nest
	withNest struct {
		Nest nest `json:"nest"`
	}
	mutualA  struct{ B *mutualB }
	mutualB  struct{ A []mutualA }
	describe struct {
		A string `json:"a" title:"The A" description:"Any text, with a comma <here>."`
	}
	base struct {
		ID int `json:"id"`
	}
	derived struct {
		base
		Name string `json:"name"`
	}
	sibling struct {
		A base `json:"a"`
		B base `json:"b"`
	}
)

func (textCode) MarshalText() ([]byte, error) { return nil, nil }
func (tinyCode) MarshalText() ([]byte, error) { return nil, nil }
func (*ptrCode) MarshalText() ([]byte, error) { return nil, nil }

func TestRecord(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		record     any
		properties string
	}{
		{struct{}{}, `{}`},
		{scalars{}, `{
			"b": {"type":["null","boolean"]},
			"i": {"type":["null","integer"]},
			"u": {"type":["null","integer"]},
			"f": {"type":["null","number"]},
			"s": {"type":["null","string"]},
			"n": {"type":["null","number"]},
			"q": {"type":["null","string"]},
			"raw": {"type":["null","string"]}}`},
		{times{}, `{
			"at": {"type":["null","string"],"format":"date-time",
				"airbyte_type":"timestamp_with_timezone"},
			"maybe": {"type":["null","string"],"format":"date-time",
				"airbyte_type":"timestamp_with_timezone"},
			"local": {"type":["null","string"],"format":"date-time",
				"airbyte_type":"timestamp_without_timezone"},
			"day": {"type":["null","string"],"format":"date"},
			"text": {"type":["null","string"],"format":"date-time",
				"airbyte_type":"timestamp_with_timezone"},
			"clock": {"type":["null","string"],"format":"time",
				"airbyte_type":"time_without_timezone"},
			"clock2": {"type":["null","string"],"format":"time",
				"airbyte_type":"time_with_timezone"},
			"history": {"type":["null","array"],"items":{"type":["null","string"],
				"format":"date"}}}`},
		{anything{}, `{
			"any": {},
			"raw": {},
			"RawP": {},
			"big": {},
			"addr": {"type":["null","string"]},
			"code": {"type":["null","string"]},
			"ptr": {"type":["null","string"]},
			"val": {"type":["null","object"],"additionalProperties":true,"properties":{
				"c":{"type":["null","integer"]}}},
			"vals": {"type":["null","array"],"items":{"type":["null","string"]}},
			"tiny": {"type":["null","array"],"items":{"type":["null","string"]}}}`},
		{containers{}, `{
			"list": {"type":["null","array"],"items":{"type":["null","integer"]}},
			"pair": {"type":["null","array"],"items":{"type":["null","string"]}},
			"map": {"type":["null","object"],"additionalProperties":{"type":["null","integer"]}},
			"free": {"type":["null","object"],"additionalProperties":true},
			"by_int": {"type":["null","object"],"additionalProperties":{"type":["null","boolean"]}},
			"deep": {"type":["null","array"],"items":{"type":["null","object"],
				"additionalProperties":
				{"type":["null","array"],"items":{"type":["null","object"],
					"additionalProperties":true,
				"properties":{"a":{"type":["null","integer"]}}}}}}}`},
		{tree{}, `{
			"name": {"type":["null","string"]},
			"parent": {"type":["null","object"]},
			"children": {"type":["null","array"],"items":{"type":["null","object"]}},
			"index": {"type":["null","object"],"additionalProperties":{"type":["null",
				"object"]}}}`},
		{withNest{}, `{"nest": {"type":["null","array"],"items":{"type":["null","array"]}}}`},
		{mutualA{}, `{"B": {"type":["null","object"],"additionalProperties":true,"properties":{
			"A":{"type":["null","array"],"items":{"type":["null","object"]}}}}}`},
		{describe{}, `{"a": {"title":"The A","description":"Any text, with a comma <here>.",
			"type":["null","string"]}}`},
		{derived{}, `{"id": {"type":["null","integer"]}, "name": {"type":["null","string"]}}`},
		{&derived{}, `{"id": {"type":["null","integer"]}, "name": {"type":["null","string"]}}`},
		{sibling{}, `{
			"a": {"type":["null","object"],"additionalProperties":true,"properties":{
				"id":{"type":["null","integer"]}}},
			"b": {"type":["null","object"],"additionalProperties":true,"properties":{
				"id":{"type":["null","integer"]}}}}`},
		{map[string]any{}, `{}`},
		{json.RawMessage{}, `{}`},
	} {
		t.Run(reflect.TypeOf(test.record).String(), func(t *testing.T) {
			t.Parallel()
			want := `{"$schema":"http://json-schema.org/draft-07/schema#","type":"object",` +
				`"additionalProperties":true,"properties":` + test.properties + `}`
			// Compared as text: the order of the fields is part of the promise.
			assert.Equal(t, compact(t, want), string(schema.Record(reflect.TypeOf(test.record))))
		})
	}
}

func TestRecordOfInterface(t *testing.T) {
	t.Parallel()
	got := string(schema.Record(reflect.TypeFor[any]()))
	assert.Contains(t, got, `"properties":{}`)
}

type (
	withChan struct{ Inner struct{ C chan int } }
	badKeys  struct {
		M map[bool]int
	}
	badFormat struct {
		D string `format:"dates"`
	}
	badAirbyte struct {
		D string `airbyte:"secret"`
	}
	clash struct {
		D string `format:"date" airbyte:"time_with_timezone"`
	}
	encodesItself struct{ A int }
)

func (encodesItself) MarshalJSON() ([]byte, error) { return nil, nil }

// TestRecordMistakes: testdata/record_mistakes.txt has a line for each type, in this order.
func TestRecordMistakes(t *testing.T) {
	t.Parallel()
	goldenPanics(t, "record_mistakes.txt", func(t reflect.Type) { schema.Record(t) },
		5,
		[]scalars{},
		time.Time{},
		encodesItself{},
		withChan{},
		badKeys{},
		badFormat{},
		badAirbyte{},
		clash{},
	)
}
