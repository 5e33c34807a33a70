// Command cdk is the tool beside the Airbyte Go CDK.
//
// `cdk new` writes a new connector, `cdk test` judges a connector in any language, `cdk sync` syncs
// a source into a destination, `cdk image` builds a connector's container image without Docker, and
// `cdk version` tells which kit, which Go and which protocol release the tool was built with; `cdk
// help` lists the verbs. Exit codes: 0 when the verb did its work, 1 when the work failed or a
// check did, 2 when the command line was not understood, 130 or 143 when
// it was interrupted by SIGINT or SIGTERM.
package main

import "os"

func main() {
	os.Exit(run(os.Args[1:], os.Stdout, os.Stderr))
}
