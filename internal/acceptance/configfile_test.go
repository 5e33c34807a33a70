package acceptance

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// everyKey is a file with each key of Airbyte's tests, those included that only older files have.
const everyKey = `
connector_image: airbyte/source-any:dev
base_path: sub
test_strictness_level: "high"
custom_environment_variables: {MODE: test, LEVEL: 3}
acceptance_tests:
  spec:
    tests:
      - spec_path: spec.json
        config_path: secrets/config.json
        timeout_seconds: 60
        deployment_mode: cloud
        backward_compatibility_tests_config:
          previous_connector_version: "1.2.3"
          disable_for_version: "1.2.4"
        auth_default_method: {oauth: false, bypass_reason: API keys come first}
  connection:
    tests:
      - {config_path: a.json, status: succeed}
      - {config_path: b.json, status: failed, timeout_seconds: 5, deployment_mode: oss}
      - {config_path: c.json, status: exception}
      - config_path: d.json
  discovery:
    tests:
      - config_path: a.json
        validate_primary_keys_data_type: false
        backward_compatibility_tests_config: {disable_for_version: "0.4.7"}
  basic_read:
    tests:
      - config_path: a.json
        configured_catalog_path: catalog.json
        empty_streams:
          - name: events
            bypass_reason: they are kept for 90 days
        expect_records: {path: records.jsonl, exact_order: yes, extra_fields: no,
	extra_records: yes}
        ignored_fields:
          users:
            - name: plan/price
              bypass_reason: it changes
          teams: [updated_at]
        validate_schema: true
        validate_stream_statuses: true
        validate_state_messages: false
        validate_primary_keys_data_type: true
        fail_on_extra_columns: no
        validate_data_points: on
        expect_trace_message_on_failure: false
        file_types: {skip_test: true, bypass_reason: no files, unsupported_types: []}
        client_container_config:
          secrets_path: /secrets
          client_container_dockerfile_path: Dockerfile
          setup_command: [a, b]
          teardown_command: [c]
          between_syncs_command: [d]
        timeout_seconds: 3600
  full_refresh:
    tests:
      - config_path: a.json
        configured_catalog_path: catalog.json
        ignored_fields: {users: [{name: seen_at, bypass_reason: it changes}]}
  incremental:
    tests:
      - config_path: a.json
        cursor_paths: {users: [1, updated_at]}
        future_state:
          future_state_path: future.json
          missing_streams: [{name: teams, bypass_reason: no cursor}]
          cursor_format: {format: "^\\d+$", streams: [{name: users, format: x}]}
        skip_comprehensive_incremental_tests: true
  connector_attributes:
    tests:
      - config_path: a.json
        streams_without_primary_key: [{name: reports, bypass_reason: they have none}]
        allowed_hosts: {bypass_reason: any host}
        suggested_streams: {bypass_reason: all of them}
  connector_documentation:
    tests: [{config_path: a.json, timeout_seconds: 2}]
`

func TestConfigKnowsEveryKey(t *testing.T) {
	t.Parallel()
	c, err := parseConfig([]byte(everyKey))
	require.NoError(t, err)
	assert.Equal(t, map[string]string{"MODE": "test", "LEVEL": "3"}, c.Environment)
	read := c.Suites.BasicRead.Tests[0]
	assert.True(t, read.Expect.ExactOrder)
	assert.True(t, *read.Expect.ExtraRecords)
	assert.False(t, isOn(read.ExtraColumns))
	assert.True(t, *read.DataPoints)
	assert.Equal(t, Excuses{{Name: "updated_at"}}, read.Ignored["teams"])
	assert.Equal(t, "succeed", c.Suites.Connection.Tests[3].Status)
	assert.Equal(t, []string{"1", "updated_at"}, c.Suites.Incremental.Tests[0].CursorPaths["users"])
	assert.False(t, isOn(c.Suites.Spec.Tests[0].OAuthDefault.OAuth))
}

func TestOldConfigIsMigrated(t *testing.T) {
	t.Parallel()
	c, err := parseConfig([]byte(`
connector_image: airbyte/source-any:dev
tests:
  spec: [{spec_path: spec.json}]
  basic_read: [{config_path: a.json, empty_streams: [events]}]
  full_refresh: [{config_path: a.json, ignored_fields: {users: [seen_at]}}]
  incremental: [{config_path: a.json, future_state_path: future.json}]
`))
	require.NoError(t, err)
	assert.Equal(t, lowStrictness, c.Strictness)
	assert.Equal(t, "spec.json", c.Suites.Spec.Tests[0].SpecPath)
	assert.True(t, excused(c.Suites.BasicRead.Tests[0].Empty, "events"))
	assert.Equal(t, "seen_at", c.Suites.FullRefresh.Tests[0].Ignored["users"][0].Name)
	assert.Equal(t, "future.json", c.Suites.Incremental.Tests[0].Future.Path)
}

