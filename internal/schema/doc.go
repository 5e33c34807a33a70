// Package schema makes JSON schemas from Go types, in the two dialects a connector needs, and
// reads configs by them.
//
// [Record] describes the records of a stream. [Config] describes a connector's config: from its
// [Spec] come the form that a user fills in, the defaults, the validation with one sentence for
// each violation, and the list of secrets to mask. [Decode] stores the config in a Go value and
// [Encode] writes one. An author who brings a spec file uses [ParseSpec] instead of Config.
//
// # Config tags
//
// Fields become properties in their order. A field is required unless its json tag says omitempty
// or omitzero, it is a pointer, or it has a default. A nested struct that is not a pointer gets
// the default {} when all its fields can be left out and one of them has a default, so that those
// reach a config that leaves out the whole object.
//
//	json          name; "-" leaves the field out; omitempty and omitzero make it optional
//	title         what the form shows
//	description   the help text beside it
//	default       value as text; of the field's type, and within its other rules
//	enum          allowed values: a,b or a JSON array where a value has a comma; strings, numbers
//	examples      values shown in the empty field, written like enum
//	pattern       regular expression, without lookahead; strings
//	pattern_descriptor
//	              the pattern in words, such as YYYY-MM-DD
//	format        date, date-time, time, duration, uri, email, hostname, ipv4, ipv6, uuid, regex
//	minimum, maximum
//	              bounds of a number, inclusive
//	min_length, max_length
//	              bounds of a string, in characters
//	min_items     least length of a slice
//	order         place in the form from 0; the others take the free places in turn
//	group         id of a declared group; fields of the outermost struct only
//	airbyte       options, separated by commas:
//	  secret          masked in the form, logs and errors; strings, numbers
//	  multiline       a text area instead of a line
//	  hidden          not in the form
//	  always_show     an optional field that is not folded away
//	  oneof=NAME      the user chooses one branch; NAME is the discriminator, a constant
//	  display=radio   how a oneof is shown; or display=dropdown
//	  oauth2          on a branch of a oneof: logs in with OAuth; it must be the first branch
//	  oauth=PART      the field's part in the OAuth flow: client_id, client_secret, output
//	                  (receives what the flow returns under the field's name) or input (is
//	                  filled in before the flow starts)
//
// On a slice, the tags for strings, numbers, secret and oneof speak of the items. A blank field
// of the outermost struct speaks of the whole: _ struct{} with the tags title, description and
// groups:"auth=Authentication,more=Advanced".
//
// The types: string, bool, integers, floats, [json.Number] for numbers of any size, [time.Time]
// (a date-time, or a date with format:"date"), types with UnmarshalText (a string), structs,
// slices of strings, numbers and structs, and pointers to these. Embedded structs are flattened
// as encoding/json does. A map[string]T works too, but the form cannot show it, and the
// platform's acceptance tests refuse a spec with one.
//
// The type of a oneof is a struct whose fields are pointers to structs, one for each branch:
//
//	type Auth struct {
//		OAuth *OAuth    `json:"oauth" title:"OAuth" airbyte:"oauth2"`
//		Key   *KeyAuth  `json:"api_key" title:"API key"`
//		None  *struct{} `json:"none" title:"No login"`
//	}
//
// A field Auth with airbyte:"oneof=auth_type" reads {"auth_type":"api_key", ...fields of KeyAuth}
// and sets Key alone. The tags oauth2 and oauth make the spec's advanced_auth; without a oneof,
// where OAuth is the only way to log in, the oauth tags alone do.
//
// Fields whose names the acceptance tests take for a secret, such as password, token and key, are
// secret without being asked.
//
// # Deviations
//
// Every schema is taken for draft-07, as the platform does. Formats are checked. A date-time must
// be one that Go's time package reads: RFC 3339 without leap seconds. Numbers of more than 400
// digits, or with an exponent beyond 400, are refused wherever a rule would have to calculate
// with them. Unlike encoding/json, Decode matches names exactly.
package schema
