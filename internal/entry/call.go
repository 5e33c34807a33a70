package entry

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"

	"github.com/airbyte-go/cdk/protocol"
)

// maxFile bounds the files that flags name. The largest that the platform hands out are states, and
// it moves them as single messages.
const maxFile = 256 << 20

// Call is what a verb gets to work with. It may be used from many goroutines at once.
type Call struct {
	Verb string
	In   io.Reader        // standard input; nil where the process has none
	Out  *protocol.Writer // the way to stdout; closed by Run, not by the verb
	Log  *slog.Logger     // writes LOG messages
	Mask *Mask            // for secrets that come up at run time, such as access tokens

	values map[string]string
	config func() ([]byte, error)
	stored storedConfig
}

// Has tells whether the flag was given, even with an empty value. A flag without value counts as
// given unless it was set to false.
func (c *Call) Has(flag string) bool {
	value, given := c.values[flag]
	return given && value != "false"
}

// Value returns the value of the flag, or "" when it was not given. It is "true" for a flag that
// takes none.
func (c *Call) Value(flag string) string { return c.values[flag] }

// File reads the file that the flag names; a byte order mark at its start is left out. The bytes
// belong to the caller. The error is a *protocol.Error that names flag and file.
func (c *Call) File(flag string) ([]byte, error) {
	path := c.Value(flag)
	if path == "" {
		return nil, protocol.Errorf(protocol.ConfigError,
			"Flag --%s names no file. Give it the path of one.", flag)
	}
	data, err := readFile(path)
	if err != nil {
		return nil, fileError(flag, path, err)
	}
	return data, nil
}

// Config returns the connector's config: the file of the flag --config, migrated, with the defaults
// of the spec filled in, and valid. Secrets in it are masked from here on. Where migration changed
// the config, a CONTROL message has told the platform to keep the new one.
//
// The file is read once; later calls return the same bytes, which must not be changed. The error is
// a *protocol.Error without any value of the config in it, except for what Migrate says.
func (c *Call) Config() ([]byte, error) { return c.config() }

var errTooLarge = errors.New("it is larger than 256 MiB")

func readFile(path string) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close() //nolint:errcheck // only read
	if info, err := file.Stat(); err == nil && info.Size() > maxFile {
		return nil, errTooLarge // before a part of it takes up memory
	}
	data, err := readAtMost(file, maxFile)
	return trimByteOrderMark(data), err
}

// readAtMost serves files that do not know their size, such as pipes.
func readAtMost(r io.Reader, most int64) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(r, most+1))
	if err == nil && int64(len(data)) > most {
		err = errTooLarge
	}
	return data, err
}

func fileError(flag, path string, err error) *protocol.Error {
	if errors.Is(err, fs.ErrNotExist) {
		return protocol.Errorf(protocol.ConfigError,
			"The file of flag --%s does not exist: %s. Check the path.", flag, absolute(path))
	}
	// The text of a path error repeats the path; its cause is what is new.
	if inner, ok := errors.AsType[*fs.PathError](err); ok {
		err = inner.Err
	}
	return protocol.Errorf(protocol.ConfigError,
		"The file of flag --%s cannot be read: %s: %w.", flag, absolute(path), err)
}

// absolute spells a relative path out: the platform runs connectors in folders that its user has
// never heard of.
func absolute(path string) string {
	if full, err := filepath.Abs(path); err == nil {
		return full
	}
	return path
}

// trimByteOrderMark takes off what some editors put before UTF-8 text; JSON knows no such thing.
func trimByteOrderMark(data []byte) []byte {
	return bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
}
