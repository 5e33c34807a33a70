// Package apicode writes the Go code, the tests and the fake API of a source that was guessed from
// an OpenAPI document.
package apicode

import (
	"fmt"
	"go/format"
	"path"
	"slices"
	"strings"

	"github.com/airbyte-go/cdk/cmd/cdk/internal/openapi"
)

// Module is a source that is to be written.
type Module struct {
	API      *openapi.API
	Path     string // of the module
	Short    string // its program
	Title    string // the name of the system for people
	Document string // its name, for the README
}

// File is a file of the module.
type File struct {
	Path string // below its folder, with slashes
	Text []byte
}

// Files are the files of the module that follow from its API.
func (m Module) Files() ([]File, error) {
	w := newWriter(m)
	list := []File{
		{"main.go", w.main()},
		{"internal/fakeapi/api.go", w.fakeAPI()},
		{"config.json", w.config(right)},
		{"README.md", w.readme()},
		{"acceptance-test-config.yml", w.acceptance()},
		{"testdata/expected_records.jsonl", w.expected()},
	}
	if len(m.API.Login) > 0 {
		list = append(list, File{"testdata/wrong_credentials.json", w.config(wrong)})
	}
	if w.isIncremental() {
		list = append(list, File{"testdata/future_state.json", w.future()})
	}
	for i := range m.API.Streams {
		s := &m.API.Streams[i]
		list = append(list, File{w.files[s.Name] + ".go", w.stream(s)},
			File{"internal/fakeapi/answers/" + w.files[s.Name] + ".json", []byte(s.Answer)})
	}
	for i, f := range list {
		if path.Ext(f.Path) != ".go" {
			continue
		}
		text, err := format.Source(f.Text)
		if err != nil {
			return nil, fmt.Errorf("the code of %s would not be Go, which is a mistake of cdk: %w",
				f.Path, err)
		}
		list[i].Text = text
	}
	return list, nil
}

// writer knows the names of everything in the module.
type writer struct {
	Module

	types, funcs, files map[string]string // by stream
	fields              map[string]string // of the config, by name
}

func newWriter(m Module) *writer {
	w := &writer{
		Module: m, types: map[string]string{}, funcs: map[string]string{},
		files: map[string]string{}, fields: map[string]string{},
	}
	identifiers, files := newNames(identifiersTaken), newNames(filesTaken)
	for _, s := range m.API.Streams {
		w.types[s.Name] = identifiers.free(openapi.GoName(openapi.Singular(s.Name)), "Record")
		w.funcs[s.Name] = identifiers.free(openapi.LocalName(s.Name), "Stream")
		w.files[s.Name] = files.free(fileName(s.Name), "_stream")
	}
	members := newNames(nil)
	for _, f := range w.settings() {
		w.fields[f.name] = members.free(openapi.GoName(f.name), "Value")
	}
	return w
}

// names are those that are taken.
type names map[string]bool

func newNames(taken []string) names {
	n := names{}
	for _, name := range taken {
		n[name] = true
	}
	return n
}

// free takes a name, with an ending or a number where it is taken.
func (n names) free(name, ending string) string {
	free := name
	if n[free] {
		free = name + ending
	}
	for i := 2; n[free]; i++ {
		free = fmt.Sprintf("%s%s%d", name, ending, i)
	}
	n[free] = true
	return free
}

// identifiersTaken are names that a stream's type or function would hide or meet.
var identifiersTaken = strings.Fields(`
	break case chan const continue default defer else fallthrough for func go goto if import
	interface map package range return select struct switch type var
	any append bool byte cap clear close comparable complex complex128 complex64 copy delete error
	false float32 float64 imag int int16 int32 int64 int8 iota len make max min new nil panic print
	println real recover rune string true uint uint16 uint32 uint64 uint8 uintptr
	api cfg client init main newClient source streams fakeConfig
	context http json nethttp protocol sources strings time url
	assert cdktest fakeapi os require testing
	Config TestAcceptance TestEveryStreamHasRecords TestReadFromAnUnkindAPI`)

// filesTaken are the other files of the module.
var filesTaken = []string{"main", "acceptance_test", "source_test"}

// fileName is a name that the go command gives no meaning of its own.
func fileName(stream string) string {
	const longest = 80
	if len(stream) > longest {
		stream = strings.Trim(stream[:longest], "_")
	}
	last := stream[strings.LastIndexByte(stream, '_')+1:]
	if last != stream && (last == "test" || slices.Contains(platforms, last)) {
		return stream + "_stream"
	}
	return stream
}

// platforms are endings of file names for one system or processor.
var platforms = strings.Fields(`
	aix android darwin dragonfly freebsd hurd illumos ios js linux nacl netbsd openbsd plan9 solaris
	wasip1 windows zos
	386 amd64 amd64p32 arm arm64 arm64be armbe loong64 mips mips64 mips64le mips64p32 mips64p32le
	mipsle ppc ppc64 ppc64le riscv riscv64 s390 s390x sparc sparc64 wasm unix`)
