package acceptance

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"reflect"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/airbyte-go/cdk/internal/schema"
	"github.com/airbyte-go/cdk/protocol"
)

// specSubject is a spec under test.
type specSubject struct {
	*session
	test SpecTest
}

func (s *session) specChecks(prefix string, test SpecTest) []Check {
	subject := &specSubject{s, test}
	return slices.Concat(
		checksOf(prefix, subject, specLooks),
		checksOf(prefix, subject, specSchemaLooks),
		[]Check{
			skipped(prefix+"image", "labels and AIRBYTE_ENTRYPOINT are those of a container image"),
		},
	)
}

// specLooks are on the spec as a whole.
var specLooks = []look[*specSubject]{
	{
		"one_answer", "exit code 0 and exactly one SPEC message, and nothing else but LOG and " +
			"TRACE",
		"Answer spec with one SPEC message; it takes no config.",
		func(ctx context.Context, s *specSubject,
			v *Verdict) {
			s.specification(ctx).mustAnswer(v)
		},
	},
	{
		"known_properties", "the properties that the protocol gives a specification, none of " +
			"them null",
		"Spell each property as the protocol does, and leave out what has no value.",
		func(ctx context.Context, s *specSubject, v *Verdict) {
			if _, ok := s.schema(ctx, v); ok {
				knownProperties(s.specification(ctx), v)
			}
		},
	},
	{
		"matches_file", "the spec of the file spec_path",
		"Bring the file or the connector up to date.",
		matchesFile,
	},
	{
		"config_matches", "a config that keeps to the spec",
		"Correct the config file of the test, or the spec.",
		configMatches,
	},
	{
		"oauth_paths", "paths in advanced_auth that lead to properties of the spec",
		"Correct the paths, or add the properties to connectionSpecification.",
		oauthPaths,
	},
	{
		"oauth_is_default", "OAuth as the default way to sign in where the spec has advanced_auth",
		"Make the OAuth branch the first of its oneOf, or give auth_default_method a " +
			"bypass_reason.",
		oauthIsDefault,
	},
	{
		"backward_compatible", "a spec that every config of the earlier version still fits",
		"Keep the old properties and their types, require nothing new, and migrate configs " +
			"otherwise.",
		specIsCompatible,
	},
}

// schema is the connectionSpecification. Where there is none the verdict says so.
func (s *specSubject) schema(ctx context.Context, v *Verdict) (map[string]any, bool) {
	h := s.specification(ctx)
	if h.err != nil || h.Spec == nil {
		v.Skip("there is no spec to look at")
		return nil, false
	}
	root := decode(h.Spec.ConnectionSpecification)
	if root == nil {
		v.Skip("connectionSpecification is not an object")
	}
	return root, root != nil
}

// mustAnswer looks at a run of spec, check or discover as a whole.
func (h *heard) mustAnswer(v *Verdict) {
	if !h.mustEnd(v) {
		return
	}
	h.mustExitZero(h.Verb, v)
	h.mustKeepRules(v)
}

// knownProperties compares the text of the message with the protocol's type, which keeps nothing
// that it does not know.
func knownProperties(h *heard, v *Verdict) {
	for l := range h.Said() {
		if l.Message.Spec == nil {
			continue
		}
		spec := members(decode([]byte(h.Texts[l.Number-1])), "spec")
		known := namesOf(reflect.TypeFor[protocol.ConnectorSpecification]())
		for _, name := range sorted(spec) {
			at := slices.IndexFunc(known, func(k string) bool { return strings.EqualFold(k, name) })
			switch {
			case spec[name] == nil:
				v.Fail("Line %d: %s is null.", l.Number, name)
			case at >= 0 && known[at] != name:
				v.Fail("Line %d: %s must be spelt %s.", l.Number, name, known[at])
			case at < 0:
				v.Note("Line %d: the property %s is not one of the protocol.", l.Number, name)
			}
		}
		return
	}
}

// namesOf are the JSON names of a protocol type.
func namesOf(typ reflect.Type) (names []string) {
	for f := range typ.Fields() {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		names = append(names, name)
	}
	return names
}

