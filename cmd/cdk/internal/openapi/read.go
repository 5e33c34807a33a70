// Package openapi guesses a source from an OpenAPI document: its streams, their schemas and pages,
// how to sign in, and what a user has to say. It sends no request.
//
// Guesses are careful: where a document does not say a thing plainly, the stream reads everything,
// and the thing is told in [API.Notes].
package openapi

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"unicode"

	"github.com/getkin/kin-openapi/openapi3"
	"go.yaml.in/yaml/v3"
)

// maxSize bounds a document together with the files that it refers to. The largest that are known,
// with hundreds of paths, have 12 MB.
const maxSize = 32 << 20

// Read reads an OpenAPI 3 document, JSON or YAML, and guesses a source from it. Files that the
// document refers to are read if they lie in its folder or below. The error is a sentence without
// its end.
func Read(file string) (*API, error) {
	folder, err := os.OpenRoot(filepath.Dir(file))
	if err != nil {
		return nil, fmt.Errorf("the OpenAPI document %s cannot be read: %w; give the path of "+
			"a file", file, reasonOf(err))
	}
	defer func() { _ = folder.Close() }() // nothing was written
	return readAs(file, folder.FS(), filepath.Base(file))
}

// ReadFS is [Read] for a file of that name in a folder.
func ReadFS(folder fs.FS, name string) (*API, error) { return readAs(name, folder, name) }

// readAs reads a document, which errors call by its title.
func readAs(title string, folder fs.FS, name string) (*API, error) {
	f := &files{folder: folder, left: maxSize}
	text, err := f.read(name)
	switch {
	case errors.Is(err, errTooLarge):
		return nil, fmt.Errorf("%s is too large: %w", title, err)
	case err != nil:
		return nil, fmt.Errorf("the OpenAPI document %s cannot be read: %w; give the path of "+
			"a file", title, err)
	}
	doc, err := parse(text, name, f)
	if err != nil {
		return nil, fmt.Errorf("%s %w", title, err)
	}
	api, err := guess(doc)
	if err != nil {
		return nil, fmt.Errorf("%s %w", title, err)
	}
	return api, nil
}

// files are those that a document may refer to, until they are too much together.
type files struct {
	folder fs.FS
	left   int64
}

var errTooLarge = fmt.Errorf("it is larger than %d MiB, with the files it refers to; remove paths "+
	"that are not needed", maxSize>>20)

func (f *files) read(name string) ([]byte, error) {
	file, err := f.folder.Open(name)
	if err != nil {
		return nil, reasonOf(err)
	}
	defer func() { _ = file.Close() }() // nothing was written
	if info, err := file.Stat(); err == nil && info.IsDir() {
		return nil, errors.New("it is a folder")
	}
	text, err := io.ReadAll(io.LimitReader(file, f.left+1))
	if err != nil {
		return nil, reasonOf(err)
	}
	if f.left -= int64(len(text)); f.left < 0 {
		return nil, errTooLarge
	}
	return text, nil
}

// reasonOf is an error without the path, which the caller names.
func reasonOf(err error) error {
	if failed, ok := errors.AsType[*fs.PathError](err); ok {
		return failed.Err
	}
	return err
}

// parse reads a document of that name and resolves its references. The error goes on from the name
// of the document.
func parse(text []byte, name string, f *files) (doc *openapi3.T, err error) {
	if err := checkVersion(text); err != nil {
		return nil, err
	}
	defer func() { // what a parser does with odd bytes must not end in a stack trace
		if v := recover(); v != nil {
			doc, err = nil, fmt.Errorf("is too odd a document to be read (%s); check it with a "+
				"linter for OpenAPI", oneLine(fmt.Sprint(v)))
		}
	}()
	loader := openapi3.NewLoader()
	loader.ReadFromURIFunc = func(_ *openapi3.Loader, at *url.URL) ([]byte, error) {
		return f.referred(at)
	}
	doc, err = loader.LoadFromDataWithPath(text, &url.URL{Path: name})
	if refused, ok := errors.AsType[*refusal](err); ok {
		return nil, refused
	}
	if err != nil {
		return nil, fmt.Errorf("cannot be read as OpenAPI: %s; mend it there, and check it with a "+
			"linter for OpenAPI", oneLine(err.Error()))
	}
	return doc, nil
}

