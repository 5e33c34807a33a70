package main

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	cdktest "github.com/airbyte-go/cdk/cdk_test"
	"github.com/airbyte-go/cdk/protocol"
)

// serveHistory makes two modules of several versions each.
func serveHistory(api *cdktest.API) {
	api.Handle("/path/example.com/a/@v/list", text("v1.10.0\nv1.9.0\n"))
	serveVersion(api, "example.com/a", "v1.9.0", "2023-01-01T00:00:00Z")
	serveVersion(api, "example.com/a", "v1.10.0", "2025-01-01T00:00:00Z")
	api.Handle("/path/example.com/b/@v/list", text("v0.1.0\n"))
	serveVersion(api, "example.com/b", "v0.1.0", "2025-02-01T00:00:00Z")
}

func lines[T ~[]byte](records []T) (all []string) {
	for _, r := range records {
		all = append(all, string(r))
	}
	return all
}

const (
	recordA19 = `{"module":"example.com/a","version":"v1.9.0","time":"2023-01-01T00:00:00Z"`
	recordA10 = `{"module":"example.com/a","version":"v1.10.0","time":"2025-01-01T00:00:00Z"`
	recordB01 = `{"module":"example.com/b","version":"v0.1.0","time":"2025-02-01T00:00:00Z"`
)

func TestVersionsAndTheirModFiles(t *testing.T) {
	cdktest.Bubble(t, func(t *testing.T, api *cdktest.API) {
		serveHistory(api)
		cfg := configFor("example.com/a", "example.com/b")
		got := cdktest.Read(t, source{}, cfg, api)
		require.Zero(t, got.Code)
		assert.ElementsMatch(t, []string{recordA19 + `}`, recordA10 + `}`, recordB01 + `}`},
			lines(got.Records("versions")))
		assert.ElementsMatch(t, []string{
			recordA19 + `,"go_mod":"module example.com/a\n\ngo 1.20 // v1.9.0\n"}`,
			recordA10 + `,"go_mod":"module example.com/a\n\ngo 1.20 // v1.10.0\n"}`,
			recordB01 + `,"go_mod":"module example.com/b\n\ngo 1.20 // v0.1.0\n"}`,
		}, lines(got.Records("modfiles")))
	})
}

// The next sync reads of each module what was published since, and what may have been tagged late.
func TestOnlyNewVersionsAreReadAgain(t *testing.T) {
	cdktest.Bubble(t, func(t *testing.T, api *cdktest.API) {
		serveHistory(api)
		cfg := configFor("example.com/a", "example.com/b")
		first := cdktest.Read(t, source{}, cfg, api)
		api.Handle("/path/example.com/a/@v/list", text("v1.10.0\nv1.9.0\nv1.11.0\n"))
		serveVersion(api, "example.com/a", "v1.11.0", "2025-03-01T00:00:00Z")
		before := len(api.Requests())

		got := cdktest.Read(t, source{}, cfg, api, cdktest.State(first.LastState()))
		const recordA11 = `{"module":"example.com/a","version":"v1.11.0","time":"2025-03-01T00:00:00Z"`
		assert.ElementsMatch(t, []string{recordA10 + `}`, recordA11 + `}`, recordB01 + `}`},
			lines(got.Records("versions")))
		assert.Len(t, got.Records("modfiles"), 3)
		asked := 0
		for _, r := range api.Requests()[before:] {
			assert.NotContains(t, r.URL.Path, "v1.9.0.mod")
			asked++
		}
		assert.Positive(t, asked)
	})
}

func TestAVersionThatIsNotHandedOutIsLeftOut(t *testing.T) {
	for _, file := range []string{".info", ".mod"} {
		t.Run(file, func(t *testing.T) {
			cdktest.Bubble(t, func(t *testing.T, api *cdktest.API) {
				serveHistory(api)
				api.Handle("/path/example.com/a/@v/v1.9.0"+file, status(410))
				got := cdktest.Read(t, source{}, configFor("example.com/a"), api,
					cdktest.Incremental("modfiles"))
				require.Zero(t, got.Code)
				require.Len(t, got.Records("modfiles"), 1)
			})
		})
	}
}

func TestVersionsOfAMissingModule(t *testing.T) {
	cdktest.Bubble(t, func(t *testing.T, api *cdktest.API) {
		serveHistory(api)
		api.Handle("/path/example.com/gone/@v/list", status(410))
		got := cdktest.Read(t, source{}, configFor("example.com/gone", "example.com/a"), api,
			cdktest.Incremental("versions", "modfiles"))
		assert.Equal(t, 1, got.Code)
		require.Len(t, got.Errors(), 2)
		for _, e := range got.Errors() {
			assert.Equal(t, protocol.ConfigError, e.FailureType)
			assert.Contains(t, e.Message, "does not have example.com/gone,")
		}
	})
}

func TestATroubleInTheMiddleOfTheVersions(t *testing.T) {
	cdktest.Bubble(t, func(t *testing.T, api *cdktest.API) {
		serveHistory(api)
		api.Handle("/path/example.com/a/@v/v1.10.0.info", status(502))
		got := cdktest.Read(t, source{}, configFor("example.com/a"), api,
			cdktest.Incremental("versions"))
		assert.Equal(t, 1, got.Code)
		assert.Len(t, got.Records("versions"), 1)
		require.Len(t, got.Errors(), 1)
		assert.Equal(t, protocol.TransientError, got.Errors()[0].FailureType)
	})
}
