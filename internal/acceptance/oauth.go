package acceptance

import (
	"context"
	"slices"
	"strings"
)

// oauthPaths follows the paths that an OAuth flow takes through the config.
func oauthPaths(ctx context.Context, s *specSubject, v *Verdict) {
	root, ok := s.schema(ctx, v)
	if !ok {
		return
	}
	auth := members(decode(s.specification(ctx).specText()), "advanced_auth")
	if auth == nil {
		v.Skip("the spec has no advanced_auth")
		return
	}
	if key := pathOf(auth["predicate_key"]); key != nil && !leads(root, key) {
		v.Fail("predicate_key names %s, which is no property of the config.", strings.Join(key,
			"."))
	}
	flow := members(auth, "oauth_config_specification")
	for _, part := range []string{
		"oauth_user_input_from_connector_config_specification",
		"complete_oauth_output_specification", "complete_oauth_server_output_specification",
	} {
		properties := members(members(flow, part), "properties")
		for _, name := range sorted(properties) {
			path := pathOf(members(properties, name)["path_in_connector_config"])
			if path != nil && !leads(root, path) {
				v.Fail("%s: %s goes to %s, which is no property of the config.", part, name,
					strings.Join(path, "."))
			}
		}
	}
}

// oauthIsDefault looks at the first branch of the oneOf that predicate_key leads into.
func oauthIsDefault(ctx context.Context, s *specSubject, v *Verdict) {
	root, ok := s.schema(ctx, v)
	if !ok {
		return
	}
	if m := s.test.OAuthDefault; m != nil && !isOn(m.OAuth) {
		v.Skip("bypassed by the config file: %s", m.Bypass)
		return
	}
	auth := members(decode(s.specification(ctx).specText()), "advanced_auth")
	key := pathOf(auth["predicate_key"])
	if len(key) < 2 {
		v.Skip("there is no choice between OAuth and another way to sign in")
		return
	}
	choice := members(members(root, "properties"), key[0])
	branches := elements(choice, "oneOf")
	if len(branches) == 0 {
		v.Skip("%s is no oneOf", key[0])
		return
	}
	first, _ := branches[0].(map[string]any)
	value := members(members(first, "properties"), key[1])
	if want := auth["predicate_value"]; !sameValue(value["const"], want) &&
		!sameValue(choice["default"], want) {
		v.Fail("The first branch of %s has %s for %s, but OAuth is %s.", key[0],
			text(value["const"]), key[1], text(want))
	}
}

func pathOf(value any) (path []string) {
	list, _ := value.([]any)
	for _, step := range list {
		name, _ := step.(string)
		path = append(path, name)
	}
	return path
}

// leads tells whether a path of names leads to a property, through any branch of a oneOf.
func leads(schema map[string]any, path []string) bool {
	if len(path) == 0 {
		return true
	}
	if inner := members(members(schema, "properties"), path[0]); inner != nil {
		return leads(inner, path[1:])
	}
	return slices.ContainsFunc(elements(schema, "oneOf"), func(branch any) bool {
		inner, _ := branch.(map[string]any)
		return leads(inner, path)
	})
}
