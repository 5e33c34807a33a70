package acceptance

import (
	"slices"
	"time"
)

// Config is an acceptance-test-config.yml. The keys, their meaning and their defaults are those of
// Airbyte's own acceptance tests, so that one file serves both.
type Config struct {
	ConnectorImage string            `yaml:"connector_image"`
	BasePath       string            `yaml:"base_path"` // of the paths in it
	Strictness     string            `yaml:"test_strictness_level"`
	Environment    map[string]string `yaml:"custom_environment_variables"`
	Suites         Suites            `yaml:"acceptance_tests"`

	dir string // in which relative paths start
}

// Suites are the tests of the file, by what they look at.
type Suites struct {
	Spec          *Suite[SpecTest]          `yaml:"spec"`
	Connection    *Suite[ConnectionTest]    `yaml:"connection"`
	Discovery     *Suite[DiscoveryTest]     `yaml:"discovery"`
	BasicRead     *Suite[BasicReadTest]     `yaml:"basic_read"`
	FullRefresh   *Suite[FullRefreshTest]   `yaml:"full_refresh"`
	Incremental   *Suite[IncrementalTest]   `yaml:"incremental"`
	Attributes    *Suite[AttributesTest]    `yaml:"connector_attributes"`
	Documentation *Suite[DocumentationTest] `yaml:"connector_documentation"`
}

// Suite holds tests or the reason why there are none.
type Suite[T any] struct {
	Bypass string `yaml:"bypass_reason"`
	Tests  []T    `yaml:"tests"`
}

// common are the keys that tests of several suites share.
type common struct {
	ConfigPath     string `yaml:"config_path"`
	Timeout        int    `yaml:"timeout_seconds"`
	DeploymentMode string `yaml:"deployment_mode"`
}

// SpecTest looks at a spec.
type SpecTest struct {
	common `yaml:",inline"`

	SpecPath      string          `yaml:"spec_path"`
	Compatibility *Compatibility  `yaml:"backward_compatibility_tests_config"`
	OAuthDefault  *OAuthByDefault `yaml:"auth_default_method"`
}

// Compatibility says with which earlier version the connector is compared. The paths are an
// addition to Airbyte's keys: files that the earlier version's spec and discover wrote.
type Compatibility struct {
	PreviousVersion string `yaml:"previous_connector_version"`
	DisabledFor     string `yaml:"disable_for_version"`
	PreviousSpec    string `yaml:"previous_spec_path"`
	PreviousCatalog string `yaml:"previous_catalog_path"`
}

// OAuthByDefault says whether OAuth is the first way to sign in.
type OAuthByDefault struct {
	OAuth  *bool  `yaml:"oauth"`
	Bypass string `yaml:"bypass_reason"`
}

// ConnectionTest checks a config.
type ConnectionTest struct {
	common `yaml:",inline"`

	Status string `yaml:"status"` // succeed, failed or exception
}

// DiscoveryTest looks at a catalog.
type DiscoveryTest struct {
	common `yaml:",inline"`

	Compatibility *Compatibility `yaml:"backward_compatibility_tests_config"`
	KeyTypes      *bool          `yaml:"validate_primary_keys_data_type"`
}

// BasicReadTest reads every stream once.
type BasicReadTest struct {
	common `yaml:",inline"`

	CatalogPath    string             `yaml:"configured_catalog_path"`
	Empty          []Excuse           `yaml:"empty_streams"`
	Expect         *ExpectedRecords   `yaml:"expect_records"`
	Schema         *bool              `yaml:"validate_schema"`
	Statuses       *bool              `yaml:"validate_stream_statuses"`
	States         *bool              `yaml:"validate_state_messages"`
	KeyTypes       *bool              `yaml:"validate_primary_keys_data_type"`
	ExtraColumns   *bool              `yaml:"fail_on_extra_columns"`
	DataPoints     *bool              `yaml:"validate_data_points"`
	TraceOnFailure *bool              `yaml:"expect_trace_message_on_failure"`
	FileTypes      *FileTypes         `yaml:"file_types"`
	Container      *Container         `yaml:"client_container_config"`
	Ignored        map[string]Excuses `yaml:"ignored_fields"` // retired, still in many files
}

