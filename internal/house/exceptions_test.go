package house_test

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
)

// exceptions maps what breaks a rule to the reason why it may.
type exceptions map[string]string

// finding is one thing that breaks a rule.
type finding struct {
	key  string // what an exception would name
	text string // shown to whoever has to mend it
}

// judge fails the test with every finding that no exception covers, and with every exception that
// covers nothing or has no reason. remedy says what to do about the findings.
func judge(t *testing.T, found []finding, allowed exceptions, remedy string) {
	t.Helper()
	used := map[string]bool{}
	var open []string
	for _, f := range found {
		if _, ok := allowed[f.key]; ok {
			used[f.key] = true
			continue
		}
		open = append(open, f.text)
	}
	if len(open) > 0 {
		slices.Sort(open)
		t.Errorf("%d found; %s:\n\t%s", len(open), remedy, strings.Join(open, "\n\t"))
	}
	for _, key := range sortedKeys(allowed) {
		if !used[key] {
			t.Errorf("the exception for %q covers nothing any more; delete it", key)
		}
		if allowed[key] == "" {
			t.Errorf("the exception for %q needs a reason", key)
		}
	}
}

// findingf builds a finding.
func findingf(key, format string, args ...any) finding {
	return finding{key, fmt.Sprintf(format, args...)}
}

func sortedKeys[K cmp.Ordered, V any](m map[K]V) []K { return slices.Sorted(maps.Keys(m)) }
