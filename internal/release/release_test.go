package release

import (
	"runtime/debug"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestVersionIn(t *testing.T) {
	t.Parallel()
	connector := debug.Module{Path: "example.com/source-shop", Version: "v9.9.9"}
	tests := map[string]struct {
		info debug.BuildInfo
		want string
	}{
		"a dependency": {
			debug.BuildInfo{Main: connector, Deps: []*debug.Module{
				{Path: "example.com/other", Version: "v7.0.0"},
				{Path: Module, Version: "v0.3.1"},
			}},
			"v0.3.1",
		},
		"the main module": {
			debug.BuildInfo{Main: debug.Module{Path: Module, Version: "v0.4.0"}},
			"v0.4.0",
		},
		"a working copy": {
			debug.BuildInfo{Main: debug.Module{Path: Module}},
			Development,
		},
		"replaced by a folder": {
			debug.BuildInfo{Main: connector, Deps: []*debug.Module{{
				Path: Module, Version: "v0.3.1", Replace: &debug.Module{Path: "../cdk"},
			}}},
			Development,
		},
		"replaced by a fork": {
			debug.BuildInfo{Main: connector, Deps: []*debug.Module{{
				Path: Module, Version: "v0.3.1",
				Replace: &debug.Module{Path: "example.com/fork", Version: "v0.3.2"},
			}}},
			"v0.3.2",
		},
		"a module whose path only starts alike": {
			debug.BuildInfo{Main: connector, Deps: []*debug.Module{
				{Path: Module + "/cmd/cdk", Version: "v0.5.0"},
			}},
			Development,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, test.want, versionIn(&test.info))
		})
	}
}

func TestVersionIsNeverEmpty(t *testing.T) {
	t.Parallel()
	assert.NotEmpty(t, Version())
}
