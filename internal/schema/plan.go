package schema

import "reflect"

// plan is what reading or writing a config struct needs to know, worked out once per type.
type plan struct {
	fields []plannedField
	byName map[string]int
}

// plannedField is a field with what its tags say about reading and writing.
type plannedField struct {
	field
	title      string
	hint       hint
	hasDefault bool
}

// hint is what the tags of a field say about the form of its value.
type hint struct {
	format string // of a time.Time
	oneOf  string // name of the discriminator
}

// newPlan reads the tags of a struct once.
func newPlan(t reflect.Type) *plan {
	p := &plan{byName: map[string]int{}}
	for i, f := range fields(t) {
		// A struct for an author's own spec file may carry tags that are none of ours.
		tag, _ := readTags(f.tag)
		p.byName[f.name] = i
		p.fields = append(p.fields, plannedField{
			field:      f,
			title:      tag.title,
			hint:       hint{tag.format, tag.oneOf},
			hasDefault: tag.defaultText != nil,
		})
	}
	return p
}

// canBeLeftOut reports whether a config need not have the field.
func (f plannedField) canBeLeftOut() bool {
	return f.optional || f.hasDefault || f.typ.Kind() == reflect.Pointer
}
