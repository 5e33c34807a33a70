package schema

import (
	"cmp"
	"encoding"
	"encoding/json"
	"reflect"
	"slices"
	"strings"
)

// What makes a type read its own JSON: its form cannot be seen from its fields.
var (
	jsonUnmarshalerType = reflect.TypeFor[json.Unmarshaler]()
	textUnmarshalerType = reflect.TypeFor[encoding.TextUnmarshaler]()
)

// Config returns the spec of a connector whose config is a value of t, a struct. The package
// comment lists the tags. It builds the schema only; nothing is compiled until a config is there,
// because a spec should be out within milliseconds of the start.
//
// It panics on what only the programmer can mend, with the type, the field and the remedy.
func Config(t reflect.Type) *Spec {
	b := &builder{root: t}
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct || decodesItself(t) {
		b.mistake("must be a plain struct; for any other config give the connector a spec file")
	}
	document := newObject().set("connectionSpecification", b.document(t))
	if auth := b.oauth.advancedAuth(b); auth != nil {
		document.set("advanced_auth", auth)
	}
	return newSpec(render(document))
}

// builder builds the schema of one config type.
type builder struct {
	root   reflect.Type
	path   []string       // Go names from the root, for messages
	names  []string       // JSON names from the root, for the paths of an OAuth flow
	open   []reflect.Type // structs under construction, to notice one that contains itself
	groups []string       // ids of the declared groups
	lists  int            // arrays and maps around the field
	branch branch         // of the oneOf around the field
	oauth  oauthFlow
}

// property is a finished field of an object, before it gets its place among the others.
type property struct {
	name     string
	schema   *object
	required bool
	order    *int // nil: the first free one
	defaults bool // it has a default, or holds something that has
}

// document is the root: the only object with groups.
func (b *builder) document(t reflect.Type) *object {
	root := newObject().set("$schema", draft07).set("type", "object")
	for sf := range t.Fields() {
		if sf.Name != "_" {
			continue
		}
		for _, name := range []string{"title", "description"} {
			if text := sf.Tag.Get(name); text != "" {
				root.set(name, text)
			}
		}
		if list := sf.Tag.Get("groups"); list != "" {
			root.set("groups", b.readGroups(list))
		}
	}
	b.fill(root, b.properties(t))
	return arranged(root)
}

// readGroups reads "id=Title,id=Title". A group without a title is shown without a heading.
func (b *builder) readGroups(list string) []any {
	var groups []any
	for entry := range strings.SplitSeq(list, ",") {
		id, title, _ := strings.Cut(strings.TrimSpace(entry), "=")
		if id == "" || slices.Contains(b.groups, id) {
			b.mistake("has the groups %q; each needs its own id, as in auth=Authentication", list)
		}
		b.groups = append(b.groups, id)
		g := newObject().set("id", id)
		if title != "" {
			g.set("title", title)
		}
		groups = append(groups, g)
	}
	return groups
}

// fill puts the properties into the object and numbers them. The user interface sorts by order,
// and the acceptance tests refuse two equal ones: fields without a number of their own take the
// free numbers in turn.
func (b *builder) fill(o *object, list []property) {
	taken := map[int]string{}
	for _, p := range list {
		// First those that chose their place, whatever their group: a number may repeat in another
		// group, but a spec in which none does stays right when a field changes its group.
		if p.order == nil {
			continue
		}
		if other, ok := taken[*p.order]; ok {
			b.mistake("gives the order %d to both %s and %s; each needs its own",
				*p.order, other, p.name)
		}
		taken[*p.order] = p.name
	}
	properties, free := newObject(), 0
	var required []string
	for _, p := range list {
		if p.order == nil {
			for taken[free] != "" {
				free++
			}
			p.order, taken[free] = new(free), p.name
		}
		properties.set(p.name, arranged(p.schema.set("order", *p.order)))
		if p.required {
			required = append(required, p.name)
		}
	}
	if required != nil {
		o.set("required", required)
	}
	o.set("properties", properties)
}

