package connection

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"

	"github.com/airbyte-go/cdk/internal/platform"
)

// config is the config of a connector, and the file that it comes from.
type config struct {
	path string // empty: there is no file
	text []byte
}

// readConfig reads a config file. Without one the config is an empty object.
func readConfig(flag, path string) (config, error) {
	if path == "" {
		return config{text: []byte("{}")}, nil
	}
	text, err := readJSON(flag, path)
	if err == nil && !bytes.HasPrefix(bytes.TrimSpace(text), []byte("{")) {
		err = fmt.Errorf("%s %s holds no JSON object; write the config as {\"name\": value}",
			flag, path)
	}
	return config{path, text}, err
}

// save keeps a config that a connector has changed.
func (c *config) save(text []byte) error {
	c.text = bytes.Clone(text)
	if c.path == "" {
		return errors.New("no config file was given in which it could be kept")
	}
	var pretty bytes.Buffer
	if err := json.Indent(&pretty, text, "", "  "); err != nil {
		return fmt.Errorf("it is not valid JSON: %w", err)
	}
	return platform.ReplaceFile(c.path, append(pretty.Bytes(), '\n'))
}

// readJSON reads a file that a flag names and that must be JSON.
func readJSON(flag, path string) ([]byte, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("%s %s cannot be read: %w; name a JSON file", flag, path, cause(err))
	}
	var value any
	err = json.Unmarshal(text, &value)
	if syntax, ok := errors.AsType[*json.SyntaxError](err); ok {
		line := 1 + bytes.Count(text[:min(int(syntax.Offset), len(text))], []byte("\n"))
		err = fmt.Errorf("line %d: %w", line, err)
	}
	if err != nil {
		return nil, fmt.Errorf("%s %s is not valid JSON, %w; mend it there", flag, path, err)
	}
	return text, nil
}
