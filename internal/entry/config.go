package entry

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/airbyte-go/cdk/internal/jsonraw"
	"github.com/airbyte-go/cdk/internal/schema"
	"github.com/airbyte-go/cdk/protocol"
)

// configReader makes the config of a call out of its file.
type configReader struct {
	call    *Call
	spec    func() (*schema.Spec, error)
	migrate func(old []byte) ([]byte, error) // may be nil
}

// read registers the secrets of each form of the config as soon as it exists, so that no error
// about a later one can show them: migration may move a secret to another place, and a default may
// be one.
func (r configReader) read() ([]byte, error) {
	spec, err := r.spec()
	if err != nil {
		return nil, err
	}
	file, err := r.call.File("config")
	if err != nil {
		return nil, err
	}
	if err := mustBeObject(file); err != nil {
		return nil, protocol.Errorf(protocol.ConfigError, "The config %s %w.",
			absolute(r.call.Value("config")), err)
	}
	r.call.Mask.Add(spec.Secrets(file)...)
	config, err := r.migrated(file)
	if err != nil {
		return nil, err
	}
	if r.migrate != nil {
		r.call.Mask.Add(spec.Secrets(config)...)
	}
	complete, err := spec.Complete(config)
	if err != nil {
		return nil, err
	}
	r.call.Mask.Add(spec.Secrets(complete)...)
	// The platform replaces the stored config with this one, so it gets it only once it is known to
	// be valid, and without defaults, which may change with the next version.
	if !jsonraw.Equal(file, config) {
		err = r.call.Out.Write(controlMessage(config))
	}
	r.call.store(config, spec)
	return complete, err
}

// migrated hands the author's function a copy, because the file's bytes are compared with its
// result. What it returns is checked like the file: nothing says that the author tested it with
// this config.
func (r configReader) migrated(config []byte) ([]byte, error) {
	if r.migrate == nil {
		return config, nil
	}
	migrated, err := r.migrate(bytes.Clone(config))
	if err == nil {
		if err = mustBeObject(migrated); err != nil {
			err = fmt.Errorf("what the migration returned %w", err)
		}
	}
	if err == nil {
		return migrated, nil
	}
	if known, ok := errors.AsType[*protocol.Error](err); ok {
		return nil, known
	}
	return nil, protocol.Errorf(protocol.SystemError,
		"The config could not be brought up to this version of the connector: %w.", err)
}

// mustBeObject returns an error that reads on after the name of what data is. It shows nothing of
// data, because that may be a secret.
func mustBeObject(data []byte) error {
	decoder := jsonraw.NewDecoder(bytes.NewReader(data))
	// The decoder stops after the last word that it understood, which is near enough to the mistake
	// to find it, and the same whatever the version of the JSON package.
	isObject := decoder.PeekKind() == '{'
	err := decoder.SkipValue()
	line := 1 + bytes.Count(data[:decoder.InputOffset()], []byte("\n"))
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF):
		return errors.New("ends before its JSON does; it may be cut off")
	case errors.Is(err, io.EOF):
		return errors.New("is empty; it must hold a JSON object")
	case err != nil:
		return fmt.Errorf("is not valid JSON from line %d on", line)
	case !isObject:
		return errors.New("is not a JSON object, which starts with {")
	case jsonraw.Valid(data) != nil:
		return fmt.Errorf("goes on after its JSON object, which ends in line %d", line)
	}
	return nil
}
