// Package templates holds the connectors that `cdk new` writes.
//
// Each folder but shared is a whole program, which is built, judged and tested where it stands. Its
// own names (source-acme or destination-acme, Acme, https://api.example.com, this folder's import
// path) stand for those of a new connector. The folder shared holds what is the same for all of
// them; a file of the same name in a program's folder goes before it. A name that begins with dot-
// is written with a dot.
//
// Of the folder openapi only some files are embedded: what all modules share that are made from an
// OpenAPI document. The others are what its openapi.yaml makes, kept there so that everybody sees
// it, and tests run it; a test of cdk compares them with what is written.
package templates

import "embed"

// Files are the templates, by path below this folder.
//
//go:embed all:shared all:rest all:graphql all:custom all:sql all:loader
//go:embed openapi/acceptance_test.go openapi/source_test.go openapi/cmd/fakeapi/main.go
//go:embed openapi/internal/fakeapi/answer.go openapi/internal/fakeapi/pages.go
//go:embed openapi/internal/fakeapi/route.go
var Files embed.FS

// Path is the import path of this folder.
const Path = "github.com/airbyte-go/cdk/cmd/cdk/templates"
