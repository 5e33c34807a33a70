package apicode

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/airbyte-go/cdk/cmd/cdk/internal/openapi"
)

func (w *writer) isIncremental() bool {
	for _, s := range w.API.Streams {
		if s.Cursor != nil {
			return true
		}
	}
	return false
}

// acceptance is the config of the acceptance tests.
func (w *writer) acceptance() []byte {
	wrongLogin, incremental := "", "    bypass_reason: no stream is incremental\n"
	if len(w.API.Login) > 0 {
		wrongLogin = "      - config_path: testdata/wrong_credentials.json\n" +
			"        status: failed\n"
	}
	if w.isIncremental() {
		incremental = "    tests:\n      - config_path: config.json\n        future_state:\n" +
			"          future_state_path: testdata/future_state.json\n"
	}
	var keyless strings.Builder
	extra := ""
	for _, s := range w.API.Streams {
		if len(openapi.Pruned(s.Record).Fields) == 0 { // its type names no column
			extra = "        fail_on_extra_columns: false\n"
		}
		if s.Key == "" {
			if keyless.Len() == 0 {
				keyless.WriteString("        streams_without_primary_key:\n")
			}
			fmt.Fprintf(&keyless, "          - name: %s\n            bypass_reason: the document "+
				"names no key\n", s.Name)
		}
	}
	slug := strings.TrimPrefix(w.Short, "source-")
	return fmt.Appendf(nil, `connector_image: %s/%s:dev
test_strictness_level: high
acceptance_tests:
  spec:
    tests:
      - config_path: config.json
  connection:
    tests:
      - config_path: config.json
        status: succeed
%s  discovery:
    tests:
      - config_path: config.json
  basic_read:
    tests:
      - config_path: config.json
        expect_records:
          path: testdata/expected_records.jsonl
%s  full_refresh:
    tests:
      - config_path: config.json
  incremental:
%s  connector_attributes:
    tests:
      - config_path: config.json
%s  connector_documentation:
    bypass_reason: there is no page yet
`, slug, w.Short, wrongLogin, extra, incremental, keyless.String())
}

// expected are the records that the fake API has. Those of which each parent has one differ by the
// parent, and are left to the other checks.
func (w *writer) expected() []byte {
	var b bytes.Buffer
	for _, s := range w.API.Streams {
		if s.Single && s.Parent != nil {
			continue
		}
		for _, record := range s.Samples {
			fmt.Fprintf(&b, `{"stream": %s, "data": %s}`+"\n", quoted(s.Name), record)
		}
	}
	return b.Bytes()
}

// future is a state beyond all records.
func (w *writer) future() []byte {
	var list []string
	for _, s := range w.API.Streams {
		if s.Cursor == nil {
			continue
		}
		far := map[openapi.CursorKind]string{
			openapi.Moments: `"2999-01-01T00:00:00Z"`, openapi.Days: `"2999-01-01"`,
			openapi.UnixSeconds: `"32472144000"`,
		}[s.Cursor.Kind]
		state := fmt.Sprintf("{%s: %s}", quoted(s.Cursor.Field), far)
		if s.Parent != nil {
			state = `{"use_global_cursor": true, "lookback_window": 0, "state": ` + state +
				`, "states": []}`
		}
		list = append(list, fmt.Sprintf(`  {"type": "STREAM", "stream": {"stream_descriptor": `+
			`{"name": %s}, "stream_state": %s}}`, quoted(s.Name), state))
	}
	text := []byte("[\n" + strings.Join(list, ",\n") + "\n]\n")
	if !json.Valid(text) { // a mistake of ours
		panic("the state is not JSON: " + string(text))
	}
	return text
}
