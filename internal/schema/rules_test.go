package schema_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/airbyte-go/cdk/internal/schema"
)

// specUnderTest is a spec as the platform's acceptance tests see it.
type specUnderTest struct {
	root    map[string]any
	auth    map[string]any
	schemas map[string]map[string]any // every schema object by its path
}

func examine(t *testing.T, spec *schema.Spec) specUnderTest {
	t.Helper()
	text, err := json.Marshal(spec.Connector())
	require.NoError(t, err)
	var document map[string]any
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	require.NoError(t, d.Decode(&document))
	s := specUnderTest{schemas: map[string]map[string]any{}}
	s.root = document["connectionSpecification"].(map[string]any)
	s.auth, _ = document["advanced_auth"].(map[string]any)
	s.collect("", s.root)
	return s
}

// collect walks the keywords under which the tests expect schemas.
func (s specUnderTest) collect(path string, schema map[string]any) {
	s.schemas[path] = schema
	properties, _ := schema["properties"].(map[string]any)
	for name, p := range properties {
		s.collect(path+"/properties/"+name, p.(map[string]any))
	}
	if items, ok := schema["items"].(map[string]any); ok {
		s.collect(path+"/items", items)
	}
	branches, _ := schema["oneOf"].([]any)
	for i, branch := range branches {
		s.collect(fmt.Sprintf("%s/oneOf/%d", path, i), branch.(map[string]any))
	}
}

