package entry

import (
	"encoding/json"
	"errors"
	"strings"
	"sync"

	"github.com/airbyte-go/cdk/internal/jsonraw"
	"github.com/airbyte-go/cdk/internal/schema"
	"github.com/airbyte-go/cdk/protocol"
)

// storedConfig is the config as the platform holds it: migrated, but without defaults, which may
// change with the next version.
type storedConfig struct {
	mu   sync.Mutex // held while a message is written, so that the last one written is the newest
	json []byte     // nil before the config was read
	spec *schema.Spec
}

// UpdateConfig replaces the value at a JSON pointer (RFC 6901), such as "/credentials/token", in
// the config, and asks the platform by a CONTROL message to store the whole of it. The message has
// left the process when UpdateConfig returns. A member that is not there is added. Nothing is
// written where nothing changes, or where the config would break the rules of the spec.
//
// What [Call.Config] returns stays as it was read. UpdateConfig may be called from many goroutines:
// each update contains those before it.
func (c *Call) UpdateConfig(pointer string, value any) error {
	s := &c.stored
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.json == nil {
		return protocol.Errorf(protocol.SystemError, "The config cannot be updated before it was "+
			"read.")
	}
	updated, err := s.with(pointer, value)
	if err != nil {
		return protocol.Errorf(protocol.SystemError, "The value at %q of the config cannot be "+
			"updated: %w. This is a defect of the connector: report it to its maintainer.",
			pointer, err)
	}
	c.Mask.Add(s.spec.Secrets(updated)...)
	if jsonraw.Equal(updated, s.json) {
		return nil
	}
	if _, err := s.spec.Complete(updated); err != nil {
		return protocol.Errorf(protocol.SystemError, "The value at %q of the config was not "+
			"updated, because the config would not be valid any more: %w", pointer, err)
	}
	if err := c.Out.Write(controlMessage(updated)); err != nil {
		return err
	}
	s.json = updated
	return nil
}

// store remembers what the platform holds from here on.
func (c *Call) store(config []byte, spec *schema.Spec) {
	c.stored.mu.Lock()
	defer c.stored.mu.Unlock()
	c.stored.json, c.stored.spec = config, spec
}

// with returns the config with another value at the pointer.
func (s *storedConfig) with(pointer string, value any) ([]byte, error) {
	path, err := splitPointer(pointer)
	if err != nil {
		return nil, err
	}
	text, err := json.Marshal(value)
	if err != nil {
		return nil, errors.New("the new value has no JSON form")
	}
	return jsonraw.Replace(s.json, path, text)
}

// splitPointer returns the names in a JSON pointer. The pointer "" to the whole config is refused.
func splitPointer(pointer string) ([]string, error) {
	rest, ok := strings.CutPrefix(pointer, "/")
	if !ok {
		return nil, errors.New("a JSON pointer starts with /")
	}
	unescape := strings.NewReplacer("~1", "/", "~0", "~")
	names := strings.Split(rest, "/")
	for i, name := range names {
		names[i] = unescape.Replace(name)
	}
	return names, nil
}
