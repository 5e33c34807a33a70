package schema

import (
	"encoding"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"
)

// draft07 is the dialect of everything we write. The platform validates by it whatever is said
// here, but readers and editors look.
const draft07 = "http://json-schema.org/draft-07/schema#"

// Types with a meaning beyond their kind.
var (
	timeType          = reflect.TypeFor[time.Time]()
	durationType      = reflect.TypeFor[time.Duration]()
	numberType        = reflect.TypeFor[json.Number]()
	rawType           = reflect.TypeFor[json.RawMessage]()
	jsonMarshalerType = reflect.TypeFor[json.Marshaler]()
	textMarshalerType = reflect.TypeFor[encoding.TextMarshaler]()
)

// Record returns the JSON schema of a stream whose records are values of t, encoded by
// encoding/json: draft-07, every property nullable, nothing required, further properties allowed.
// A field may carry the tags title, description, format (date, date-time or time) and airbyte (one
// of the airbyte_type values, such as timestamp_without_timezone; a time.Time is with time zone
// unless told otherwise). A type that contains itself is cut at the second occurrence. A map, an
// interface or json.RawMessage gives a schema without properties.
//
// It panics when t cannot be a record: a type that is no JSON object, a field that encoding/json
// cannot encode, or an unknown tag. The caller owns the result.
func Record(t reflect.Type) json.RawMessage {
	r := recorder{root: t}
	// The root loses its "null": a record is an object or does not exist.
	s := r.value(t, recordTags{}, false)
	switch kinds, typed := s.values["type"].([]string); {
	case typed && !slices.Contains(kinds, "object"):
		r.mistake("is no JSON object; a record must be a struct or a map")
	case !typed && t != rawType && t.Kind() != reflect.Interface:
		r.mistake("encodes itself, so its fields are unknown; give the stream a schema in JSON")
	}
	root := newObject().set("$schema", draft07).set("type", "object")
	root.set("additionalProperties", true)
	properties := any(newObject())
	if p, ok := s.values["properties"]; ok {
		properties = p
	}
	return render(root.set("properties", properties))
}

// recorder builds the schema of one record type.
type recorder struct {
	root reflect.Type
	path []string       // field names from the root, for messages
	open []reflect.Type // named types under construction, to notice one that contains itself
}

// recordTags are the tags of one record field.
type recordTags struct {
	format, airbyteType string
}

// formatOf maps each airbyte_type to the format it refines.
var formatOf = map[string]string{
	"timestamp_with_timezone":    "date-time",
	"timestamp_without_timezone": "date-time",
	"time_with_timezone":         "time",
	"time_without_timezone":      "time",
}

// value returns the schema of t. addressable mirrors a rule of encoding/json, which calls a
// marshaler with a pointer receiver only on values that have an address.
func (r *recorder) value(t reflect.Type, tag recordTags, addressable bool) *object {
	if s := r.wellKnown(t, tag, addressable); s != nil {
		return s
	}
	// Only a named type can contain itself. It is open while it is under construction and closed
	// afterwards, so that two fields of one type both get its whole schema.
	if t.Name() != "" {
		if slices.Contains(r.open, t) {
			return newObject().set("type", nullable(cutKind(t)))
		}
		r.open = append(r.open, t)
		defer func() { r.open = r.open[:len(r.open)-1] }()
	}
	switch t.Kind() {
	case reflect.Pointer:
		return r.value(t.Elem(), tag, true)
	case reflect.Struct:
		return r.structure(t, addressable)
	case reflect.Map:
		return r.mapping(t)
	case reflect.Slice:
		return r.list(t, tag, true)
	case reflect.Array:
		return r.list(t, tag, addressable)
	case reflect.String:
		return text(tag)
	default:
		return r.scalar(t)
	}
}

// wellKnown handles the types whose JSON form their kind does not tell; nil for all others.
func (r *recorder) wellKnown(t reflect.Type, tag recordTags, addressable bool) *object {
	switch {
	case t == timeType:
		if tag.format == "" {
			tag.format = "date-time"
		}
		return text(tag)
	case t == rawType, t.Kind() == reflect.Interface:
		return newObject()
	case t == numberType:
		return newObject().set("type", nullable("number"))
	case t.Kind() == reflect.Pointer:
		return nil // its element decides
	case implements(t, jsonMarshalerType, addressable):
		return newObject() // only the type itself knows what it writes
	case implements(t, textMarshalerType, addressable):
		return text(tag)
	case t.Kind() == reflect.Slice && t.Elem().Kind() == reflect.Uint8 &&
		!implements(t.Elem(), jsonMarshalerType, true) &&
		!implements(t.Elem(), textMarshalerType, true):
		return text(tag) // encoding/json writes bytes as base64
	default:
		return nil
	}
}

// implements reports whether encoding/json would find the method of iface.
func implements(t, iface reflect.Type, addressable bool) bool {
	return t.Implements(iface) || addressable && reflect.PointerTo(t).Implements(iface)
}

