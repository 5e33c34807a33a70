package acceptance

import (
	"cmp"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// keyCheck finds the keys that a config file must not hold. The library would do that only for a
// text, and a file of the old form is a tree by then.
type keyCheck struct {
	wrong  []error
	merges int // that are being looked into: a mapping may merge itself
}

// walk compares a node with the Go type that will hold it.
func (k *keyCheck) walk(node *yaml.Node, typ reflect.Type, where string) {
	if node.Kind == yaml.AliasNode {
		node = node.Alias
	}
	for typ.Kind() == reflect.Pointer {
		typ = typ.Elem()
	}
	switch {
	case node.Kind == yaml.SequenceNode && typ.Kind() == reflect.Slice:
		for _, item := range node.Content {
			k.walk(item, typ.Elem(), where)
		}
	case node.Kind == yaml.MappingNode && typ.Kind() == reflect.Map:
		for i := 1; i < len(node.Content); i += 2 {
			k.walk(node.Content[i], typ.Elem(), where)
		}
	case node.Kind == yaml.MappingNode && typ.Kind() == reflect.Struct:
		k.members(node, fieldsOf(typ), where)
	}
}

func (k *keyCheck) members(node *yaml.Node, fields map[string]reflect.Type, where string) {
	for i := 0; i+1 < len(node.Content); i += 2 {
		name := node.Content[i].Value
		if name == "<<" { // what is merged counts as written here
			k.merged(node.Content[i+1], fields, where)
			continue
		}
		typ, known := fields[name]
		if !known {
			k.wrong = append(k.wrong, fmt.Errorf("line %d: %s has no key %q; it has %s",
				node.Content[i].Line, cmp.Or(where, "the file"), name,
				strings.Join(slices.Sorted(maps.Keys(fields)), ", ")))
			continue
		}
		k.walk(node.Content[i+1], typ, name)
	}
}

// merged looks into the mappings of a merge key, as deep as anybody merges. What merges itself the
// library refuses.
func (k *keyCheck) merged(node *yaml.Node, fields map[string]reflect.Type, where string) {
	const deepest = 8
	if k.merges == deepest {
		return
	}
	k.merges++
	defer func() { k.merges-- }()
	switch node.Kind {
	case yaml.AliasNode:
		k.merged(node.Alias, fields, where)
	case yaml.SequenceNode:
		for _, item := range node.Content {
			k.merged(item, fields, where)
		}
	case yaml.MappingNode:
		k.members(node, fields, where)
	default: // the library refuses it
	}
}

// fieldsOf are the keys of a struct, those of inlined structs included.
func fieldsOf(typ reflect.Type) map[string]reflect.Type {
	fields := map[string]reflect.Type{}
	for f := range typ.Fields() {
		name, options, _ := strings.Cut(f.Tag.Get("yaml"), ",")
		switch {
		case options == "inline":
			maps.Copy(fields, fieldsOf(f.Type))
		case name != "":
			fields[name] = f.Type
		}
	}
	return fields
}
