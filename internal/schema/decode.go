package schema

import (
	"bytes"
	"encoding"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"reflect"
	"time"
)

// Decode stores a config in the value into points to, which need not be a struct. It reads what
// [Config] describes: a oneOf sets the pointer of the chosen branch and no other, a date is
// accepted for a time.Time tagged format:"date", and 5.0 is an integer. It differs from
// encoding/json in that names must match exactly and that numbers in an interface are json.Number,
// so that no digit gets lost. Members without a field are skipped.
//
// The error is a *protocol.Error of type ConfigError with one sentence per problem. It never holds
// a value of the config. Decode panics when into is not a pointer or holds a type that JSON
// cannot be read into.
func Decode(config []byte, into any) error {
	tree, err := readConfig(config)
	if err != nil {
		return err
	}
	target := reflect.ValueOf(into)
	if target.Kind() != reflect.Pointer || target.IsNil() {
		panic(fmt.Sprintf("schema: Decode needs a pointer to store into, not a %T", into))
	}
	d := decoder{root: target.Type().Elem()}
	d.value(target.Elem(), tree, hint{})
	return d.err()
}

// readConfig reads a config, which must be an object. Its errors quote nothing.
func readConfig(config []byte) (map[string]any, error) {
	const name = "the config"
	d := json.NewDecoder(bytes.NewReader(config))
	d.UseNumber()
	var v any
	err := d.Decode(&v)
	if err == nil {
		err = atEnd(d)
	}
	if err != nil {
		return nil, configError(syntaxSentence(name, config, err))
	}
	tree, ok := v.(map[string]any)
	if !ok {
		return nil, configError(name + " must be a JSON object, but is " + jsonType(v) + ".")
	}
	return tree, nil
}

// decoder stores a tree of plain values in a Go value and collects what does not fit.
type decoder struct {
	violations
	root  reflect.Type
	plans map[reflect.Type]*plan
}

// plan returns the plan of a struct type. A config can hold a list of a hundred thousand structs,
// so it is made once.
func (d *decoder) plan(t reflect.Type) *plan {
	if p, ok := d.plans[t]; ok {
		return p
	}
	if d.plans == nil {
		d.plans = map[reflect.Type]*plan{}
	}
	d.plans[t] = newPlan(t)
	return d.plans[t]
}

// value stores v in dst, which is settable and addressable.
func (d *decoder) value(dst reflect.Value, v any, h hint) {
	t := dst.Type()
	switch {
	case v == nil && t != rawType:
		d.null(dst)
	case t.Kind() == reflect.Pointer:
		if dst.IsNil() {
			dst.Set(reflect.New(t.Elem()))
		}
		d.value(dst.Elem(), v, h)
	case t == timeType:
		d.time(dst, v, h)
	case t == rawType:
		dst.SetBytes(encode(v))
	case t == numberType:
		d.number(dst, v)
	// From here on the type's own methods, in the order in which encoding/json asks for them. The
	// types above have such methods, too, but their errors would quote the value.
	case reflect.PointerTo(t).Implements(jsonUnmarshalerType):
		d.unmarshaler(dst, v)
	case reflect.PointerTo(t).Implements(textUnmarshalerType):
		d.textUnmarshaler(dst, v)
	case h.oneOf != "" && t.Kind() == reflect.Struct:
		d.union(dst, v, h.oneOf)
	default:
		d.kind(dst, v, h)
	}
}

// kind reads into a type that has no form of its own.
func (d *decoder) kind(dst reflect.Value, v any, h hint) {
	switch k := dst.Kind(); {
	case k == reflect.Interface && dst.NumMethod() == 0:
		dst.Set(reflect.ValueOf(v))
	case k == reflect.String:
		if s, ok := expect[string](d, v, "a string"); ok {
			dst.SetString(s)
		}
	case k == reflect.Bool:
		if b, ok := expect[bool](d, v, "true or false"); ok {
			dst.SetBool(b)
		}
	case k >= reflect.Int && k <= reflect.Float64:
		if n, ok := expect[json.Number](d, v, typePhrase(scalarName(k))); ok {
			d.numeral(dst, n)
		}
	case k == reflect.Slice && dst.Type().Elem().Kind() == reflect.Uint8:
		d.bytes(dst, v)
	case k == reflect.Slice, k == reflect.Array:
		d.list(dst, v, h)
	case k == reflect.Map:
		d.mapping(dst, v, h)
	case k == reflect.Struct:
		d.structure(dst, v, "")
	default:
		panic(fmt.Sprintf("schema: %s has the type %s, into which no config can be read",
			d.root, dst.Type()))
	}
}

// expect returns v as the type that the JSON value must have, or notes that it has another.
func expect[T any](d *decoder, v any, what string) (T, bool) {
	typed, ok := v.(T)
	if !ok {
		d.add("must be %s, but is %s", what, jsonType(v))
	}
	return typed, ok
}

// null empties what can be empty and leaves all else alone, as encoding/json does.
func (d *decoder) null(dst reflect.Value) {
	switch dst.Kind() {
	case reflect.Pointer, reflect.Map, reflect.Slice, reflect.Interface:
		dst.SetZero()
	}
}

