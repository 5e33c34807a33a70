//go:build !linux

package process

import "os"

// GrowPipe does nothing: only Linux can enlarge a pipe.
func GrowPipe(*os.File) {}
