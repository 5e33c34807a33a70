package main

import (
	"fmt"
	nethttp "net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/mod/semver"

	cdktest "github.com/airbyte-go/cdk/cdk_test"
	"github.com/airbyte-go/cdk/protocol"
)

const proxyBase = "https://proxy.example.com/path"

// latestOnly reads the one stream that the files of most cases are about.
var latestOnly = cdktest.FullRefresh("latest")

func configFor(modules ...string) Config { return Config{Modules: modules, ProxyURL: proxyBase} }

// text answers with a text.
func text(body string) nethttp.Handler {
	return nethttp.HandlerFunc(func(w nethttp.ResponseWriter, _ *nethttp.Request) {
		_, _ = fmt.Fprint(w, body)
	})
}

// status answers with nothing but a status.
func status(code int) nethttp.Handler {
	return nethttp.HandlerFunc(func(w nethttp.ResponseWriter, _ *nethttp.Request) {
		w.WriteHeader(code)
	})
}

func versionInfo(version string) nethttp.Handler {
	return text(fmt.Sprintf(
		`{"Version":%q,"Time":"2024-05-06T07:08:09Z","Origin":{"VCS":"git"}}`, version))
}

func TestLatest(t *testing.T) {
	for name, c := range map[string]struct {
		module string
		files  map[string]nethttp.Handler // below the proxy's URL
		want   string
	}{
		"the highest release": {
			module: "example.com/mod",
			files: map[string]nethttp.Handler{
				"/example.com/mod/@v/list":         text("v1.9.0\nv1.10.0\nv1.11.0-rc.1\n"),
				"/example.com/mod/@v/v1.10.0.info": versionInfo("v1.10.0"),
			},
			want: "v1.10.0",
		},
		"a prerelease where there is no release": {
			module: "example.com/mod",
			files: map[string]nethttp.Handler{
				"/example.com/mod/@v/list":                text("v0.1.0-beta.2\nv0.1.0-beta.10\n"),
				"/example.com/mod/@v/v0.1.0-beta.10.info": versionInfo("v0.1.0-beta.10"),
			},
			want: "v0.1.0-beta.10",
		},
		"capitals are escaped": {
			module: "example.com/BigMod",
			files: map[string]nethttp.Handler{
				"/example.com/!big!mod/@v/list":        text("v1.0.0\nv1.0.1-RC1\nv1.1.0\n"),
				"/example.com/!big!mod/@v/v1.1.0.info": versionInfo("v1.1.0"),
			},
			want: "v1.1.0",
		},
		"no tagged version": {
			module: "example.com/mod",
			files: map[string]nethttp.Handler{
				"/example.com/mod/@v/list": text("v0.0.0-20200101000000-0123456789ab\n"),
				"/example.com/mod/@latest": versionInfo("v0.0.0-20240506070809-ba9876543210"),
			},
			want: "v0.0.0-20240506070809-ba9876543210",
		},
		"no tagged version, and a proxy without @latest": {
			module: "example.com/mod",
			files: map[string]nethttp.Handler{
				"/example.com/mod/@v/list": text("v0.0.0-20200101000000-0123456789ab\n" +
					"v0.0.0-20230101000000-0123456789ab\n"),
				"/example.com/mod/@latest": status(404),
				"/example.com/mod/@v/v0.0.0-20230101000000-0123456789ab.info": versionInfo(
					"v0.0.0-20230101000000-0123456789ab"),
			},
			want: "v0.0.0-20230101000000-0123456789ab",
		},
		"incompatible versions behind a module": {
			module: "example.com/mod",
			files: map[string]nethttp.Handler{
				"/example.com/mod/@v/list":        text("v1.0.0\nv2.0.0+incompatible\n"),
				"/example.com/mod/@v/v1.0.0.mod":  text("module example.com/mod\n\ngo 1.20\n"),
				"/example.com/mod/@v/v1.0.0.info": versionInfo("v1.0.0"),
			},
			want: "v1.0.0",
		},
		"incompatible versions of what is no module": {
			module: "example.com/mod",
			files: map[string]nethttp.Handler{
				"/example.com/mod/@v/list":       text("v1.0.0\nv2.0.0+incompatible\n"),
				"/example.com/mod/@v/v1.0.0.mod": text("module example.com/mod\n"),
				"/example.com/mod/@v/v2.0.0+incompatible.info": versionInfo(
					"v2.0.0+incompatible"),
			},
			want: "v2.0.0+incompatible",
		},
		"only incompatible versions, and lines that are none": {
			module: "example.com/mod",
			files: map[string]nethttp.Handler{
				"/example.com/mod/@v/list": text(
					"\nlatest\nv3.0.0+incompatible 2024-05-06T07:08:09Z\n"),
				"/example.com/mod/@v/v3.0.0+incompatible.info": versionInfo(
					"v3.0.0+incompatible"),
			},
			want: "v3.0.0+incompatible",
		},
	} {
		t.Run(name, func(t *testing.T) {
			cdktest.Bubble(t, func(t *testing.T, api *cdktest.API) {
				for path, answer := range c.files {
					api.Handle("/path"+path, answer)
				}
				got := cdktest.Read(t, source{}, configFor(c.module), api, latestOnly)
				require.Zero(t, got.Code)
				require.Len(t, got.Records("latest"), 1)
				assert.JSONEq(t, fmt.Sprintf(
					`{"module":%q,"version":%q,"time":"2024-05-06T07:08:09Z"}`, c.module, c.want,
				), string(got.Records("latest")[0]))
			})
		})
	}
}

