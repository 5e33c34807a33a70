package sqltable

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
)

func TestNames(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 62) + "\u00e9" // 64 bytes
	folds := Rules{FoldsCase: true}
	for _, test := range []struct {
		rules    Rules
		existing string
		names    string // separated by |
		want     string // # stands for the hash of the name
	}{
		{Rules{}, "", "id|Name|name|select|user id|a\"b", "id|Name|name|select|user id|a\"b"},
		{folds, "", "id|Id|ID", "id_#|Id_#|ID"},
		{folds, "id", "ID|id", "ID_#|id"},
		{folds, "Id", "id", "id_#"},
		{Rules{Reserved: []string{"ctid"}}, "", "ctid|CTID", "ctid_#|CTID_#"},
		{Rules{}, "", "_airbyte_meta|_Airbyte_x", "x_airbyte_meta_#|x_Airbyte_x_#"},
		{Rules{}, "", long, strings.Repeat("x", 54) + "_#"},
		{Rules{MaxName: 20}, "", strings.Repeat("\u00e9", 11), strings.Repeat("\u00e9", 5) + "_#"},
		{Rules{}, "", "a\nb|", "a_b|_"},
	} {
		names := strings.Split(test.names, "|")
		var existing []string
		if test.existing != "" {
			existing = []string{test.existing}
		}
		got := newNamer(test.rules, existing).assign(names)
		checkNames(t, test.rules, names, existing, got)
		for i, want := range strings.Split(test.want, "|") {
			assert.Equal(t, strings.ReplaceAll(want, "#", hashOf(names[i])), got[i])
		}
	}
}

// A column that once got a hash keeps it when the name it collided with is gone.
func TestNamesStay(t *testing.T) {
	t.Parallel()
	rules := Rules{FoldsCase: true}
	first := newNamer(rules, nil).assign([]string{"Id", "id"})
	assert.Equal(t, "Id", first[0])
	again := newNamer(rules, first).assign([]string{"id"})
	assert.Equal(t, first[1:], again)
}

// checkNames is what every answer must be: identifiers that the database takes and tells apart.
func checkNames(tb testing.TB, rules Rules, names, existing, got []string) {
	tb.Helper()
	n := newNamer(rules, nil)
	seen := map[string]bool{}
	for i, id := range got {
		if id == "" || len(id) > n.limit() || !utf8.ValidString(id) || strings.ContainsRune(id, 0) {
			tb.Fatalf("%q became %q", names[i], id)
		}
		if seen[n.fold(id)] || n.isReserved(id) {
			tb.Fatalf("%q became %q, which is taken", names[i], id)
		}
		seen[n.fold(id)] = true
		for _, e := range existing {
			if n.fold(e) == n.fold(id) && e != id {
				tb.Fatalf("%q became %q, which is not to be told from %q", names[i], id, e)
			}
		}
	}
}

// FuzzNames also asks for the same answer whatever the order of the names, and after a first sync.
func FuzzNames(f *testing.F) {
	f.Add("id|ID|Id", "iD", uint8(20), true)
	f.Add("a|_airbyte_x|ctid|", "", uint8(63), false)
	f.Fuzz(func(t *testing.T, joined, there string, limit uint8, folds bool) {
		rules := Rules{
			MaxName: int(limit) + 24, FoldsCase: folds, Reserved: []string{"ctid"},
			ReservedPrefixes: []string{"sqlite_"},
		}
		var names []string
		for name := range strings.SplitSeq(joined, "|") {
			if len(names) < 50 && !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
		var existing []string
		if plain := newNamer(rules, nil).plain(there); there != "" {
			existing = []string{plain}
		}
		got := newNamer(rules, existing).assign(names)
		checkNames(t, rules, names, existing, got)

		reversed := make([]string, len(names))
		for i, name := range names {
			reversed[len(names)-1-i] = name
		}
		for i, id := range newNamer(rules, existing).assign(reversed) {
			if id != got[len(names)-1-i] {
				t.Fatalf("%q depends on the order: %q and %q", reversed[i], id, got[len(names)-1-i])
			}
		}
		again := newNamer(rules, append(existing, got...)).assign(names)
		for i := range names {
			if again[i] != got[i] {
				t.Fatalf("%q became %q, and then %q", names[i], got[i], again[i])
			}
		}
	})
}
