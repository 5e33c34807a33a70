package scaffold

import (
	"encoding/json"
	"go/format"
	"path"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"github.com/airbyte-go/cdk/cmd/cdk/templates"
)

// newConnector is a connector of a kind for the tests.
func newConnector(t *testing.T, kind, name, url string) Connector {
	t.Helper()
	var c Connector
	var err error
	c.Name, err = ParseName(name)
	require.NoError(t, err)
	c.Kind, err = ParseKind(kind, c.Name.Type())
	require.NoError(t, err)
	if c.Kind.URL != "" {
		c.URL, err = ParseURL(url)
		require.NoError(t, err)
	}
	return c
}

// filesOf are the files of a connector by their path.
func filesOf(t *testing.T, c Connector) map[string]string {
	t.Helper()
	files, err := templateFiles(c)
	require.NoError(t, err)
	texts := map[string]string{}
	for _, f := range files {
		texts[f.Path] = string(f.Text)
	}
	return texts
}

func TestFilesBearTheNewNames(t *testing.T) {
	t.Parallel()
	for _, kind := range Kinds() {
		short := kind.Type + "-big-shop"
		c := newConnector(t, kind.Name, "git.example.org/x/"+short+"/v2",
			"https://api.shop.example.org:8443/rest/")
		texts := filesOf(t, c)
		for name, text := range texts {
			for _, old := range []string{
				"source-acme", "destination-acme", "Acme", "acme/", templates.Path, "https://api.example.com",
				"00000000-0000",
			} {
				assert.NotContains(t, text, old, name)
			}
			if path.Ext(name) == ".json" {
				assert.True(t, json.Valid([]byte(text)), name)
			}
		}
		assert.Contains(t, texts["main.go"], short+" is an Airbyte "+kind.Type+" for Big Shop.")
		assert.Contains(t, texts[".gitignore"], "/secrets/\n")
		assert.Contains(t, texts[".github/workflows/ci.yml"], "big-shop/"+short+":dev")
		assert.Contains(t, texts["metadata.yaml"], "/integrations/"+kind.Type+"s/big-shop\n")
		if c.URL != nil {
			assert.Contains(t, texts["main.go"], `default:"https://api.shop.example.org:8443/rest/"`)
			assert.Contains(t, texts["testdata/spec.json"], "https://api.shop.example.org:8443/rest/")
			assert.Contains(t, texts["metadata.yaml"], `"api.shop.example.org"`)
		}
	}
}

// A generated file is as gofmt would write it, whatever the lengths and the order of the names.
func FuzzFilesAreFormatted(f *testing.F) {
	f.Add("source-a", "https://a/")
	f.Add("zzz.example.com/deep/path/source-a-very-long-name-of-a-system", "http://x.example:1/a%20b/")
	f.Add("a.example.com/source-0/v12", "https://[::1]/")
	f.Fuzz(func(t *testing.T, name, url string) {
		n, err := ParseName(name)
		if err != nil {
			t.Skip()
		}
		if _, err := ParseURL(url); err != nil {
			t.Skip()
		}
		for _, kind := range Kinds() {
			at := strings.LastIndex(name, n.Short)
			named := name[:at] + kind.Type + "-" + n.Slug() + name[at+len(n.Short):]
			if _, err := ParseName(named); err != nil {
				continue // it has become too long
			}
			for file, text := range filesOf(t, newConnector(t, kind.Name, named, url)) {
				switch path.Ext(file) {
				case ".go":
					formatted, err := format.Source([]byte(text))
					require.NoError(t, err, file)
					require.Equal(t, string(formatted), text, file)
				case ".yml", ".yaml":
					var value any
					require.NoError(t, yaml.Unmarshal([]byte(text), &value), file)
				}
			}
		}
	})
}

// metadata is what the platform's registry asks of a metadata.yaml.
type metadata struct {
	Version string `yaml:"metadataSpecVersion"`
	Data    struct {
		Name          string   `yaml:"name"`
		Type          string   `yaml:"connectorType"`
		Subtype       string   `yaml:"connectorSubtype"`
		ID            string   `yaml:"definitionId"`
		Repository    string   `yaml:"dockerRepository"`
		Tag           string   `yaml:"dockerImageTag"`
		Documentation string   `yaml:"documentationUrl"`
		Label         string   `yaml:"githubIssueLabel"`
		License       string   `yaml:"license"`
		Stage         string   `yaml:"releaseStage"`
		Support       string   `yaml:"supportLevel"`
		Refreshes     bool     `yaml:"supportsRefreshes"`
		Tags          []string `yaml:"tags"`
		Hosts         struct {
			Hosts []string `yaml:"hosts"`
		} `yaml:"allowedHosts"`
		Registries map[string]struct {
			Enabled bool `yaml:"enabled"`
		} `yaml:"registryOverrides"`
		Suites []struct {
			Suite string `yaml:"suite"`
		} `yaml:"connectorTestSuitesOptions"`
	} `yaml:"data"`
}

func TestMetadata(t *testing.T) {
	t.Parallel()
	ids := map[string]bool{}
	for _, kind := range Kinds() {
		texts := filesOf(t, newConnector(t, kind.Name, kind.Type+"-true",
			"https://api.true.example/"))
		decoder := yaml.NewDecoder(strings.NewReader(texts["metadata.yaml"]))
		decoder.KnownFields(true) // the registry refuses others
		var m metadata
		require.NoError(t, decoder.Decode(&m), kind.Name)
		assert.Equal(t, "1.0", m.Version)
		assert.Equal(t, "True", m.Data.Name)
		assert.Equal(t, kind.Type, m.Data.Type)
		assert.Regexp(t, `^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`,
			m.Data.ID)
		assert.Equal(t, "true/"+kind.Type+"-true", m.Data.Repository)
		assert.Contains(t, m.Data.Tags, "language:go")
		assert.Equal(t, kind.URL != "", len(m.Data.Hosts.Hosts) > 0)
		assert.NotEmpty(t, m.Data.License)
		assert.Equal(t, kind.Name == "sql", m.Data.Refreshes, "whether it can replace a generation")
		ids[m.Data.ID] = true
		assert.Contains(t, texts["Dockerfile"], `io.airbyte.name="`+m.Data.Repository+
			`" io.airbyte.version="`+m.Data.Tag+`"`)
	}
	assert.Len(t, ids, len(Kinds()), "each connector has an id of its own")
}

// The image is what the platform starts: see the comment in the Dockerfile.
func TestDockerfile(t *testing.T) {
	t.Parallel()
	text := filesOf(t, newConnector(t, "custom", "source-shop", ""))["Dockerfile"]
	lines := strings.Split(text, "\n")
	assert.Contains(t, lines, `ENV AIRBYTE_ENTRYPOINT="/airbyte/source-shop"`)
	assert.Contains(t, lines, `ENTRYPOINT ["/airbyte/source-shop"]`)
	assert.Contains(t, lines, "USER airbyte")
	assert.Contains(t, text, "adduser -D -u 1000 -G airbyte -h /airbyte airbyte")
	assert.Contains(t, text, "CGO_ENABLED=0")
	assert.NotContains(t, text, "FROM scratch", "the platform needs a shell")
}
