package schema_test

import (
	"fmt"
	"reflect"
	"strings"
	"time"

	"github.com/airbyte-go/cdk/internal/schema"
)

type exampleConfig struct {
	Auth      exampleAuth `json:"credentials" title:"Sign in with" airbyte:"oneof=auth_type"`
	StartDate time.Time   `json:"start_date,omitzero" title:"Replicate from" format:"date"`
	PageSize  int         `json:"page_size" default:"100" minimum:"1"`
}

type exampleAuth struct {
	Key *struct {
		Value string `json:"value" airbyte:"secret"`
	} `json:"api_key" title:"API key"`
	None *struct{} `json:"none" title:"None"`
}

// printSentences writes the one line of an error as several.
func printSentences(err error) {
	fmt.Println(strings.ReplaceAll(err.Error(), ". ", ".\n"))
}

func ExampleConfig() {
	spec := schema.Config(reflect.TypeFor[exampleConfig]())

	_, err := spec.Complete([]byte(`{"credentials":{"auth_type":"api_key"},"start_date":"May"}`))
	printSentences(err)

	config := []byte(`{
		"credentials": {"auth_type": "api_key", "value": "s3cret"},
		"start_date": "2024-05-01"
	}`)
	fmt.Println(spec.Secrets(config))
	complete, err := spec.Complete(config)
	if err != nil {
		fmt.Println(err)
		return
	}
	var c exampleConfig
	if err := schema.Decode(complete, &c); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(c.Auth.Key.Value, c.Auth.None == nil, c.StartDate.Format(time.DateOnly), c.PageSize)

	// Output:
	// Config validation error: credentials.value: is required, but missing.
	// start_date (Replicate from): must be a date such as 2024-01-31.
	// [s3cret]
	// s3cret true 2024-05-01 100
}

func ExampleRecord() {
	type record struct {
		ID        int64     `json:"id"`
		Tags      []string  `json:"tags"`
		UpdatedAt time.Time `json:"updated_at"`
	}
	fmt.Println(string(schema.Record(reflect.TypeFor[record]())))

	// Output:
	// {"$schema":"http://json-schema.org/draft-07/schema#","type":"object","additionalProperties":true,"properties":{"id":{"type":["null","integer"]},"tags":{"type":["null","array"],"items":{"type":["null","string"]}},"updated_at":{"type":["null","string"],"format":"date-time","airbyte_type":"timestamp_with_timezone"}}}
}

func ExampleParseSpec() {
	spec, err := schema.ParseSpec([]byte(`{
		"connectionSpecification": {
			"type": "object",
			"required": ["host"],
			"properties": {
				"host": {"type": "string", "title": "Server"},
				"port": {"type": "integer", "default": 443}
			}
		}
	}`))
	if err != nil {
		fmt.Println(err)
		return
	}
	complete, err := spec.Complete([]byte(`{"host":"db.example.com"}`))
	fmt.Println(string(complete), err)
	_, err = spec.Complete([]byte(`{"port":"https"}`))
	printSentences(err)

	// Output:
	// {"host":"db.example.com","port":443} <nil>
	// Config validation error: host (Server): is required, but missing.
	// port: must be an integer, but is a string.
}

func ExampleDecode() {
	var config struct {
		PageSize int8 `json:"page_size" title:"Page size"`
	}
	fmt.Println(schema.Decode([]byte(`{"page_size":1e2}`), &config), config.PageSize)
	fmt.Println(schema.Decode([]byte(`{"page_size":200}`), &config))

	// Output:
	// <nil> 100
	// Config validation error: page_size (Page size): must be a whole number from -128 to 127.
}

func ExampleEncode() {
	config, err := schema.Encode(exampleConfig{
		Auth:      exampleAuth{None: &struct{}{}},
		StartDate: time.Date(2024, time.May, 1, 0, 0, 0, 0, time.UTC),
	})
	fmt.Println(string(config), err)

	// Output:
	// {"credentials":{"auth_type":"none"},"start_date":"2024-05-01"} <nil>
}
