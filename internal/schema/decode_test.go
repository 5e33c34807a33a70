package schema_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/airbyte-go/cdk/internal/schema"
)

// quoting is a type whose own method puts the value into its error.
type quoting struct{ V string }

func (q *quoting) UnmarshalJSON(data []byte) error {
	if err := json.Unmarshal(data, &q.V); err != nil || q.V == "bad" {
		return fmt.Errorf("cannot read %s", data)
	}
	return nil
}

type level int

func (l *level) UnmarshalText(text []byte) error {
	if string(text) != "high" {
		return errors.New("unknown level " + string(text))
	}
	*l = 3
	return nil
}

type everything struct {
	S     string            `json:"s" title:"The S"`
	B     bool              `json:"b"`
	I8    int8              `json:"i8"`
	I64   int64             `json:"i64"`
	U8    uint8             `json:"u8"`
	U64   uint64            `json:"u64"`
	F32   float32           `json:"f32"`
	F64   float64           `json:"f64"`
	N     json.Number       `json:"n"`
	At    time.Time         `json:"at"`
	Day   time.Time         `json:"day" format:"date"`
	Days  []time.Time       `json:"days" format:"date"`
	P     *int              `json:"p"`
	PP    **string          `json:"pp"`
	L     []string          `json:"l"`
	Pair  [2]int            `json:"pair"`
	M     map[string]int    `json:"m"`
	Any   any               `json:"any"`
	Raw   json.RawMessage   `json:"raw"`
	Bytes []byte            `json:"bytes"`
	Addr  netip.Addr        `json:"addr"`
	Level *level            `json:"level"`
	Own   quoting           `json:"own"`
	Owns  map[level]quoting `json:"-"`
	In    struct {
		X int `json:"x"`
	} `json:"in"`
	U shopAuth `json:"u" airbyte:"oneof=kind"`
	promoted
	*Pointed
}

type promoted struct {
	Prom int `json:"prom"`
}

// Pointed is exported because an embedded pointer to it must be set.
type Pointed struct {
	Ptd int `json:"ptd"`
}

func TestDecodeStores(t *testing.T) {
	t.Parallel()
	day := time.Date(2024, 1, 31, 0, 0, 0, 0, time.UTC)
	text := "x"
	for _, test := range []struct {
		config string
		want   everything
	}{
		{`{}`, everything{}},
		{`{"s":"a","b":true,"S":"other name"}`, everything{S: "a", B: true}},
		{`{"i8":-128,"i64":-9223372036854775808,"u8":255,"u64":18446744073709551615}`,
			everything{I8: -128, I64: -9223372036854775808, U8: 255, U64: 18446744073709551615}},
		{`{"i64":5.0,"u8":1e2,"i8":-1.0E+1}`, everything{I64: 5, U8: 100, I8: -10}},
		{`{"f32":1.5,"f64":1e-400}`, everything{F32: 1.5}},
		{`{"n":1.10e500}`, everything{N: "1.10e500"}},
		{`{"at":"2024-01-31T00:00:00Z","day":"2024-01-31","days":["2024-01-31"]}`,
			everything{At: day, Day: day, Days: []time.Time{day}}},
		{`{"p":5,"pp":"x"}`, everything{P: new(5), PP: new(&text)}},
		{`{"p":null,"pp":null,"l":null,"m":null,"any":null}`, everything{}},
		{`{"s":null,"in":null,"u":null}`, everything{}},
		{`{"l":["a",null],"pair":[1,2],"m":{"a":1}}`,
			everything{L: []string{"a", ""}, Pair: [2]int{1, 2}, M: map[string]int{"a": 1}}},
		{`{"l":[],"m":{}}`, everything{L: []string{}, M: map[string]int{}}},
		{`{"any":{"a":[1.10,null]},"raw":{"a":12345678901234567890}}`, everything{
			Any: map[string]any{"a": []any{json.Number("1.10"), nil}},
			Raw: json.RawMessage(`{"a":12345678901234567890}`)}},
		{`{"raw":null,"bytes":"aGk="}`, everything{
			Raw: json.RawMessage("null"), Bytes: []byte("hi")}},
		{`{"addr":"192.0.2.1","level":"high","own":"v"}`, everything{
			Addr: netip.MustParseAddr("192.0.2.1"), Level: new(level(3)), Own: quoting{"v"}}},
		{`{"prom":1,"ptd":2}`, everything{promoted: promoted{1}, Pointed: &Pointed{2}}},
		{`{"u":{"kind":"none","value":5}}`, everything{U: shopAuth{None: &struct{}{}}}},
	} {
		t.Run(test.config, func(t *testing.T) {
			t.Parallel()
			var got everything
			require.NoError(t, schema.Decode([]byte(test.config), &got))
			assert.Equal(t, test.want, got)
		})
	}
}

