package cdktest_test

import (
	"fmt"
	"testing"

	cdktest "github.com/airbyte-go/cdk/cdk_test"
)

// shopAPI is the API of the source under test: it knows one key, and has two records.
func shopAPI(api *cdktest.API) {
	api.Collection("/v1/records", cdktest.Collection{
		Records: []string{
			`{"id":1,"updated_at":"2026-01-01T00:00:00Z"}`,
			`{"id":2,"updated_at":"2026-01-02T00:00:00Z"}`,
		},
		Page: `{"data":{records},"next":null}`, Field: "updated_at", Since: "since",
	})
	api.Authorize("Authorization: Bearer right-key-1")
}

// A source is judged against a fake API, in virtual time.
func ExampleAccept() {
	runTest(func(t *testing.T) {
		cdktest.Accept(t, cdktest.Source(source{}), "testdata/acceptance-test-config.yml",
			cdktest.FakeAPI(shopAPI))
		fmt.Println("something is wrong:", t.Failed())
	})
	// Output: something is wrong: false
}

// A source that uses no API needs no option.
func ExampleSource() {
	runTest(func(t *testing.T) {
		connector := cdktest.Source(source{})
		cdktest.Accept(t, connector, "testdata/acceptance-test-config.yml",
			cdktest.FakeAPI(shopAPI))
		fmt.Println("something is wrong:", t.Failed())
	})
	// Output: something is wrong: false
}

// The connector may be written in any language.
func ExampleCommand() {
	runTest(func(t *testing.T) {
		cdktest.Accept(t, cdktest.Command("sh testdata/program/connector.sh"),
			"testdata/program/acceptance-test-config.yml")
		fmt.Println("something is wrong:", t.Failed())
	})
	// Output: something is wrong: false
}

// Each file is a conversation: what the connector is asked, what its API answers, and every line
// that it must say.
func ExampleConversations() {
	runTest(func(t *testing.T) {
		cdktest.Conversations(t, source{}, "testdata/conversations/*.txt")
		fmt.Println("something is wrong:", t.Failed())
	})
	// Output: something is wrong: false
}
