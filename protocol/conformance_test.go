package protocol

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"iter"
	"maps"
	"math/rand/v2"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v5"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"
)

// The names of two definitions that stand within others.
const (
	connectorInput      = "OAuthConfigSpecification.oauth_connector_input_specification"
	connectorInputState = connectorInput + ".state"
)

// objectTypes are the Go types of the definitions that are objects with fields.
var objectTypes = map[string]reflect.Type{
	"AirbyteAnalyticsTraceMessage":         reflect.TypeFor[Analytics](),
	"AirbyteCatalog":                       reflect.TypeFor[Catalog](),
	"AirbyteConnectionStatus":              reflect.TypeFor[ConnectionStatus](),
	"AirbyteControlConnectorConfigMessage": reflect.TypeFor[ControlConfig](),
	"AirbyteControlMessage":                reflect.TypeFor[Control](),
	"AirbyteErrorTraceMessage":             reflect.TypeFor[ErrorTrace](),
	"AirbyteEstimateTraceMessage":          reflect.TypeFor[Estimate](),
	"AirbyteGlobalState":                   reflect.TypeFor[GlobalState](),
	"AirbyteLogMessage":                    reflect.TypeFor[Log](),
	"AirbyteMessage":                       reflect.TypeFor[Message](),
	"AirbyteRecordMessage":                 reflect.TypeFor[Record](),
	"AirbyteRecordMessageFileReference":    reflect.TypeFor[FileReference](),
	"AirbyteRecordMessageMeta":             reflect.TypeFor[RecordMeta](),
	"AirbyteRecordMessageMetaChange":       reflect.TypeFor[RecordChange](),
	"AirbyteStateMessage":                  reflect.TypeFor[State](),
	"AirbyteStateStats":                    reflect.TypeFor[StateStats](),
	"AirbyteStream":                        reflect.TypeFor[Stream](),
	"AirbyteStreamState":                   reflect.TypeFor[StreamState](),
	"AirbyteStreamStatusRateLimitedReason": reflect.TypeFor[RateLimited](),
	"AirbyteStreamStatusReason":            reflect.TypeFor[StatusReason](),
	"AirbyteStreamStatusTraceMessage":      reflect.TypeFor[StreamStatusTrace](),
	"AirbyteTraceMessage":                  reflect.TypeFor[Trace](),
	"ConfiguredAirbyteCatalog":             reflect.TypeFor[ConfiguredCatalog](),
	"ConfiguredAirbyteStream":              reflect.TypeFor[ConfiguredStream](),
	"ConnectorSpecification":               reflect.TypeFor[ConnectorSpecification](),
	"DestinationCatalog":                   reflect.TypeFor[DestinationCatalog](),
	"DestinationOperation":                 reflect.TypeFor[DestinationOperation](),
	"OAuth2Specification":                  reflect.TypeFor[OAuth2Specification](),
	"OAuthConfigSpecification":             reflect.TypeFor[OAuthConfigSpecification](),
	"StreamDescriptor":                     reflect.TypeFor[Descriptor](),

	"ConnectorSpecification.advanced_auth":     reflect.TypeFor[AdvancedAuth](),
	"ConnectorSpecification.authSpecification": reflect.TypeFor[AuthSpecification](),

	connectorInput:      reflect.TypeFor[OAuthConnectorInputSpecification](),
	connectorInputState: reflect.TypeFor[OAuthState](),
}

// beyond are the fields that real platforms know and the published release 0.18 does not.
var beyond = map[string][]string{
	"AirbyteStateStats": {"additionalStats"}, // release 0.19
	"AirbyteStateMessage": {"id", "partition_id", "committedRecordsCount", "committedBytesCount",
		"rejectedRecordsCount"},
	"AirbyteStreamState": {"id", "partition_id", "committedRecordsCount", "committedBytesCount",
		"rejectedRecordsCount"},
	connectorInput: {"scopes", "optional_scopes", "scopes_join_strategy"},
}

// protocolDefinitions returns the table and a validator for each definition: that of the YAML
// where it is present, else one made of the table.
func protocolDefinitions(t *testing.T) (definitions, func(name string) *jsonschema.Schema) {
	t.Helper()
	defs := parseDefinitions(t, definitionsText)
	var document any = defs.jsonSchema()
	if text := readYAML(t); text != nil {
		require.NoError(t, yaml.Unmarshal(text, &document))
		document.(map[string]any)["$id"] = "protocol.json"
	}
	text, err := json.Marshal(document)
	require.NoError(t, err)
	c := jsonschema.NewCompiler()
	require.NoError(t, c.AddResource("protocol.json", strings.NewReader(string(text))))
	return defs, func(name string) *jsonschema.Schema {
		// An object within another one is a property there.
		pointer := strings.ReplaceAll(name, ".", "/properties/")
		if _, ok := document.(map[string]any)["definitions"].(map[string]any)[name]; ok {
			pointer = name
		}
		s, err := c.Compile("protocol.json#/definitions/" + pointer)
		require.NoError(t, err)
		return s
	}
}

