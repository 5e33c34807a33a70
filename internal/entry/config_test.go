package entry_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/airbyte-go/cdk/internal/entry"
	"github.com/airbyte-go/cdk/protocol"
)

// checkWith runs the verb check, which logs the config it gets, on a config file with this content.
func checkWith(
	t *testing.T, content string, migrate func([]byte) ([]byte, error),
) (result, string) {
	t.Helper()
	path := writeFile(t, "config.json", content)
	p := program(func(_ context.Context, c *entry.Call) error {
		config, err := c.Config()
		if err != nil {
			return err
		}
		c.Log.Info(string(config))
		return nil
	})
	p.Migrate = migrate
	return run(t, p, "check", "--config", path), path
}

func TestConfig(t *testing.T) {
	t.Parallel()
	r, _ := checkWith(t, `{"api_key": "a-secret"}`, nil)
	require.Equal(t, 0, r.code)
	require.Len(t, r.messages, 1)
	assert.JSONEq(t, `{"api_key": "****", "region": "eu"}`, r.messages[0].Log.Message)
}

func TestConfigErrors(t *testing.T) {
	t.Parallel()
	const never = "never-shown"
	tests := map[string]struct{ content, sentence string }{
		"empty":    {"", "The config %s is empty; it must hold a JSON object."},
		"blank":    {" \n\t", "The config %s is empty; it must hold a JSON object."},
		"not JSON": {"api_key: never-shown", "The config %s is not valid JSON from line 1 on."},
		"later": {
			"{\n\"api_key\": \"never-shown\"\n\"b\": 1}",
			"The config %s is not valid JSON from line 2 on.",
		},
		"UTF-16": {"\xff\xfe{\x00", "The config %s is not valid JSON from line 1 on."},
		"cut off": {
			`{"api_key": "never-shown`, "The config %s ends before its JSON does; it may be cut off.",
		},
		"array": {
			`["never-shown"]`, "The config %s is not a JSON object, which starts with {.",
		},
		"null": {`null`, "The config %s is not a JSON object, which starts with {."},
		"string": {
			`"never-shown"`, "The config %s is not a JSON object, which starts with {.",
		},
		"two objects": {
			"{\n}\n{}", "The config %s goes on after its JSON object, which ends in line 2.",
		},
		"more text": {
			"{} never-shown", "The config %s goes on after its JSON object, which ends in line 1.",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, path := checkWith(t, test.content, nil)
			assert.Equal(t, 1, r.code)
			trace := r.onlyError(t)
			assert.Equal(t, fmt.Sprintf(test.sentence, path), trace.Message)
			assert.Equal(t, protocol.ConfigError, trace.FailureType)
			assert.NotContains(t, fmt.Sprintf("%+v", trace)+r.err, never)
		})
	}
}

func TestConfigMissing(t *testing.T) {
	t.Parallel()
	p := program(func(_ context.Context, c *entry.Call) error {
		_, err := c.Config()
		return err
	})
	r := run(t, p, "check", "--config", "nowhere/config.json")
	assert.Equal(t, 1, r.code)
	assert.Contains(t, r.onlyError(t).Message, "The file of flag --config does not exist: ")
}

func TestConfigInvalid(t *testing.T) {
	t.Parallel()
	r, _ := checkWith(t, `{"region": "us"}`, nil)
	assert.Equal(t, 1, r.code)
	trace := r.onlyError(t)
	assert.True(t, strings.HasPrefix(trace.Message, "Config validation error: "), trace.Message)
	assert.Contains(t, trace.Message, "api_key")
	assert.Equal(t, protocol.ConfigError, trace.FailureType)
}

// TestConfigLarge has a file of 10 MiB, most of it a secret.
func TestConfigLarge(t *testing.T) {
	t.Parallel()
	secret := strings.Repeat("0123456789abcdef\u20ac", 10<<20/19+1)
	p := program(func(_ context.Context, c *entry.Call) error {
		config, err := c.Config()
		assert.Greater(t, len(config), 10<<20)
		c.Log.Info(secret[:1<<16]) // a part is enough to see that it is known
		return err
	})
	path := writeFile(t, "config.json", `{"api_key": "`+secret+`"}`)
	r := run(t, p, "check", "--config", path)
	require.Equal(t, 0, r.code)
	shown := r.messages[0].Log.Message
	assert.True(t, strings.HasPrefix(shown, "****"))
	assert.Less(t, len(shown), 4<<10, "only where the text was cut, a part of a piece is left")
}

// rename is a migration from a version that called the key otherwise.
func rename(old []byte) ([]byte, error) {
	return []byte(strings.ReplaceAll(string(old), `"apiKey"`, `"api_key"`)), nil
}