// properties builds the fields of one struct. While they are under construction the struct is
// open, and meeting it again means that the config would have no end.
func (b *builder) properties(t reflect.Type) []property {
	if slices.Contains(b.open, t) {
		b.mistake("contains itself; a form cannot show a config without end")
	}
	b.open = append(b.open, t)
	defer func() { b.open = b.open[:len(b.open)-1] }()
	list := make([]property, 0, t.NumField())
	for _, f := range fields(t) {
		b.path, b.names = append(b.path, f.goName), append(b.names, f.name)
		list = append(list, b.property(f))
		b.path, b.names = b.path[:len(b.path)-1], b.names[:len(b.names)-1]
	}
	return list
}

// property builds one field: the schema of its type, what the form shows beside it, and whether a
// config can do without it.
func (b *builder) property(f field) property {
	tag, err := readTags(f.tag)
	if err != nil {
		b.mistake("has a tag that cannot be read: %v", err)
	}
	if f.quoted {
		b.mistake(`has the json option "string", but a user types no quotes; remove it`)
	}
	// A pointer is how Go says optional, as omitempty is how JSON does; a default makes up for the
	// absent value. Everything else is required, since the zero value of Go is no answer: an empty
	// host or the year 1 would only fail later, and in a place that is harder to understand.
	s, defaults := b.value(f.typ, tag)
	p := property{name: f.name, schema: s, order: tag.order, defaults: defaults}
	p.required = !f.optional && f.typ.Kind() != reflect.Pointer
	b.annotate(s, tag)
	b.examples(s, tag)
	switch {
	case tag.defaultText != nil:
		s.set("default", b.defaultValue(f, s, tag))
		p.required, p.defaults = false, true
	case defaults && f.typ.Kind() != reflect.Pointer && !has(s, "required"):
		// Without this default the defaults inside would not reach a config that leaves the
		// whole object out. A pointer stays nil: its author wants to see that it was left out.
		s.set("default", newObject())
		p.required = false
	}
	return p
}

// has reports whether a keyword was set.
func has(s *object, keyword string) bool {
	_, ok := s.values[keyword]
	return ok
}

// annotate adds what the user interface reads.
func (b *builder) annotate(s *object, tag tags) {
	for keyword, text := range map[string]string{
		"title": tag.title, "description": tag.description, "group": tag.group,
		"display_type": tag.display,
	} {
		if text != "" {
			s.set(keyword, text)
		}
	}
	if tag.hidden {
		s.set("airbyte_hidden", true)
	}
	if tag.alwaysShow {
		s.set("always_show", true)
	}
	if tag.group != "" && len(b.names) > 1 {
		b.mistake("has a group, but only fields of the outermost struct can; remove it")
	}
	if tag.group != "" && !slices.Contains(b.groups, tag.group) {
		b.mistake("has the group %q, which is not declared; declare it on a field "+
			"_ struct{} of the outermost struct, as in `groups:\"%s=Title\"`", tag.group, tag.group)
	}
	if tag.display != "" && tag.oneOf == "" {
		b.mistake("has a display type, which belongs to a oneof only; remove it")
	}
}

// value returns the schema of a Go type, and whether defaults lie inside of it. Of the tags it
// takes those that constrain the value; with arrays they constrain the items.
func (b *builder) value(t reflect.Type, tag tags) (s *object, defaults bool) {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch k := t.Kind(); {
	case tag.oneOf != "" && k != reflect.Slice:
		return b.union(t, tag), false
	case t == timeType:
		tag.format = cmp.Or(tag.format, "date-time")
		return b.scalar("string", tag), false
	case t == numberType:
		return b.scalar("number", tag), false
	case reflect.PointerTo(t).Implements(textUnmarshalerType):
		// Before the kinds: a netip.Addr is a struct, and a level that reads "high" an int.
		return b.scalar("string", tag), false
	case decodesItself(t), k == reflect.Interface, t == durationType:
		b.unfit(t)
	case k == reflect.Struct:
		return b.nested(t, tag)
	case k == reflect.Slice && t.Elem().Kind() != reflect.Uint8:
		return b.array(t, tag), false
	case k == reflect.Map && t.Key().Kind() == reflect.String:
		return b.mapping(t, tag), false
	}
	name := scalarName(t.Kind())
	if name == "" {
		b.unfit(t)
	}
	return b.scalar(name, tag), false
}

