package main

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/airbyte-go/cdk/cmd/cdk/internal/scaffold"
)

// connector is what the flags say, and what whoever is asked answers about the rest.
func (f *newFlags) connector(ask *questions) (c scaffold.Connector, err error) {
	if c.Name, err = f.nameOf(ask); err != nil {
		return c, err
	}
	if f.said["from-openapi"] {
		err = f.addAPI(&c)
	} else if c.Kind, err = f.kindOf(c.Name.Type(), ask); err == nil {
		err = f.addURL(&c, ask)
	}
	if err != nil {
		return c, err
	}
	if c.Kit, err = f.kitOf(ask); err != nil {
		return c, err
	}
	c.Dir = c.Name.Short
	if f.dir != "" {
		c.Dir = filepath.Clean(f.dir)
	}
	return c, nil
}

func (f *newFlags) nameOf(ask *questions) (name scaffold.Name, err error) {
	const example = "such as source-acme or destination-acme"
	switch {
	case f.name != "":
		return scaffold.ParseName(f.name)
	case ask == nil:
		return name, errors.New("the name is missing; give one " + example)
	}
	err = ask.ask("Name of the module, "+example, "", func(answer string) (err error) {
		name, err = scaffold.ParseName(answer)
		return err
	})
	return name, err
}

// kindOf is the kind that is said, or the default of the type of connectors that the name tells.
func (f *newFlags) kindOf(connectorType string, ask *questions) (kind scaffold.Kind, err error) {
	kinds := scaffold.KindsOf(connectorType)
	switch {
	case f.said["kind"]:
		return scaffold.ParseKind(f.kind, connectorType)
	case ask == nil:
		return kinds[0], nil
	}
	var names []string
	for _, k := range kinds {
		names = append(names, k.Name)
	}
	question := "Kind (" + strings.Join(names, ", ") + ")"
	err = ask.ask(question, kinds[0].Name, func(answer string) (err error) {
		kind, err = scaffold.ParseKind(answer, connectorType)
		return err
	})
	return kind, err
}

// addURL sets the URL of the API, for a kind that has one.
func (f *newFlags) addURL(c *scaffold.Connector, ask *questions) (err error) {
	switch {
	case c.Kind.URL == "" && f.said["url"]:
		return fmt.Errorf("a %s of the kind %s has no URL; leave --url out",
			c.Kind.Type, c.Kind.Name)
	case c.Kind.URL == "":
		return nil
	case f.said["url"]:
		c.URL, err = scaffold.ParseURL(f.url)
		return err
	case ask == nil:
		c.URL, err = scaffold.ParseURL(c.Kind.URL)
		return err
	}
	return ask.ask("URL of the API", c.Kind.URL, func(answer string) (err error) {
		c.URL, err = scaffold.ParseURL(answer)
		return err
	})
}

// kitOf is the kit that --cdk names, that the command was built from or that an answer names.
func (f *newFlags) kitOf(ask *questions) (kit scaffold.Kit, err error) {
	if f.cdk != "" {
		return scaffold.KitAt(f.cdk)
	}
	kit, err = scaffold.BuiltFrom()
	if err == nil || ask == nil {
		return kit, err
	}
	err = ask.ask("Folder with a checkout of the kit", "", func(answer string) (err error) {
		kit, err = scaffold.KitAt(answer)
		return err
	})
	return kit, err
}