// rules are those of the acceptance tests that look at the spec alone, one function for each. They
// return what breaks the rule.
var rules = map[string]func(s specUnderTest) []string{
	"enums have no duplicates": func(s specUnderTest) (broken []string) {
		return s.where(func(_ string, schema map[string]any) bool {
			enum, _ := schema["enum"].([]any)
			seen := map[any]bool{}
			for _, v := range enum {
				seen[v] = true
			}
			return len(seen) != len(enum)
		})
	},
	"a oneOf lies in an object": func(s specUnderTest) []string {
		return s.where(func(_ string, schema map[string]any) bool {
			return schema["oneOf"] != nil && schema["type"] != "object"
		})
	},
	"every branch has properties": func(s specUnderTest) []string {
		return s.where(func(path string, schema map[string]any) bool {
			return isBranch(path) && schema["properties"] == nil
		})
	},
	"the branches share exactly one constant": func(s specUnderTest) []string {
		return s.where(func(_ string, schema map[string]any) bool {
			return schema["oneOf"] != nil && len(sharedConstants(schema["oneOf"].([]any))) != 1
		})
	},
	"default and enum equal a constant": func(s specUnderTest) []string {
		return s.where(func(_ string, schema map[string]any) bool {
			c, ok := schema["const"]
			if !ok {
				return false
			}
			d, hasDefault := schema["default"]
			e, hasEnum := schema["enum"]
			return hasDefault && d != c || hasEnum && !reflect.DeepEqual(e, []any{c})
		})
	},
	"secret names are marked, nothing else that cannot be": func(s specUnderTest) []string {
		return s.where(func(path string, schema map[string]any) bool {
			able := slices.Contains([]any{"string", "integer", "number"}, schema["type"]) &&
				schema["const"] == nil
			marked := schema["airbyte_secret"] == true
			return marked && !able || able && !marked && hasSecretName(path)
		})
	},
	"types are single": func(s specUnderTest) []string {
		return s.where(func(_ string, schema map[string]any) bool {
			kind, ok := schema["type"].(string)
			return !ok || kind == "null"
		})
	},
	"object types are not empty": func(s specUnderTest) []string {
		return s.where(func(path string, schema map[string]any) bool {
			properties, _ := schema["properties"].(map[string]any)
			return path != "" && schema["type"] == "object" && schema["oneOf"] == nil &&
				len(properties) == 0
		})
	},
	"arrays have one simple item type or an enum": func(s specUnderTest) []string {
		return s.where(func(_ string, schema map[string]any) bool {
			items, ok := schema["items"].(map[string]any)
			simple := slices.Contains([]any{"object", "string", "number", "integer"}, items["type"])
			return schema["type"] == "array" && (!ok || !simple && items["enum"] == nil)
		})
	},
	"forbidden keywords are not used": func(s specUnderTest) []string {
		forbidden := []string{
			"not", "anyOf", "patternProperties", "prefixItems", "allOf", "if", "then", "else",
			"dependentSchemas", "dependentRequired", "$ref",
		}
		return s.where(func(_ string, schema map[string]any) bool {
			return slices.ContainsFunc(forbidden, func(k string) bool { return schema[k] != nil })
		})
	},
	"a pattern that looks like a date has the format": func(s specUnderTest) []string {
		return s.where(func(_ string, schema map[string]any) bool {
			pattern, _ := schema["pattern"].(string)
			return strings.Contains(pattern, "[0-9]{4}-[0-9]{2}") && schema["format"] == nil
		})
	},
	"no order twice within a group": func(s specUnderTest) []string {
		return s.where(func(_ string, schema map[string]any) bool {
			properties, _ := schema["properties"].(map[string]any)
			seen := map[string]bool{}
			for _, p := range properties {
				p := p.(map[string]any)
				seen[fmt.Sprint(p["group"], p["order"])] = true
			}
			return len(seen) != len(properties)
		})
	},
	"groups only at the root": func(s specUnderTest) []string {
		return s.where(func(path string, schema map[string]any) bool {
			return schema["group"] != nil && strings.Count(path, "/") != 2
		})
	},
	"groups are declared": func(s specUnderTest) []string {
		declared := map[any]bool{nil: true}
		groups, _ := s.root["groups"].([]any)
		for _, g := range groups {
			declared[g.(map[string]any)["id"]] = true
		}
		return s.where(func(_ string, schema map[string]any) bool {
			return !declared[schema["group"]]
		})
	},
	"display_type is valid and beside a oneOf": func(s specUnderTest) []string {
		return s.where(func(_ string, schema map[string]any) bool {
			d, ok := schema["display_type"]
			return ok && (schema["oneOf"] == nil || d != "radio" && d != "dropdown")
		})
	},
	"OAuth paths exist": func(s specUnderTest) (broken []string) {
		for _, path := range s.oauthPaths() {
			if !s.reaches(path) {
				broken = append(broken, strings.Join(path, "."))
			}
		}
		return broken
	},
	"OAuth is the default method": func(s specUnderTest) []string {
		key := stringList(s.auth["predicate_key"])
		if len(key) < 2 {
			return nil
		}
		first := s.schemas["/properties/"+key[0]+"/oneOf/0/properties/"+key[1]]
		if first["const"] == s.auth["predicate_value"] {
			return nil
		}
		return key
	},
	"additionalProperties is not false": func(s specUnderTest) []string {
		return s.where(func(_ string, schema map[string]any) bool {
			v, ok := schema["additionalProperties"]
			return ok && v != true
		})
	},
}

// where returns the paths of the schemas for which broken answers true.
func (s specUnderTest) where(broken func(path string, schema map[string]any) bool) []string {
	var paths []string
	for _, path := range slices.Sorted(maps.Keys(s.schemas)) {
		if broken(path, s.schemas[path]) {
			paths = append(paths, path)
		}
	}
	return paths
}

func isBranch(path string) bool {
	parts := strings.Split(path, "/")
	return len(parts) > 2 && parts[len(parts)-2] == "oneOf"
}

func sharedConstants(branches []any) []string {
	count := map[string]int{}
	for _, branch := range branches {
		properties, _ := branch.(map[string]any)["properties"].(map[string]any)
		for name, p := range properties {
			if p.(map[string]any)["const"] != nil {
				count[name]++
			}
		}
	}
	maps.DeleteFunc(count, func(_ string, n int) bool { return n != len(branches) })
	return slices.Collect(maps.Keys(count))
}

