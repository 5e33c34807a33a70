package acceptance

import (
	"slices"
)

// oneOfs looks at alternatives. The form shows them as a list of choices, and tells which one a
// config has chosen by a property that is a const in each.
func oneOfs(p *place, v *Verdict) {
	if !p.has("oneOf") {
		return
	}
	if !slices.Contains(p.types(), "object") {
		v.Fail("The oneOf at %s stands in what is not of type object.", p)
	}
	var shared []string
	for i, branch := range p.list("oneOf") {
		branch, _ := branch.(map[string]any)
		properties := members(branch, "properties")
		if len(properties) == 0 {
			v.Fail("Branch %d of the oneOf at %s has no properties.", i, p)
			return
		}
		constants := constantsOf(properties)
		constantsAgree(p, i, properties, v)
		if i == 0 {
			shared = constants
		}
		shared = slices.DeleteFunc(shared, func(n string) bool {
			return !slices.Contains(constants, n)
		})
	}
	switch {
	case len(shared) != 1:
		v.Fail("The branches of the oneOf at %s share %d const properties instead of one.", p,
			len(shared))
	case !valuesDiffer(p.list("oneOf"), shared[0]):
		v.Fail("Two branches of the oneOf at %s have the same const for %s.", p, shared[0])
	}
}

func constantsOf(properties map[string]any) (names []string) {
	for _, name := range sorted(properties) {
		if _, ok := members(properties, name)["const"]; ok {
			names = append(names, name)
		}
	}
	return names
}

// constantsAgree compares each const with the default and the enum beside it.
func constantsAgree(p *place, branch int, properties map[string]any, v *Verdict) {
	for _, name := range constantsOf(properties) {
		property := members(properties, name)
		constant := property["const"]
		if value, ok := property["default"]; ok && !sameValue(value, constant) {
			v.Fail("Branch %d of the oneOf at %s: the default of %s is %s, but its const is %s.",
				branch, p, name, text(value), text(constant))
		}
		if value, ok := property["enum"]; ok && !sameValue(value, []any{constant}) {
			v.Fail("Branch %d of the oneOf at %s: the enum of %s is %s, but its const is %s.",
				branch, p, name, text(value), text(constant))
		}
	}
}

func valuesDiffer(branches []any, name string) bool {
	var seen []any
	for _, branch := range branches {
		branch, _ := branch.(map[string]any)
		constant := members(members(branch, "properties"), name)["const"]
		if holdsValue(seen, constant) {
			return false
		}
		seen = append(seen, constant)
	}
	return true
}
