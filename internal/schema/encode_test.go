package schema_test

import (
	"encoding/json"
	"net/netip"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/airbyte-go/cdk/internal/schema"
)

func TestEncode(t *testing.T) {
	t.Parallel()
	day := time.Date(2024, 1, 31, 0, 0, 0, 0, time.UTC)
	config := shopConfig{
		Credentials: shopAuth{None: &struct{}{}},
		Host:        netip.MustParseAddr("192.0.2.7"),
		Shop:        "<shop>",
		EndDay:      &day,
		Budget:      "1.10",
		Files:       []shopFile{{Path: "a", Format: shopFormat{JSONL: &struct{}{}}}},
		shopLimits:  shopLimits{MaxRows: 7},
	}
	got, err := schema.Encode(config)
	require.NoError(t, err)
	assert.Equal(t, compact(t, `{"credentials":{"auth_type":"none"},"host":"192.0.2.7",
		"shop":"<shop>","end_day":"2024-01-31","Budget":1.10,"paging":{},
		"files":[{"path":"a","format":{"filetype":"jsonl"}}],"max_rows":7}`), string(got))

	var back shopConfig
	require.NoError(t, schema.Decode(got, &back))
	assert.Equal(t, config, back)
}

func TestEncodeOtherTypes(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		config any
		want   string
	}{
		{json.RawMessage(`{"a":1.10}`), `{"a":1.10}`},
		{map[string]any{"b": json.Number("1.10"), "a": nil}, `{"a":null,"b":1.10}`},
		{&shopLimits{MaxRows: 1}, `{"max_rows":1}`},
		{everything{Pointed: &Pointed{Ptd: 1}}.promoted, `{"prom":0}`},
		{struct {
			*Pointed
			D []time.Time `format:"date"`
			B []byte
		}{D: make([]time.Time, 1), B: []byte("hi")}, `{"D":["0001-01-01"],"B":"aGk="}`},
	} {
		got, err := schema.Encode(test.config)
		require.NoError(t, err)
		assert.Equal(t, test.want, string(got))
	}
}

func TestEncodeErrors(t *testing.T) {
	t.Parallel()
	two := shopFile{Format: shopFormat{JSONL: &struct{}{}}}
	two.Format.CSV = new(struct {
		Delimiter string `json:"delimiter" default:","`
	})
	_, err := schema.Encode(map[string][]shopFile{"a": {two}})
	assert.EqualError(t, err, "schema: schema_test.shopFormat sets CSV and JSONL; "+
		"only one branch of a oneOf can be chosen")
	for _, bad := range []any{make(chan int), struct{ A any }{make(chan int)}} {
		_, err = schema.Encode(bad)
		assert.ErrorContains(t, err, "unsupported type")
	}
}
