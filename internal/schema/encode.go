package schema

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"
)

// Encode writes a config value as the JSON a user would have written: the inverse of [Decode], for
// tests that hold a config as a Go value, where encoding/json would miss the form of a oneOf and of
// a date. A field that can be left out is left out when it is zero, so that its default applies.
//
// The error says that a oneOf sets two branches, or is that of encoding/json.
func Encode(config any) ([]byte, error) {
	v, err := encodeValue(reflect.ValueOf(config), hint{})
	if err != nil {
		return nil, err
	}
	return render(v), nil
}

// encodeValue returns what render takes.
func encodeValue(v reflect.Value, h hint) (any, error) {
	if v.IsValid() && (v.Kind() == reflect.Pointer || v.Kind() == reflect.Interface) {
		return encodeValue(v.Elem(), h)
	}
	switch {
	case !v.IsValid():
		return json.RawMessage("null"), nil
	case v.Type() == timeType && h.format == "date":
		day, _ := reflect.TypeAssert[time.Time](v)
		return day.Format(time.DateOnly), nil
	case v.Type().Implements(jsonMarshalerType), v.Type().Implements(textMarshalerType):
	case v.Kind() == reflect.Struct && h.oneOf != "":
		return encodeUnion(v, h.oneOf)
	case v.Kind() == reflect.Struct:
		return encodeStruct(v, newObject())
	case v.Kind() == reflect.Slice && v.Type().Elem().Kind() != reflect.Uint8:
		return encodeList(v, h)
	case v.Kind() == reflect.Map && v.Type().Key().Kind() == reflect.String:
		return encodeMap(v, h)
	}
	text, err := marshal(v.Interface())
	return json.RawMessage(text), err
}

// encodeStruct adds the fields of v to o.
func encodeStruct(v reflect.Value, o *object) (any, error) {
	for _, f := range newPlan(v.Type()).fields {
		member, err := v.FieldByIndexErr(f.index)
		if err != nil { // behind an embedded pointer that is nil
			continue
		}
		if f.canBeLeftOut() && isEmpty(member) {
			continue
		}
		encoded, err := encodeValue(member, f.hint)
		if err != nil {
			return nil, err
		}
		o.set(f.name, encoded)
	}
	return o, nil
}

// isEmpty also counts a slice or map without members.
func isEmpty(v reflect.Value) bool {
	if k := v.Kind(); k == reflect.Slice || k == reflect.Map {
		return v.Len() == 0
	}
	return v.IsZero()
}

// encodeUnion writes the branch that is set, with the discriminator that names it.
func encodeUnion(v reflect.Value, discriminator string) (any, error) {
	var set []string
	o := newObject()
	for _, f := range newPlan(v.Type()).fields {
		branch := v.FieldByIndex(f.index)
		if branch.Kind() != reflect.Pointer || branch.IsNil() {
			continue
		}
		set = append(set, f.goName)
		if len(set) > 1 {
			return nil, fmt.Errorf("schema: %s sets %s; only one branch of a oneOf can be chosen",
				v.Type(), strings.Join(set, " and "))
		}
		if _, err := encodeStruct(branch.Elem(), o.set(discriminator, f.name)); err != nil {
			return nil, err
		}
	}
	return o, nil
}

// encodeList writes a slice; the tags of its field speak of the items. A nil slice becomes [], as
// a list in a config is never null.
func encodeList(v reflect.Value, h hint) (any, error) {
	list := make([]any, 0, v.Len())
	for _, item := range v.Seq2() {
		encoded, err := encodeValue(item, h)
		if err != nil {
			return nil, err
		}
		list = append(list, encoded)
	}
	return list, nil
}

// encodeMap writes a map by name, so that equal configs are equal texts.
func encodeMap(v reflect.Value, h hint) (any, error) {
	o := newObject()
	for key, member := range v.Seq2() {
		encoded, err := encodeValue(member, h)
		if err != nil {
			return nil, err
		}
		o.set(key.String(), encoded)
	}
	slices.Sort(o.names)
	return o, nil
}
