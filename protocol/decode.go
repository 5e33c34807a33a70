package protocol

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"reflect"
	"strconv"

	"github.com/airbyte-go/cdk/internal/jsonraw"
)

// unmarshal reads the JSON of a protocol type into v, a pointer to it. Unlike encoding/json it
// compares names exactly, for an unknown "Type" is not "type", and keeps unknown properties. A
// property that is null counts as absent, except where the field holds raw JSON. Nothing of data
// is kept.
func unmarshal(data []byte, v any) error {
	if err := jsonraw.Valid(data); err != nil {
		return err
	}
	if jsonraw.IsNull(data) {
		return nil // what encoding/json asks of an Unmarshaler
	}
	return decodeValue(bytes.Clone(data), reflect.ValueOf(v).Elem(), nil)
}

// decodeValue sets v to the valid JSON in data, parts of which v then holds. Unknown properties of
// an object go to extra where the struct itself has no place for them.
func decodeValue(data []byte, v reflect.Value, extra *Extra) error {
	if v.Type() == rawType {
		v.SetBytes(data)
		return nil
	}
	if string(data) == "null" {
		v.SetZero()
		return nil
	}
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() {
			v.Set(reflect.New(v.Type().Elem()))
		}
		return decodeValue(data, v.Elem(), extra)
	case reflect.Struct:
		return decodeStruct(data, v, extra)
	case reflect.Slice:
		return decodeSlice(data, v)
	case reflect.Map:
		return decodeMap(data, v)
	}
	return decodeScalar(data, v)
}

func decodeStruct(data []byte, v reflect.Value, extra *Extra) error {
	l := layoutOf(v.Type())
	if l.extra != nil {
		extra = v.FieldByIndex(l.extra).Addr().Interface().(*Extra)
	}
	var unknown []byte
	w := jsonraw.Walk(data)
	for w.Next() {
		kept, err := decodeMember(&w, v, l)
		if err != nil {
			return at(string(w.Name()), err)
		}
		if !kept && extra != nil {
			unknown = appendMember(unknown, w.Text())
		}
	}
	if w.Err() != nil {
		return mismatch("an object", data)
	}
	if extra != nil {
		extra.members = unknown
	}
	return nil
}

// decodeMember sets the field of v that takes the walker's member, if there is one. It reports
// whether the field keeps all of it: one that is null or empty would not be written again.
func decodeMember(w *jsonraw.Walker, v reflect.Value, l *layout) (kept bool, err error) {
	i, known := l.byName[string(w.Name())]
	if !known {
		return false, nil
	}
	f := &l.fields[i]
	if value := v.FieldByIndex(f.index); f.loose {
		decodeLoose(w.Value(), value)
	} else if err := decodeField(w.Value(), v, f); err != nil {
		return false, err
	}
	return !f.omitted(v), nil
}

func decodeField(data []byte, v reflect.Value, f *field) error {
	var extra *Extra
	if f.extra != nil {
		extra = v.FieldByIndex(f.extra).Addr().Interface().(*Extra)
	}
	return decodeValue(data, v.FieldByIndex(f.index), extra)
}

// decodeLoose sets v, a string or a pointer to an integer, and empties it where data is not of
// that type.
func decodeLoose(data []byte, v reflect.Value) {
	if v.Kind() == reflect.String {
		s, _ := jsonraw.Unquote(data)
		v.SetString(s)
		return
	}
	v.SetZero()
	if n, err := strconv.ParseInt(string(data), 10, 64); err == nil {
		v.Set(reflect.ValueOf(&n))
	}
}

func decodeSlice(data []byte, v reflect.Value) error {
	v.SetZero()
	list := reflect.MakeSlice(v.Type(), 0, 0)
	for element, err := range jsonraw.Elements(data) {
		if err != nil {
			return mismatch("an array", data)
		}
		e := reflect.New(v.Type().Elem()).Elem()
		if err := decodeValue(element, e, nil); err != nil {
			return at("["+strconv.Itoa(list.Len())+"]", err)
		}
		list = reflect.Append(list, e)
	}
	v.Set(list)
	return nil
}

// decodeMap reads the one kind of map the protocol has.
func decodeMap(data []byte, v reflect.Value) error {
	counts := map[string]Count{}
	for p, err := range jsonraw.Members(data) {
		if err != nil {
			return mismatch("an object", data)
		}
		var c Count
		if err := decodeValue(p.Value, reflect.ValueOf(&c).Elem(), nil); err != nil {
			return at(p.Name, err)
		}
		counts[p.Name] = c
	}
	v.Set(reflect.ValueOf(counts))
	return nil
}

func decodeScalar(data []byte, v reflect.Value) error {
	switch v.Kind() {
	case reflect.String:
		s, ok := jsonraw.Unquote(data)
		if !ok {
			return mismatch("a string", data)
		}
		v.SetString(s)
	case reflect.Bool:
		b, err := strconv.ParseBool(string(data))
		if kindOf(data) != "a boolean" || err != nil {
			return mismatch("a boolean", data)
		}
		v.SetBool(b)
	case reflect.Int64:
		n, err := parseInteger(data)
		v.SetInt(n)
		return err
	default:
		f, err := parseFloat(data)
		v.SetFloat(f)
		return err
	}
	return nil
}

// parseInteger cuts off a fraction: Python writes some times as 1700000000000.25.
func parseInteger(data []byte) (int64, error) {
	if n, err := strconv.ParseInt(string(data), 10, 64); err == nil {
		return n, nil
	}
	f, err := parseFloat(data)
	if err != nil {
		return 0, err
	}
	if f < math.MinInt64 || f >= math.MaxInt64 {
		return 0, errors.New("the number does not fit into 64 bits")
	}
	return int64(f), nil
}

func parseFloat(data []byte) (float64, error) {
	if kindOf(data) != "a number" {
		return 0, mismatch("a number", data)
	}
	f, err := strconv.ParseFloat(string(data), 64)
	if err != nil {
		return 0, errors.New("the number does not fit into 64 bits")
	}
	return f, nil
}

func mismatch(want string, data []byte) error {
	return fmt.Errorf("want %s, have %s", want, kindOf(data))
}

// kindOf names the kind of the valid JSON value in data.
func kindOf(data []byte) string {
	data = bytes.TrimLeft(data, " \n\t\r")
	if len(data) == 0 {
		return "nothing"
	}
	switch data[0] {
	case '{':
		return "an object"
	case '[':
		return "an array"
	case '"':
		return "a string"
	case 't', 'f':
		return "a boolean"
	case 'n':
		return "null"
	}
	return "a number"
}
