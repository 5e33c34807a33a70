// Package connection is one connection as `cdk sync` has it: two connectors named on a command
// line, their configs, what the user chose of the source's streams, and a state file. The platform
// between them is internal/platform.
package connection
