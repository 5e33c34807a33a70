package state_test

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/airbyte-go/cdk/protocol"
	"github.com/airbyte-go/cdk/state"
)

// The form the platform uses today; older ones give the same set.
func ExampleParse() {
	set, err := state.Parse([]byte(`[
		{"type": "STREAM", "stream": {
			"stream_descriptor": {"name": "users", "namespace": "public"},
			"stream_state": {"updated_at": "2026-01-31"}}},
		{"type": "STREAM", "stream": {"stream_descriptor": {"name": "orders"}}}
	]`))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(set.Kind(), set.Len())
	for d, raw := range set.Streams() {
		fmt.Println(d, string(raw))
	}
	_, ok := set.Stream(protocol.Descriptor{Name: "orders"})
	fmt.Println("orders:", ok)
	// Output:
	// STREAM 1
	// public.users {"updated_at": "2026-01-31"}
	// orders: false
}

// A bad state is one sentence that names the element and the remedy.
func ExampleParse_refused() {
	_, err := state.Parse([]byte(`[{"type": "STREAM", "stream": {"stream_state": {}}}]`))
	sentence, remedy, _ := strings.Cut(err.Error(), ". ")
	fmt.Println(sentence)
	fmt.Println(remedy)
	// Output:
	// Invalid state: element 1: a stream without a name
	// Correct it, or give no state to read every stream from the beginning.
}

func ExampleOf() {
	type cursor struct {
		UpdatedAt string `json:"updated_at"`
		LastID    int64  `json:"last_id"`
	}
	set, err := state.Parse([]byte(`{"users":{"updated_at":"2026-01-31","last_id":9007199254740993}}`))
	if err != nil {
		fmt.Println(err)
		return
	}
	c, ok, err := state.Of[cursor](set, protocol.Descriptor{Name: "users"})
	fmt.Println(c.UpdatedAt, c.LastID, ok, err)
	// Output:
	// 2026-01-31 9007199254740993 true <nil>
}

// A destination learns whether the source has read the stream to its end.
func ExampleMark() {
	s := &protocol.State{Type: protocol.StateLegacy, Data: json.RawMessage(`{}`)}
	state.Mark(s, true)
	text, err := json.Marshal(s)
	fmt.Println(string(text), err)
	// Output:
	// {"type":"LEGACY","data":{},"go_cdk":{"complete":true}} <nil>
}

func ExampleMarked() {
	var s protocol.State
	if err := json.Unmarshal([]byte(`{"type":"STREAM"}`), &s); err != nil {
		fmt.Println(err)
		return
	}
	marked, complete := state.Marked(&s)
	fmt.Println(marked, complete)

	state.Mark(&s, true)
	marked, complete = state.Marked(&s)
	fmt.Println(marked, complete)
	// Output:
	// false false
	// true true
}

func ExampleCounter() {
	users, orders := protocol.Descriptor{Name: "users"}, protocol.Descriptor{Name: "orders"}
	var c state.Counter
	c.Add(users, 100)
	c.Add(orders, 7)
	c.Add(users, 20)
	fmt.Println(c.Take(users), c.Take(users), c.TakeAll())
	// Output:
	// 120 0 7
}