// hasSecretName looks at the nearest name in the path that is no keyword, as the tests do.
func hasSecretName(path string) bool {
	names := []string{
		"client_token", "access_token", "api_token", "token", "secret", "client_secret",
		"password", "key", "service_account_info", "service_account", "tenant_id", "certificate",
		"jwt", "credentials", "app_id", "appid", "refresh_token",
	}
	parts := strings.Split(path, "/")
	for _, part := range slices.Backward(parts) {
		if !slices.Contains([]string{"oneOf", "properties", "items"}, part) {
			return slices.Contains(names, strings.ToLower(part))
		}
	}
	return false
}

func stringList(v any) []string {
	list, _ := v.([]any)
	var texts []string
	for _, item := range list {
		texts = append(texts, item.(string))
	}
	return texts
}

func (s specUnderTest) oauthPaths() [][]string {
	paths := [][]string{stringList(s.auth["predicate_key"])}
	config, _ := s.auth["oauth_config_specification"].(map[string]any)
	for _, part := range config {
		properties := part.(map[string]any)["properties"].(map[string]any)
		for _, p := range properties {
			paths = append(paths, stringList(p.(map[string]any)["path_in_connector_config"]))
		}
	}
	return paths
}

func (s specUnderTest) reaches(names []string) bool {
	at := []map[string]any{s.root}
	for _, name := range names {
		var next []map[string]any
		for _, schema := range at {
			branches, _ := schema["oneOf"].([]any)
			for _, v := range append(branches, schema) {
				properties, _ := v.(map[string]any)["properties"].(map[string]any)
				if p, ok := properties[name].(map[string]any); ok {
					next = append(next, p)
				}
			}
		}
		at = next
	}
	return len(at) > 0
}

// TestAcceptanceRules runs every rule over a config that uses every tag.
func TestAcceptanceRules(t *testing.T) {
	t.Parallel()
	s := examine(t, shopSpec())
	for name, rule := range rules {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Empty(t, rule(s))
		})
	}
}

// TestRulesSee proves that the rules find what they are for, on a spec that breaks them all.
func TestRulesSee(t *testing.T) {
	t.Parallel()
	broken, err := schema.ParseSpec([]byte(`{
		"connectionSpecification": {"type":"object","properties":{
			"a":{"type":"string","enum":["x","x"],"order":1},
			"b":{"oneOf":[{"type":"object","properties":{"k":{"type":"string","const":"x",
				"default":"y"}}},
				{"type":"object"}],"group":"undeclared","order":1,"type":"string"},
			"o":{"type":"object","oneOf":[{"type":"object","properties":{"z":{"type":"integer"}}}]},
			"password":{"type":"string"},
			"flag":{"type":"boolean","airbyte_secret":true},
			"two":{"type":["string","integer"]},
			"empty":{"type":"object"},
			"list":{"type":"array","items":{"type":"boolean"}},
			"any":{"type":"object","anyOf":[],"properties":{"g":{"type":"string",
				"group":"undeclared"}}},
			"day":{"type":"string","pattern":"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"},
			"auth":{"type":"object","oneOf":[{"type":"object","properties":{
				"kind":{"type":"string","const":"key"}}}]},
			"show":{"type":"string","display_type":"tabs"},
			"closed":{"type":"object","additionalProperties":false,
				"properties":{"c":{"type":"string"}}}}},
		"advanced_auth": {"predicate_key":["auth","kind"],"predicate_value":"oauth",
			"oauth_config_specification":{"complete_oauth_output_specification":{"properties":{
				"t":{"type":"string","path_in_connector_config":["auth","missing"]}}}}}}`))
	require.NoError(t, err)
	s := examine(t, broken)
	for name, rule := range rules {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.NotEmpty(t, rule(s))
		})
	}
}
