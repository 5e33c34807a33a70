// Command cdk is the tool beside the Airbyte Go CDK.
//
// It tells which kit, which Go and which protocol release it was built with; `cdk help` lists the
// verbs. Exit codes: 0 when the verb did its work, 1 when the work failed, 2 when the command line
// was not understood.
package main

import "os"

func main() {
	os.Exit(run(os.Args[1:], os.Stdout, os.Stderr))
}
