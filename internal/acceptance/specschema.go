package acceptance

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v5"

	"github.com/airbyte-go/cdk/internal/schema"
)

// specSchemaLooks are on the schema of the config, place by place. The platform builds its form
// from it, and knows only a part of what JSON schema has.
var specSchemaLooks = slices.Concat(
	[]look[*specSubject]{{
		"valid_schema", "a connectionSpecification that is a valid JSON schema of draft-07",
		"Correct the schema at this place.",
		func(ctx context.Context, s *specSubject, v *Verdict) {
			_, ok := s.schema(ctx, v)
			switch spec := s.specification(ctx).Spec; {
			case ok:
				if where := invalidAt(spec.ConnectionSpecification); where != "" {
					v.Fail("connectionSpecification is no valid schema%s.", where)
				}
			case spec != nil:
				v.Skipped = ""
				v.Fail("connectionSpecification is not an object.")
			}
		},
	}},
	[]look[*specSubject]{
		eachPlace("root_is_object", "a root of type object",
			"Give connectionSpecification the type object and properties.", rootIsObject),
		eachPlace("enums_are_unique", "enums without duplicates",
			"Remove the duplicates.", enumsAreUnique),
		eachPlace("one_of", "a oneOf whose parent is an object, and each branch of which has "+
			"properties, of which exactly one is a const in all of them",
			"Give each branch a property of the same name with another const.", oneOfs),
		eachPlace("secrets_are_marked", "airbyte_secret: true on what looks like a secret",
			"Mark the property, so that the platform stores it apart and shows it to nobody.",
			secretsAreMarked),
		eachPlace("types", "one type, or one type and null", "Use oneOf for alternatives.", types),
		eachPlace("objects_have_properties", "properties or a oneOf in each object",
			"Describe what the object holds; the form cannot show it otherwise.", objects),
		eachPlace("arrays_have_items", "one simple type of items, or an enum",
			"Describe the items with one schema of a simple type.", arrays),
		eachPlace("dates", "a pattern and a format on what is a date",
			"Give dates both format and pattern.", dates),
		eachPlace("orders_are_unique", "another order for each property of a group",
			"Number the properties of each group without repetition.", orders),
		eachPlace("groups_are_at_the_root", "group on properties of the root only",
			"Move group to the property of the root.", groups),
		eachPlace("display_type", "the display_type dropdown or radio, beside a oneOf",
			"Use one of the two.", displayType),
		eachPlace("no_ref", "no $ref", "Write the schema out where it is used.", noRef),
		eachPlace("additional_properties", "additionalProperties that are not false",
			"Leave additionalProperties out: configs of other versions must stay valid.",
			additionalProperties),
		eachPlace("required_exists", "required properties that exist",
			"Correct the names in required.", requiredExists),
	},
	forbiddenLooks(),
)

// eachPlace makes a look out of a look on one place.
func eachPlace(
	name, want, mend string, at func(p *place, v *Verdict),
) look[*specSubject] {
	return look[*specSubject]{name, want, mend,
		func(ctx context.Context, s *specSubject, v *Verdict) {
			if root, ok := s.schema(ctx, v); ok {
				for p := range places(root) {
					at(p, v)
				}
			}
		}}
}

// forbiddenKeywords are those that the platform's form does not understand.
var forbiddenKeywords = []string{
	"not", "anyOf", "patternProperties", "prefixItems", "allOf", "if", "then", "else",
	"dependentSchemas", "dependentRequired",
}

func forbiddenLooks() (looks []look[*specSubject]) {
	for _, keyword := range forbiddenKeywords {
		looks = append(looks, eachPlace("no_"+keyword, "no "+keyword,
			"Say it without "+keyword+"; the platform's form does not understand it.",
			func(p *place, v *Verdict) {
				if p.has(keyword) {
					v.Fail("connectionSpecification has %s at %s.", keyword, p)
				}
			}))
	}
	return looks
}

// invalidAt says where a document is no valid schema; empty when it is one.
func invalidAt(document []byte) string {
	_, err := schema.Compile(document, nil)
	if err == nil {
		return ""
	}
	if detail, ok := errors.AsType[*jsonschema.ValidationError](err); ok {
		for len(detail.Causes) > 0 {
			detail = detail.Causes[0]
		}
		at, keyword := breachOf(detail)
		return fmt.Sprintf(" at %s: it breaks the rule %q of draft-07", at, keyword)
	}
	return ": " + clip(err.Error())
}

func rootIsObject(p *place, v *Verdict) {
	if p.parent == nil && !slices.Equal(p.types(), []string{"object"}) {
		v.Fail("The type of connectionSpecification is %s.", text(p.schema["type"]))
	}
}

func enumsAreUnique(p *place, v *Verdict) {
	list := p.list("enum")
	for i, value := range list {
		if holdsValue(list[:i], value) {
			v.Fail("The enum at %s has %s twice.", p, text(value))
		}
	}
}

