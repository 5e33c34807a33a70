package entry

import (
	"fmt"
	"reflect"
)

// Ability is an optional method of what an author hands to a Main.
type Ability struct {
	Method string
	Type   reflect.Type // the interface with this one method
}

// MustHaveSound panics when v has a method named like an optional ability but with another
// signature: a type assertion alone would pass over the mistake in silence. pkg is the package that
// the author reads of.
func MustHaveSound(pkg string, v any, abilities []Ability) {
	for _, a := range abilities {
		m := reflect.ValueOf(v).MethodByName(a.Method)
		if !m.IsValid() || reflect.TypeOf(v).Implements(a.Type) {
			continue
		}
		want, _ := a.Type.MethodByName(a.Method)
		panic(fmt.Sprintf("%s: %T.%s is %s, but it must be %s to be called; rename it or give it "+
			"that signature", pkg, v, a.Method, m.Type(), want.Type))
	}
}
