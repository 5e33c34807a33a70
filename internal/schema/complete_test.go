package schema_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/airbyte-go/cdk/internal/schema"
	"github.com/airbyte-go/cdk/protocol"
)

const prefix = "Config validation error: "

// configError returns the text after the prefix of a config error.
func configError(t *testing.T, err error) string {
	t.Helper()
	wrong, ok := errors.AsType[*protocol.Error](err)
	require.True(t, ok, "%v", err)
	assert.Equal(t, protocol.ConfigError, wrong.Type)
	text, ok := strings.CutPrefix(wrong.Message, prefix)
	require.True(t, ok, wrong.Message)
	return text
}

func TestCompleteFillsDefaults(t *testing.T) {
	t.Parallel()
	got, err := shopSpec().Complete([]byte(shopValid))
	require.NoError(t, err)
	assert.Equal(t, compact(t, `{
		"Budget":1,
		"credentials":{"auth_type":"api_key","scope":"read","value":"k-123456"},
		"host":"192.0.2.7",
		"kinds":["orders","refunds"],
		"page_size":100,
		"paging":{"size":10},
		"rate":2.5,
		"region":"eu",
		"shop":"my-shop",
		"start_date":"2020-01-01T00:00:00Z",
		"verbose":false}`), string(got))
}

func TestCompleteLeavesWhatIsThere(t *testing.T) {
	t.Parallel()
	config := with(shopValid, `"files":[
		{"path":"a","format":{"filetype":"csv"}},
		{"path":"b","format":{"filetype":"jsonl","delimiter":";"}},
		{"path":"c","format":{"filetype":"csv","delimiter":"|"}}],
		"tunnel":{"tunnel_host":"h"},"rate":1e2,"Budget":123456789012345678901234567890.10,
		"unknown":{"a":"<&>"},"_limit":-1,"_page_size":"x"`)
	got, err := shopSpec().Complete([]byte(config))
	require.NoError(t, err)
	for _, want := range []string{
		`"files":[{"format":{"delimiter":",","filetype":"csv"},"path":"a"},` +
			`{"format":{"delimiter":";","filetype":"jsonl"},"path":"b"},` +
			`{"format":{"delimiter":"|","filetype":"csv"},"path":"c"}]`,
		`"tunnel":{"tunnel_host":"h","tunnel_port":22}`,
		`"rate":1e2`,
		`"Budget":123456789012345678901234567890.10`,
		`"unknown":{"a":"<&>"}`,
		`"_limit":-1,"_page_size":"x"`,
	} {
		assert.Contains(t, string(got), want)
	}
}

// TestCompleteTwiceIsTheSame: what Complete returns is complete.
func TestCompleteTwiceIsTheSame(t *testing.T) {
	t.Parallel()
	spec := shopSpec()
	once, err := spec.Complete([]byte(shopValid))
	require.NoError(t, err)
	again, err := spec.Complete(once)
	require.NoError(t, err)
	assert.Equal(t, string(once), string(again))
}

// with puts members into an object, where they win over earlier ones of the name.
func with(object, members string) string {
	return strings.TrimSuffix(object, "}") + "," + members + "}"
}

// TestViolations changes one thing in a valid config.
func TestViolations(t *testing.T) {
	t.Parallel()
	spec := shopSpec()
	runCases(t, "violations.txt", func(t *testing.T, c textCase) string {
		return complete(spec, with(shopValid, c.value["config"]))
	})
}

// TestViolationsComeInTheOrderOfTheSpec, not in that of the config or of a map.
func TestViolationsComeInTheOrderOfTheSpec(t *testing.T) {
	t.Parallel()
	_, err := shopSpec().Complete([]byte(`{"token":1,"page_size":0,"region":"x","shop":1}`))
	assert.Equal(t, "credentials (Sign in with): is required, but missing. "+
		"host (Server): is required, but missing. "+
		"shop (Shop name): must be a string, but is a number. "+
		`region: must be one of "eu", "us", "asia". `+
		"page_size: must be at least 1. "+
		"Budget: is required, but missing. "+
		"token: must be a string, but is a number.", configError(t, err))
}

func TestViolationsAreBounded(t *testing.T) {
	t.Parallel()
	items := strings.Repeat("1,", 149) + "1"
	_, err := shopSpec().Complete([]byte(with(shopValid, `"api_keys":[`+items+`]`)))
	text := configError(t, err)
	assert.Equal(t, 100, strings.Count(text, "must be a string"))
	assert.True(t, strings.HasSuffix(text, "There are 50 more."), text)
}

