package acceptance

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/airbyte-go/cdk/protocol"
)

// discoverySubject is the catalog for one config.
type discoverySubject struct {
	*session
	test DiscoveryTest
}

func (s *session) discoveryChecks(prefix string, test DiscoveryTest) []Check {
	return checksOf(prefix, &discoverySubject{s, test}, discoveryLooks)
}

var discoveryLooks = []look[*discoverySubject]{
	{
		"one_answer", "exit code 0 and exactly one CATALOG with a stream",
		"Answer discover with one CATALOG message; say why where there is none to be had.",
		func(ctx context.Context, s *discoverySubject, v *Verdict) {
			if h, ok := s.discover(ctx, v); ok {
				h.mustAnswer(v)
			}
		},
	},
	onCatalog("names_are_unique", "each pair of namespace and name once, and each with a name",
		"Rename one of them, or give them namespaces.", uniqueNames),
	eachStream("namespaces", "a namespace, or none, but not an empty one",
		"Leave namespace out: an empty one names another stream than an absent one.",
		emptyNamespace),
	eachStream("schemas_are_valid", "a json_schema of draft-07, whose root is an object",
		"Correct the schema.", schemaIsValid),
	eachStream("schemas_have_types", "the types and formats that the protocol knows",
		"Use a type of JSON schema and one of the formats date, date-time and time.", knownTypes),
	eachStream("no_ref", "no $ref and no allOf, not", "Write the schema out.", plainSchema),
	eachStream("additional_properties", "additionalProperties that are not false",
		"Leave additionalProperties out: records may grow columns.", openSchema),
	eachStream("sync_modes", "at least one of full_refresh and incremental",
		"Name the modes in supported_sync_modes.", syncModes),
	eachStream("cursor_exists", "a cursor that is in the schema, for an incremental stream too",
		"Set default_cursor_field to the path of a property of the schema.", cursorExists),
	eachStream("keys_exist", "primary keys that are in the schema",
		"Correct source_defined_primary_key or the schema.", keysExist),
	eachStream("key_types", "primary keys that are no arrays or objects",
		"Choose a key whose values can be compared.", keyTypes),
	{
		"backward_compatible", "every stream, column, type, cursor and key of the earlier version",
		"Take nothing away; release what must change as a breaking change.",
		catalogIsCompatible,
	},
}

func (s *discoverySubject) discover(ctx context.Context, v *Verdict) (*heard, bool) {
	config, err := s.config(s.test.common)
	if err != nil {
		v.Fail("%v.", err)
		return nil, false
	}
	h := s.catalog(ctx, s.test.common, config)
	return h, h.mustEnd(v)
}

// streamPlace is a stream of a catalog, with its schema decoded.
type streamPlace struct {
	protocol.Stream

	schema map[string]any // nil: it is no object
	raw    map[string]any // the stream as it was written
	test   DiscoveryTest
}

// onCatalog makes a look out of a look on the run that answered with a catalog.
func onCatalog(
	name, want, mend string, at func(s *discoverySubject, h *heard, v *Verdict),
) look[*discoverySubject] {
	return look[*discoverySubject]{name, want, mend,
		func(ctx context.Context, s *discoverySubject, v *Verdict) {
			h, ok := s.discover(ctx, v)
			if !ok || h.Catalog == nil {
				v.Skip("there is no catalog to look at")
				return
			}
			at(s, h, v)
		}}
}

// eachStream makes a look out of a look on one stream.
func eachStream(
	name, want, mend string, at func(s *streamPlace, v *Verdict),
) look[*discoverySubject] {
	return onCatalog(name, want, mend, func(s *discoverySubject, h *heard, v *Verdict) {
		raw := h.rawStreams()
		for i, stream := range h.Catalog.Streams {
			at(&streamPlace{stream, decode(stream.JSONSchema), raw[i], s.test}, v)
		}
	})
}

// rawStreams are the streams of the first catalog as they were written.
func (h *heard) rawStreams() (streams []map[string]any) {
	for l := range h.Said() {
		if l.Message.Catalog == nil {
			continue
		}
		catalog := members(decode([]byte(h.Texts[l.Number-1])), "catalog")
		for _, stream := range elements(catalog, "streams") {
			object, _ := stream.(map[string]any)
			streams = append(streams, object)
		}
		return streams
	}
	return nil
}

func uniqueNames(_ *discoverySubject, h *heard, v *Verdict) {
	seen := map[protocol.Descriptor]bool{}
	for i, stream := range h.Catalog.Streams {
		switch d := stream.Descriptor(); {
		case d.Name == "":
			v.Fail("Stream %d of the catalog has no name.", i+1)
		case seen[d]:
			v.Fail("There are two streams %s.", d)
		default:
			seen[d] = true
		}
	}
}

func emptyNamespace(s *streamPlace, v *Verdict) {
	if s.raw["namespace"] == "" {
		v.Fail("The namespace of stream %s is empty.", s.Name)
	}
}

func schemaIsValid(s *streamPlace, v *Verdict) {
	if s.schema == nil {
		v.Fail("The json_schema of stream %s is not an object.", s.Name)
		return
	}
	if where := invalidAt(s.JSONSchema); where != "" {
		v.Fail("The json_schema of stream %s is not valid%s.", s.Name, where)
	}
	if !slices.Contains(typesOf(s.schema), "object") {
		v.Fail("The type of the json_schema of stream %s is %s.", s.Name, text(s.schema["type"]))
	}
}