// time reads a date or a date-time, by the field's format tag and not by what the text looks like:
// a date where a time is due is a mistake of the user, not midnight.
func (d *decoder) time(dst reflect.Value, v any, h hint) {
	layout := time.RFC3339
	if h.format == "date" {
		layout = time.DateOnly
	} else {
		h.format = "date-time"
	}
	text, ok := expect[string](d, v, formatPhrase(h.format))
	if !ok {
		return
	}
	at, err := time.Parse(layout, text)
	if err != nil {
		d.add("must be %s", formatPhrase(h.format))
		return
	}
	dst.Set(reflect.ValueOf(at))
}

// bytes reads base64, the form in which encoding/json writes a []byte.
func (d *decoder) bytes(dst reflect.Value, v any) {
	text, ok := expect[string](d, v, "a string")
	if !ok {
		return
	}
	data, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		d.add("must be base64")
		return
	}
	dst.SetBytes(data)
}

// unmarshaler hands the value to the type's own method. The text of its error is dropped, as it
// may quote the value.
func (d *decoder) unmarshaler(dst reflect.Value, v any) {
	u, _ := reflect.TypeAssert[json.Unmarshaler](dst.Addr())
	if err := u.UnmarshalJSON(encode(v)); err != nil {
		d.add("is not a valid %s", dst.Type())
	}
}

// textUnmarshaler hands the text to the type's own method. The text of its error is dropped, too.
func (d *decoder) textUnmarshaler(dst reflect.Value, v any) {
	text, ok := expect[string](d, v, "a string")
	if !ok {
		return
	}
	u, _ := reflect.TypeAssert[encoding.TextUnmarshaler](dst.Addr())
	if err := u.UnmarshalText([]byte(text)); err != nil {
		d.add("is not a valid %s", dst.Type())
	}
}

// list reads into a slice of the same length, or into an array, which has a length of its own. The
// tags of the field speak of the items.
func (d *decoder) list(dst reflect.Value, v any, h hint) {
	items, ok := expect[[]any](d, v, "an array")
	if !ok {
		return
	}
	if dst.Kind() == reflect.Slice {
		dst.Set(reflect.MakeSlice(dst.Type(), len(items), len(items)))
	} else if len(items) != dst.Len() {
		d.add("must be an array of %d items", dst.Len())
		return
	}
	for i, item := range items {
		d.enterItem(i)
		d.value(dst.Index(i), item, h)
		d.leave()
	}
}

// mapping reads into a map with string keys, in the order of the names so that the sentences about
// it do not change from run to run.
func (d *decoder) mapping(dst reflect.Value, v any, h hint) {
	members, ok := expect[map[string]any](d, v, "an object")
	if !ok {
		return
	}
	t := dst.Type()
	if t.Key().Kind() != reflect.String {
		panic(fmt.Sprintf("schema: %s holds a %s; only maps with string keys can be read",
			d.root, t))
	}
	dst.Set(reflect.MakeMapWithSize(t, len(members)))
	for name, member := range ordered(members) {
		d.enter(name, "")
		value := reflect.New(t.Elem()).Elem()
		d.value(value, member, h)
		dst.SetMapIndex(reflect.ValueOf(name).Convert(t.Key()), value)
		d.leave()
	}
}

// structure reads the members of an object into the fields of a struct. The discriminator of a
// oneOf is skipped, it has no field.
func (d *decoder) structure(dst reflect.Value, v any, discriminator string) {
	members, ok := expect[map[string]any](d, v, "an object")
	if !ok {
		return
	}
	// By field and not by member: in the order of the struct, and without a look at the unknown
	// members, of which there may be many.
	p := d.plan(dst.Type())
	for _, f := range p.fields {
		member, ok := members[f.name]
		if !ok || f.name == discriminator {
			continue
		}
		d.enter(f.name, f.title)
		d.value(reach(dst, f.index), member, f.hint)
		d.leave()
	}
}

// reach returns the field at index, making the embedded structs on the way.
func reach(v reflect.Value, index []int) reflect.Value {
	for i, n := range index {
		if i > 0 && v.Kind() == reflect.Pointer {
			if v.IsNil() && !v.CanSet() {
				panic(fmt.Sprintf("schema: a pointer to the unexported %s is embedded, which "+
					"cannot be set; embed the struct itself", v.Type().Elem()))
			}
			if v.IsNil() {
				v.Set(reflect.New(v.Type().Elem()))
			}
			v = v.Elem()
		}
		v = v.Field(n)
	}
	return v
}

// union reads the wrapped form of a oneOf: the discriminator names the field, and the other members
// are those of the struct it points to.
func (d *decoder) union(dst reflect.Value, v any, discriminator string) {
	members, ok := expect[map[string]any](d, v, "an object")
	if !ok {
		return
	}
	// At most one pointer may be set, whatever the target held before.
	p := d.plan(dst.Type())
	dst.SetZero()
	name, _ := members[discriminator].(string)
	i, ok := p.byName[name]
	if !ok {
		var choices []any
		for _, f := range p.fields {
			choices = append(choices, f.name)
		}
		d.enter(discriminator, "")
		d.add("must be one of %s", listing(choices))
		d.leave()
		return
	}
	branch := reach(dst, p.fields[i].index)
	branch.Set(reflect.New(branch.Type().Elem()))
	d.structure(branch.Elem(), v, discriminator)
}

// encode writes a value of a config's tree, numbers as they were.
func encode(v any) []byte {
	text, err := marshal(v)
	if err != nil { // cannot happen: the tree was read from JSON
		panic(err)
	}
	return text
}

// marshal is json.Marshal without the escapes for HTML, which nobody expects in a config.
func marshal(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), err
}