func TestWrongConfigs(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ config, want string }{
		{"", "the config is empty."},
		{" \n", "the config is empty."},
		{"null", "the config must be a JSON object, but is null."},
		{"[{}]", "the config must be a JSON object, but is an array."},
		{`"{}"`, "the config must be a JSON object, but is a string."},
		{"{", "the config is not valid JSON: it breaks off before the end."},
		{"{\n\n\"a\": secret}", "the config is not valid JSON: look at line 3."},
		{"{} {}", "the config is not valid JSON: something follows the closing brace."},
		{"{}x", "the config is not valid JSON: look at line 1."},
		{"start_date: 2024", "the config is not valid JSON: look at line 1."},
	} {
		t.Run(test.config, func(t *testing.T) {
			t.Parallel()
			_, err := shopSpec().Complete([]byte(test.config))
			assert.Equal(t, test.want, configError(t, err))
			err = schema.Decode([]byte(test.config), &shopConfig{})
			assert.Equal(t, test.want, configError(t, err))
			assert.Empty(t, shopSpec().Secrets([]byte(test.config)))
		})
	}
}

// TestNoValueLeaks puts a secret wherever a config can have a value, with every wrong type around
// it, and looks for it in all that can reach a log.
func TestNoValueLeaks(t *testing.T) {
	t.Parallel()
	const secret = "hunter2hunter2"
	spec := shopSpec()
	var names []string
	for name := range fieldsOf(t, spec) {
		names = append(names, name)
	}
	require.NotEmpty(t, names)
	forms := []string{
		`"%s"`, `["%s"]`, `{"%s_":"%[1]s"}`, `{"auth_type":"%s"}`, `[{"path":"x","format":"%s"}]`,
		`{"auth_type":"api_key","value":["%s"],"since":"%[1]s"}`, `{"size":"%s","style":["%[1]s"]}`,
	}
	for _, name := range names {
		for _, form := range forms {
			value := fmt.Sprintf(form, secret)
			config := []byte(with(shopValid, fmt.Sprintf("%q:%s", name, value)))
			_, err := spec.Complete(config)
			assertSilent(t, err, secret)
			var into shopConfig
			assertSilent(t, schema.Decode(config, &into), secret)
		}
	}
	for _, config := range []string{`{"a":` + secret, `{"` + secret, secret, `{"a":"` + secret} {
		_, err := spec.Complete([]byte(config))
		require.Error(t, err)
		assertSilent(t, err, secret)
		assertSilent(t, schema.Decode([]byte(config), new(any)), secret)
	}
}

// assertSilent fails when the secret shows in any text that can be made of the error.
func assertSilent(t *testing.T, err error, secret string) {
	t.Helper()
	if err == nil {
		return
	}
	// A member's name is no value; the form with one is cut off here.
	for e := err; e != nil; e = errors.Unwrap(e) {
		text := strings.ReplaceAll(fmt.Sprintf("%v %+v %#v", e, e, e), secret+"_", "")
		assert.NotContains(t, text, secret)
	}
}

// fieldsOf returns the properties of the root.
func fieldsOf(t *testing.T, spec *schema.Spec) map[string]any {
	t.Helper()
	var root struct {
		Properties map[string]any `json:"properties"`
	}
	require.NoError(t, json.Unmarshal(spec.Connector().ConnectionSpecification, &root))
	return root.Properties
}

// TestDecodeTakesWhatCompletePasses: formats and integers mean the same to both.
func TestDecodeTakesWhatCompletePasses(t *testing.T) {
	t.Parallel()
	config := with(shopValid, `"start_date":"2024-01-31T10:00:00.123+01:00",`+
		`"end_day":"2024-02-29","page_size":1e2,"retries":2.0,`+
		`"max_rows":9007199254740993,"Budget":1.10`)
	complete, err := shopSpec().Complete([]byte(config))
	require.NoError(t, err)
	var got shopConfig
	require.NoError(t, schema.Decode(complete, &got))
	assert.Equal(t, 100, got.PageSize)
	assert.Equal(t, uint8(2), got.Retries)
	assert.Equal(t, int64(9007199254740993), got.MaxRows)
	assert.Equal(t, json.Number("1.10"), got.Budget)
	assert.Equal(t, "2024-01-31T09:00:00.123Z", got.StartDate.UTC().Format(time.RFC3339Nano))
	assert.Equal(t, "2024-02-29", got.EndDay.Format(time.DateOnly))
	assert.Equal(t, "192.0.2.7", got.Host.String())
	assert.Equal(t, "k-123456", got.Credentials.Key.Value)
	assert.Equal(t, "read", got.Credentials.Key.Scope)
	assert.Nil(t, got.Credentials.OAuth)
	assert.Nil(t, got.Tunnel)
	assert.Equal(t, 10, got.Paging.Size)
	assert.Equal(t, []string{"orders", "refunds"}, got.Kinds)
}
