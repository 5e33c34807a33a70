package acceptance

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"slices"

	"github.com/airbyte-go/cdk/protocol"
)

// previousFile is the file of an earlier version; empty where the verdict says why there is none.
func (c *Compatibility) previousFile(s *session, v *Verdict,
	of func(*Compatibility) string) string {
	switch {
	case c != nil && of(c) != "":
		return s.cfg.path(of(c))
	case c != nil && c.DisabledFor != "":
		v.Skip("disabled by the config file for the version %s", c.DisabledFor)
	default:
		v.Skip("the earlier version is in a registry of images; name a file that it wrote by " +
			"previous_spec_path or previous_catalog_path")
	}
	return ""
}

func specIsCompatible(ctx context.Context, s *specSubject, v *Verdict) {
	root, ok := s.schema(ctx, v)
	if !ok {
		return
	}
	path := s.test.Compatibility.previousFile(s.session, v,
		func(c *Compatibility) string { return c.PreviousSpec })
	if path == "" {
		return
	}
	file, err := readSpecFile(path)
	if err != nil {
		v.Fail("The spec of the earlier version cannot be read: %v.", err)
		return
	}
	before := members(file, "connectionSpecification")
	if before == nil {
		before = file
	}
	comparison{v, true}.schemas(before, root, "")
}

// comparison names what a schema took back that an earlier one promised.
type comparison struct {
	*Verdict

	input bool // the schema is of configs, which others write; records others read
}

func (c comparison) schemas(before, after map[string]any, path string) {
	c.types(before, after, path)
	c.enums(before, after, path)
	old, current := members(before, "properties"), members(after, "properties")
	for _, name := range sorted(old) {
		inner := members(current, name)
		at := path + "/" + name
		if inner == nil {
			c.Fail("%s: the property is gone.", at)
			continue
		}
		c.schemas(members(old, name), inner, at)
	}
	if c.input {
		was := pathOf(before["required"])
		for _, name := range pathOf(after["required"]) {
			if !slices.Contains(was, name) {
				c.Fail("%s/%s: the property is required now.", path, name)
			}
		}
	}
	if a, b := members(before, "items"), members(after, "items"); a != nil && b != nil {
		c.schemas(a, b, path+"/[]")
	}
	c.branches(before, after, path)
}

func (c comparison) types(before, after map[string]any, path string) {
	old, current := typesOf(before), typesOf(after)
	if len(old) == 0 || len(current) == 0 {
		return
	}
	for _, t := range old {
		widened := t == "integer" && slices.Contains(current, "number")
		if !slices.Contains(current, t) && !(widened && c.input) && (c.input || t != "null") {
			c.Fail("%s: the type was %s and is %s.", path, text(before["type"]),
				text(after["type"]))
			return
		}
	}
	if c.input {
		return
	}
	for _, t := range current { // who reads records has to expect each type of them
		if !slices.Contains(old, t) {
			c.Fail("%s: the type was %s and is %s.", path, text(before["type"]),
				text(after["type"]))
			return
		}
	}
}

func (c comparison) enums(before, after map[string]any, path string) {
	current, has := after["enum"].([]any)
	old, had := before["enum"].([]any)
	switch {
	case !has || !c.input:
	case !had:
		c.Fail("%s: there was no enum, and now there is %s.", path, text(current))
	default:
		for _, value := range old {
			if !holdsValue(current, value) {
				c.Fail("%s: the enum has lost %s.", path, text(value))
			}
		}
	}
}

// branches compares the alternatives of a oneOf that have the same constants.
func (c comparison) branches(before, after map[string]any, path string) {
	current := elements(after, "oneOf")
	for i, branch := range elements(before, "oneOf") {
		branch, _ := branch.(map[string]any)
		at := slices.IndexFunc(current, func(other any) bool {
			other2, _ := other.(map[string]any)
			return sameConstants(branch, other2)
		})
		if at < 0 {
			c.Fail("%s: branch %d of the oneOf is gone.", path, i)
			continue
		}
		next, _ := current[at].(map[string]any)
		c.schemas(branch, next, fmt.Sprintf("%s/oneOf[%d]", path, i))
	}
}

func sameConstants(a, b map[string]any) bool {
	of := func(schema map[string]any) map[string]any {
		constants := map[string]any{}
		properties := members(schema, "properties")
		for _, name := range constantsOf(properties) {
			constants[name] = members(properties, name)["const"]
		}
		return constants
	}
	return sameValue(of(a), of(b))
}

// readCatalogFile reads what discover wrote, with or without the message around it.
func readCatalogFile(path string) (*protocol.Catalog, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var message struct {
		Catalog json.RawMessage `json:"catalog"`
	}
	if err := json.Unmarshal(text, &message); err != nil {
		return nil, fmt.Errorf("%s is not JSON", path)
	}
	if message.Catalog != nil {
		text = message.Catalog
	}
	c := new(protocol.Catalog)
	if err := json.Unmarshal(text, c); err != nil {
		return nil, fmt.Errorf("%s holds no catalog: %w", path, err)
	}
	return c, nil
}
