package schema

import "slices"

// oauthFlow collects what the tags say about logging in with OAuth. It becomes advanced_auth, with
// which the platform shows a login button and fills the fields itself.
type oauthFlow struct {
	predicateKey   []string // path of the discriminator; nil when OAuth is the only way to log in
	predicateValue string
	fields         []oauthField
}

// oauthField is a config field that takes part in the flow.
type oauthField struct {
	part string // client_id, client_secret, output or input
	kind string // JSON type
	path []string
}

// useBranch notes the branch for which the flow applies. The acceptance tests demand that OAuth is
// the default way to log in, which in a oneOf is the first.
func (o *oauthFlow) useBranch(b *builder, index int, discriminator, value string) {
	switch {
	case o.predicateKey != nil:
		b.mistake("is a second oauth2 branch; a connector can have only one")
	case index > 0:
		b.mistake("is the oauth2 branch; make it the first field, so that it is the default")
	case b.lists > 0:
		b.mistake("is an oauth2 branch inside of a list, where no login can reach it")
	}
	o.predicateKey = append(slices.Clone(b.names), discriminator)
	o.predicateValue = value
}

// oauthField notes the part of the field under construction.
func (b *builder) oauthField(kind string, tag tags) {
	if tag.oauth == "" {
		return
	}
	if b.branch == otherBranch || b.lists > 0 {
		b.mistake("has a part in an OAuth flow, but lies in a list or in a branch that is not " +
			"tagged oauth2")
	}
	field := oauthField{tag.oauth, kind, slices.Clone(b.names)}
	b.oauth.fields = append(b.oauth.fields, field)
}

// advancedAuth returns the object of that name, nil when no tag speaks of OAuth.
func (o *oauthFlow) advancedAuth(b *builder) *object {
	if o.predicateKey == nil && len(o.fields) == 0 {
		return nil
	}
	output := o.specification(oauthField.outputName, "output")
	if output == nil {
		b.mistake("speaks of OAuth, but no field is tagged oauth=output to receive the token")
	}
	config := newObject()
	for _, s := range []struct {
		name string
		spec *object
	}{
		{"oauth_user_input_from_connector_config_specification",
			o.specification(oauthField.outputName, "input")},
		{"complete_oauth_output_specification", output},
		{"complete_oauth_server_input_specification", o.serverInput()},
		{"complete_oauth_server_output_specification",
			o.specification(oauthField.partName, "client_id", "client_secret")},
	} {
		if s.spec != nil {
			config.set(s.name, s.spec)
		}
	}
	// Without a predicate the flow applies always.
	auth := newObject().set("auth_flow_type", "oauth2.0")
	if o.predicateKey != nil {
		auth.set("predicate_key", o.predicateKey).set("predicate_value", o.predicateValue)
	}
	return auth.set("oauth_config_specification", config)
}

// outputName: the platform names a token as the API does, which is what its field is called.
func (f oauthField) outputName() string { return f.path[len(f.path)-1] }

// partName: the platform's own names for the client's credentials, whatever the field is called.
func (f oauthField) partName() string { return f.part }

// specification maps the fields with one of the parts to their places in the config. It is a JSON
// schema without nesting, whatever the config's nesting: path_in_connector_config, an annotation of
// the protocol, says where each property belongs.
func (o *oauthFlow) specification(name func(oauthField) string, parts ...string) *object {
	properties := newObject()
	for _, f := range o.fields {
		if slices.Contains(parts, f.part) {
			s := newObject().set("type", f.kind).set("path_in_connector_config", f.path)
			properties.set(name(f), s)
		}
	}
	return objectOf(properties)
}

// serverInput lists what an administrator stores once for all users. It has no place in the
// config of its own; complete_oauth_server_output_specification says where it goes.
func (o *oauthFlow) serverInput() *object {
	properties := newObject()
	for _, f := range o.fields {
		if f.part == "client_id" || f.part == "client_secret" {
			properties.set(f.part, newObject().set("type", f.kind))
		}
	}
	return objectOf(properties)
}

// objectOf returns the schema of an object with the properties, nil when there are none: the
// specification is then left out of advanced_auth.
func objectOf(properties *object) *object {
	if len(properties.names) == 0 {
		return nil
	}
	return newObject().set("type", "object").set("properties", properties)
}
