package openapi

import (
	"maps"
	"slices"

	"github.com/getkin/kin-openapi/openapi3"
)

// Kind is the kind of a JSON value.
type Kind int

// The kinds of values. Any is what a schema does not say plainly.
const (
	Any Kind = iota
	Object
	Array
	Map // an object with free names
	String
	Integer
	Number
	Boolean
)

// Shape is what a schema says about a value, without references.
type Shape struct {
	Kind     Kind
	Format   string // date, date-time or uuid of a String, unix of an Integer
	Nullable bool
	Fields   []Field // of an Object
	Items    *Shape  // of an Array or a Map

	hints    []any    // examples, a default, choices
	variants []*Shape // of a oneOf or an anyOf
	max, min *float64
	isLink   bool
}

// Field is a member of an object.
type Field struct {
	Name string
	*Shape
}

// field returns a member, or nil.
func (s *Shape) field(name string) *Shape {
	if s != nil {
		for _, f := range s.Fields {
			if f.Name == name {
				return f.Shape
			}
		}
	}
	return nil
}

func (s *Shape) isScalar() bool { return s.Kind >= String }

const (
	maxLevel  = 6     // of the objects and arrays within each other in an answer
	maxOpen   = 40    // schemas that refer to each other without a level between them
	maxShapes = 4_000 // in an answer
)

// shaper makes shapes of schemas. A schema that contains itself is cut where it does.
type shaper struct {
	open  []*openapi3.Schema
	level int
	most  int // levels
	left  int
	cut   bool // something is left out
}

// shapeOf is the shape of an answer. cut tells whether not all of it was followed. Where it is too
// much the deepest levels go first, so that none of the outer fields is missing.
func shapeOf(ref *openapi3.SchemaRef) (s *Shape, cut bool) {
	for most := maxLevel; ; most-- {
		m := &shaper{most: most, left: maxShapes}
		if s = m.shape(ref); m.left >= 0 || most == 0 {
			return s, m.cut
		}
	}
}

func (m *shaper) shape(ref *openapi3.SchemaRef) *Shape {
	if ref == nil || ref.Value == nil {
		return &Shape{}
	}
	schema := ref.Value
	m.left--
	isDeep := m.level > m.most && !isScalarType(schema)
	if m.left < 0 || isDeep || len(m.open) > maxOpen || slices.Contains(m.open, schema) {
		m.cut = true
		return stub(schema)
	}
	m.open = append(m.open, schema)
	defer func() { m.open = m.open[:len(m.open)-1] }()

	s := m.plain(schema)
	for _, part := range schema.AllOf {
		s = merged(s, m.shape(part))
	}
	m.choose(s, append(slices.Clone(schema.OneOf), schema.AnyOf...))
	s.hints = append(hintsOf(schema), s.hints...)
	return s
}

// stub is a shape that goes no deeper.
func stub(schema *openapi3.Schema) *Shape {
	s := &Shape{Nullable: true, Items: &Shape{}}
	switch {
	case schema.Type.Is("array"):
		s.Kind = Array
	case schema.Type.Is("object"):
		s.Kind = Map
	}
	return s
}

func isScalarType(schema *openapi3.Schema) bool {
	return schema.Type != nil && !schema.Type.Includes("object") && !schema.Type.Includes("array")
}

// below is the shape of what stands within the present schema.
func (m *shaper) below(ref *openapi3.SchemaRef) *Shape {
	m.level++
	defer func() { m.level-- }()
	return m.shape(ref)
}

// plain is what a schema says without its parts.
func (m *shaper) plain(schema *openapi3.Schema) *Shape {
	s := &Shape{Nullable: schema.Nullable, max: schema.Max, min: schema.Min}
	types := slices.DeleteFunc(slices.Clone(schema.Type.Slice()), func(name string) bool {
		return name == "null"
	})
	s.Nullable = s.Nullable || schema.Type.IncludesNull()
	isObject := len(schema.Properties) > 0 || schema.AdditionalProperties.Schema != nil
	switch {
	case len(types) > 1:
	case len(types) == 0 && isObject, len(types) == 1 && types[0] == "object":
		m.object(s, schema)
	case len(types) == 0 && schema.Items != nil, len(types) == 1 && types[0] == "array":
		s.Kind, s.Items = Array, m.below(schema.Items)
	case len(types) == 0:
		s.Kind = kindOfAll(append(slices.Clone(schema.Enum), constOf(schema)...))
	default:
		s.Kind = map[string]Kind{
			"string": String, "integer": Integer, "number": Number, "boolean": Boolean,
		}[types[0]]
	}
	s.isLink = s.Kind == String && (schema.Format == "uri" || schema.Format == "url")
	switch f := schema.Format; {
	case s.Kind == String && (f == "date" || f == "date-time" || f == "uuid"):
		s.Format = f
	case s.Kind == Integer && (f == "unix-time" || f == "unixtime" || f == "timestamp"):
		s.Format = "unix"
	}
	return s
}

