package openapi

import (
	"maps"
	"slices"
	"time"
)

// inferred is the shape of an example, where a schema says nothing.
func inferred(v any, level int) *Shape {
	s := &Shape{Kind: kindOf(v), hints: []any{v}}
	switch v := v.(type) {
	case string:
		if _, err := time.Parse(time.RFC3339, v); err == nil {
			s.Format = "date-time"
		} else if _, err := time.Parse(time.DateOnly, v); err == nil {
			s.Format = "date"
		}
	case map[string]any:
		if level > maxLevel {
			return &Shape{Nullable: true}
		}
		s.Kind, s.Items = Object, &Shape{}
		for _, name := range slices.Sorted(maps.Keys(v)) {
			s.Fields = append(s.Fields, Field{name, inferred(v[name], level+1)})
		}
		if len(v) == 0 {
			s.Kind = Map
		}
	case []any:
		if level > maxLevel {
			return &Shape{Nullable: true}
		}
		s.Kind, s.Items = Array, &Shape{}
		if len(v) > 0 {
			s.Items = inferred(v[0], level+1)
		}
	}
	return s
}
