package scaffold

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"
)

// checkout is the kit that these tests are part of.
func checkout(t *testing.T) Kit {
	t.Helper()
	kit, err := KitAt("../../../..")
	require.NoError(t, err)
	return kit
}

func TestBuiltFromFindsTheCheckout(t *testing.T) {
	t.Parallel()
	kit, err := BuiltFrom()
	require.NoError(t, err)
	assert.Equal(t, checkout(t), kit)
	assert.Equal(t, "the kit in "+kit.Dir, kit.String())
	assert.Equal(t, "the kit v1.2.3", Kit{Version: "v1.2.3"}.String())
}

func TestNearest(t *testing.T) {
	t.Parallel()
	kit := checkout(t)
	found, err := nearest([]string{"", "github.com/airbyte-go/cdk", t.TempDir(),
		filepath.Join(kit.Dir, "gone", "deep")})
	require.NoError(t, err)
	assert.Equal(t, kit, found)
	_, err = nearest([]string{"../..", t.TempDir()})
	require.ErrorIs(t, err, ErrNoKit)
}

func TestKitAtRefusesOtherFolders(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	_, err := KitAt(dir)
	require.ErrorContains(t, err, "is no checkout of the kit: it has no go.mod")
	require.NoError(t, os.WriteFile(filepath.Join(dir, "go.mod"), []byte("module other\n"), 0o600))
	_, err = KitAt(dir)
	require.ErrorContains(t, err, `its go.mod is that of "other"`)
	_, err = KitAt("..")
	require.ErrorContains(t, err, "is no checkout of the kit")
}

// What the module requires is what the kit requires, or the templates where it has a driver, so the
// go.sum beside that covers it.
func TestModuleFilesForACheckout(t *testing.T) {
	t.Parallel()
	kit := checkout(t)
	for _, test := range []struct {
		driver module.Version
		like   string
		more   int // requirements
	}{
		{like: kit.Dir, more: 1},
		{sqlite, filepath.Join(kit.Dir, "cmd", "cdk"), 0},
	} {
		files, err := moduleFiles(Name{Module: "example.com/source-acme"}, test.driver, kit)
		require.NoError(t, err)
		require.Len(t, files, 2)
		mod, err := modfile.Parse("go.mod", files[0].Text, nil)
		require.NoError(t, err)
		theirs, err := readMod(test.like)
		require.NoError(t, err)
		assert.Equal(t, "example.com/source-acme", mod.Module.Mod.Path)
		assert.Equal(t, theirs.Go.Version, mod.Go.Version, "goVersion must be the kit's")
		assert.Len(t, mod.Require, len(theirs.Require)+test.more)
		require.Len(t, mod.Replace, 1)
		assert.Equal(t, kit.Dir, mod.Replace[0].New.Path)
		sum, err := os.ReadFile(filepath.Join(test.like, "go.sum"))
		require.NoError(t, err)
		assert.Equal(t, sum, files[1].Text)
	}
}

// The driver that a release's module requires is the one that the template is tested with.
func TestDriversAreThoseOfTheTemplates(t *testing.T) {
	t.Parallel()
	ours, err := readMod(filepath.Join(checkout(t).Dir, "cmd", "cdk"))
	require.NoError(t, err)
	required := map[module.Version]bool{{}: true} // no driver
	for _, r := range ours.Require {
		required[r.Mod] = true
	}
	for _, kind := range Kinds() {
		assert.True(t, required[kind.Driver], "%s needs %v", kind.Name, kind.Driver)
	}
}

func TestModuleFilesForARelease(t *testing.T) {
	t.Parallel()
	files, err := moduleFiles(Name{Module: "source-acme"}, module.Version{}, Kit{Version: "v0.3.1"})
	require.NoError(t, err)
	require.Len(t, files, 1)
	assert.Equal(t, "module source-acme\n\ngo 1.26.0\n\nrequire github.com/airbyte-go/cdk v0.3.1\n",
		string(files[0].Text))
}

func TestOwnWorkspace(t *testing.T) {
	t.Parallel()
	inside := ownWorkspace(filepath.Join(checkout(t).Dir, "source-acme"))
	require.Len(t, inside, 1)
	assert.Equal(t, "go.work", inside[0].Path)
	work, err := modfile.ParseWork("go.work", inside[0].Text, nil)
	require.NoError(t, err)
	require.Len(t, work.Use, 1)
	assert.Equal(t, ".", work.Use[0].Path)
	assert.Empty(t, ownWorkspace(t.TempDir()))
}