func TestDecodeViolations(t *testing.T) {
	t.Parallel()
	runCases(t, "decode.txt", func(t *testing.T, c textCase) string {
		var got everything
		err := schema.Decode([]byte(c.value["config"]), &got)
		assertSilent(t, err, "bad")
		return configError(t, err)
	})
}

// TestDecodeLeavesOneBranch also where the target has been used before.
func TestDecodeLeavesOneBranch(t *testing.T) {
	t.Parallel()
	got := everything{U: shopAuth{None: &struct{}{}}}
	require.NoError(t, schema.Decode([]byte(`{"u":{"kind":"api_key","value":"k"}}`), &got))
	assert.Equal(t, "k", got.U.Key.Value)
	assert.Nil(t, got.U.None)
}

// TestDecodeIntoAnyType serves connectors with a spec file, whose config need not be a struct.
func TestDecodeIntoAnyType(t *testing.T) {
	t.Parallel()
	const number = "12345678901234567890"
	const config = `{"a":{"b":[` + number + `]}}`
	var raw json.RawMessage
	require.NoError(t, schema.Decode([]byte(config), &raw))
	assert.Equal(t, config, string(raw))
	var tree map[string]any
	require.NoError(t, schema.Decode([]byte(config), &tree))
	want := map[string]any{"a": map[string]any{"b": []any{json.Number(number)}}}
	assert.Equal(t, want, tree)
	var anything any
	require.NoError(t, schema.Decode([]byte(config), &anything))
	assert.Equal(t, any(tree), anything)
	var pointer *shopConfig
	require.NoError(t, schema.Decode([]byte(`{"shop":"x"}`), &pointer))
	assert.Equal(t, "x", pointer.Shop)
	var foreign struct {
		A string `airbyte:"not one of ours" json:"a"`
	}
	require.NoError(t, schema.Decode([]byte(`{"a":"x"}`), &foreign))
	assert.Equal(t, "x", foreign.A)
}

func TestDecodePanicsOnTheProgrammer(t *testing.T) {
	t.Parallel()
	type hidden struct{ *promoted }
	for _, test := range []struct {
		into any
		want string // after "schema: "
	}{
		{shopConfig{}, "Decode needs a pointer to store into, not a schema_test.shopConfig"},
		{nil, "Decode needs a pointer to store into, not a <nil>"},
		{(*shopConfig)(nil), "Decode needs a pointer to store into, not a *schema_test.shopConfig"},
		{&struct{ A chan int }{}, "struct { A chan int } has the type chan int, into which no " +
			"config can be read"},
		{&struct{ A map[int]int }{}, "struct { A map[int]int } holds a map[int]int; only maps " +
			"with string keys can be read"},
		{&hidden{}, "a pointer to the unexported schema_test.promoted is embedded, which cannot " +
			"be set; embed the struct itself"},
	} {
		t.Run(test.want, func(t *testing.T) {
			t.Parallel()
			assert.PanicsWithValue(t, "schema: "+test.want, func() {
				_ = schema.Decode([]byte(`{"A":{},"prom":1}`), test.into)
			})
		})
	}
}