// serveModule makes a module with one version.
func serveModule(api *cdktest.API, module, version string) {
	api.Handle("/path/"+module+"/@v/list", text(version+"\n"))
	serveVersion(api, module, version, "2024-05-06T07:08:09Z")
}

// serveVersion makes a version that was committed at a time.
func serveVersion(api *cdktest.API, module, version, at string) {
	file := "/path/" + module + "/@v/" + version
	api.Handle(file+".info", text(fmt.Sprintf(`{"Version":%q,"Time":%q}`, version, at)))
	api.Handle(file+".mod", text("module "+module+"\n\ngo 1.20 // "+version+"\n"))
}

func TestAMissingModuleIsNamedAndTheOthersAreRead(t *testing.T) {
	for _, code := range []int{403, 404, 410} {
		t.Run(fmt.Sprint(code), func(t *testing.T) {
			cdktest.Bubble(t, func(t *testing.T, api *cdktest.API) {
				serveModule(api, "example.com/a", "v1.0.0")
				api.Handle("/path/example.com/gone/@v/list", status(code))
				serveModule(api, "example.com/b", "v2.0.0+incompatible")
				cfg := configFor("example.com/a", "example.com/gone", "example.com/b")

				got := cdktest.Read(t, source{}, cfg, api, latestOnly)
				assert.Equal(t, 1, got.Code)
				assert.Len(t, got.Records("latest"), 2)
				require.Len(t, got.Errors(), 1)
				assert.Equal(t, protocol.ConfigError, got.Errors()[0].FailureType)
				assert.Contains(t, got.Errors()[0].Message, "does not have example.com/gone,")

				checked := cdktest.Check(t, source{}, cfg, api).ConnectionStatus
				assert.Equal(t, protocol.ConnectionFailed, checked.Status)
				assert.Contains(t, checked.Message, "does not have example.com/gone,")
			})
		})
	}
}

func TestAProxyInTrouble(t *testing.T) {
	cdktest.Bubble(t, func(t *testing.T, api *cdktest.API) {
		serveModule(api, "example.com/a", "v1.0.0")
		api.Fail(1, 500).Fail(3, 429, "Retry-After: 60")
		cfg := configFor("example.com/a")
		assert.Len(t, cdktest.Read(t, source{}, cfg, api, latestOnly).Records("latest"), 1)

		api.Handle("/path/example.com/a/@v/list", status(502))
		got := cdktest.Read(t, source{}, cfg, api, latestOnly)
		require.Len(t, got.Errors(), 1)
		assert.Equal(t, protocol.TransientError, got.Errors()[0].FailureType)
	})
}

func TestSomethingElseThanAProxy(t *testing.T) {
	cdktest.Bubble(t, func(t *testing.T, api *cdktest.API) {
		api.Handle("/", text("<html>Welcome</html>"))
		checked := cdktest.Check(t, source{}, configFor("example.com/a"), api).ConnectionStatus
		assert.Equal(t, protocol.ConnectionFailed, checked.Status)
		assert.Contains(t, checked.Message, `Correct "proxy_url"`)
	})
}

func TestBadConfigs(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, config, says string }{
		{"no modules", `{"modules": [], "proxy_url": "https://proxy.example.com"}`, "modules"},
		{"no module path", `{"modules": ["mod"], "proxy_url": "https://proxy.example.com"}`,
			`malformed module path "mod"`},
		{"a module with its version", `{"modules": ["example.com/m@v1"], "proxy_url": "https://x.org"}`,
			`malformed module path "example.com/m@v1"`},
		{"a proxy without scheme", `{"modules": ["example.com/m"], "proxy_url": "x.example.com"}`,
			"x.example.com"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got := cdktest.Check(t, source{}, Config{}, cdktest.Config(c.config))
			checked := got.ConnectionStatus
			require.NotNil(t, checked)
			assert.Equal(t, protocol.ConnectionFailed, checked.Status)
			assert.Contains(t, checked.Message, c.says)
		})
	}
}

func TestNothingIsLost(t *testing.T) {
	cdktest.Bubble(t, func(t *testing.T, api *cdktest.API) {
		serveModule(api, "example.com/a", "v1.0.0")
		serveModule(api, "example.com/b", "v1.2.0")
		cdktest.CrashEverywhere(t, source{}, configFor("example.com/a", "example.com/b"), api)
	})
}

func FuzzParseList(f *testing.F) {
	f.Add("v1.0.0\nv1.1.0-rc.1\nv2.0.0+incompatible 2024-05-06T07:08:09Z\n\nlatest\r\n")
	f.Add("<html>")
	f.Fuzz(func(t *testing.T, list string) {
		versions := parseList(list)
		best := newest(versions)
		assert.Equal(t, len(versions) > 0, best != "")
		for _, v := range versions {
			assert.True(t, semver.IsValid(v))
			if semver.Prerelease(best) == "" && semver.Prerelease(v) == "" {
				assert.LessOrEqual(t, semver.Compare(v, best), 0)
			}
		}
	})
}
