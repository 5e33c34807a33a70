// Package release says which kit is running and which protocol it speaks.
//
// A bug report starts with these two facts, so they have one home. The version of the kit is not a
// constant that somebody must remember to raise: the Go toolchain writes it into every binary.
package release

import "runtime/debug"

const (
	// Module is the import path of the library's module.
	Module = "github.com/airbyte-go/cdk"

	// Protocol is the newest release of the Airbyte protocol whose messages the kit covers in full.
	Protocol = "0.18"

	// Development is the version of a kit that was built from a working copy: no tag names it.
	Development = "(devel)"
)

// Version returns the version of the kit in the running binary, such as v0.3.1, or Development.
func Version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return Development
	}
	return versionIn(info)
}

// versionIn finds the library among the modules of a binary: it is the main module in its own tests
// and a dependency in every connector and in cmd/cdk.
func versionIn(info *debug.BuildInfo) string {
	for _, module := range append([]*debug.Module{&info.Main}, info.Deps...) {
		if module.Path == Module {
			return versionOf(module)
		}
	}
	return Development
}

// versionOf follows a replace directive, because the code that runs is the replacement's. One that
// points to a folder has no version.
func versionOf(module *debug.Module) string {
	if module.Replace != nil {
		module = module.Replace
	}
	if module.Version == "" {
		return Development
	}
	return module.Version
}