// Excuse exempts a stream or a field, mostly with a reason. It may be written as the name alone.
type Excuse struct {
	Name   string `yaml:"name"`
	Bypass string `yaml:"bypass_reason"`
}

// Excuses is a list of them.
type Excuses []Excuse

// ExpectedRecords names a file with records that a read must bring.
type ExpectedRecords struct {
	Path         string `yaml:"path"`
	Bypass       string `yaml:"bypass_reason"`
	ExactOrder   bool   `yaml:"exact_order"`
	ExtraFields  bool   `yaml:"extra_fields"`  // retired: fields beyond those of the file are fine
	ExtraRecords *bool  `yaml:"extra_records"` // retired: so are records, by default
}

// FileTypes is for sources of files.
type FileTypes struct {
	Skip        bool         `yaml:"skip_test"`
	Bypass      string       `yaml:"bypass_reason"`
	Unsupported []FileExcuse `yaml:"unsupported_types"`
}

// FileExcuse exempts a type of files.
type FileExcuse struct {
	Extension string `yaml:"extension"`
	Bypass    string `yaml:"bypass_reason"`
}

// Container describes a container around each test; it is read and not used.
type Container struct {
	Secrets    string   `yaml:"secrets_path"`
	Dockerfile string   `yaml:"client_container_dockerfile_path"`
	Setup      []string `yaml:"setup_command"`
	Teardown   []string `yaml:"teardown_command"`
	Between    []string `yaml:"between_syncs_command"`
}

// FullRefreshTest reads twice and compares.
type FullRefreshTest struct {
	common `yaml:",inline"`

	CatalogPath string             `yaml:"configured_catalog_path"`
	Ignored     map[string]Excuses `yaml:"ignored_fields"`
	Container   *Container         `yaml:"client_container_config"`
}

// IncrementalTest reads from states.
type IncrementalTest struct {
	common `yaml:",inline"`

	CatalogPath string              `yaml:"configured_catalog_path"`
	Future      *FutureState        `yaml:"future_state"`
	Simple      bool                `yaml:"skip_comprehensive_incremental_tests"`
	Container   *Container          `yaml:"client_container_config"`
	CursorPaths map[string][]string `yaml:"cursor_paths"` // retired, still in many files
}

// FutureState names a state behind which there is nothing to read.
type FutureState struct {
	Path    string        `yaml:"future_state_path"`
	Missing []Excuse      `yaml:"missing_streams"`
	Bypass  string        `yaml:"bypass_reason"`
	Format  *CursorFormat `yaml:"cursor_format"`
}

// CursorFormat says how cursor values are written, as regular expressions.
type CursorFormat struct {
	Format  string `yaml:"format"`
	Streams []struct {
		Name   string `yaml:"name"`
		Format string `yaml:"format"`
	} `yaml:"streams"`
}

// AttributesTest looks at what a catalog promises.
type AttributesTest struct {
	common `yaml:",inline"`

	WithoutKey       []Excuse `yaml:"streams_without_primary_key"`
	AllowedHosts     *Reason  `yaml:"allowed_hosts"`
	SuggestedStreams *Reason  `yaml:"suggested_streams"`
}

// Reason is why something is not looked at.
type Reason struct {
	Bypass string `yaml:"bypass_reason"`
}

// DocumentationTest looks at pages that are no part of a connector; it is read and not used.
type DocumentationTest struct {
	common `yaml:",inline"`
}

const (
	lowStrictness  = "low"
	highStrictness = "high"

	defaultConfigPath = "secrets/config.json"
	defaultSpecPath   = "secrets/spec.json"
)

// The bounds of a run of each kind, those of Airbyte's tests.
const (
	specTimeout     = time.Minute
	checkTimeout    = time.Minute
	discoverTimeout = 5 * time.Minute
	readTimeout     = 10 * time.Minute
	longReadTimeout = 20 * time.Minute
)

// bound is how long a run of a test may take.
func (c common) bound(otherwise time.Duration) time.Duration {
	if c.Timeout > 0 {
		return time.Duration(c.Timeout) * time.Second
	}
	return otherwise
}

// isOn is the value of a switch whose default is on.
func isOn(value *bool) bool { return value == nil || *value }

// excused tells whether a list exempts a name.
func excused(list []Excuse, name string) bool {
	return slices.ContainsFunc(list, func(e Excuse) bool { return e.Name == name })
}
