package schema

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// secretNames are names under which the platform's acceptance tests expect a secret. Such fields
// are marked without being asked, since a form that shows a password is never what was meant.
var secretNames = []string{
	"client_token", "access_token", "api_token", "token", "secret", "client_secret", "password",
	"key", "service_account_info", "service_account", "tenant_id", "certificate", "jwt",
	"credentials", "app_id", "appid", "refresh_token",
}

// scalar returns the schema of a string, boolean, integer or number with its constraints.
func (b *builder) scalar(kind string, tag tags) *object {
	b.allow(kind, tag)
	s := newObject().set("type", kind)
	b.textRules(s, tag)
	b.numberRules(s, tag)
	if tag.enumText != nil {
		s.set("enum", b.enum(kind, *tag.enumText))
	}
	if kind != "boolean" {
		name := strings.ToLower(b.names[len(b.names)-1])
		if tag.secret || tag.oauth == "client_secret" || slices.Contains(secretNames, name) {
			s.set("airbyte_secret", true)
		}
	}
	if tag.multiline {
		s.set("multiline", true)
	}
	b.oauthField(kind, tag)
	return s
}

// textRules sets the rules for strings, after [builder.allow] has made sure that it is one.
func (b *builder) textRules(s *object, tag tags) {
	if tag.pattern != "" {
		if _, err := regexp.Compile(tag.pattern); err != nil {
			b.mistake("has a pattern that Go cannot run (%v); mend it", err)
		}
		s.set("pattern", tag.pattern)
	}
	if tag.patternDescriptor != "" {
		s.set("pattern_descriptor", tag.patternDescriptor)
	}
	if tag.format != "" {
		s.set("format", tag.format)
	}
	if tag.minLength != nil {
		s.set("minLength", *tag.minLength)
	}
	if tag.maxLength != nil {
		s.set("maxLength", *tag.maxLength)
	}
}

// numberRules sets the rules for numbers. They are kept as text, so that 0.10 stays 0.10 in the
// spec.
func (b *builder) numberRules(s *object, tag tags) {
	for keyword, text := range map[string]string{"minimum": tag.minimum, "maximum": tag.maximum} {
		if text == "" {
			continue
		}
		n, err := literal("number", text)
		if err != nil {
			b.mistake("has the %s %q; it must be a number", keyword, text)
		}
		s.set(keyword, n)
	}
}

// enum reads the allowed values. Two equal ones would fail the acceptance tests.
func (b *builder) enum(kind, text string) []any {
	values, err := literals(kind, text)
	if err != nil {
		b.mistake("has the enum %q: %v", text, err)
	}
	for i, v := range values {
		if slices.Contains(values[:i], v) {
			b.mistake("has the enum %q, which lists %s twice", text, render(v))
		}
	}
	return values
}

// allow refuses constraints that mean nothing for a value of this kind, because they would be
// ignored in silence. A secret bool or object would be worse: the form shows neither masked, and
// the acceptance tests refuse both.
func (b *builder) allow(kind string, tag tags) {
	text, number := kind == "string", kind == "integer" || kind == "number"
	for _, rule := range []struct {
		name        string
		set, fits   bool
		worksOnlyOn string
	}{
		{"pattern", tag.pattern != "", text, "strings"},
		{"pattern_descriptor", tag.patternDescriptor != "", text, "strings"},
		{"format", tag.format != "", text, "strings"},
		{"min_length", tag.minLength != nil, text, "strings"},
		{"max_length", tag.maxLength != nil, text, "strings"},
		{"multiline", tag.multiline, text, "strings"},
		{"minimum", tag.minimum != "", number, "numbers"},
		{"maximum", tag.maximum != "", number, "numbers"},
		{"enum", tag.enumText != nil, text || number, "strings and numbers"},
		{"secret", tag.secret, text || number, "strings and numbers"},
		{"oauth", tag.oauth != "", text || number, "strings and numbers"},
		{"min_items", tag.minItems != nil, false, "slices"},
		{"oneof", tag.oneOf != "", kind == "oneof", "structs whose fields are pointers to structs"},
		{"oauth2", tag.oauth2, false, "the branches of a oneof"},
	} {
		if rule.set && !rule.fits {
			b.mistake("has the tag %s, which works only on %s; remove it",
				rule.name, rule.worksOnlyOn)
		}
	}
}

// examples are shown in the empty field. With an array each is one item.
func (b *builder) examples(s *object, tag tags) {
	if tag.examplesText == nil {
		return
	}
	values, err := literals(itemKind(s), *tag.examplesText)
	if err != nil {
		b.mistake("has the examples %q: %v", *tag.examplesText, err)
	}
	s.set("examples", values)
}

// itemKind is the JSON type of a schema's values, or of the items of an array.
func itemKind(s *object) string {
	if items, ok := s.values["items"].(*object); ok {
		s = items
	}
	return schemaKind(s)
}