func validate(t *testing.T, s *jsonschema.Schema, text []byte) {
	t.Helper()
	var document any
	require.NoError(t, json.Unmarshal(text, &document), string(text))
	require.NoError(t, s.Validate(document), string(text))
}

// Every field of the protocol has a Go field with exactly its name and a type that fits, required
// ones are marked so, and there are no others.
func TestFieldsMatchProtocol(t *testing.T) {
	t.Parallel()
	defs, _ := protocolDefinitions(t)
	objects := 0
	for name, d := range defs {
		if len(d.Fields) == 0 {
			continue
		}
		objects++
		typ, ok := objectTypes[name]
		require.True(t, ok, "%s has no Go type", name)
		var names []string
		for _, f := range layoutOf(typ).fields {
			names = append(names, f.name)
			if p, ok := d.Fields[f.name]; ok {
				assert.Equal(t, p.Required, f.required, "%s.%s required", name, f.name)
				assertFits(t, defs, p.Type, typ.FieldByIndex(f.index).Type, name+"."+f.name)
			}
		}
		want := slices.AppendSeq(slices.Clone(beyond[name]), maps.Keys(d.Fields))
		assert.ElementsMatch(t, want, names, name)
	}
	assert.Len(t, objectTypes, objects, "a Go type of no definition")
}

func assertFits(t *testing.T, defs definitions, want string, have reflect.Type, where string) {
	t.Helper()
	if have.Kind() == reflect.Pointer {
		have = have.Elem()
	}
	element, isList := strings.CutPrefix(strings.TrimSuffix(want, "+"), "[")
	kinds := map[string]reflect.Kind{
		"string": reflect.String, "integer": reflect.Int64, "boolean": reflect.Bool,
		"object": reflect.Slice, "string|integer": reflect.Slice, // raw JSON
	}
	switch d := defs[want]; {
	case isList:
		require.Equal(t, reflect.Slice, have.Kind(), where)
		assertFits(t, defs, strings.TrimSuffix(element, "]"), have.Elem(), where)
	case d != nil && len(d.Fields) > 0:
		assert.Equal(t, objectTypes[want], have, where)
	case d != nil:
		assertFits(t, defs, d.Type, have, where)
	case want == "number":
		assert.Contains(t, []reflect.Kind{reflect.Int64, reflect.Float64}, have.Kind(), where)
	case strings.HasPrefix(want, "("):
		assertEnum(t, enumValues(want), have, where)
	default:
		assert.Equal(t, kinds[want], have.Kind(), where)
		assert.Equal(t, want == "object" || want == "string|integer", have == rawType, where)
	}
}

// assertEnum compares the values with the constants declared for the type.
func assertEnum(t *testing.T, want []string, typ reflect.Type, where string) {
	t.Helper()
	have := constants()[typ.Name()]
	if where == "ConnectorSpecification.authSpecification.auth_type" {
		have = []string{string(AuthOAuth20)} // the deprecated field knows no other
	}
	assert.ElementsMatch(t, want, have, "%s: constants of type %s", where, typ)
}

// constants returns the values of the package's constants by the name of their type.
var constants = sync.OnceValue(func() map[string][]string {
	values := map[string][]string{}
	files, _ := filepath.Glob("*.go")
	for _, name := range files {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			panic(err)
		}
		for spec := range valueSpecs(file) {
			typ, named := spec.Type.(*ast.Ident)
			if !named || len(spec.Values) != 1 {
				continue
			}
			if text, ok := spec.Values[0].(*ast.BasicLit); ok {
				value, _ := strconv.Unquote(text.Value)
				values[typ.Name] = append(values[typ.Name], value)
			}
		}
	}
	return values
})

func valueSpecs(file *ast.File) iter.Seq[*ast.ValueSpec] {
	return func(yield func(*ast.ValueSpec) bool) {
		for _, d := range file.Decls {
			group, ok := d.(*ast.GenDecl)
			if !ok || group.Tok != token.CONST {
				continue
			}
			for _, spec := range group.Specs {
				if !yield(spec.(*ast.ValueSpec)) {
					return
				}
			}
		}
	}
}

// What is required is written even when it is empty; nothing else is.
func TestZeroValuesWriteWhatIsRequired(t *testing.T) {
	t.Parallel()
	defs, _ := protocolDefinitions(t)
	for name, typ := range objectTypes {
		var want []string
		for field, p := range defs[name].Fields {
			if p.Required {
				want = append(want, field)
			}
		}
		text, err := marshal(reflect.New(typ).Interface())
		require.NoError(t, err, name)
		var have map[string]any
		require.NoError(t, json.Unmarshal(text, &have), name)
		assert.ElementsMatch(t, want, slices.Collect(maps.Keys(have)), name)
		for field, value := range have {
			assert.NotNil(t, value, "%s.%s", name, field)
		}
	}
}

