package cdktest_test

import (
	"flag"
	"sync"
	"testing"
)

// runTest runs a test inside of an Example, which has no *testing.T. It keeps the flags -v,
// -count and -cpu from it, which are for the Example itself.
func runTest(test func(t *testing.T)) {
	verbose := flag.Lookup("test.v").Value
	before := verbose.String()
	_ = verbose.Set("false")
	defer func() { _ = verbose.Set(before) }()

	var once sync.Once
	all := func(string, string) (bool, error) { return true, nil }
	testing.RunTests(all, []testing.InternalTest{{Name: "Example", F: func(t *testing.T) {
		once.Do(func() { test(t) })
	}}})
}
