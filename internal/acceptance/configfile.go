package acceptance

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// ReadConfig reads an acceptance-test-config.yml. The error has a sentence for each mistake in it,
// with the number of its line.
func ReadConfig(path string) (*Config, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("the acceptance tests need a config file: %w", err)
	}
	c, err := parseConfig(text)
	if err != nil {
		return nil, fmt.Errorf("%s is not a config of acceptance tests: %w", path, err)
	}
	c.dir = filepath.Join(filepath.Dir(path), filepath.FromSlash(c.BasePath))
	return c, nil
}

// parseConfig reads the text of a config file.
func parseConfig(text []byte) (*Config, error) {
	var root yaml.Node
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	switch err := decoder.Decode(&root); {
	case errors.Is(err, io.EOF):
		return nil, errors.New("it is empty")
	case err != nil:
		return nil, plainYAML(err)
	}
	if len(root.Content) != 1 || root.Content[0].Kind != yaml.MappingNode {
		return nil, errors.New("it must be a mapping with the key connector_image")
	}
	migrate(root.Content[0])
	if wrong := unknownKeys(root.Content[0]); wrong != nil {
		return nil, wrong
	}
	c := new(Config)
	if err := root.Decode(c); err != nil {
		return nil, plainYAML(err)
	}
	c.fillDefaults()
	return c, c.mistakes()
}

// unknownKeys are the keys that a file must not hold, each with its line.
func unknownKeys(root *yaml.Node) error {
	k := keyCheck{}
	k.walk(root, reflect.TypeFor[Config](), "")
	return errors.Join(k.wrong...)
}

// migrate turns the form that Airbyte's tests had before their version 0.2.12 into the present one.
func migrate(root *yaml.Node) {
	tests := take(root, "tests")
	if tests == nil || tests.Kind != yaml.MappingNode {
		return
	}
	for i := 1; i < len(tests.Content); i += 2 {
		list := tests.Content[i]
		if list.Kind != yaml.SequenceNode {
			continue
		}
		tests.Content[i] = mapping(list.Line, "tests", list)
		for _, test := range list.Content {
			if path := take(test, "future_state_path"); path != nil {
				set(test, "future_state", mapping(path.Line, "future_state_path", path))
			}
		}
	}
	set(root, "acceptance_tests", tests)
}

// take removes a member of a mapping and returns its value; nil when there is none.
func take(node *yaml.Node, name string) *yaml.Node {
	if node.Kind != yaml.MappingNode {
		return nil
	}
	for i := 0; i+1 < len(node.Content); i += 2 {
		if node.Content[i].Value == name {
			value := node.Content[i+1]
			node.Content = slices.Delete(node.Content, i, i+2)
			return value
		}
	}
	return nil
}

func set(node *yaml.Node, name string, value *yaml.Node) {
	key := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: name, Line: value.Line}
	node.Content = append(node.Content, key, value)
}

func mapping(line int, name string, value *yaml.Node) *yaml.Node {
	m := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map", Line: line}
	set(m, name, value)
	return m
}

// UnmarshalYAML implements [yaml.Unmarshaler].
func (e *Excuse) UnmarshalYAML(node *yaml.Node) error {
	if node.Kind == yaml.ScalarNode {
		e.Name = node.Value
		return nil
	}
	type plain Excuse
	return node.Decode((*plain)(e))
}

// fillDefaults sets what every file leaves out.
func (c *Config) fillDefaults() {
	c.Strictness = cmp.Or(c.Strictness, lowStrictness)
	tests := testsOf(c.Suites.Connection)
	for i := range tests {
		tests[i].Status = cmp.Or(tests[i].Status, "succeed")
	}
}

