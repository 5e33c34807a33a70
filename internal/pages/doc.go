// Package pages reads the documents of the repository as what they claim to be: programs, and
// commands that a newcomer types.
//
// A page is README.md or a file in docs. Every fenced block of it says what it is in its first
// line, and a test holds it to that:
//
//	```go             stands line for line in a Go file of a package that has tests
//	```sh             is run, block after block, in one shell that starts at the root of a copy
//	```sh fails       is run, and its last command must fail
//	```output         is what the block before it has printed
//	```yaml FILE      is written to FILE, where the shell is at that point; any other word, too
//	```yaml           stands line for line in a file of the repository; any other word, too
//
// In an output three dots stand for anything: within a line, or for whole lines when they are alone
// on one.
//
// The tests of internal/house look for the blocks that must stand in a file; the tests of this
// package run the others.
package pages
