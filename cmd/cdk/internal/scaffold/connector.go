package scaffold

import (
	"fmt"
	"net/url"
	"path/filepath"

	"github.com/airbyte-go/cdk/cmd/cdk/internal/openapi"
)

// Connector is a connector that is to be written.
type Connector struct {
	Name Name
	Kind Kind
	URL  *url.URL // of its API; nil where the kind has none
	Kit  Kit
	Dir  string // where it is written

	API      *openapi.API // what an OpenAPI document says of it; nil without one
	Document string       // the name of that document
}

// Write writes the module and returns its files. None that is there already is overwritten: then
// nothing is written at all.
func (c Connector) Write() ([]File, error) {
	dir, err := filepath.Abs(c.Dir)
	if err != nil {
		return nil, fmt.Errorf("the folder %s cannot be found: %w", c.Dir, err)
	}
	files, err := templateFiles(c)
	if err != nil {
		return nil, err
	}
	guessed, err := apiFiles(c)
	if err != nil {
		return nil, err
	}
	files = append(files, guessed...)
	module, err := moduleFiles(c.Name, c.Kind.Driver, c.Kit)
	if err != nil {
		return nil, err
	}
	files = append(append(files, module...), ownWorkspace(dir)...)
	return files, write(dir, files)
}