// mistakes are the values that the file must not hold, and the combinations.
func (c *Config) mistakes() error {
	var wrong []error
	say := func(format string, args ...any) { wrong = append(wrong, fmt.Errorf(format, args...)) }
	if c.ConnectorImage == "" {
		say("connector_image is required")
	}
	if c.Strictness != lowStrictness && c.Strictness != highStrictness {
		say("test_strictness_level must be low or high, but is %q", c.Strictness)
	}
	for _, s := range c.suites() {
		s.mistakes(say)
	}
	for i, test := range testsOf(c.Suites.Connection) {
		if !slices.Contains([]string{"succeed", "failed", "exception"}, test.Status) {
			say("connection, test %d: status must be succeed, failed or exception, but is %q",
				i+1, test.Status)
		}
	}
	for i, test := range testsOf(c.Suites.BasicRead) {
		if e := test.Expect; e != nil && (e.Path == "") == (e.Bypass == "") {
			say("basic_read, test %d: expect_records takes either a path or a bypass_reason", i+1)
		}
	}
	return errors.Join(wrong...)
}

// mistakes are those that any suite may hold.
func (f suiteFacts) mistakes(say func(format string, args ...any)) {
	if f.bypass != "" && len(f.common) > 0 {
		say("%s has tests, so it must not have a bypass_reason", f.name)
	}
	for i, test := range f.common {
		if m := test.DeploymentMode; m != "" && m != "cloud" && m != "oss" {
			say("%s, test %d: deployment_mode must be cloud or oss, but is %q", f.name, i+1, m)
		}
	}
}

// testsOf are the tests of a suite, which the file may not have.
func testsOf[T any](s *Suite[T]) []T {
	if s == nil {
		return nil
	}
	return s.Tests
}

// suiteFacts is what all suites have in common.
type suiteFacts struct {
	name    string
	present bool
	bypass  string
	common  []common // of each test
}

// suites are the facts of all suites, in the order in which they run.
func (c *Config) suites() []suiteFacts {
	s := &c.Suites
	return []suiteFacts{
		factsOf("spec", s.Spec, func(t SpecTest) common { return t.common }),
		factsOf("connection", s.Connection, func(t ConnectionTest) common { return t.common }),
		factsOf("discovery", s.Discovery, func(t DiscoveryTest) common { return t.common }),
		factsOf("basic_read", s.BasicRead, func(t BasicReadTest) common { return t.common }),
		factsOf("full_refresh", s.FullRefresh, func(t FullRefreshTest) common { return t.common }),
		factsOf("incremental", s.Incremental, func(t IncrementalTest) common { return t.common }),
		factsOf("connector_attributes", s.Attributes,
			func(t AttributesTest) common { return t.common }),
		factsOf("connector_documentation", s.Documentation,
			func(t DocumentationTest) common { return t.common }),
	}
}

func factsOf[T any](name string, s *Suite[T], of func(T) common) suiteFacts {
	f := suiteFacts{name: name, present: s != nil}
	if s == nil {
		return f
	}
	f.bypass = s.Bypass
	for _, test := range s.Tests {
		f.common = append(f.common, of(test))
	}
	return f
}

// goNames matches what yaml says of our types, which mean nothing to whoever wrote the file.
var goNames = regexp.MustCompile(`(!!\w+ )|( into [\w.*\[\]/]+)|(yaml: (unmarshal errors:)?\s*)`)

// plainYAML words an error of the library for whoever wrote the file.
func plainYAML(err error) error {
	if wrong, ok := errors.AsType[*yaml.TypeError](err); ok {
		var sentences []error
		for _, text := range wrong.Errors {
			text = strings.Replace(goNames.ReplaceAllString(text, ""), "cannot unmarshal",
				"cannot take the value", 1)
			sentences = append(sentences, errors.New(text))
		}
		return errors.Join(sentences...)
	}
	return errors.New(goNames.ReplaceAllString(err.Error(), ""))
}

// path makes a path of the file absolute or relative to where the program runs.
func (c *Config) path(name string) string {
	if filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(c.dir, filepath.FromSlash(name))
}
