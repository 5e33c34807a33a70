package http_test

import (
	"encoding/json"
	"fmt"
	nethttp "net/http"
	"strings"

	"github.com/airbyte-go/cdk/http"
	"github.com/airbyte-go/cdk/sources"
)

// readEdited prints the record {"id":"7","userName":"Ann","address":{"city":"Bonn"},"etag":"x"}
// behind edits.
func readEdited(edits ...http.Edit) {
	api := apiFunc(func(*nethttp.Request) string {
		return `[{"id":"7","userName":"Ann","address":{"city":"Bonn"},"etag":"x"}]`
	})
	read(api, &http.Stream{
		Client: http.NewClient("https://api.example.com"),
		Name:   "users",
		Schema: anySchema,
		Edits:  edits,
	})
}

// Edits run in their order, on the bytes of the record.
func ExampleEdit() {
	readEdited(
		http.Remove("etag"),
		http.Flatten("_"),
		http.Keys(http.SnakeCase),
		http.Add("source", "api"),
	)
	// Output: {"id":"7","user_name":"Ann","address_city":"Bonn","source":"api"}
}

func ExampleFilter() {
	inBonn := func(city json.RawMessage) bool { return string(city) == `"Bonn"` }
	readEdited(http.Filter("address.city", inBonn), http.Remove("address", "etag"))
	// Output: {"id":"7","userName":"Ann"}
}

func ExampleAdd() {
	readEdited(http.Remove("address", "etag"), http.Add("tags", []string{"new"}))
	// Output: {"id":"7","userName":"Ann","tags":["new"]}
}

func ExampleRemove() {
	readEdited(http.Remove("etag", "address.city"))
	// Output: {"id":"7","userName":"Ann","address":{}}
}

func ExampleRename() {
	readEdited(http.Remove("address", "etag"), http.Rename("userName", "name"))
	// Output: {"id":"7","name":"Ann"}
}

func ExampleFlatten() {
	readEdited(http.Flatten("."))
	// Output: {"id":"7","userName":"Ann","address.city":"Bonn","etag":"x"}
}

func ExampleKeys() {
	readEdited(http.Keys(strings.ToLower))
	// Output: {"id":"7","username":"Ann","address":{"city":"Bonn"},"etag":"x"}
}

func ExampleSnakeCase() {
	fmt.Println(http.SnakeCase("createdAt"), http.SnakeCase("HTTP Status"))
	// Output: created_at http_status
}

// The schema says that an ID is an integer; the API sends it as text.
func ExampleCast() {
	type user struct {
		ID       int64  `json:"id"`
		UserName string `json:"userName"`
	}
	readEdited(http.Remove("address", "etag"), http.Cast(sources.SchemaOf[user]()))
	// Output: {"id":7,"userName":"Ann"}
}

// Code of one's own, for what no other edit does.
func ExampleMap() {
	readEdited(http.Map(func(record []byte, _ sources.Slice) ([]byte, error) {
		var user struct{ UserName string }
		if err := json.Unmarshal(record, &user); err != nil {
			return nil, err
		}
		if user.UserName == "" {
			return nil, nil // drops the record
		}
		return json.Marshal(map[string]string{"greeting": "Hello " + user.UserName})
	}))
	// Output: {"greeting":"Hello Ann"}
}
