package schema_test

import (
	"bytes"
	"encoding/json"
	"reflect"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/airbyte-go/cdk/internal/schema"
)

func TestShopSpec(t *testing.T) {
	t.Parallel()
	var text bytes.Buffer
	e := json.NewEncoder(&text)
	e.SetEscapeHTML(false) // as the message writer does
	require.NoError(t, e.Encode(shopSpec().Connector()))
	golden(t, "shop_spec.json", text.Bytes())
}

func TestConfigShapes(t *testing.T) {
	t.Parallel()
	type named string
	type inner struct {
		A int `json:"a" default:"1"`
		B string
	}
	type allOptional struct {
		A int    `json:"a" default:"1"`
		B string `json:"b,omitempty"`
	}
	type onlyOptional struct {
		B string `json:"b,omitempty"`
	}
	type embedded struct {
		E int `json:"e"`
	}
	type variant struct {
		Only *struct {
			A int `json:"a"`
		} `json:"only"`
	}
	for name, test := range map[string]struct {
		config any
		want   string // required and properties
	}{
		"empty": {struct{}{}, `"properties":{}`},
		"required and optional": {struct {
			A string     `json:"a"`
			B string     `json:"b,omitempty"`
			C time.Time  `json:"c,omitzero"`
			D *int       `json:"d"`
			E int        `json:"e" default:"0"`
			F named      `json:"f"`
			G *time.Time `json:"g" format:"date"`
		}{}, `"required":["a","f"],"properties":{
			"a":{"type":"string","order":0},
			"b":{"type":"string","order":1},
			"c":{"type":"string","format":"date-time","order":2},
			"d":{"type":"integer","order":3},
			"e":{"type":"integer","default":0,"order":4},
			"f":{"type":"string","order":5},
			"g":{"type":"string","format":"date","order":6}}`},
		"explicit order takes its place, the others the free ones": {struct {
			A string `json:"a,omitempty"`
			B string `json:"b,omitempty" order:"0"`
			C string `json:"c,omitempty" order:"2"`
			D string `json:"d,omitempty"`
		}{}, `"properties":{
			"a":{"type":"string","order":1},
			"b":{"type":"string","order":0},
			"c":{"type":"string","order":2},
			"d":{"type":"string","order":3}}`},
		"an object that can be left out has an empty default": {struct {
			Full     inner        `json:"full"`
			Optional allOptional  `json:"optional"`
			Omit     allOptional  `json:"omit,omitzero"`
			Pointer  *allOptional `json:"pointer"`
			NoneSet  onlyOptional `json:"none_set"`
		}{}, `"required":["full","none_set"],"properties":{
			"full":{"type":"object","order":0,"required":["B"],"properties":{
				"a":{"type":"integer","default":1,"order":0},"B":{"type":"string","order":1}}},
			"optional":{"type":"object","default":{},"order":1,"properties":{
				"a":{"type":"integer","default":1,"order":0},"b":{"type":"string","order":1}}},
			"omit":{"type":"object","default":{},"order":2,"properties":{
				"a":{"type":"integer","default":1,"order":0},"b":{"type":"string","order":1}}},
			"pointer":{"type":"object","order":3,"properties":{
				"a":{"type":"integer","default":1,"order":0},"b":{"type":"string","order":1}}},
			"none_set":{"type":"object","order":4,"properties":{"b":{"type":"string",
				"order":0}}}}`},
		"embedded": {struct {
			embedded
			A bool `json:"a"`
		}{}, `"required":["e","a"],"properties":{
			"e":{"type":"integer","order":0},"a":{"type":"boolean","order":1}}`},
		"oneof": {struct {
			V variant   `json:"v" airbyte:"oneof=kind"`
			W *variant  `json:"w" airbyte:"oneof=kind,display=dropdown"`
			L []variant `json:"l,omitempty" airbyte:"oneof=kind"`
		}{}, `"required":["v"],"properties":{
			"v":{"type":"object","order":0,"oneOf":[{"type":"object","title":"only",
				"required":["kind","a"],"properties":{
				"kind":{"type":"string","const":"only","order":0},
				"a":{"type":"integer","order":1}}}]},
			"w":{"type":"object","order":1,"display_type":"dropdown","oneOf":[{"type":"object",
				"title":"only","required":["kind","a"],"properties":{
				"kind":{"type":"string","const":"only","order":0},
				"a":{"type":"integer","order":1}}}]},
			"l":{"type":"array","order":2,"items":{"type":"object","oneOf":[{"type":"object",
				"title":"only","required":["kind","a"],"properties":{
				"kind":{"type":"string","const":"only","order":0},
				"a":{"type":"integer","order":1}}}]}}}`},
		"secret names": {struct {
			Password string   `json:"password"`
			Key      int      `json:"Key"`
			Token    []string `json:"token"`
			JWT      bool     `json:"jwt"`
			Other    string   `json:"api_key"`
		}{}, `"required":["password","Key","token","jwt","api_key"],"properties":{
			"password":{"type":"string","order":0,"airbyte_secret":true},
			"Key":{"type":"integer","order":1,"airbyte_secret":true},
			"token":{"type":"array","order":2,"items":{"type":"string","airbyte_secret":true}},
			"jwt":{"type":"boolean","order":3},
			"api_key":{"type":"string","order":4}}`},
		"lists and maps": {struct {
			A []string          `json:"a" default:"x,y" pattern:"^[xyz]$"`
			B []int             `json:"b" default:"[1,2]"`
			C []string          `json:"c" default:""`
			D map[string]string `json:"d,omitempty"`
			E []embedded        `json:"e" min_items:"1"`
		}{}, `"required":["e"],"properties":{
			"a":{"type":"array","default":["x","y"],"order":0,"items":{"type":"string",
				"pattern":"^[xyz]$"}},
			"b":{"type":"array","default":[1,2],"order":1,"items":{"type":"integer"}},
			"c":{"type":"array","default":[],"order":2,"items":{"type":"string"}},
			"d":{"type":"object","order":3,"additionalProperties":{"type":"string"}},
			"e":{"type":"array","minItems":1,"order":4,"items":{"type":"object","required":["e"],
				"properties":{"e":{"type":"integer","order":0}}}}}`},
		"texts keep commas, quotes and brackets": {struct {
			A string `json:"a,omitempty" title:"A, \"b\"" description:"<x> & y, z" default:"a,b"`
		}{}, `"properties":{"a":{"type":"string","title":"A, \"b\"",
			"description":"<x> & y, z","default":"a,b","order":0}}`},
		"numbers beyond 64 bits stay exact": {struct {
			A json.Number `json:"a" default:"123456789012345678901234567890.5"`
			B float64     `json:"b" minimum:"-1e3" default:"0.10"`
		}{}, `"properties":{
			"a":{"type":"number","default":123456789012345678901234567890.5,"order":0},
			"b":{"type":"number","default":0.10,"minimum":-1e3,"order":1}}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			spec := schema.Config(reflect.TypeOf(test.config)).Connector()
			want := `{"$schema":"http://json-schema.org/draft-07/schema#","type":"object",` +
				test.want + `}`
			assert.Equal(t, compact(t, want), string(spec.ConnectionSpecification))
			assert.Nil(t, spec.AdvancedAuth)
		})
	}
}

func TestConfigTakesAPointer(t *testing.T) {
	t.Parallel()
	want := shopSpec().Connector()
	assert.Equal(t, want, schema.Config(reflect.TypeFor[*shopConfig]()).Connector())
}

// TestOAuthWithoutOneOf covers connectors whose only way to log in is OAuth.
func TestOAuthWithoutOneOf(t *testing.T) {
	t.Parallel()
	type config struct {
		Domain string `json:"subdomain" airbyte:"oauth=input"`
		ID     string `json:"app" airbyte:"oauth=client_id"`
		Secret string `json:"app_secret" airbyte:"oauth=client_secret"`
		Login  struct {
			Token string `json:"access_token" airbyte:"oauth=output"`
		} `json:"login"`
	}
	spec := schema.Config(reflect.TypeFor[config]()).Connector()
	text, err := json.Marshal(spec.AdvancedAuth)
	require.NoError(t, err)
	assert.Equal(t, compact(t, `{
		"auth_flow_type":"oauth2.0",
		"oauth_config_specification":{
			"oauth_user_input_from_connector_config_specification":{"type":"object","properties":{
				"subdomain":{"type":"string","path_in_connector_config":["subdomain"]}}},
			"complete_oauth_output_specification":{"type":"object","properties":{
				"access_token":{"type":"string","path_in_connector_config":["login",
					"access_token"]}}},
			"complete_oauth_server_input_specification":{"type":"object","properties":{
				"client_id":{"type":"string"},"client_secret":{"type":"string"}}},
			"complete_oauth_server_output_specification":{"type":"object","properties":{
				"client_id":{"type":"string","path_in_connector_config":["app"]},
				"client_secret":{"type":"string","path_in_connector_config":["app_secret"]}}}}}`),
		string(text))
	assert.Contains(t, string(spec.ConnectionSpecification),
		`"app_secret":{"type":"string","order":2,"airbyte_secret":true}`)
}

// TestConnectorIsACopy guards against one caller changing what the next one gets.
func TestConnectorIsACopy(t *testing.T) {
	t.Parallel()
	spec := shopSpec()
	first := spec.Connector()
	first.DocumentationURL = "https://example.com/"
	first.ConnectionSpecification[0] = 'x'
	first.AdvancedAuth.PredicateKey[0] = "x"
	second := spec.Connector()
	assert.Empty(t, second.DocumentationURL)
	assert.True(t, json.Valid(second.ConnectionSpecification))
	assert.Equal(t, []string{"credentials", "auth_type"}, second.AdvancedAuth.PredicateKey)
}