// Every type, filled to the last field, is valid JSON of the protocol and comes back as it was,
// by our own encoder and by encoding/json.
func TestFilledValuesAreValid(t *testing.T) {
	t.Parallel()
	_, schema := protocolDefinitions(t)
	for name, typ := range objectTypes {
		v := reflect.New(typ)
		fill(t, v.Elem())
		own, err := marshal(v.Interface())
		require.NoError(t, err, name)
		std, err := json.Marshal(v.Interface())
		require.NoError(t, err, name)
		require.JSONEq(t, string(own), string(std), name)
		validate(t, schema(name), own)
		validate(t, schema(name), std)

		back := reflect.New(typ)
		require.NoError(t, unmarshal(own, back.Interface()), name)
		require.Equal(t, v.Interface(), back.Interface(), name)
		back = reflect.New(typ)
		require.NoError(t, json.Unmarshal(own, back.Interface()), name)
		require.Equal(t, v.Interface(), back.Interface(), name)
	}
}

// fill sets every field of v to something that is not zero.
func fill(t *testing.T, v reflect.Value) {
	t.Helper()
	switch v.Type() {
	case rawType:
		v.SetBytes([]byte(`{"raw":1.50}`))
		return
	case reflect.TypeFor[[]json.RawMessage]():
		v.Set(reflect.ValueOf([]json.RawMessage{[]byte(`"key"`), []byte(`0`)}))
		return
	case extraType:
		v.Set(reflect.ValueOf(Extra{members: []byte(`"unknown":[1]`)}))
		return
	case reflect.TypeFor[map[string]Count]():
		v.Set(reflect.ValueOf(map[string]Count{"nulled": 2}))
		return
	}
	switch v.Kind() {
	case reflect.String:
		value := "https://example.com/text"
		if values := constants()[v.Type().Name()]; len(values) > 0 {
			value = values[0]
		}
		v.SetString(value)
	case reflect.Int64:
		v.SetInt(1_700_000_000_123)
	case reflect.Float64:
		v.SetFloat(12)
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(t, v.Elem())
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		fill(t, v.Index(0))
		fill(t, v.Index(1))
	case reflect.Struct:
		for _, field := range v.Fields() {
			fill(t, field)
		}
	default:
		t.Fatalf("cannot fill a %s", v.Type())
	}
}

// A document of any shape the protocol allows is read and written again without a change.
func TestGeneratedDocumentsSurvive(t *testing.T) {
	t.Parallel()
	defs, schema := protocolDefinitions(t)
	g := generator{defs: defs, rand: rand.New(rand.NewPCG(1, 2))}
	for name, typ := range objectTypes {
		s := schema(name)
		for range 50 {
			text, err := json.Marshal(g.object(name))
			require.NoError(t, err)
			validate(t, s, text)
			v := reflect.New(typ)
			require.NoError(t, unmarshal(text, v.Interface()), "%s %s", name, text)
			back, err := marshal(v.Interface())
			require.NoError(t, err)
			require.JSONEq(t, string(text), string(back), name)
			std, err := json.Marshal(v.Interface())
			require.NoError(t, err)
			require.JSONEq(t, string(text), string(std), name)
		}
	}
}

// A generator makes random documents of the protocol. Optional values are never zero, false or
// empty, for these are not told from absent ones.
type generator struct {
	defs definitions
	rand *rand.Rand
}

func (g generator) object(name string) map[string]any {
	object := map[string]any{}
	for field, p := range g.defs[name].Fields {
		if p.Required || g.rand.IntN(3) > 0 {
			object[field] = g.value(p.Type)
		}
	}
	if layoutOf(objectTypes[name]).extra != nil {
		for range g.rand.IntN(3) {
			object["x_"+g.text()] = []any{g.text(), g.rand.IntN(1000), nil}
		}
	}
	return object
}

func (g generator) value(typ string) any {
	d := g.defs[typ]
	element, isList := strings.CutPrefix(strings.TrimSuffix(typ, "+"), "[")
	switch {
	case isList:
		var list []any
		for range 1 + g.rand.IntN(3) {
			list = append(list, g.value(strings.TrimSuffix(element, "]")))
		}
		return list
	case d != nil && len(d.Fields) > 0:
		return g.object(typ)
	case d != nil:
		return g.value(d.Type)
	case strings.HasPrefix(typ, "("):
		values := enumValues(typ)
		return values[g.rand.IntN(len(values))]
	}
	return g.scalar(typ)
}

func (g generator) scalar(typ string) any {
	switch typ {
	case "string":
		return "https://example.com/" + g.text()
	case "integer", "number":
		return 1 + g.rand.Int64N(1<<50)
	case "boolean":
		return true
	case "string|integer":
		return []any{"text", 7}[g.rand.IntN(2)]
	}
	return map[string]any{g.text(): g.rand.Float64(), "nested": map[string]any{"a": []any{nil}}}
}

func (g generator) text() string {
	letters := []rune("abcxyz019_\"\\\u00e9<\u2028")
	text := make([]rune, 1+g.rand.IntN(8))
	for i := range text {
		text[i] = letters[g.rand.IntN(len(letters))]
	}
	return string(text)
}
