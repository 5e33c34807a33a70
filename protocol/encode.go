package protocol

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"

	"github.com/airbyte-go/cdk/internal/jsonraw"
)

var (
	rawType   = reflect.TypeFor[json.RawMessage]()
	countType = reflect.TypeFor[Count]()
)

// marshal returns the JSON of a protocol type. Unlike encoding/json it keeps raw values byte for
// byte, escapes nothing for HTML, adds unknown properties, and writes a required list or object
// that is nil as [] or {} instead of null, which no reader expects.
func marshal(v any) ([]byte, error) { return appendJSON(nil, v) }

func appendJSON(b []byte, v any) ([]byte, error) {
	return appendValue(b, reflect.Indirect(reflect.ValueOf(v)), Extra{})
}

// appendValue appends v to b. The extra properties are those of a struct that has no place for
// them in itself.
func appendValue(b []byte, v reflect.Value, extra Extra) ([]byte, error) {
	switch v.Type() {
	case rawType:
		return appendRaw(b, v.Bytes())
	case countType:
		return Count(v.Float()).append(b)
	}
	switch v.Kind() {
	case reflect.String:
		return jsonraw.AppendString(b, v.String()), nil
	case reflect.Bool:
		return strconv.AppendBool(b, v.Bool()), nil
	case reflect.Int64:
		return strconv.AppendInt(b, v.Int(), 10), nil
	case reflect.Pointer:
		return appendValue(b, v.Elem(), extra)
	case reflect.Slice:
		return appendSlice(b, v)
	case reflect.Map:
		return appendMap(b, v)
	}
	return appendStruct(b, v, extra)
}

func appendStruct(b []byte, v reflect.Value, extra Extra) ([]byte, error) {
	l := layoutOf(v.Type())
	if l.extra != nil {
		extra = v.FieldByIndex(l.extra).Interface().(Extra)
	}
	b = append(b, '{')
	start := len(b)
	for i := range l.fields {
		var err error
		if b, err = appendField(b, v, &l.fields[i], start); err != nil {
			return b, err
		}
	}
	b, err := appendExtra(b, v, l, extra, start)
	return append(b, '}'), err
}

// appendExtra appends the extra properties to the object that starts at start. One whose field is
// written is left out, or its name would stand there twice.
func appendExtra(b []byte, v reflect.Value, l *layout, extra Extra, start int) ([]byte, error) {
	if extra.IsZero() {
		return b, nil
	}
	object := extra.object()
	if err := jsonraw.Valid(object); err != nil {
		return b, fmt.Errorf("unknown properties: %w", err)
	}
	for w := jsonraw.Walk(object); w.Next(); {
		i, known := l.byName[string(w.Name())]
		if !known || l.fields[i].omitted(v) {
			b = append(comma(b, start), w.Text()...)
		}
	}
	return b, nil
}

// appendField appends one member of the object that starts at start, unless it is left out.
func appendField(b []byte, v reflect.Value, f *field, start int) ([]byte, error) {
	if f.omitted(v) {
		return b, nil
	}
	var extra Extra
	if f.extra != nil {
		extra = v.FieldByIndex(f.extra).Interface().(Extra)
	}
	b = jsonraw.AppendString(comma(b, start), f.name)
	b, err := appendValue(append(b, ':'), v.FieldByIndex(f.index), extra)
	if err != nil {
		return b, at(f.name, err)
	}
	return b, nil
}

func appendSlice(b []byte, v reflect.Value) ([]byte, error) {
	b = append(b, '[')
	start := len(b)
	for i := range v.Len() {
		var err error
		if b, err = appendValue(comma(b, start), v.Index(i), Extra{}); err != nil {
			return b, at("["+strconv.Itoa(i)+"]", err)
		}
	}
	return append(b, ']'), nil
}

// appendMap appends the one kind of map the protocol has, sorted by name.
func appendMap(b []byte, v reflect.Value) ([]byte, error) {
	counts := v.Interface().(map[string]Count)
	b = append(b, '{')
	start := len(b)
	for _, name := range slices.Sorted(maps.Keys(counts)) {
		b = jsonraw.AppendString(comma(b, start), name)
		var err error
		if b, err = counts[name].append(append(b, ':')); err != nil {
			return b, at(name, err)
		}
	}
	return append(b, '}'), nil
}

// appendRaw appends the bytes as they are, once they are known to be one JSON value.
func appendRaw(b, raw []byte) ([]byte, error) {
	if len(raw) == 0 {
		return append(b, "{}"...), nil
	}
	if err := jsonraw.Valid(raw); err != nil {
		return b, err
	}
	return append(b, raw...), nil
}

// comma separates a member or an element from the one before it, if there is one.
func comma(b []byte, start int) []byte {
	if len(b) > start {
		return append(b, ',')
	}
	return b
}
