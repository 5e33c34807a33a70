package apicode_test

import (
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/airbyte-go/cdk/cmd/cdk/internal/apicode"
	"github.com/airbyte-go/cdk/cmd/cdk/internal/openapi"
	"github.com/airbyte-go/cdk/cmd/cdk/templates"
)

var update = flag.Bool("update", false, "rewrite templates/openapi")

// static are the files of the template that no document changes.
var static = []string{
	"acceptance_test.go", "cmd/fakeapi/main.go", "internal/fakeapi/answer.go",
	"internal/fakeapi/pages.go", "internal/fakeapi/route.go", "openapi.yaml", "source_test.go",
}

// What the template's document makes stands in the template's folder, where it is built and tested.
func TestTemplateIsWhatItsDocumentMakes(t *testing.T) {
	t.Parallel()
	folder := filepath.FromSlash("../../templates/openapi")
	api, err := openapi.Read(filepath.Join(folder, "openapi.yaml"))
	require.NoError(t, err)

	files, err := apicode.Module{
		API: api, Path: templates.Path + "/openapi", Short: "source-acme", Title: "Acme",
		Document: "openapi.yaml",
	}.Files()

	require.NoError(t, err)
	known := slices.Clone(static)
	for _, f := range files {
		known = append(known, f.Path)
		name := filepath.Join(folder, filepath.FromSlash(f.Path))
		if *update {
			require.NoError(t, os.MkdirAll(filepath.Dir(name), 0o755))
			require.NoError(t, os.WriteFile(name, f.Text, 0o644))
		}
		text, err := os.ReadFile(name)
		require.NoError(t, err)
		assert.Equal(t, string(text), string(f.Text), "%s: run the test with -update", f.Path)
	}
	err = fs.WalkDir(os.DirFS(folder), ".", func(path string, e fs.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			assert.Contains(t, known, path, "a file that nothing makes")
		}
		return err
	})
	require.NoError(t, err)
}