// decodesItself reports whether a type hides its JSON form from us.
func decodesItself(t reflect.Type) bool {
	return reflect.PointerTo(t).Implements(jsonUnmarshalerType)
}

// unfit refuses a type, and says what to use instead.
func (b *builder) unfit(t reflect.Type) {
	remedy := "use a string, a number, a bool, a time.Time, a struct or a slice"
	if t == durationType {
		remedy = "a user would have to type nanoseconds: use an int and name the unit in its title"
	}
	b.mistake("has the type %s, which no form can ask for; %s", t, remedy)
}

// scalarName is the JSON type of a Go kind, "" for one that is no scalar.
func scalarName(k reflect.Kind) string {
	switch {
	case k == reflect.String:
		return "string"
	case k == reflect.Bool:
		return "boolean"
	case k >= reflect.Int && k <= reflect.Uintptr:
		return "integer"
	case k == reflect.Float32, k == reflect.Float64:
		return "number"
	default:
		return ""
	}
}

// nested returns the object of a struct within the config.
func (b *builder) nested(t reflect.Type, tag tags) (s *object, defaults bool) {
	b.allow("object", tag)
	list := b.properties(t)
	if len(list) == 0 {
		b.mistake("is a struct without fields, which the form cannot show; remove it")
	}
	s = newObject().set("type", "object")
	b.fill(s, list)
	return s, slices.ContainsFunc(list, func(p property) bool { return p.defaults })
}

// array takes only items that the form can show: the acceptance tests refuse all others.
func (b *builder) array(t reflect.Type, tag tags) *object {
	s := newObject().set("type", "array")
	if tag.minItems != nil {
		s.set("minItems", *tag.minItems)
		tag.minItems = nil
	}
	// Defaults within the items are of no account here: an absent list has no items to fill.
	b.lists++
	items, _ := b.value(t.Elem(), tag)
	b.lists--
	if kind := items.values["type"]; kind == "array" || kind == "boolean" || isMap(items) {
		b.mistake("has the type %s, but a form can only list strings, numbers and structs; "+
			"wrap the item in a struct", t)
	}
	return s.set("items", arranged(items))
}

// isMap tells the object of a map from that of a struct.
func isMap(s *object) bool { return has(s, "additionalProperties") }

// mapping is for configs written by hand: the form cannot show an object with free names.
func (b *builder) mapping(t reflect.Type, tag tags) *object {
	b.lists++
	defer func() { b.lists-- }()
	values, _ := b.value(t.Elem(), tag)
	return newObject().set("type", "object").set("additionalProperties", arranged(values))
}

// mistake stops the program at its start. An author meets it on the first run, a user never.
func (b *builder) mistake(format string, args ...any) {
	panic(mistake(b.root, b.path, format, args...))
}

// keywords is the order in which the keywords of one schema are written. What is not in the list
// would come first, so every keyword we write must be in it.
var keywords = []string{
	"$schema", "type", "title", "description", "const", "default", "enum", "examples", "pattern",
	"pattern_descriptor", "format", "minimum", "maximum", "minLength", "maxLength", "minItems",
	"order", "group", "airbyte_secret", "multiline", "airbyte_hidden", "always_show",
	"display_type", "items", "required", "properties", "additionalProperties", "oneOf", "groups",
}

// arranged puts what a reader looks for first, and the nested schemas last.
func arranged(s *object) *object {
	slices.SortFunc(s.names, func(a, b string) int {
		return slices.Index(keywords, a) - slices.Index(keywords, b)
	})
	return s
}
