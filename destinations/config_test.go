package destinations_test

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/airbyte-go/cdk/destinations"
)

// vaultConfig has a secret, a default, and a name that has changed.
type vaultConfig struct {
	Host     string `json:"host" title:"Host"`
	Port     int    `json:"port" default:"5432"`
	Password string `json:"password" airbyte:"secret"`
}

// vault fails with its secret in the text.
type vault struct{ seen *vaultConfig }

func (v vault) Check(_ context.Context, cfg vaultConfig) error {
	return errors.New("refused for " + cfg.Password)
}

func (v vault) Open(
	_ context.Context, cfg vaultConfig, _ []destinations.Stream,
) (destinations.Loader, error) {
	*v.seen = cfg
	return nil, errors.New("cannot log in with " + cfg.Password)
}

func (v vault) MigrateConfig(old []byte) ([]byte, error) {
	return bytes.Replace(old, []byte(`"server"`), []byte(`"host"`), 1), nil
}

// TestConfig takes the way of a config that sources have as well: migration, defaults, validation,
// masking.
func TestConfig(t *testing.T) {
	t.Parallel()
	v := vault{&vaultConfig{}}
	run := func(verb, config string) (code int, out string) {
		args := []string{verb, "--config", tempFile(t, "c", config)}
		if verb == "write" {
			args = append(args, "--catalog", tempFile(t, "k", catalogOf("a")))
		}
		var written bytes.Buffer
		code = destinations.Run(t.Context(), v, destinations.Process{Args: args, Out: &written})
		return code, written.String()
	}
	code, out := run("write", `{"server":"h","password":"opensesame"}`)
	assert.Equal(t, 1, code)
	assert.Equal(t, vaultConfig{"h", 5432, "opensesame"}, *v.seen)
	assert.Contains(t, out, "The destination could not be opened: cannot log in with ****.")
	traces, control := 0, false
	for line := range strings.Lines(out) {
		traces += strings.Count(line, `"TRACE"`)
		control = control || strings.Contains(line, `"connectorConfig":{"config":{"host":"h"`)
		if !strings.Contains(line, `"CONTROL"`) {
			assert.NotContains(t, line, "opensesame")
		}
	}
	assert.Equal(t, 1, traces)
	assert.True(t, control, "the migrated config is sent to the platform")

	code, out = run("check", `{"host":"h","password":"opensesame"}`)
	assert.Equal(t, 0, code)
	assert.Contains(t, out, `"status":"FAILED","message":"refused for ****"`)

	code, out = run("write", `{"host":7,"password":"opensesame"}`)
	assert.Equal(t, 1, code)
	assert.Contains(t, out, "host")
	assert.Contains(t, out, "config_error")
}

func TestCommandLine(t *testing.T) {
	t.Parallel()
	for args, want := range map[string]string{
		"":                 "No verb is given.",
		"read":             `Unknown verb \"read\".`,
		"write --config c": "The verb write needs the flag --catalog FILE.",
		"write --catalog":  "Flag --catalog needs a value",
	} {
		var out bytes.Buffer
		code := destinations.Run(t.Context(), &fake{}, destinations.Process{
			Args: strings.Fields(args), Out: &out,
		})
		assert.Equal(t, 2, code, args)
		assert.Contains(t, out.String(), want, args)
	}
}

func TestOpenThatReturnsNoLoader(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	code := destinations.Run(t.Context(), lazy{}, destinations.Process{
		Args: []string{
			"write", "--config", tempFile(t, "c", "{}"),
			"--catalog", tempFile(t, "k", catalogOf("a")),
		},
		Out: &out,
	})
	assert.Equal(t, 1, code)
	assert.Contains(t, out.String(), "Open returned no Loader and no error")
}

type lazy struct{}

func (lazy) Check(context.Context, none) error { return nil }

func (lazy) Open(context.Context, none, []destinations.Stream) (destinations.Loader, error) {
	return nil, nil //nolint:nilnil // the mistake that the test is about
}
