// Package scaffold writes the module of a new connector: its names, its files and its go.mod.
package scaffold

import (
	"errors"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/mod/module"

	"github.com/airbyte-go/cdk/internal/release"
)

// Name is what a new connector is called.
type Name struct {
	Module string // its module, such as github.com/acme/source-acme
	Short  string // its program, folder and image, such as source-acme
}

const maxLength = 100 // of a short name: folders, images and labels all take it

// shortName is what a program, a folder, an image and a label can all be called.
var shortName = regexp.MustCompile(`^(source|destination)-[a-z0-9]+(-[a-z0-9]+)*$`)

// ParseName reads the name of a connector, which is the path of its module.
func ParseName(text string) (Name, error) {
	if err := checkModule(text); err != nil {
		return Name{}, err
	}
	unversioned, _, ok := module.SplitPathVersion(text)
	if !ok {
		return Name{}, fmt.Errorf("%q ends in a version that no module can have; only /v2 and "+
			"above are written", text)
	}
	short := path.Base(unversioned)
	switch {
	case len(short) > maxLength:
		return Name{}, fmt.Errorf("the name is longer than %d letters", maxLength)
	case !shortName.MatchString(short):
		return Name{}, fmt.Errorf("the name must end in source- or destination- and small letters "+
			"or digits, with single dashes between them, and %q does not%s",
			short, suggest(unversioned))
	}
	if err := module.CheckImportPath(text); err != nil {
		if invalid, ok := errors.AsType[*module.InvalidPathError](err); ok {
			err = invalid.Err
		}
		return Name{}, fmt.Errorf("%q cannot be the name of a module: %w", text, err)
	}
	return Name{Module: text, Short: short}, nil
}

// checkModule refuses what the go command would take for something else than one's own module.
func checkModule(text string) error {
	first, _, _ := strings.Cut(text, "/")
	elements := strings.Split(text, "/")
	switch {
	case text == "":
		return errors.New("the name is empty; give one such as source-acme")
	case first == "." || first == ".." || first == "" || strings.Contains(text, `\`):
		return fmt.Errorf("%q is a folder; give the name of the module, such as source-acme, and "+
			"the folder by --dir", text)
	case text == release.Module || strings.HasPrefix(text, release.Module+"/"):
		return fmt.Errorf("%q lies within the module of the kit; give a path of your own", text)
	case slices.Contains(reservedFirst, first):
		return fmt.Errorf("the go command reserves paths that begin with %q; give another name",
			first)
	case slices.ContainsFunc(elements, isReserved):
		return fmt.Errorf("the go command gives internal, testdata and vendor a meaning of their "+
			"own; give a name without them instead of %q", text)
	}
	return nil
}

// reservedFirst are the first elements that mean something else to the go command.
var reservedFirst = []string{"all", "cmd", "main", "std", "tool", "work"}

func isReserved(element string) bool {
	return slices.Contains([]string{"internal", "testdata", "vendor"}, element)
}

// suggest offers the nearest good name, if there is one.
func suggest(unversioned string) string {
	dir, short := path.Split(unversioned)
	isOdd := func(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') }
	words := strings.FieldsFunc(strings.ToLower(short), isOdd)
	if len(words) == 0 || words[0] != Source && words[0] != Destination {
		words = append([]string{Source}, words...)
	}
	better := strings.Join(words, "-")
	if !shortName.MatchString(better) || better == short {
		return ""
	}
	return " (" + dir + better + " would do)"
}

// Type is what the connector is: Source or Destination.
func (n Name) Type() string {
	connectorType, _, _ := strings.Cut(n.Short, "-")
	return connectorType
}

// Slug is the name of the system: my-shop.
func (n Name) Slug() string { return strings.TrimPrefix(n.Short, n.Type()+"-") }

// Title is the name of the system for people: My Shop.
func (n Name) Title() string {
	words := strings.Split(n.Slug(), "-")
	for i, word := range words {
		words[i] = strings.ToUpper(word[:1]) + word[1:]
	}
	return strings.Join(words, " ")
}
