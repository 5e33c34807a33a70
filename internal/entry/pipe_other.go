//go:build !linux

package entry

import "os"

// GrowPipe does nothing: only Linux can enlarge a pipe.
func GrowPipe(*os.File) {}
