package schema_test

import (
	"encoding/json"
	"errors"
	"regexp"
	"strings"
	"testing"

	"github.com/airbyte-go/cdk/internal/schema"
	"github.com/airbyte-go/cdk/protocol"
)

// configSeeds start the fuzzers near what matters.
var configSeeds = []string{
	shopValid, `{}`, `[]`, ``, `{"a":1e999999999}`, `{"credentials":{"auth_type":"api_key"}}`,
	`{"files":[{"path":"a","format":{"filetype":"csv"}}],"kinds":["orders"],"tunnel":{}}`,
	`{"start_date":"2024-01-31T00:00:00Z","end_day":"2024-01-31","host":"::1","retries":2.0}`,
	`{"page_size":1.5,"rate":-0,"Budget":1.10,"api_keys":["a"],"token":5,"_limit":1}`,
	"{\"\\ud800\":\"\xff\"}",
}

func FuzzComplete(f *testing.F) {
	for _, seed := range configSeeds {
		f.Add([]byte(seed))
	}
	spec := shopSpec()
	f.Fuzz(func(t *testing.T, config []byte) {
		spec.Secrets(config)
		complete, err := spec.Complete(config)
		if err != nil {
			mustBeSentence(t, err)
			return
		}
		again, err := spec.Complete(complete)
		if err != nil || string(again) != string(complete) {
			t.Fatalf("complete twice: %s\n%s\n%v", complete, again, err)
		}
		var into shopConfig
		if err := schema.Decode(complete, &into); err != nil {
			// Only what Go narrows beyond the schema may be refused now.
			narrow := regexp.MustCompile("whole number from|a number up to|is not a valid")
			if !narrow.MatchString(err.Error()) {
				t.Fatalf("%s\n%v", complete, err)
			}
		}
	})
}

func FuzzDecode(f *testing.F) {
	for _, seed := range append(configSeeds,
		`{"s":1,"i8":300,"pp":"x","u":{"kind":"none"},"m":{"a":1},"days":["2024-01-31"]}`,
		`{"raw":[1],"any":{},"bytes":"aGk=","own":"v","level":"high","pair":[1,2]}`,
	) {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, config []byte) {
		var into everything
		if err := schema.Decode(config, &into); err != nil {
			mustBeSentence(t, err)
		}
	})
}

func FuzzParseSpec(f *testing.F) {
	text, err := json.Marshal(shopSpec().Connector())
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text, []byte(shopValid))
	const config = `{"a":[[{"a":1}]],"b":{"k":"x"},"k":2}`
	for _, file := range []string{``, `[]`, `{}`} {
		f.Add([]byte(file), []byte(config))
	}
	for _, seed := range []string{
		`{}`,
		`{"$ref":"#"}`,
		`{"properties":{"a":{"allOf":[{"$ref":"#"}],"default":{}}}}`,
		`{"oneOf":[{"properties":{"k":{"const":1}}},{"properties":{"k":{"const":2}}}]}`,
		`{"properties":{"a":{"$ref":"#/definitions/n"}},"definitions":{"n":{
			"items":{"$ref":"#/definitions/n"},"airbyte_secret":true,"minItems":1}}}`,
		`{"patternProperties":{"^a":{"pattern":"(?=x)"}},"additionalProperties":false}`,
		`{"not":{},"if":{},"then":{},"contains":{},"dependencies":{"a":["b"]},"required":["a"],
			"items":[{}],"uniqueItems":true,"enum":[1],"const":1,"multipleOf":1e99}`,
	} {
		f.Add([]byte(`{"connectionSpecification":`+seed+`}`), []byte(config))
	}
	f.Fuzz(func(t *testing.T, file, config []byte) {
		spec, err := schema.ParseSpec(file)
		if err != nil {
			mustBeSentence(t, err)
			return
		}
		spec.Connector()
		spec.Secrets(config)
		if _, err := spec.Complete(config); err != nil {
			mustBeSentence(t, err)
		}
	})
}

// mustBeSentence fails on an error that a user could not read.
func mustBeSentence(t *testing.T, err error) {
	t.Helper()
	wrong, ok := errors.AsType[*protocol.Error](err)
	if !ok || !strings.HasSuffix(wrong.Message, ".") || strings.Contains(wrong.Message, "json:") {
		t.Fatalf("%#v", err)
	}
}
