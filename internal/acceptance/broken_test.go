package acceptance

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// brokenConnectors are the correct connector with one defect each, and the check that must see it.
// Those named "as kits do" are defects that shipped kits have.
var brokenConnectors = map[string]struct {
	check string
	says  string // a part of what the check says
	defect
}{
	// The spec.
	"no answer to spec": {"spec/1/one_answer", "there are 0", on("spec", drop("SPEC"))},
	"two answers":       {"spec/1/one_answer", "there are 2", on("spec", twice("SPEC"))},
	"answer to another verb": {"spec/1/one_answer", "the answer to check", on("spec", add(
		`{"type":"CONNECTION_STATUS","connectionStatus":{"status":"SUCCEEDED"}}`))},
	"spec without a schema, as kits do": {
		"spec/1/valid_schema", "not an object",
		spec(func(spec, _ map[string]any) {
			delete(spec, "connectionSpecification")
		}),
	},
	"misspelt property, as kits do": {"spec/1/known_properties", "changelogUrl",
		spec(func(spec, _ map[string]any) { spec["changeLogUrl"] = "https://example.com" })},
	"null in the spec, as kits do": {"spec/1/known_properties", "is null",
		spec(func(spec, _ map[string]any) { spec["supported_destination_sync_modes"] = nil })},
	"null in the schema, as kits do": {"spec/1/valid_schema", "required",
		schemaOf(func(schema map[string]any) { schema["required"] = nil })},
	// What the platform makes of a read.
	"LEGACY state, on the platform": {
		"basic_read/1/platform_custom", "takes STREAM and GLOBAL only",
		on("read", replace(`"type":"STREAM","stream":{"stream_descriptor":{"name":"plans"},"stream_state":{"done":true}}`, `"data":{"plans":1}`)),
	},
	"GLOBAL after STREAM, on the platform": {
		"basic_read/1/platform_custom", "fails a sync that mixes them",
		on("read", replace(`"type":"STREAM","stream":{"stream_descriptor":{"name":"plans"},"stream_state":{"done":true}}`, `"type":"GLOBAL","global":{"stream_states":[]}`)),
	},
	"two states with one id": {
		"basic_read/1/platform_custom", "Two states have one id",
		on("read", replace(`"state":{"type":"STREAM"`, `"state":{"id":7,"type":"STREAM"`)),
	},
	"estimates of two kinds": {
		"basic_read/1/platform_custom", "the platform drops them",
		on("read", insertAt("RUNNING", "plans",
			`{"type":"TRACE","trace":{"type":"ESTIMATE","emitted_at":1,"estimate":{"type":"STREAM","name":"plans","row_estimate":2}}}`,
			`{"type":"TRACE","trace":{"type":"ESTIMATE","emitted_at":1,"estimate":{"type":"SYNC","name":"plans","row_estimate":2}}}`)),
	},
	"COMPLETE of a stream that nobody has": {
		"basic_read/1/platform_custom", "which the configured catalog does not have",
		on("read", insertAt("RUNNING", "plans",
			`{"type":"TRACE","trace":{"type":"STREAM_STATUS","emitted_at":1,"stream_status":{"stream_descriptor":{"name":"teams"},"status":"COMPLETE"}}}`)),
	},
	"half a record": {
		"basic_read/1/platform_custom", "cannot be read and is dropped",
		on("read", insertAt("RUNNING", "plans", `{"type":"RECORD","record":{"stream":"plans"`)),
	},
	"empty records, on the platform": {
		"basic_read/1/platform_custom", "dropped by the platform without a word",
		on("read", insertAt("RUNNING", "plans", plan(`{}`), plan(`null`))),
	},
	"no state, on the platform": {
		"basic_read/1/platform_custom", "the platform adds an empty one",
		on("read", drop("STATE", "plans")),
	},
	"another spec than the file": {
		"spec/1/matches_file", "api_key.title",
		property("api_key", "title", "K"),
	},
	"config that does not fit": {
		"spec/1/config_matches", "start_date",
		property("start_date", "type", "integer"),
	},
	"root of no type, as kits do": {"spec/1/root_is_object", "null", schemaOf(drop1("type"))},
	"enum with duplicates": {"spec/1/enums_are_unique", `"eu" twice`,
		regionsOf("eu", "us", "eu")},
	"oneOf in no object": {
		"spec/1/one_of", "not of type object",
		property("access", "type", "string"),
	},
	"oneOf without a const": {"spec/1/one_of", "share 0", branch(1, func(b map[string]any) {
		delete(b["properties"].(map[string]any), "kind")
	})},
	"oneOf branch without properties": {
		"spec/1/one_of", "has no properties",
		branch(0, drop1("properties")),
	},
	"oneOf with equal consts": {
		"spec/1/one_of", "the same const",
		branch(1, func(b map[string]any) {
			b["properties"].(map[string]any)["kind"] = map[string]any{"const": "all"}
		}),
	},
	"default beside a const": {
		"spec/1/one_of", "the default of kind",
		branch(0, func(b map[string]any) {
			b["properties"].(map[string]any)["kind"] = map[string]any{"const": "all",
				"default": "some"}
		}),
	},
	"unmarked secret": {"spec/1/secrets_are_marked", "access.oneOf.1.properties.token",
		branch(1, func(b map[string]any) {
			delete(b["properties"].(map[string]any)["token"].(map[string]any), "airbyte_secret")
		})},
	"several types": {
		"spec/1/types", "start_date",
		property("start_date", "type", []any{"string", "integer"}),
	},
	"object without properties": {"spec/1/objects_have_properties", "more", newProperty("more", `{"type":"object"}`)},
	"array without items":       {"spec/1/arrays_have_items", "list", newProperty("list", `{"type":"array"}`)},
	"duplicate order": {
		"spec/1/orders_are_unique", "order 1",
		property("regions", "order", 1),
	},
	"group below the root": {
		"spec/1/groups_are_at_the_root", "token",
		branch(1, func(b map[string]any) {
			b["properties"].(map[string]any)["token"].(map[string]any)["group"] = "auth"
		}),
	},
	"unknown display_type": {
		"spec/1/display_type", "menu",
		property("access", "display_type", "menu"),
	},
	"ref": {"spec/1/no_ref", "start_date", property("start_date", "$ref", "#/definitions/d")},
	"closed schema": {"spec/1/additional_properties", "the root",
		schemaOf(func(schema map[string]any) { schema["additionalProperties"] = false })},
	"requires what is not there": {"spec/1/required_exists", `"user"`,
		schemaOf(func(schema map[string]any) { schema["required"] = []any{"user"} })},
	"not": {
		"spec/1/no_not", "start_date",
		property("start_date", "not", map[string]any{"const": "x"}),
	},
	"anyOf": {"spec/1/no_anyOf", "start_date", property("start_date", "anyOf", []any{true})},
	"allOf": {"spec/1/no_allOf", "start_date", property("start_date", "allOf", []any{true})},
	"if":    {"spec/1/no_if", "start_date", property("start_date", "if", true)},
	"then":  {"spec/1/no_then", "start_date", property("start_date", "then", true)},
	"else":  {"spec/1/no_else", "start_date", property("start_date", "else", true)},
	"patternProperties": {
		"spec/1/no_patternProperties", "access",
		property("access", "patternProperties", map[string]any{}),
	},
	"prefixItems": {
		"spec/1/no_prefixItems", "regions",
		property("regions", "prefixItems", []any{}),
	},
	"dependentSchemas": {
		"spec/1/no_dependentSchemas", "access",
		property("access", "dependentSchemas", map[string]any{}),
	},
	"dependentRequired": {
		"spec/1/no_dependentRequired", "access",
		property("access", "dependentRequired", map[string]any{}),
	},
	"OAuth path to nowhere": {
		"spec/1/oauth_paths", "access.key",
		spec(func(spec, _ map[string]any) {
			flow := members(members(spec, "advanced_auth"), "oauth_config_specification")
			out := members(members(flow, "complete_oauth_output_specification"), "properties")
			out["token"].(map[string]any)["path_in_connector_config"] = []any{"access", "key"}
		}),
	},
	"OAuth comes second": {"spec/1/oauth_is_default", `"some"`, spec(func(spec, _ map[string]any) {
		spec["advanced_auth"].(map[string]any)["predicate_value"] = "some"
	})},
	"property is gone": {
		"spec/1/backward_compatible", "/regions: the property is gone",
		schemaOf(without("regions")),
	},
	"type is narrower": {
		"spec/1/backward_compatible", "/api_key: the type was",
		property("api_key", "type", "integer"),
	},
	"enum value is gone": {"spec/1/backward_compatible", `lost "us"`, regionsOf("eu")},
	"newly required": {
		"spec/1/backward_compatible", "/regions: the property is required now",
		schemaOf(func(s map[string]any) {
			s["required"] = []any{"api_key", "start_date", "regions"}
		}),
	},
	"stray text from spec": {
		"spec/1/one_answer", "Line 1 is not a message",
		on("spec", first("loading...")),
	},

	// The command line.
	"panic on a missing flag, as kits do": {"command_line/missing_config", "crashed",
		misused("check", func(c *conversation) { c.stderr = "panic: index out of range\n" })},
	"unknown verb ends well, as kits do": {
		"command_line/unknown_verb", "exit code 0",
		misused("splines", endsWell),
	},
	"no verb ends well": {"command_line/no_verb", "exit code 0", misused("", endsWell)},
	"joined flags, as kits do": {"command_line/joined_flags", "has no CONNECTION_STATUS",
		defect{lines: func(c *conversation) {
			if c.joined {
				c.lines, c.code = nil, 2
			}
		}}},

	// The check.
	"FAILED without a message, as kits do": {"connection/2/one_answer", "without a message",
		on("check", replace(`,"message":"The API key is not known."`, ""))},
	"says yes to a wrong key": {
		"connection/2/outcome", "SUCCEEDED",
		on("check", replace("FAILED", "SUCCEEDED")),
	},
	"says no to a right key": {
		"connection/1/outcome", "FAILED",
		on("check", replace("SUCCEEDED", "FAILED")),
	},
	"FAILED with exit code 1": {
		"connection/2/exit_code", "the exit code 1",
		on("check", func(c *conversation) {
			if c.has("FAILED") {
				c.code = 1
			}
		}),
	},
	"exception without a trace": {
		"connection/3/outcome", "0 ERROR traces",
		on("check", drop("ERROR")),
	},
	"config is not validated, as kits do": {"connection/1/empty_config", "SUCCEEDED",
		on("check", func(c *conversation) {
			if c.config["api_key"] == "" {
				c.lines = []string{`{"type":"CONNECTION_STATUS","connectionStatus":{"status":"SUCCEEDED"}}`}
			}
		})},
	"config error as a crash": {
		"connection/1/empty_config", "exit code 1",
		on("check", func(c *conversation) {
			if c.config["api_key"] == "" {
				c.lines, c.code = nil, 1
				c.stderr = "Traceback (most recent call last):\n  File \"main.py\"\nKeyError: " +
					"'api_key'"
				c.fail(1, "system_error", "KeyError: 'api_key'", "")
			}
		}),
	},

	// The catalog.
	"discover says nothing, as kits do": {"discovery/1/one_answer", "exit code 1",
		on("discover", func(c *conversation) { c.lines, c.code = nil, 1 })},
	"discover overflows its stack, as kits do": {"discovery/1/one_answer", "exit code 2",
		on("discover", func(c *conversation) {
			c.lines, c.code, c.stderr = nil, 2, "fatal error: stack overflow"
		})},
	"catalog without streams": {"discovery/1/one_answer", "no stream", on("discover", func(c *conversation) { c.lines = []string{`{"type":"CATALOG","catalog":{"streams":[]}}`} })},
	"two streams of one name": {
		"discovery/1/names_are_unique", "users",
		stream(1, "name", "users"),
	},
	"empty namespace, as kits do": {"discovery/1/namespaces", "users", stream(0, "namespace", "")},
	"type of nothing, as kits do": {
		"discovery/1/schemas_are_valid", "type",
		column("id", "type", []any{"integer", ""}),
	},
	"empty schema, as kits do": {
		"discovery/1/schemas_are_valid", "null",
		stream(1, "json_schema", map[string]any{}),
	},
	"unknown format, as kits do": {
		"discovery/1/schemas_have_types", "datetime",
		column("updated_at", "format", "datetime"),
	},
	"ref in a schema": {"discovery/1/no_ref", "$ref", column("name", "$ref", "#/definitions/n")},
	"closed columns": {
		"discovery/1/additional_properties", "address",
		column("address", "additionalProperties", false),
	},
	"no sync mode": {"discovery/1/sync_modes", "users", stream(0, "supported_sync_modes", []any{})},
	"cursor that is not there": {
		"discovery/1/cursor_exists", "changed_at",
		stream(0, "default_cursor_field", []any{"changed_at"}),
	},
	"key that is not there": {
		"discovery/1/keys_exist", "uid",
		stream(0, "source_defined_primary_key", []any{[]any{"uid"}}),
	},
	"key that is an object": {
		"discovery/1/key_types", "address",
		stream(0, "source_defined_primary_key", []any{[]any{"address"}}),
	},
	"column is gone": {
		"discovery/1/backward_compatible", "users/born",
		catalog(func(s []map[string]any) {
			delete(s[0]["json_schema"].(map[string]any)["properties"].(map[string]any), "born")
		}),
	},
	"column has another type": {
		"discovery/1/backward_compatible", "users/id",
		column("id", "type", "string"),
	},
	"stream has another name": {
		"discovery/1/backward_compatible", "The stream plans is gone",
		stream(1, "name", "tariffs"),
	},
	"no primary key": {
		"connector_attributes/1/primary_keys", "plans",
		stream(1, "source_defined_primary_key", []any{}),
	},

	// The read.
	"text on stdout": {
		"basic_read/1/lines_are_messages", "Line 3 is not",
		on("read", insert(2, "debug: 2 users")),
	},
	"half a record, on the platform": {"basic_read/1/lines_are_messages", "Line 3 is not", on("read", replace(`"emitted_at":`, `"emitted_at"`))},
	"empty data":                     {"basic_read/1/records_have_data", "plans is empty", on("read", insertAt("RUNNING", "plans", plan(`{}`)))},
	"record outside the catalog":     {"basic_read/1/records_are_asked_for", "stream teams", on("read", insertAt("RUNNING", "plans", strings.Replace(plan(`{"id":"t"}`), "plans", "teams", 1)))},
	"record before STARTED": {
		"basic_read/1/records_come_after_started", "plans",
		on("read", drop("STREAM_STATUS", "plans")),
	},
	"LEGACY state, as kits do":  {"basic_read/1/states_are_of_one_kind", "neither", on("read", replace(`"type":"STREAM","stream":{"stream_descriptor":{"name":"plans"},"stream_state":{"done":true}}`, `"data":{"plans":1}`))},
	"mixed states":              {"basic_read/1/states_are_of_one_kind", "one kind", on("read", replace(`"type":"STREAM","stream":{"stream_descriptor":{"name":"plans"},"stream_state":{"done":true}}`, `"type":"GLOBAL","global":{"stream_states":[]}`))},
	"state outside the catalog": {"basic_read/1/states_are_asked_for", "teams", on("read", insertAt("RUNNING", "plans", `{"type":"STATE","state":{"type":"STREAM","stream":{"stream_descriptor":{"name":"teams"},"stream_state":{}},"sourceStats":{"recordCount":0.0}}}`))},
	"wrong counts":              {"basic_read/1/counts_agree", "says that 3", on("read", replace(`"recordCount":2.0`, `"recordCount":3.0`))},
	"no counts":                 {"basic_read/1/counts_agree", "without sourceStats", on("read", replace(`,"sourceStats":{"recordCount":2.0}`, ``))},
	"no RUNNING": {
		"basic_read/1/statuses_are_in_order", "follows STARTED",
		on("read", drop("RUNNING")),
	},
	"no statuses, as kits do": {
		"basic_read/1/success_is_complete", "not COMPLETE",
		on("read", drop("STREAM_STATUS")),
	},
	"STARTED twice": {
		"basic_read/1/statuses_are_in_order", "follows STARTED",
		on("read", twice("STARTED")),
	},
	"record after COMPLETE": {
		"basic_read/1/nothing_follows_the_end", "a record",
		on("read", func(c *conversation) {
			if c.code == 0 && c.has("COMPLETE", "plans") {
				c.add("%s", plan(`{"id":"z"}`))
			}
		}),
	},
	"two errors of a stream": {"basic_read/1/streams_fail_once", "another ERROR", on("read", insertAt("RUNNING", "plans", `{"type":"TRACE","trace":{"type":"ERROR","emitted_at":1,"error":{"message":"no","stream_descriptor":{"name":"plans"}}}}`, `{"type":"TRACE","trace":{"type":"ERROR","emitted_at":1,"error":{"message":"no","stream_descriptor":{"name":"plans"}}}}`))},
	"missing state": {
		"basic_read/1/success_is_complete", "has no state",
		on("read", drop("STATE", "plans")),
	},
	"early state": {
		"basic_read/1/success_is_complete", "no state after its last 2",
		on("read", func(c *conversation) {
			if at := c.at("STATE", "plans"); at >= 0 && c.code == 0 {
				early := c.lines[at]
				c.lines = slices.Delete(c.lines, at, at+1)
				c.lines = slices.Insert(c.lines, c.at("RUNNING", "plans")+1, early)
			}
		}),
	},
	"exit code 0 after a failure": {"basic_read/1/success_is_complete", "INCOMPLETE", on("read", replace(`"COMPLETE"`, `"INCOMPLETE"`))},
	"failure without a trace": {
		"basic_read/1/failure_is_explained", "without an ERROR trace",
		on("read", func(c *conversation) { c.code = 1 }),
	},
	"failure in the midst": {
		"basic_read/1/streams_end", "RUNNING",
		on("read", func(c *conversation) { c.lines, c.code = dropped(c.lines, "COMPLETE"), 1 }),
	},
	"read fails": {
		"basic_read/1/succeeds", "exit code 1",
		on("read", func(c *conversation) { c.fail(1, "system_error", "no", "") }),
	},
	"read does not end": {
		"basic_read/1/succeeds", "did not end within",
		on("read", func(c *conversation) { c.hangs = true }),
	},
	"no records": {"basic_read/1/has_records", "no record", on("read", drop("RECORD"))},
	"empty stream": {
		"basic_read/1/no_empty_stream", "plans",
		on("read", drop("RECORD", "plans")),
	},
	"type mismatch":          {"basic_read/1/schema", "price, a string, breaks type number", on("read", replace(`"price":1.5`, `"price":"1.5"`))},
	"null where none may be": {"basic_read/1/schema", "price, null", on("read", replace(`"price":1.5`, `"price":null`))},
	"wrong format": {
		"basic_read/1/schema", "born, a string, breaks format date",
		on("read", replace("1999-12-31", "31.12.1999")),
	},
	"a day that does not exist": {
		"basic_read/1/schema", "born",
		on("read", replace("1999-12-31", "1999-02-30")),
	},
	"time without a zone":    {"basic_read/1/schema", "has a zone", on("read", replace(`-20T00:00:00Z","seen`, `-20T00:00:00","seen`))},
	"nested type mismatch":   {"basic_read/1/schema", "address.city", on("read", replace(`"city":"c"`, `"city":7`))},
	"extra column":           {"basic_read/1/extra_columns", `"rebate"`, on("read", replace(`"price":1.5`, `"price":1.5,"rebate":0`))},
	"duplicate key":          {"basic_read/1/keys", "the key of line", on("read", replace(`"id":"b"`, `"id":"a"`))},
	"null key":               {"basic_read/1/keys", "null or missing", on("read", replace(`"id":"b"`, `"id":null`))},
	"column without a value": {"basic_read/1/data_points", "price", on("read", replace(`,"price":1.5`, ``))},
	"unexpected value":       {"basic_read/1/expected_records", "name", on("read", replace(`"name":"n"`, `"name":"m"`))},
	"seconds in emitted_at": {"basic_read/1/emitted_at", "1970", on("read", func(c *conversation) {
		for i, line := range c.lines {
			if at := strings.Index(line, `"emitted_at":`); strings.Contains(line, "RECORD") && at > 0 {
				c.lines[i] = line[:at+23] + line[at+26:]
			}
		}
	})},
	"unknown stream is ignored, as kits do": {
		"basic_read/1/unknown_stream", "exit code is 0",
		on("read", func(c *conversation) {
			if c.has("There is no such stream.") {
				c.lines, c.code = nil, 0
			}
		}),
	},
	"no traces at all, as kits do": {
		"basic_read/1/bad_catalog", "no ERROR trace",
		on("read", drop("ERROR")),
	},

	// Reading again.
	"second read is empty": {"full_refresh/1/reads_all_again", "users", secondTime(drop("RECORD"))},
	"second read breaks a rule": {
		"full_refresh/1/keeps_the_rules", "empty",
		secondTime(insert(0, "")),
	},
	"its own state is refused, as kits do": {
		"incremental/1/state_is_accepted", "exit code 1",
		afterState(func(c *conversation) {
			c.lines = nil
			c.fail(1, "config_error", "The state is no object.", "")
		}),
	},
	"state is not used, as kits do": {
		"incremental/1/state_is_used", "6 records, and from the last state 6",
		defect{users: func([]user, string) []user { return allUsers }},
	},
	"cursor goes back": {
		"incremental/1/states_go_forward", "goes back",
		on("read", func(c *conversation) {
			if at := c.at("STATE", "users", day(9)); at >= 0 {
				c.lines[at] = strings.ReplaceAll(c.lines[at], day(9), day(3))
			}
		}),
	},
	"state runs ahead": {
		"incremental/1/states_do_not_run_ahead", "lies before that",
		on("read", replace(
			`"stream_state":{"updated_at":"2024-01-09T00:00:00Z"}`, `"stream_state":{"updated_at":"2024-01-25T00:00:00Z"}`)),
	},
	"state that loses records": {"incremental/1/nothing_is_lost", "records came neither",
		defect{users: func(all []user, since string) []user {
			if since != "" && len(all) > 1 { // the bound is exclusive once too often
				return all[1:]
			}
			return all
		}}},
	"state of a page to come": {
		"incremental/1/nothing_is_lost", "records came neither",
		on("read", replace(
			`"stream_state":{"updated_at":"2024-01-05T00:00:00Z"}`, `"stream_state":{"updated_at":"2024-01-10T00:00:00Z"}`)),
	},
	"state that cannot be read": {
		"incremental/1/nothing_is_lost", "exit code 1",
		afterState(func(c *conversation) {
			if c.has(`"id":3`) {
				c.fail(1, "system_error", "lost", "users")
			}
		}),
	},
	"another kind of cursor": {
		"incremental/1/future_state", "and the connector writes 20240128",
		on("read", func(c *conversation) {
			for i, line := range c.lines {
				if strings.Contains(line, `"STATE"`) {
					c.lines[i] = dayInState.ReplaceAllString(line, "$1$2$3")
				}
			}
		}),
	},
	"future brings records": {"incremental/1/future_state", "6 records",
		defect{users: func(all []user, since string) []user {
			if since > "2900" {
				return allUsers
			}
			return all
		}}},

	// The process.
	"ignores SIGTERM": {
		"process/sigterm", "had to be killed",
		defect{lines: func(c *conversation) { c.hangs = c.signal }},
	},
	"SIGTERM ends well": {"process/sigterm", "exit code 0", defect{lines: func(c *conversation) {
		if c.signal {
			c.code = 0
		}
	}}},
	"SIGTERM writes a state too far": {
		"process/sigterm", "came neither before nor",
		defect{lines: func(c *conversation) {
			if c.signal {
				at := slices.IndexFunc(c.lines, func(l string) bool {
					return strings.Contains(l, "INCOMPLETE")
				})
				early := conversation{}
				early.state("users", fmt.Sprintf(`{"updated_at":%q}`, day(28)), 0)
				c.lines = slices.Insert(c.lines, max(at, 0), early.lines[0])
			}
		}},
	},
	"SIGTERM is a failure": {"process/sigterm", "exit code 1", defect{lines: func(c *conversation) {
		if c.signal {
			c.code = 1
		}
	}}},
	"SIGTERM cuts a line": {
		"process/sigterm", "not a message",
		defect{lines: func(c *conversation) {
			if c.signal {
				c.add(`{"type":"RECORD","record":{"stre`)
			}
		}},
	},
	"closed output ends well": {
		"process/closed_output", "exit code is 0",
		defect{lines: func(c *conversation) {
			if !c.signal && c.code == 1 && c.verb == "read" && !c.has("ERROR") {
				c.code = 0
			}
		}},
	},

	// Secrets, in the forms in which programs write them.
	"secret in a log": {
		"output/secrets", "of check, LOG",
		on("check", add(logged("using sk-very/secret+1"))),
	},
	"secret in a URL": {
		"output/secrets", "of read, LOG",
		on("read", add(logged("GET /?key=sk-very%2Fsecret%2B1"))),
	},
	"secret in base64": {
		"output/secrets", "of check, LOG",
		on("check", add(logged("Basic c2stdmVyeS9zZWNyZXQrMQ=="))),
	},
	"secret escaped":     {"output/secrets", "of check, LOG", on("check", add(logged(`{"key":"sk-very\/secret+1"}`)))},
	"secret in a record": {"output/secrets", "of read, RECORD", on("read", replace(`"name":"n"`, `"name":"sk-very/secret+1"`))},
	"secret in a state":  {"output/secrets", "of read, STATE", on("read", replace(`"done":true`, `"done":"sk-very/secret+1"`))},
	"secret on stderr": {
		"output/secrets", "the standard error of discover",
		on("discover", func(c *conversation) { c.stderr = "sk-very/secret+1" }),
	},
	"secret in a failure": {
		"output/secrets", "of check, CONNECTION_STATUS",
		on("check", replace("The API key is", "The API key sk-wrong-key-1 is")),
	},
	"secret on no message": {
		"output/secrets", "no message",
		on("check", first("key=sk-very/secret+1")),
	},
}

// dayInState matches the cursor of a state.
var dayInState = regexp.MustCompile(`"(\d{4})-(\d\d)-(\d\d)T00:00:00Z"`)

func TestBrokenConnectorsFail(t *testing.T) {
	t.Parallel()
	require.GreaterOrEqual(t, len(brokenConnectors), 40)
	for name, test := range brokenConnectors {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			found := outcomes(t, &scripted{t: t, defect: test.defect})
			v := found[test.check]
			require.NotNil(t, v, "there is no such check")
			var failed []string
			for _, name := range sorted(found) {
				if found[name].Failed() {
					failed = append(failed, name+": "+found[name].Failures[0])
				}
				for _, f := range found[name].Failures {
					assert.NotContains(t, f, "sk-very/secret+1", name)
					assert.NotRegexp(t, `[^.]\.\.( |$)`, f, name)
				}
			}
			require.NotEmpty(t, v.Failures, "others:\n%s", strings.Join(failed, "\n"))
			assert.Contains(t, strings.Join(v.Failures, "\n"), test.says)
		})
	}
}

// These build defects.
