package schema

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// tags is what the struct tags of one config field say. The package comment lists them.
type tags struct {
	title, description string

	// Values as text, read by the field's type later; nil where the tag is absent, because the
	// empty text is a default like any other.
	defaultText, enumText, examplesText *string

	// Rules for the value. The bounds of numbers stay text, for they may be of any size; those of
	// lengths are nil where the tag is absent, because 0 is a bound, too.
	pattern, patternDescriptor, format string
	minimum, maximum                   string
	minLength, maxLength, minItems     *int

	// Where the form shows the field: order is sorted by within an object, group is a card of the
	// form, which only properties of the root can name.
	order *int
	group string

	// How the form shows it. A secret is masked there, and in logs and errors.
	secret, multiline, hidden, alwaysShow bool
	display                               string // dropdown or radio
	oneOf                                 string // name of the discriminator
	oauth2                                bool   // the branch of a oneOf that logs in with OAuth
	oauth                                 string // the field's part in the OAuth flow
}

// formats are the values of the format tag. All are checked during validation, which a format that
// nobody knows would pass in silence: "datetime" is the usual slip.
var formats = []string{
	"date", "date-time", "time", "duration", "uri", "email", "hostname", "ipv4", "ipv6", "uuid",
	"regex",
}

// oauthParts are the parts a field can play in an OAuth flow.
var oauthParts = []string{"client_id", "client_secret", "output", "input"}

// readTags reads the tags of a config field. Its error is for the programmer: it says what is
// wrong and what may stand there instead.
func readTags(tag reflect.StructTag) (tags, error) {
	t := tags{
		title:             tag.Get("title"),
		description:       tag.Get("description"),
		defaultText:       optionalTag(tag, "default"),
		enumText:          optionalTag(tag, "enum"),
		examplesText:      optionalTag(tag, "examples"),
		pattern:           tag.Get("pattern"),
		patternDescriptor: tag.Get("pattern_descriptor"),
		format:            tag.Get("format"),
		minimum:           tag.Get("minimum"),
		maximum:           tag.Get("maximum"),
		group:             tag.Get("group"),
	}
	if t.format != "" && !slices.Contains(formats, t.format) {
		return t, fmt.Errorf("the format %q is unknown; use one of %s",
			t.format, strings.Join(formats, ", "))
	}
	for name, target := range map[string]**int{
		"min_length": &t.minLength, "max_length": &t.maxLength, "min_items": &t.minItems,
		"order": &t.order,
	} {
		if err := countTag(tag, name, target); err != nil {
			return t, err
		}
	}
	return t, t.readOptions(tag.Get("airbyte"))
}

// optionalTag tells an empty tag from an absent one.
func optionalTag(tag reflect.StructTag, name string) *string {
	if text, ok := tag.Lookup(name); ok {
		return &text
	}
	return nil
}

// countTag reads a tag that counts something, and leaves the target alone when there is none.
func countTag(tag reflect.StructTag, name string, target **int) error {
	text, ok := tag.Lookup(name)
	if !ok {
		return nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 {
		return fmt.Errorf("the tag %s is %q; it must be a whole number from 0", name, text)
	}
	*target = &n
	return nil
}

// readOptions reads the airbyte tag, a list of words and name=value pairs.
func (t *tags) readOptions(text string) error {
	if text == "" {
		return nil
	}
	for option := range strings.SplitSeq(text, ",") {
		if err := t.readOption(strings.TrimSpace(option)); err != nil {
			return err
		}
	}
	return nil
}

// readOption reads one option. An unknown one is refused and not skipped: it is mostly a misspelt
// secret.
func (t *tags) readOption(option string) error {
	name, value, _ := strings.Cut(option, "=")
	switch {
	case option == "secret":
		t.secret = true
	case option == "multiline":
		t.multiline = true
	case option == "hidden":
		t.hidden = true
	case option == "always_show":
		t.alwaysShow = true
	case option == "oauth2":
		t.oauth2 = true
	case name == "oneof" && value != "":
		t.oneOf = value
	case name == "display" && (value == "radio" || value == "dropdown"):
		t.display = value
	case name == "oauth" && slices.Contains(oauthParts, value):
		t.oauth = value
	default:
		return fmt.Errorf("the airbyte option %q is unknown; use secret, multiline, hidden, "+
			"always_show, display=radio, display=dropdown, oneof=NAME, oauth2, oauth=client_id, "+
			"oauth=client_secret, oauth=output or oauth=input", option)
	}
	return nil
}