// cutKind is what remains of a type that contains itself.
func cutKind(t reflect.Type) string {
	if k := t.Kind(); k == reflect.Slice || k == reflect.Array {
		return "array"
	}
	return "object"
}

// structure returns the object of a struct. Further properties are allowed: APIs add fields, and a
// record may carry more than its type names.
func (r *recorder) structure(t reflect.Type, addressable bool) *object {
	properties := newObject()
	for _, f := range fields(t) {
		r.path = append(r.path, f.goName)
		tag := r.tags(f)
		var s *object
		if f.quoted {
			s = newObject().set("type", nullable("string"))
		} else {
			s = r.value(f.typ, tag, addressable)
		}
		properties.set(f.name, described(s, f.tag))
		r.path = r.path[:len(r.path)-1]
	}
	s := newObject().set("type", nullable("object"))
	return s.set("additionalProperties", true).set("properties", properties)
}

// tags reads the tags of a record field and brings format and airbyte_type into line: the
// destinations choose the column by both.
func (r *recorder) tags(f field) recordTags {
	tag := recordTags{f.tag.Get("format"), f.tag.Get("airbyte")}
	if !slices.Contains([]string{"", "date", "date-time", "time"}, tag.format) {
		r.mistake("has the unknown format %q; use date, date-time or time", tag.format)
	}
	if tag.airbyteType == "" {
		return tag
	}
	format, ok := formatOf[tag.airbyteType]
	if !ok {
		r.mistake("has the unknown airbyte type %q; use timestamp_with_timezone, "+
			"timestamp_without_timezone, time_with_timezone or time_without_timezone",
			tag.airbyteType)
	}
	if tag.format != "" && tag.format != format {
		r.mistake("has the airbyte type %q with the format %q; use the format %q or none",
			tag.airbyteType, tag.format, format)
	}
	tag.format = format
	return tag
}

// described puts title and description in front of the other keywords.
func described(s *object, tag reflect.StructTag) *object {
	d := newObject()
	for _, name := range []string{"title", "description"} {
		if text := tag.Get(name); text != "" {
			d.set(name, text)
		}
	}
	for _, name := range s.names {
		d.set(name, s.values[name])
	}
	return d
}

// mapping returns the object of a map. Its names are unknown, so it has no properties, but the
// values have a schema.
func (r *recorder) mapping(t reflect.Type) *object {
	k := t.Key().Kind()
	isInt := k >= reflect.Int && k <= reflect.Uintptr
	if k != reflect.String && !isInt && !t.Key().Implements(textMarshalerType) {
		r.mistake("has map keys that JSON cannot write; use strings or integers as keys")
	}
	s := newObject().set("type", nullable("object"))
	values := r.value(t.Elem(), recordTags{}, false)
	if len(values.names) == 0 {
		return s.set("additionalProperties", true)
	}
	return s.set("additionalProperties", values)
}

// list returns the array of a slice or array; the tags of the field speak of the items.
func (r *recorder) list(t reflect.Type, tag recordTags, addressable bool) *object {
	s := newObject().set("type", nullable("array"))
	return s.set("items", r.value(t.Elem(), tag, addressable))
}

// scalar returns the schema of a kind without parts. What JSON cannot write is found here, at the
// start, and not at the first record.
func (r *recorder) scalar(t reflect.Type) *object {
	switch k := t.Kind(); {
	case k == reflect.Bool:
		return newObject().set("type", nullable("boolean"))
	case k >= reflect.Int && k <= reflect.Uintptr:
		return newObject().set("type", nullable("integer"))
	case k == reflect.Float32, k == reflect.Float64:
		return newObject().set("type", nullable("number"))
	default:
		r.mistake(`has the type %s, which JSON cannot write; leave it out with json:"-"`, t)
		return nil
	}
}

// text is a string with its format. The default airbyte_type is written out, so that a reader of
// the catalog need not know it.
func text(tag recordTags) *object {
	s := newObject().set("type", nullable("string"))
	if tag.format == "" {
		return s
	}
	s.set("format", tag.format)
	switch {
	case tag.airbyteType != "":
		s.set("airbyte_type", tag.airbyteType)
	case tag.format == "date-time":
		s.set("airbyte_type", "timestamp_with_timezone")
	case tag.format == "time":
		s.set("airbyte_type", "time_with_timezone")
	}
	return s
}

// nullable is how every type of a record is written. An API may leave out or null any field at any
// time, and a strict schema would turn that into a failed sync.
func nullable(kind string) []string { return []string{"null", kind} }

// mistake reports an error in the program to the programmer.
func (r *recorder) mistake(format string, args ...any) {
	panic(mistake(r.root, r.path, format, args...))
}

// mistake is the text of a panic: where in which type, what is wrong, what to do.
func mistake(root reflect.Type, path []string, format string, args ...any) string {
	where := fmt.Sprint(root)
	if len(path) > 0 {
		where += "." + strings.Join(path, ".")
	}
	return fmt.Sprintf("schema: %s %s", where, fmt.Sprintf(format, args...))
}