// schemaKind is the one type of a schema that we wrote.
func schemaKind(s *object) string {
	kind, _ := s.values["type"].(string)
	return kind
}

// defaultValue reads the default and proves that it is one: it must have the type of the Go field
// and keep the field's own rules, otherwise every config that relies on it would be refused.
func (b *builder) defaultValue(f field, s *object, tag tags) any {
	text := *tag.defaultText
	kind := schemaKind(s)
	var value any
	var err error
	switch {
	case kind == "array" && text == "":
		value = []any{}
	case kind == "array":
		value, err = asList(literals(itemKind(s), text))
	default:
		value, err = literal(kind, text)
	}
	if err != nil {
		b.mistake("has the default %q: %v", text, err)
	}
	// The decoder that will read it from a config is asked, so that both agree about every type.
	d := decoder{}
	d.value(reflect.New(f.typ).Elem(), value, hint{format: tag.format})
	if problem, ok := d.first(); ok {
		b.mistake("has the default %q: it %s", text, problem)
	}
	for _, v := range each(value) {
		if rule := broken(s, v); rule != "" {
			b.mistake("has the default %q, which breaks its own %s", text, rule)
		}
	}
	return value
}

// asList keeps a nil slice from turning into a nil value.
func asList(list []any, err error) (any, error) { return list, err }

// each returns the values to which the rules of the items apply.
func each(value any) []any {
	if list, ok := value.([]any); ok {
		return list
	}
	return []any{value}
}

// broken names the constraint that a default does not keep, "" when it keeps all.
func broken(s *object, v any) string {
	if items, ok := s.values["items"].(*object); ok {
		s = items
	}
	if enum, ok := s.values["enum"].([]any); ok && !slices.Contains(enum, v) {
		return "enum"
	}
	switch v := v.(type) {
	case string:
		return brokenText(s, v)
	case json.Number:
		return brokenNumber(s, v)
	default:
		return ""
	}
}

// brokenText names the rule for strings that v does not keep.
func brokenText(s *object, v string) string {
	length := utf8.RuneCountInString(v)
	pattern, _ := s.values["pattern"].(string)
	format, _ := s.values["format"].(string)
	least, _ := s.values["minLength"].(int)
	most, bounded := s.values["maxLength"].(int)
	switch {
	case !regexp.MustCompile(pattern).MatchString(v):
		return "pattern"
	case !isFormat(format, v):
		return "format"
	case length < least:
		return "min_length"
	case bounded && length > most:
		return "max_length"
	default:
		return ""
	}
}

// brokenNumber names the rule for numbers that v does not keep.
func brokenNumber(s *object, v json.Number) string {
	n := exact(v)
	if least, ok := s.values["minimum"].(json.Number); ok && n.Cmp(exact(least)) < 0 {
		return "minimum"
	}
	if most, ok := s.values["maximum"].(json.Number); ok && n.Cmp(exact(most)) > 0 {
		return "maximum"
	}
	return ""
}

// literal reads the text of a tag as a value of a JSON type.
func literal(kind, text string) (any, error) {
	switch kind {
	case "string":
		return text, nil
	case "boolean":
		if text == "true" || text == "false" {
			return text == "true", nil
		}
		return nil, errors.New("a boolean must be true or false")
	case "integer", "number":
		v, err := readDocument([]byte(text))
		if n, ok := v.(json.Number); ok && err == nil && reasonable(n) {
			return n, nil
		}
		return nil, fmt.Errorf("%q is not a number", text)
	default:
		return nil, errors.New("only strings, numbers, booleans and lists of these can have one")
	}
}

// literals reads a list: values between commas, or a JSON array where a value holds a comma.
func literals(kind, text string) ([]any, error) {
	if strings.HasPrefix(text, "[") {
		return jsonLiterals(kind, text)
	}
	var values []any
	for item := range strings.SplitSeq(text, ",") {
		v, err := literal(kind, strings.TrimSpace(item))
		if err != nil {
			return nil, err
		}
		values = append(values, v)
	}
	return values, nil
}

// jsonLiterals reads a list in its JSON form, and lets in only values of the right type.
func jsonLiterals(kind, text string) ([]any, error) {
	list, err := readDocument([]byte(text))
	values, ok := list.([]any)
	if err != nil || !ok {
		return nil, errors.New("what starts with [ must be a JSON array")
	}
	for _, v := range values {
		number, isNumber := v.(json.Number)
		switch _, isString := v.(string); {
		case isString && kind == "string":
		case isNumber && reasonable(number) && (kind == "integer" || kind == "number"):
		default:
			return nil, fmt.Errorf("%s in the list is not of the type %s", render(v), kind)
		}
	}
	return values, nil
}