func TestConfigMistakes(t *testing.T) {
	t.Parallel()
	const image = "connector_image: a\n"
	for name, test := range map[string]struct{ text, says string }{
		"empty":        {"", "it is empty"},
		"no mapping":   {"- a", "it must be a mapping"},
		"no YAML":      {"a: [", "line 1"},
		"no image":     {"acceptance_tests: {}", "connector_image is required"},
		"unknown root": {image + "speed: 3", `line 2: the file has no key "speed"`},
		"unknown suite": {image + "acceptance_tests:\n  speed: {}",
			`line 3: acceptance_tests has no key "speed"`},
		"unknown key": {image + "acceptance_tests:\n  spec:\n    tests:\n    - spec_pth: x",
			`line 5: tests has no key "spec_pth"`},
		"unknown key of old": {image + "tests:\n  spec:\n  - spec_pth: x",
			"line 4: tests has no key"},
		"unknown merged": {image + "acceptance_tests:\n  spec:\n    tests:\n    - <<: {x: 1}",
			"line 5"},
		"wrong type": {image + "acceptance_tests:\n  spec:\n    tests: 7",
			"line 4: cannot take the value `7`"},
		"strictness": {image + "test_strictness_level: huge", "must be low or high"},
		"status": {image + "acceptance_tests: {connection: {tests: [{status: maybe}]}}",
			"connection, test 1: status must be"},
		"mode": {image + "acceptance_tests: {spec: {tests: [{deployment_mode: moon}]}}",
			"spec, test 1: deployment_mode"},
		"tests and bypass": {image + "acceptance_tests: {spec: {tests: [{}], bypass_reason: x}}",
			"spec has tests, so it must not have a bypass_reason"},
		"records without a path": {image + "acceptance_tests: {basic_read: {tests: " +
			"[{expect_records: {}}]}}",
			"either a path or a bypass_reason"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := parseConfig([]byte(test.text))
			require.Error(t, err)
			assert.Contains(t, err.Error(), test.says)
			assert.NotContains(t, err.Error(), "acceptance.")
		})
	}
}

func FuzzParseConfig(f *testing.F) {
	f.Add([]byte(everyKey))
	f.Add([]byte("connector_image: a\ntests:\n  spec:\n  - &x {spec_path: y}\n  - *x"))
	f.Add([]byte("a: &a [*a]"))
	f.Add([]byte("connector_image: a\nacceptance_tests: &x\n  <<: *x\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		c, err := parseConfig(text)
		if err == nil && c.ConnectorImage == "" {
			t.Error("a config without an image")
		}
	})
}

func TestHighStrictnessDemands(t *testing.T) {
	t.Parallel()
	c, err := parseConfig([]byte(`
connector_image: a
test_strictness_level: high
acceptance_tests:
  spec: {bypass_reason: none}
  connection: {}
  basic_read:
    tests: [{configured_catalog_path: c.json, validate_schema: false, empty_streams: [events]}]
  incremental: {tests: [{future_state: {future_state_path: x, missing_streams: [teams]}}, {}]}
`))
	require.NoError(t, err)
	var v Verdict
	c.demandHigh(&v)
	assert.Equal(t, []string{
		"The suite connection has neither tests nor a bypass_reason.",
		"The suite discovery has neither tests nor a bypass_reason.",
		"The suite full_refresh has neither tests nor a bypass_reason.",
		"basic_read, test 1: configured_catalog_path is set; all streams must be read.",
		"basic_read, test 1: expect_records has neither a path nor a bypass_reason.",
		"basic_read, test 1: validate_schema is off.",
		"basic_read, test 1, empty_streams: the exemption of events has no bypass_reason.",
		"incremental, test 1, missing_streams: the exemption of teams has no bypass_reason.",
		"incremental, test 2: future_state has neither a path nor a bypass_reason.",
	}, v.Failures)
	assert.True(t, strings.HasPrefix(Check{Want: "w", Mend: "m"}.Explain(&v), v.Failures[0]))
}
