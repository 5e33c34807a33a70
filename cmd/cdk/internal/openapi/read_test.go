package openapi

import (
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// head begins the documents of the tests; paths follow.
const head = "openapi: 3.0.3\ninfo: {title: Shop, version: '1'}\n" +
	"servers: [{url: 'https://shop.example.com/api'}]\n"

// things is a stream.
const things = `paths:
  /things:
    get:
      responses:
        "200":
          description: Things.
          content:
            application/json:
              schema:
                type: array
                items: {type: object, properties: {id: {type: integer}, name: {type: string}}}
`

// readAll reads the first of the files, given by name and text in turn.
func readAll(namesAndTexts ...string) (*API, error) {
	folder := fstest.MapFS{}
	for i := 0; i < len(namesAndTexts); i += 2 {
		folder[namesAndTexts[i]] = &fstest.MapFile{Data: []byte(namesAndTexts[i+1])}
	}
	return ReadFS(folder, namesAndTexts[0])
}

func TestBadDocumentsGetASentence(t *testing.T) {
	t.Parallel()
	referring := func(ref string) string {
		return head + "paths:\n  /things:\n    get:\n      responses:\n        '200':\n" +
			"          description: Things.\n          content:\n            application/json:\n" +
			"              schema: {type: array, items: {$ref: '" + ref + "'}}\n"
	}
	for name, test := range map[string]struct{ text, says string }{
		"empty":        {"", "is no OpenAPI document"},
		"a text":       {"hello", "is no OpenAPI document: it is no object; give"},
		"a list":       {"[1, 2]", "is no OpenAPI document: it is no object; give"},
		"null":         {"null", "is no OpenAPI document"},
		"other JSON":   {`{"name": "x"}`, "it has no member openapi; give a document of OpenAPI 3.0"},
		"broken YAML":  {"openapi: 3.0.0\n  paths: [", "is neither JSON nor YAML: line"},
		"broken JSON":  {`{"openapi": "3.0.0", "paths": {`, "is neither JSON nor YAML: line 1"},
		"bytes":        {"\xff\xfe\x00\x01", "is no OpenAPI document"},
		"Swagger 2":    {`{"swagger": "2.0", "paths": {}}`, "is of Swagger 2.0, which is older"},
		"Swagger YAML": {"swagger: '2.0'\npaths: {}", "convert it first"},
		"OpenAPI 4":    {"openapi: 4.0.0\npaths: {}", "is of OpenAPI 4.0.0, which is not known"},
		"no paths":     {"openapi: 3.0.0\ninfo: {title: x, version: '1'}", "has no paths"},
		"empty paths":  {"openapi: 3.0.0\npaths: {}", "has no paths"},
		"wrong members": {
			"openapi: 3.0.0\ninfo: {title: [x]}\npaths: []",
			"cannot be read as OpenAPI",
		},
		"only POST": {
			head + "paths: {/things: {post: {responses: {'200': {description: x}}}}}",
			"has no GET operation that answers 200 with JSON records; describe one there",
		},
		"no JSON": {
			head + "paths: {/things: {get: {responses: {'200': {description: x}}}}}",
			"(GET /things: its answer is not JSON)",
		},
		"no 200": {
			head + "paths: {/things: {get: {responses: {'404': {description: x}}}}}",
			"(GET /things: it has no answer 200)",
		},
		"no objects": {
			head + strings.Replace(things, "items: {type: object, ", "items: {type: string, ", 1),
			"its answer is an array of what are no objects",
		},
		"missing reference": {referring("#/components/schemas/Thing"), "cannot be read as OpenAPI"},
		"missing file": {
			referring("thing.yaml"),
			"refers to the file thing.yaml, which is not there; put it beside",
		},
		"remote": {
			referring("https://elsewhere.example.com/thing.yaml#/Thing"),
			"refers to https://elsewhere.example.com/thing.yaml, and nothing is fetched; put that",
		},
		"outside": {referring("../secret.yaml"), "must lie in the folder of the document or below"},
		"root":    {referring("/etc/passwd"), "refers to the file "},
		"huge": {
			head + things + strings.Repeat("#", maxSize),
			"is too large: it is larger than 32 MiB, with the files it refers to",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			api, err := readAll("shop.yaml", test.text)
			require.Error(t, err)
			assert.Nil(t, api)
			assert.Contains(t, err.Error(), test.says)
			assert.True(t, strings.HasPrefix(err.Error(), "shop.yaml "), err.Error())
			assert.NotContains(t, err.Error(), "\n")
			assert.Less(t, len(err.Error()), 400)
		})
	}
}