func matchesFile(ctx context.Context, s *specSubject, v *Verdict) {
	if _, ok := s.schema(ctx, v); !ok {
		return
	}
	path := cmp.Or(s.test.SpecPath, defaultSpecPath)
	want, err := readSpecFile(s.cfg.path(path))
	switch {
	case errors.Is(err, fs.ErrNotExist) && s.test.SpecPath == "":
		v.Skip("the test names no spec_path")
		return
	case err != nil:
		v.Fail("The file of spec_path cannot be read: %v.", err)
		return
	}
	got := decode(s.specification(ctx).specText())
	for _, d := range differences(want, got, "") {
		v.Fail("%s differs from %s.", d, path)
	}
}

// specText is the spec within its message.
func (h *heard) specText() []byte {
	for l := range h.Said() {
		if l.Message.Spec == nil {
			continue
		}
		var message struct {
			Spec json.RawMessage `json:"spec"`
		}
		if json.Unmarshal([]byte(h.Texts[l.Number-1]), &message) == nil {
			return message.Spec
		}
	}
	return nil
}

// readSpecFile reads a spec in JSON or YAML, with or without the message around it.
func readSpecFile(path string) (map[string]any, error) {
	file, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var value any
	if err := yaml.Unmarshal(file, &value); err != nil { // JSON is YAML
		return nil, fmt.Errorf("%s is neither JSON nor YAML", path)
	}
	text, err := json.Marshal(value)
	if err != nil {
		return nil, fmt.Errorf("%s holds what JSON has no form for", path)
	}
	root := decode(text)
	if root == nil {
		return nil, fmt.Errorf("%s holds no object", path)
	}
	if inner := members(root, "spec"); inner != nil {
		return inner, nil
	}
	return root, nil
}

// differences are the places where two values differ, a few of them.
func differences(want, got any, path string) (places []string) {
	a, isA := want.(map[string]any)
	b, isB := got.(map[string]any)
	if !isA || !isB {
		if !sameValue(want, got) {
			return []string{cmp.Or(strings.TrimPrefix(path, "."), "the whole")}
		}
		return nil
	}
	names := sorted(a)
	for _, name := range sorted(b) {
		if _, both := a[name]; !both {
			names = append(names, name)
		}
	}
	for _, name := range names {
		places = append(places, differences(a[name], b[name], path+"."+name)...)
	}
	return places
}

// sameValue compares decoded JSON; 1 and 1.0 are the same.
func sameValue(a, b any) bool {
	return reflect.DeepEqual(plainNumbers(a), plainNumbers(b))
}

// holdsValue tells whether one of a list is the same as a value.
func holdsValue(list []any, value any) bool {
	return slices.ContainsFunc(list, func(one any) bool { return sameValue(one, value) })
}

func plainNumbers(value any) any {
	switch v := value.(type) {
	case json.Number:
		if f, err := v.Float64(); err == nil && f < 1<<53 && f > -1<<53 {
			return f
		}
		return string(v)
	case []any:
		plain := make([]any, len(v))
		for i := range v {
			plain[i] = plainNumbers(v[i])
		}
		return plain
	case map[string]any:
		plain := make(map[string]any, len(v))
		for name := range v {
			plain[name] = plainNumbers(v[name])
		}
		return plain
	}
	return value
}

func configMatches(ctx context.Context, s *specSubject, v *Verdict) {
	if _, ok := s.schema(ctx, v); !ok {
		return
	}
	config, err := s.config(s.test.common)
	if err != nil {
		if s.test.ConfigPath == "" && errors.Is(err, fs.ErrNotExist) {
			v.Skip("the test names no config_path")
			return
		}
		v.Fail("%v.", err)
		return
	}
	judge, err := schema.ParseSpec(bytes.Clone(s.specification(ctx).specText()))
	if err == nil {
		_, err = judge.Complete(config)
	}
	if err != nil {
		v.Fail("%v", err)
	}
}