// refusal says why a file that a document refers to is not read.
type refusal struct{ text string }

// Error implements error.
func (r *refusal) Error() string { return r.text }

// referred reads a file that the document refers to.
func (f *files) referred(at *url.URL) ([]byte, error) {
	if at.Host != "" || at.Scheme != "" && at.Scheme != "file" {
		return nil, &refusal{fmt.Sprintf("refers to %s, and nothing is fetched; put that file "+
			"beside the document and refer to it there", oneLine(at.Redacted()))}
	}
	name := path.Clean(at.Path)
	const remedy = "it must lie in the folder of the document or below"
	if !fs.ValidPath(name) {
		return nil, &refusal{fmt.Sprintf("refers to the file %s, which is not read: %s",
			oneLine(name), remedy)}
	}
	text, err := f.read(name)
	switch {
	case errors.Is(err, errTooLarge):
		return nil, &refusal{"is too large: " + err.Error()}
	case errors.Is(err, fs.ErrNotExist):
		return nil, &refusal{fmt.Sprintf("refers to the file %s, which is not there; put it "+
			"beside the document", oneLine(name))}
	case err != nil:
		return nil, &refusal{fmt.Sprintf("refers to the file %s, which cannot be read (%v); %s",
			oneLine(name), err, remedy)}
	}
	return text, nil
}

// version3 are the versions that are read.
var version3 = regexp.MustCompile(`^3\.[01](\.|$)`)

// checkVersion tells what a file is, before a parser makes something of it that it is not.
func checkVersion(text []byte) error {
	var head struct {
		OpenAPI scalarText `json:"openapi" yaml:"openapi"`
		Swagger scalarText `json:"swagger" yaml:"swagger"`
	}
	const remedy = "give a document of OpenAPI 3.0 or 3.1"
	if json.Valid(text) {
		if err := json.Unmarshal(text, &head); err != nil {
			return errors.New("is no OpenAPI document: it is no object; " + remedy)
		}
	} else {
		var root yaml.Node
		if err := yaml.Unmarshal(text, &root); err != nil {
			return fmt.Errorf("is neither JSON nor YAML: %s; mend it there",
				oneLine(strings.TrimPrefix(err.Error(), "yaml: ")))
		}
		if err := root.Decode(&head); err != nil {
			return errors.New("is no OpenAPI document: it is no object; " + remedy)
		}
	}
	switch version := string(head.OpenAPI); {
	case version3.MatchString(version):
		return nil
	case version != "":
		return fmt.Errorf("is of OpenAPI %s, which is not known; %s", oneLine(version), remedy)
	case string(head.Swagger) != "":
		return fmt.Errorf("is of Swagger %s, which is older than OpenAPI 3; convert it first, as "+
			"editors of OpenAPI do", oneLine(string(head.Swagger)))
	}
	return errors.New("is no OpenAPI document: it has no member openapi; " + remedy)
}

// scalarText is a string, or a number as it stands: a version need not be quoted.
type scalarText string

// UnmarshalJSON implements [json.Unmarshaler].
func (s *scalarText) UnmarshalJSON(text []byte) error {
	*s = scalarText(strings.Trim(string(text), `"`))
	return nil
}

// UnmarshalYAML implements [yaml.Unmarshaler].
func (s *scalarText) UnmarshalYAML(node *yaml.Node) error {
	*s = scalarText(node.Value)
	return nil
}

// oneLine makes text of a document fit for a line of ours.
func oneLine(text string) string {
	const enough = 200
	text = strings.Join(strings.FieldsFunc(text, func(r rune) bool {
		return r <= ' ' || r == 0x7f || r == '\u2028' || r == '\u2029'
	}), " ")
	text = strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return '?'
		}
		return r
	}, text)
	if runes := []rune(text); len(runes) > enough {
		text = strings.TrimSpace(string(runes[:enough])) + "..."
	}
	return text
}
