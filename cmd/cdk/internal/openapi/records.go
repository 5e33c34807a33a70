package openapi

import (
	"slices"
)

// wrappers are names of members that hold records or what leads to them, the surest first.
var wrappers = []string{
	"data", "items", "results", "records", "values", "value", "entries", "elements", "objects",
	"content", "rows", "list", "hits", "result", "response", "payload", "embedded", "resources",
}

// found is where the records of an answer are.
type found struct {
	at     []string
	record *Shape
	single bool
}

// findRecords looks for the records in an answer: an array of objects, or the one such array
// within an object, or else the object itself. why says what keeps the answer from being read.
func (o *operation) findRecords() (f found, why string) {
	s := o.answer
	if s.Kind == Array {
		if record := s.Items.asRecord(); record != nil {
			return found{record: record}, ""
		}
		return found{}, "its answer is an array of what are no objects"
	}
	object := s.asRecord()
	if object == nil {
		return found{}, "its answer is no object and no array of objects"
	}
	if f, ok := o.within(object, 0); ok {
		return f, ""
	}
	if object.Kind != Object {
		return found{}, "its answer is an object without known members"
	}
	if several := lists(object); len(several) > 1 && object.field("id") == nil && !o.endsInParam() {
		return found{}, "several members of its answer hold records, and none is the plain one"
	}
	return found{record: object, single: true}, ""
}

// lists are the members that are arrays of objects.
func lists(object *Shape) []Field {
	isList := func(f Field) bool { return f.Kind == Array && f.Items.asRecord() != nil }
	return slices.DeleteFunc(slices.Clone(object.Fields), func(f Field) bool { return !isList(f) })
}

// within looks for the list that an object wraps. An object with an identity of its own, and the
// answer for one item, wrap none unless by the plainest of names.
func (o *operation) within(object *Shape, depth int) (f found, ok bool) {
	isItem := object.field("id") != nil || o.endsInParam()
	all := lists(object)
	rank := func(f Field) int {
		switch at := slices.Index(wrappers, flat(f.Name)); {
		case flat(f.Name) == flat(o.resource()):
			return 0
		case at >= 0:
			return at + 1
		}
		return len(wrappers) + 1
	}
	slices.SortStableFunc(all, func(a, b Field) int { return rank(a) - rank(b) })
	switch {
	case isItem:
	case len(all) == 1, len(all) > 1 && rank(all[0]) <= len(wrappers):
		return found{at: []string{all[0].Name}, record: all[0].Items.asRecord()}, true
	}
	if depth >= 2 || len(all) > 0 {
		return found{}, false
	}
	for _, f := range object.Fields {
		inner := f.asRecord()
		if inner == nil || inner.Kind != Object || rank(f) > len(wrappers) || rank(f) == 0 {
			continue
		}
		if below, ok := o.within(inner, depth+1); ok {
			below.at = append([]string{f.Name}, below.at...)
			return below, true
		}
		if isItem && object.field("id") != nil {
			continue
		}
		return found{at: []string{f.Name}, record: inner, single: true}, true
	}
	return found{}, false
}
