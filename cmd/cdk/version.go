package main

import (
	"fmt"
	"io"
	"runtime"

	"github.com/airbyte-go/cdk/internal/release"
)

// printVersion answers the first three questions about any bug report.
func printVersion(out io.Writer) error {
	_, err := fmt.Fprintf(out, "kit       %s\ngo        %s %s/%s\nprotocol  %s\n",
		release.Version(), runtime.Version(), runtime.GOOS, runtime.GOARCH, release.Protocol)
	return err
}