func (m *shaper) object(s *Shape, schema *openapi3.Schema) {
	s.Kind = Object
	for _, name := range slices.Sorted(maps.Keys(schema.Properties)) {
		s.Fields = append(s.Fields, Field{name, m.below(schema.Properties[name])})
	}
	if len(s.Fields) > 0 || len(schema.AllOf) > 0 {
		return
	}
	s.Kind, s.Items = Map, &Shape{}
	if values := schema.AdditionalProperties.Schema; values != nil {
		s.Items = m.below(values)
	}
}

// choose adds the branches of a oneOf or an anyOf. A single one beside null is the value itself;
// scalars of one kind are one scalar; all else may be anything.
func (m *shaper) choose(s *Shape, refs openapi3.SchemaRefs) {
	var branches []*Shape
	for _, ref := range refs {
		if ref.Value != nil && ref.Value.Type.Is("null") {
			s.Nullable = true
			continue
		}
		branches = append(branches, m.shape(ref))
	}
	if len(branches) == 0 || s.Kind != Any {
		return
	}
	first := branches[0]
	isSame := func(b *Shape) bool { return b.Kind == first.Kind && b.Format == first.Format }
	if len(branches) == 1 || first.isScalar() && !slices.ContainsFunc(branches,
		func(b *Shape) bool { return !isSame(b) }) {
		nullable := s.Nullable || first.Nullable
		*s = *first
		s.Nullable = nullable
		return
	}
	s.variants = branches
}

// merged is what two parts of an allOf say together.
func merged(a, b *Shape) *Shape {
	switch {
	case a.Kind == Any && a.variants == nil:
		b.Nullable = a.Nullable || b.Nullable
		b.hints = append(slices.Clone(a.hints), b.hints...)
		return b
	case b.Kind == Any, a.Kind == Object && b.Kind == Map:
		return a
	case a.Kind == Map && b.Kind == Object:
		return b
	case a.Kind == Object && b.Kind == Object:
		return &Shape{
			Kind: Object, Nullable: a.Nullable && b.Nullable,
			Fields: united(a.Fields, b.Fields), hints: append(slices.Clone(b.hints), a.hints...),
		}
	case a.Kind == b.Kind:
		return b
	}
	return &Shape{Nullable: a.Nullable}
}

// united are the members of both objects by name. What they say differently may be anything.
func united(a, b []Field) []Field {
	all := slices.Clone(a)
	for _, f := range b {
		at := slices.IndexFunc(all, func(has Field) bool { return has.Name == f.Name })
		if at < 0 {
			all = append(all, f)
			continue
		}
		all[at].Shape = merged(all[at].Shape, f.Shape)
	}
	slices.SortFunc(all, func(x, y Field) int {
		switch {
		case x.Name < y.Name:
			return -1
		case x.Name > y.Name:
			return 1
		}
		return 0
	})
	return all
}

// asRecord is a shape as that of a record: an object, or nil. Branches that are all objects make
// one with the members of each.
func (s *Shape) asRecord() *Shape {
	switch {
	case s == nil:
		return nil
	case s.Kind == Object || s.Kind == Map:
		return s
	case len(s.variants) == 0:
		return nil
	}
	one := &Shape{Kind: Object, hints: s.hints}
	for _, v := range s.variants {
		branch := v.asRecord()
		if branch == nil || branch.Kind != Object {
			return nil
		}
		one.Fields = united(one.Fields, branch.Fields)
		one.hints = append(one.hints, branch.hints...)
	}
	return one
}

// hintsOf are values that the schema names, the best first.
func hintsOf(schema *openapi3.Schema) []any {
	var hints []any
	if schema.Example != nil {
		hints = append(hints, schema.Example)
	}
	hints = append(hints, schema.Examples...)
	hints = append(hints, constOf(schema)...)
	hints = append(hints, schema.Enum...)
	if schema.Default != nil {
		hints = append(hints, schema.Default)
	}
	const enough = 4
	return slices.Clip(hints[:min(len(hints), enough)])
}

func constOf(schema *openapi3.Schema) []any {
	if schema.Const == nil {
		return nil
	}
	return []any{schema.Const}
}

// kindOfAll is the kind of values that are all alike.
func kindOfAll(values []any) Kind {
	kind := Any
	for i, v := range values {
		k := kindOf(v)
		if i > 0 && k != kind {
			return Any
		}
		kind = k
	}
	return kind
}

func kindOf(v any) Kind {
	switch v := v.(type) {
	case string:
		return String
	case bool:
		return Boolean
	case int, int64, uint64:
		return Integer
	case float64:
		if v == float64(int64(v)) {
			return Integer
		}
		return Number
	}
	return Any
}