// secretNames are the names under which Airbyte's tests expect a secret, and in the last line some
// that they do not know.
var secretNames = []string{
	"client_token", "access_token", "api_token", "token", "secret", "client_secret", "password",
	"key", "service_account_info", "service_account", "tenant_id", "certificate", "jwt",
	"credentials", "app_id", "appid", "refresh_token",
	"api_key", "apikey", "api_secret", "secret_key", "private_key", "auth_token", "passphrase",
}

func secretsAreMarked(p *place, v *Verdict) {
	isPlain := slices.ContainsFunc(p.types(), func(t string) bool {
		return t == "string" || t == "integer" || t == "number"
	})
	if p.name == "" || !isPlain || p.has("const") ||
		!slices.Contains(secretNames, strings.ToLower(p.name)) {
		return
	}
	for at := p; at != nil; at = at.parent {
		if at.schema["airbyte_secret"] == true {
			return
		}
	}
	v.Fail("The property %s has the name of a secret and is not marked as one.", p)
}

func types(p *place, v *Verdict) {
	list := p.list("type")
	plain := slices.DeleteFunc(p.types(), func(t string) bool { return t == "null" })
	if list != nil && (len(plain) != 1 || len(list) > 2) {
		v.Fail("The type at %s is the list %s.", p, text(list))
	}
}

func objects(p *place, v *Verdict) {
	isEmpty := len(members(p.schema, "properties")) == 0
	isOpen := members(p.schema, "additionalProperties") != nil
	if p.parent != nil && slices.Contains(p.types(), "object") && isEmpty && !p.has("oneOf") &&
		!isOpen {
		v.Fail("The object at %s has no properties.", p)
	}
}

func arrays(p *place, v *Verdict) {
	if !slices.Contains(p.types(), "array") {
		return
	}
	items := members(p.schema, "items")
	if items == nil {
		v.Fail("The array at %s does not describe its items with one schema.", p)
		return
	}
	inner := &place{schema: items}
	simple := func(t string) bool {
		return slices.Contains([]string{"string", "number", "integer", "boolean", "object"}, t)
	}
	if list := inner.types(); !inner.has("enum") && (len(list) != 1 || !simple(list[0])) {
		v.Fail("The items of the array at %s are of the type %s.", p, text(items["type"]))
	}
}

// datePattern is in the patterns that connectors use for dates.
const datePattern = "[0-9]{4}-[0-9]{2}-[0-9]{2}"

func dates(p *place, v *Verdict) {
	if !slices.Contains(p.types(), "string") {
		return
	}
	format, _ := p.schema["format"].(string)
	pattern, _ := p.schema["pattern"].(string)
	switch isDate := format == "date" || format == "date-time"; {
	case isDate && pattern == "":
		v.Note("%s has the format %s and no pattern, without which the form does not check it.",
			p, format)
	case !isDate && strings.Contains(pattern, datePattern):
		v.Note("%s has the pattern of a date and no format, without which the form shows no "+
			"calendar.", p)
	}
}

func orders(p *place, v *Verdict) {
	properties := members(p.schema, "properties")
	seen := map[string]string{}
	for _, name := range sorted(properties) {
		property, _ := properties[name].(map[string]any)
		order, ok := property["order"]
		if !ok {
			continue
		}
		group, _ := property["group"].(string)
		key := group + "\n" + text(order)
		if before, twice := seen[key]; twice {
			v.Fail("%s: the properties %s and %s have the same order %s.", p, before, name,
				text(order))
		}
		seen[key] = name
	}
}

func groups(p *place, v *Verdict) {
	if p.has("group") && (p.name == "" || p.parent == nil || p.parent.parent != nil) {
		v.Fail("There is a group at %s.", p)
	}
}

func displayType(p *place, v *Verdict) {
	value, ok := p.schema["display_type"]
	switch {
	case ok && value != "dropdown" && value != "radio":
		v.Fail("The display_type at %s is %s.", p, text(value))
	case ok && !p.has("oneOf"):
		v.Fail("The display_type at %s stands without a oneOf.", p)
	}
}

func noRef(p *place, v *Verdict) {
	if p.has("$ref") {
		v.Fail("There is a $ref at %s.", p)
	}
}

func additionalProperties(p *place, v *Verdict) {
	if p.schema["additionalProperties"] == false {
		v.Fail("additionalProperties is false at %s.", p)
	}
}

func requiredExists(p *place, v *Verdict) {
	properties := members(p.schema, "properties")
	for _, name := range p.list("required") {
		name, _ := name.(string)
		if _, ok := properties[name]; !ok && !p.has("oneOf") {
			v.Fail("%s requires the property %q, which it does not have.", p, name)
		}
	}
}