var (
	knownFormats = []string{
		"date", "date-time", "time", "duration", "email", "hostname", "ipv4", "ipv6", "uri",
		"uri-reference", "iri", "uuid", "regex", "json-pointer", "byte", "binary",
	}
	knownAirbyteTypes = []string{
		"timestamp_with_timezone", "timestamp_without_timezone", "time_with_timezone",
		"time_without_timezone", "integer", "big_integer", "big_number",
	}
)

func knownTypes(s *streamPlace, v *Verdict) {
	for p := range places(s.schema) {
		if f, ok := p.schema["format"].(string); ok && !slices.Contains(knownFormats, f) {
			v.Fail("Stream %s: the format at %s is %q, which nobody knows.", s.Name, p, clip(f))
		}
		if t, ok := p.schema["airbyte_type"].(string); ok && !slices.Contains(knownAirbyteTypes,
			t) {
			v.Fail("Stream %s: the airbyte_type at %s is %q, which nobody knows.", s.Name, p,
				clip(t))
		}
	}
}

func plainSchema(s *streamPlace, v *Verdict) {
	for p := range places(s.schema) {
		for _, keyword := range []string{"$ref", "allOf", "not"} {
			if p.has(keyword) {
				v.Fail("Stream %s: there is a %s at %s.", s.Name, keyword, p)
			}
		}
	}
}

func openSchema(s *streamPlace, v *Verdict) {
	for p := range places(s.schema) {
		if p.schema["additionalProperties"] == false {
			v.Fail("Stream %s: additionalProperties is false at %s.", s.Name, p)
		}
	}
}

func syncModes(s *streamPlace, v *Verdict) {
	if len(s.SupportedSyncModes) == 0 {
		v.Fail("Stream %s supports no sync mode.", s.Name)
	}
	for _, mode := range s.SupportedSyncModes {
		if mode != protocol.SyncFullRefresh && mode != protocol.SyncIncremental {
			v.Fail("Stream %s has the unknown sync mode %q.", s.Name, mode)
		}
	}
}

func cursorExists(s *streamPlace, v *Verdict) {
	if len(s.DefaultCursorField) > 0 && typesAt(s.schema, s.DefaultCursorField) == nil {
		v.Fail("Stream %s: the cursor %s is not in its schema.", s.Name,
			strings.Join(s.DefaultCursorField, "."))
	}
}

func keysExist(s *streamPlace, v *Verdict) {
	for _, path := range s.SourceDefinedPrimaryKey {
		if len(path) == 0 || typesAt(s.schema, path) == nil {
			v.Fail("Stream %s: the key %s is not in its schema.", s.Name, strings.Join(path, "."))
		}
	}
}

func keyTypes(s *streamPlace, v *Verdict) {
	if !isOn(s.test.KeyTypes) {
		v.Skip("validate_primary_keys_data_type is off")
		return
	}
	for _, path := range s.SourceDefinedPrimaryKey {
		for _, t := range typesAt(s.schema, path) {
			if t == "array" || t == "object" {
				v.Fail("Stream %s: the key %s is of the type %s.", s.Name,
					strings.Join(path, "."), t)
			}
		}
	}
}

// typesAt are the types of the property at a path; nil where there is none, and not nil for one
// without a type.
func typesAt(schema map[string]any, path []string) []string {
	for _, name := range path {
		schema = members(members(schema, "properties"), name)
		if schema == nil {
			return nil
		}
	}
	return append([]string{}, typesOf(schema)...)
}

func catalogIsCompatible(ctx context.Context, s *discoverySubject, v *Verdict) {
	path := s.test.Compatibility.previousFile(s.session, v,
		func(c *Compatibility) string { return c.PreviousCatalog })
	if path == "" {
		return
	}
	before, err := readCatalogFile(path)
	if err != nil {
		v.Fail("The catalog of the earlier version cannot be read: %v.", err)
		return
	}
	h, ok := s.discover(ctx, v)
	if !ok || h.Catalog == nil {
		v.Skip("there is no catalog to look at")
		return
	}
	for _, old := range before.Streams {
		at := slices.IndexFunc(h.Catalog.Streams, func(s protocol.Stream) bool {
			return s.Descriptor() == old.Descriptor()
		})
		if at < 0 {
			v.Fail("The stream %s is gone.", old.Descriptor())
			continue
		}
		compareStreams(old, h.Catalog.Streams[at], v)
	}
}

func compareStreams(old, current protocol.Stream, v *Verdict) {
	comparison{v, false}.schemas(decode(old.JSONSchema), decode(current.JSONSchema), old.Name)
	if len(old.DefaultCursorField) > 0 &&
		!slices.Equal(old.DefaultCursorField, current.DefaultCursorField) {
		v.Fail("%s: the cursor was %v and is %v.", old.Name, old.DefaultCursorField,
			current.DefaultCursorField)
	}
	was, is := fmt.Sprint(old.SourceDefinedPrimaryKey), fmt.Sprint(current.SourceDefinedPrimaryKey)
	if len(old.SourceDefinedPrimaryKey) > 0 && was != is {
		v.Fail("%s: the primary key was %s and is %s.", old.Name, was, is)
	}
}
