package scaffold

import (
	"crypto/rand"
	"fmt"
	"go/format"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/airbyte-go/cdk/cmd/cdk/templates"
)

// File is a file of a new module.
type File struct {
	Path string // below its folder, with slashes
	Text []byte
}

// templateFiles are the files of a kind's template, in the order of their paths, with the names of
// the connector in the place of the template's.
func templateFiles(c Connector) ([]File, error) {
	found := map[string]string{} // path in the templates by path in the module
	for _, layer := range []string{"shared", c.Kind.Name} {
		err := fs.WalkDir(templates.Files, layer, func(at string, e fs.DirEntry, err error) error {
			if err == nil && !e.IsDir() {
				found[dotted(strings.TrimPrefix(at, layer+"/"))] = at
			}
			return err
		})
		if err != nil {
			return nil, fmt.Errorf("the template cannot be read: %w", err)
		}
	}
	renamed := renaming(c)
	var files []File
	for _, target := range slices.Sorted(maps.Keys(found)) {
		text, err := templates.Files.ReadFile(found[target])
		if err != nil {
			return nil, fmt.Errorf("the template cannot be read: %w", err)
		}
		text = []byte(renamed.Replace(string(text)))
		if path.Ext(target) == ".go" {
			if text, err = format.Source(text); err != nil {
				return nil, fmt.Errorf("%s of the template: %w", target, err)
			}
		}
		files = append(files, File{target, text})
	}
	return files, nil
}

// dotted is the path of a file with the dots that it has in a module.
func dotted(file string) string {
	elements := strings.Split(file, "/")
	for i, element := range elements {
		if rest, ok := strings.CutPrefix(element, "dot-"); ok {
			elements[i] = "." + rest
		}
	}
	return path.Join(elements...)
}

// renaming replaces the names of a template. Where several fit, the first counts.
func renaming(c Connector) *strings.Replacer {
	const host = "api.example.com"
	pairs := []string{
		templates.Path + "/" + c.Kind.Name, c.Name.Module,
		"sources/acme", "sources/" + c.Name.Slug(),
		"destinations/acme", "destinations/" + c.Name.Slug(),
		"acme/source-acme", c.Name.Slug() + "/" + c.Name.Short, // also in what all kinds share
		"acme/destination-acme", c.Name.Slug() + "/" + c.Name.Short,
		"source-acme", c.Name.Short,
		"destination-acme", c.Name.Short,
		"Acme", c.Name.Title(),
		"00000000-0000-4000-8000-000000000000", newUUID(),
	}
	if c.URL != nil {
		pairs = append(pairs, c.Kind.URL, c.URL.String(), `"`+host+`"`, `"`+c.URL.Hostname()+`"`)
	}
	return strings.NewReplacer(pairs...)
}

// newUUID makes a random UUID, which identifies a connector.
func newUUID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails
	b[6] = b[6]&0x0f | 0x40
	b[8] = b[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}