func TestConfigMigrated(t *testing.T) {
	t.Parallel()
	r, _ := checkWith(t, `{"apiKey": "a-secret", "limit": 1e400}`, rename)
	require.Equal(t, 0, r.code)
	require.Len(t, r.messages, 2)
	control := r.messages[0]
	require.Equal(t, protocol.MessageControl, control.Type)
	assert.Equal(t, protocol.ControlConnectorConfig, control.Control.Type)
	assert.Positive(t, control.Control.EmittedAt)
	assert.Equal(t, `{"api_key": "a-secret", "limit": 1e400}`,
		string(control.Control.ConnectorConfig.Config), "unmasked, exact and without defaults")
	assert.Contains(t, r.messages[1].Log.Message, `"****"`, "a secret under its new name")
}

func TestConfigUnchangedByMigration(t *testing.T) {
	t.Parallel()
	respell := func([]byte) ([]byte, error) { return []byte(`{"region":"us", "api_key":"key!"}`), nil }
	for name, migrate := range map[string]func([]byte) ([]byte, error){
		"same bytes": rename,
		"respelled":  respell,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, _ := checkWith(t, `{"api_key": "key!", "region": "\u0075s"}`, migrate)
			require.Equal(t, 0, r.code)
			require.Len(t, r.messages, 1, "no CONTROL")
			assert.Equal(t, protocol.MessageLog, r.messages[0].Type)
		})
	}
}

// TestConfigMigratedInTheLastDigit changes a number by less than a float64 can tell.
func TestConfigMigratedInTheLastDigit(t *testing.T) {
	t.Parallel()
	r, _ := checkWith(t, `{"api_key": "k", "id": 90071992547409930}`, func([]byte) ([]byte, error) {
		return []byte(`{"api_key": "k", "id": 90071992547409931}`), nil
	})
	require.Equal(t, 0, r.code)
	assert.Equal(t, protocol.MessageControl, r.messages[0].Type)
}

// TestConfigMigratedOnce asks twice: the platform hears of the new config once.
func TestConfigMigratedOnce(t *testing.T) {
	t.Parallel()
	p := program(func(_ context.Context, c *entry.Call) error {
		first, err := c.Config()
		require.NoError(t, err)
		second, err := c.Config()
		assert.Equal(t, first, second)
		return err
	})
	p.Migrate = rename
	r := run(t, p, "check", "--config", writeFile(t, "config.json", `{"apiKey": "k"}`))
	require.Equal(t, 0, r.code)
	assert.Len(t, r.messages, 1)
}

// TestConfigInvalidAfterMigration sees to it that the platform does not store a config that the
// connector itself refuses.
func TestConfigInvalidAfterMigration(t *testing.T) {
	t.Parallel()
	r, _ := checkWith(t, `{"apiKey": "k"}`, func([]byte) ([]byte, error) { return []byte(`{}`), nil })
	assert.Equal(t, 1, r.code)
	assert.Contains(t, r.onlyError(t).Message, "Config validation error: ")
}

// TestConfigSecretIsMaskedWhereTheConfigIsInvalid has a verb that goes on without a config.
func TestConfigSecretIsMaskedWhereTheConfigIsInvalid(t *testing.T) {
	t.Parallel()
	path := writeFile(t, "config.json", `{"apiKey": "a-secret", "region": 5}`)
	p := program(func(_ context.Context, c *entry.Call) error {
		_, err := c.Config()
		c.Log.Info("a-secret")
		return err
	})
	p.Migrate = rename
	r := run(t, p, "check", "--config", path)
	require.Len(t, r.messages, 2)
	assert.Equal(t, "****", r.messages[0].Log.Message)
	assert.Contains(t, errorOf(t, r.messages[1]).Message, "Config validation error: ")
}

func TestConfigMigrationFails(t *testing.T) {
	t.Parallel()
	user := protocol.Errorf(protocol.ConfigError, "Authenticate again.")
	tests := map[string]struct {
		migrated string
		err      error
		failure  protocol.FailureType
		sentence string
	}{
		"error": {
			"", errors.New("no such version"), protocol.SystemError,
			"The config could not be brought up to this version of the connector: no such version.",
		},
		"error for the user": {"", user, protocol.ConfigError, "Authenticate again."},
		"not an object": {
			"[]", nil, protocol.SystemError,
			"The config could not be brought up to this version of the connector: " +
				"what the migration returned is not a JSON object, which starts with {.",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, _ := checkWith(t, `{"api_key": "k"}`, func([]byte) ([]byte, error) {
				return []byte(test.migrated), test.err
			})
			assert.Equal(t, 1, r.code)
			trace := r.onlyError(t)
			assert.Equal(t, test.failure, trace.FailureType)
			assert.Equal(t, test.sentence, trace.Message)
		})
	}
}

// TestConfigSecretIsMaskedBeforeItIsValidated has a secret in a config that migration chokes on.
func TestConfigSecretIsMaskedBeforeItIsValidated(t *testing.T) {
	t.Parallel()
	r, _ := checkWith(t, `{"api_key": "a-secret"}`, func(old []byte) ([]byte, error) {
		return nil, fmt.Errorf("cannot use %s", old)
	})
	assert.Equal(t, "The config could not be brought up to this version of the connector: "+
		`cannot use {"api_key": "****"}.`, r.onlyError(t).Message)
}
