package schema

import (
	"bytes"
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"sync"

	"github.com/airbyte-go/cdk/protocol"
)

// Spec is what a connector says about its config. Its methods may be called concurrently.
type Spec struct {
	document []byte // a ConnectorSpecification in JSON, compact
	manual   string // the address of the documentation
	modes    []protocol.DestinationSyncMode
	tree     func() (*node, error)
	judged   func() (*node, error)
}

// newSpec wraps a document. What is derived from it is made at the first use and then kept, and
// the spec verb uses neither.
func newSpec(document []byte) *Spec {
	s := &Spec{document: document}
	s.tree = sync.OnceValues(s.readTree)
	s.judged = sync.OnceValues(s.compile)
	return s
}

// ParseSpec reads a spec that an author wrote by hand: a ConnectorSpecification in JSON, the
// content of spec.json in other connectors. Its schema is taken for draft-07, as the platform does,
// whatever its $schema says. A $ref may point only into the same file.
//
// The error is a *protocol.Error with a sentence for the author.
func ParseSpec(file []byte) (*Spec, error) {
	document, err := compacted(file)
	if err != nil {
		return nil, specError("%s", syntaxSentence("the file", file, err))
	}
	s := newSpec(document)
	var c protocol.ConnectorSpecification
	if err := json.Unmarshal(s.document, &c); err != nil {
		return nil, specError("the file is not a ConnectorSpecification: %w.", err)
	}
	if len(c.ConnectionSpecification) == 0 || c.ConnectionSpecification[0] != '{' {
		return nil, specError("connectionSpecification must be an object, the config's schema.")
	}
	if _, err := s.tree(); err != nil {
		return nil, err
	}
	return s, nil
}

// Of returns the spec that is derived from a config struct, or the one in file where that is not
// nil, with the address of the connector's documentation. See [Config] and [ParseSpec].
func Of(config reflect.Type, file []byte, documentation string) (*Spec, error) {
	if file == nil {
		s := Config(config)
		s.Document(documentation)
		return s, nil
	}
	s, err := ParseSpec(file)
	if err == nil {
		s.Document(documentation)
	}
	return s, err
}

// compacted returns the one JSON value of a file without the white space around its parts.
func compacted(file []byte) ([]byte, error) {
	var value json.RawMessage
	d := json.NewDecoder(bytes.NewReader(file))
	if err := d.Decode(&value); err != nil {
		return nil, err
	}
	var compact bytes.Buffer
	if err := json.Compact(&compact, value); err != nil {
		return nil, err
	}
	return compact.Bytes(), atEnd(d)
}

// specError is for whoever wrote the spec. The protocol has no failure type for the author, and it
// is not the user's config that has to change: so it is a system error.
func specError(format string, args ...any) *protocol.Error {
	return protocol.Errorf(protocol.SystemError, "The connector's spec is wrong: "+format, args...)
}

// Connector returns the specification for the SPEC message. The caller owns it.
func (s *Spec) Connector() *protocol.ConnectorSpecification {
	c := new(protocol.ConnectorSpecification)
	if err := json.Unmarshal(s.document, c); err != nil { // cannot happen: it was read before
		panic(err)
	}
	if c.DocumentationURL == "" {
		c.DocumentationURL = s.manual
	}
	if len(s.modes) > 0 {
		c.SupportedDestinationSyncModes = slices.Clone(s.modes)
	}
	return c
}

// Document gives the specification the address of the connector's documentation, unless it has one.
// It must be called before the spec is used.
func (s *Spec) Document(url string) { s.manual = url }

// Support gives the specification the sync modes of a destination, in place of those of a file. It
// must be called before the spec is used.
func (s *Spec) Support(modes []protocol.DestinationSyncMode) { s.modes = modes }

// internalKeys are members of a config that steer the connector itself and belong to no spec.
var internalKeys = []string{"_limit", "_page_size"}

// Complete fills the defaults of a config into the places left out, also within nested objects and
// the chosen branch of a oneOf, and validates the result, which the caller owns. The internal keys
// _limit and _page_size pass unseen.
//
// The error is a *protocol.Error. Its type is ConfigError and its message has a sentence for every
// violation, up to a hundred, none of which holds a value of the config; SystemError means that the
// spec itself is no valid schema.
func (s *Spec) Complete(config []byte) ([]byte, error) {
	tree, err := readConfig(config)
	if err != nil {
		return nil, err
	}
	root, err := s.judged()
	if err != nil {
		return nil, err
	}
	// A closed spec would refuse the internal keys, and an additionalProperties would judge them.
	internal := map[string]any{}
	for _, key := range internalKeys {
		if v, ok := tree[key]; ok {
			internal[key] = v
			delete(tree, key)
		}
	}
	// Defaults first: they are values like others, and what is required may come from them.
	newFiller().fill(root, tree)
	c := checker{}
	c.check(root, tree)
	if err := c.err(); err != nil {
		return nil, err
	}
	maps.Copy(tree, internal)
	return encode(tree), nil
}