func TestFilesBesideTheDocument(t *testing.T) {
	t.Parallel()
	thing := "type: object\nproperties: {id: {type: integer}, maker: {$ref: 'maker.yaml'}}\n"
	maker := "type: object\nproperties: {city: {type: string}}\n"
	document := head + strings.Replace(things,
		"{type: object, properties: {id: {type: integer}, name: {type: string}}}",
		"{$ref: 'parts/thing.yaml'}", 1)

	api, err := readAll("shop.yaml", document, "parts/thing.yaml", thing, "parts/maker.yaml", maker)
	require.NoError(t, err)
	require.Len(t, api.Streams, 1)
	assert.NotNil(t, api.Streams[0].Record.field("maker").field("city"))

	_, err = readAll("shop.yaml", document, "parts/thing.yaml", thing+strings.Repeat("#", maxSize))
	require.ErrorContains(t, err, "shop.yaml is too large")

	_, err = readAll("shop.yaml", document, "parts/thing.yaml", "type: [")
	require.ErrorContains(t, err, "shop.yaml cannot be read as OpenAPI")
}

func TestReadFromAFolder(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := filepath.Join(dir, "shop.yaml")
	require.NoError(t, os.WriteFile(file, []byte(head+things), 0o600))
	api, err := Read(file)
	require.NoError(t, err)
	assert.Equal(t, "Shop", api.Title)

	for path, says := range map[string]string{
		filepath.Join(dir, "none.yaml"):         "none.yaml cannot be read",
		filepath.Join(dir, "none", "none.yaml"): "cannot be read",
		dir:                                     "it is a folder; give the path of a file",
	} {
		_, err = Read(path)
		require.ErrorContains(t, err, says)
	}
	_, err = Read(filepath.Join(dir, "none.yaml"))
	require.ErrorIs(t, err, fs.ErrNotExist)
}

// A schema that contains itself, or is without end in width, is followed as far as a reader would.
func TestBoundlessSchemasAreCut(t *testing.T) {
	t.Parallel()
	const itself = `components:
  schemas:
    Node:
      type: object
      properties:
        id: {type: integer}
        parent: {$ref: '#/components/schemas/Node'}
        children: {type: array, items: {$ref: '#/components/schemas/Node'}}
        other: {allOf: [{$ref: '#/components/schemas/Node'}]}
`
	nodes := strings.Replace(things, "{type: object, properties: {id: {type: integer}, name: "+
		"{type: string}}}", "{$ref: '#/components/schemas/Node'}", 1)
	api, err := readAll("shop.yaml", head+nodes+itself)
	require.NoError(t, err)
	s := api.Streams[0]
	assert.Equal(t, "id", s.Key)
	assert.Equal(t, Array, s.Record.field("children").Kind)
	assert.Equal(t, Map, s.Record.field("parent").Kind, "it is cut where it contains itself")
	assert.Contains(t, strings.Join(s.Notes, " "), "goes deeper than what was followed")

	// Each object has ten of the next: 10^30 without a bound.
	var wide strings.Builder
	wide.WriteString("components:\n  schemas:\n    Node: {$ref: '#/components/schemas/N0'}\n")
	for i := range 30 {
		wide.WriteString("    N" + strconv.Itoa(i) + ":\n      type: object\n      properties:\n" +
			"        id: {type: integer}\n")
		for j := range 10 {
			wide.WriteString("        f" + strconv.Itoa(j) + ": {$ref: '#/components/schemas/N" +
				strconv.Itoa(min(i+1, 29)) + "'}\n")
		}
	}
	api, err = readAll("shop.yaml", head+nodes+wide.String())
	require.NoError(t, err)
	assert.Len(t, api.Streams[0].Record.Fields, 11, "the outer fields are all there")
	assert.Less(t, len(api.Streams[0].Answer), 1<<20)
}
