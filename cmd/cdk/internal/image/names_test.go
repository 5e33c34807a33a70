package image

import (
	"crypto/x509"
	"encoding/pem"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestParsePlatforms(t *testing.T) {
	t.Parallel()
	for list, want := range map[string]string{
		Platforms:                    "",
		"linux/arm64/v8":             "",
		" linux/amd64 ,linux/arm64":  "",
		"":                           `there is no platform ""; Airbyte runs on linux/amd64 and linux/arm64`,
		"linux":                      `there is no platform "linux"`,
		"darwin/arm64":               `there is no platform "darwin/arm64"`,
		"linux/arm64,linux/arm64/v8": "the platform linux/arm64 is named twice",
	} {
		_, err := ParsePlatforms(list)
		if want == "" {
			assert.NoError(t, err, list)
			continue
		}
		assert.ErrorContains(t, err, want, list)
	}
}

func TestParseTag(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"acme/source-a:0.1.0":              "acme/source-a",
		"source-a:dev":                     "source-a",
		"127.0.0.1:5000/acme/source-a:1":   "127.0.0.1:5000/acme/source-a",
		"registry.example.com/a/b/c:1_2-3": "registry.example.com/a/b/c",
	} {
		tag, err := ParseTag(text)
		require.NoError(t, err, text)
		assert.Equal(t, want, repository(tag))
	}
	const remedy = "; give a name and a version, such as acme/source-acme:0.1.0"
	for text, want := range map[string]string{
		"acme/source-a":                `"acme/source-a" names no version` + remedy,
		"127.0.0.1:5000/acme/source-a": "names no version",
		"":                             `"" does not name an image`,
		"acme/source-a:":               "does not name an image",
		"Acme/Source:1":                "does not name an image",
		"acme/source-a:1+2":            "does not name an image",
		"acme/source-a@sha256:00":      "does not name an image",
		"a b:1":                        "does not name an image",
	} {
		_, err := ParseTag(text)
		require.ErrorContains(t, err, want, text)
		assert.ErrorContains(t, err, remedy)
	}
}

// Without --tag the image has the name that the connector's own metadata.yaml gives.
func TestTagOfAProgram(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		metadata, want, err string
		said                bool
	}{
		"none": {"", "source-a:dev", "", false},
		"said": {
			"data:\n  dockerRepository: acme/source-b\n  dockerImageTag: 0.1.0\n  more: [1]\n",
			"acme/source-b:0.1.0", "", true,
		},
		"no version": {
			"data:\n  dockerRepository: acme/source-b\n", "",
			"dockerRepository and dockerImageTag of ", false,
		},
		"no YAML": {"data: [", "", "or name it by --tag", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := &Program{Dir: t.TempDir(), Name: "Source-A"}
			if test.metadata != "" {
				file := filepath.Join(p.Dir, "metadata.yaml")
				require.NoError(t, os.WriteFile(file, []byte(test.metadata), 0o600))
			}
			tag, said, err := p.Tag()
			assert.Equal(t, test.said, said)
			if test.err != "" {
				require.ErrorContains(t, err, test.err)
				return
			}
			require.NoError(t, err)
			assert.Equal(t, test.want, tag.String())
		})
	}
}

// The certificates are those that Go can read, with an authority in them that everybody knows.
func TestCertificates(t *testing.T) {
	t.Parallel()
	text := certificates()
	names := map[string]bool{}
	for block, rest := pem.Decode(text); block != nil; block, rest = pem.Decode(rest) {
		c, err := x509.ParseCertificate(block.Bytes)
		require.NoError(t, err)
		names[c.Subject.CommonName] = true
	}
	assert.Greater(t, len(names), 80)
	assert.True(t, names["ISRG Root X1"])
	assert.Equal(t, string(text), string(certificates()), "in the same order each time")
}
