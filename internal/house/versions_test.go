package house_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airbyte-go/cdk/internal/release"
)

// TestModulesRequireTheSameVersions fails when two modules of the workspace require a module in
// different versions. The workspace builds with the higher one, and only that is on the machine of
// a newcomer when a test builds a module alone.
func TestModulesRequireTheSameVersions(t *testing.T) {
	t.Parallel()
	tr := load(t)
	required := map[string][]string{}
	dirs := goSays(t, tr.root, nil, "list", "-m", "-f", "{{.Dir}}")
	for dir := range strings.SplitSeq(strings.TrimSpace(dirs), "\n") {
		var mod struct {
			Require []struct{ Path, Version string }
		}
		edited := goSays(t, dir, nil, "mod", "edit", "-json")
		require.NoError(t, json.Unmarshal([]byte(edited), &mod))
		require.NotEmpty(t, mod.Require, dir)
		for _, r := range mod.Require {
			if r.Path != release.Module && !slices.Contains(required[r.Path], r.Version) {
				required[r.Path] = append(required[r.Path], r.Version)
			}
		}
	}
	var found []finding
	for _, path := range sortedKeys(required) {
		if versions := required[path]; len(versions) > 1 {
			found = append(found, findingf(path, "%s %s", path, strings.Join(versions, ", ")))
		}
	}
	judge(t, found, nil, "run go work sync, and go mod tidy in each module, for these have "+
		"different versions")
}
