package apicode_test

import (
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/airbyte-go/cdk/cmd/cdk/internal/apicode"
	"github.com/airbyte-go/cdk/cmd/cdk/internal/openapi"
)

// Any bytes make a sentence, or a module whose Go can be read.
func FuzzDocument(f *testing.F) {
	for _, name := range []string{"templates/openapi/openapi.yaml", "testdata/odd.yaml"} {
		text, err := os.ReadFile("../../" + name)
		require.NoError(f, err)
		f.Add(text)
	}
	f.Add([]byte(`{"openapi": "3.1.0", "paths": {"/a/{b}": {"get": {}}}}`))
	f.Add([]byte("openapi: 3.0.0\npaths: {/x: {get: {responses: {default: {content: " +
		"{'*/*': {example: [{a: 1}]}}}}}}}"))
	f.Fuzz(func(t *testing.T, text []byte) {
		api, err := openapi.ReadFS(fstest.MapFS{"x.yaml": &fstest.MapFile{Data: text}}, "x.yaml")
		if err != nil {
			assert.NotContains(t, err.Error(), "\n")
			assert.True(t, strings.HasPrefix(err.Error(), "x.yaml "), err.Error())
			return
		}
		_, err = apicode.Module{
			API: api, Path: "source-x", Short: "source-x", Title: "X", Document: "x.yaml",
		}.Files()
		require.NoError(t, err)
	})
}
