package sqltable

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	hashLength     = 8  // hex digits that tell apart names which the database could not
	maxNameDefault = 63 // bytes, where the rules say nothing
)

// namer gives the names of streams or fields the identifiers under which the database knows them.
//
// A name stays as it is wherever it can. One that is too long, reserved, or not to be told from
// another gets a hash of the whole name at its end. Who gets the plain one does not depend on
// chance: a table or column that is there already belongs to the name spelled exactly like it.
type namer struct {
	rules Rules
	taken map[string]string // folded identifier: the spelling that has it
}

// newNamer starts with the identifiers that exist.
func newNamer(rules Rules, existing []string) *namer {
	n := &namer{rules: rules, taken: map[string]string{}}
	for _, name := range existing {
		n.taken[n.fold(name)] = name
	}
	return n
}

// assign returns the identifiers of names, in their order. The names are distinct.
func (n *namer) assign(names []string) []string {
	given := map[string]bool{}
	identifiers := make([]string, len(names))
	order := n.sorted(names)
	for _, i := range order {
		identifiers[i] = n.owned(names[i], given)
	}
	for _, i := range order {
		if identifiers[i] == "" {
			identifiers[i] = n.free(names[i], n.plain(names[i]), given)
		}
	}
	return identifiers
}

// owned returns the identifier that is there already for the name, empty where there is none.
func (n *namer) owned(name string, given map[string]bool) string {
	plain := n.plain(name)
	for _, candidate := range []string{n.withHash(plain, name), plain} {
		if n.taken[n.fold(candidate)] == candidate && !given[n.fold(candidate)] {
			given[n.fold(candidate)] = true
			return candidate
		}
	}
	return ""
}

// sorted returns the places of names in the order of names, so that the answer does not depend on
// the order in which a catalog lists them.
func (n *namer) sorted(names []string) []int {
	places := make([]int, len(names))
	for i := range places {
		places[i] = i
	}
	slices.SortStableFunc(places, func(a, b int) int { return strings.Compare(names[a], names[b]) })
	return places
}

// free returns plain, or a variant of it where another name has plain.
func (n *namer) free(name, plain string, given map[string]bool) string {
	owner, exists := n.taken[n.fold(plain)]
	if !given[n.fold(plain)] && (!exists || owner == plain) {
		given[n.fold(plain)] = true
		return plain
	}
	variant := n.withHash(plain, name)
	for given[n.fold(variant)] {
		variant = n.withHash(plain, name+variant)
	}
	given[n.fold(variant)] = true
	return variant
}

// plain returns the name without what the database refuses, at most as long as it takes.
func (n *namer) plain(name string) string {
	clean := strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return '_'
		}
		return r
	}, strings.ToValidUTF8(name, "_"))
	switch {
	case clean == "":
		return "_"
	case n.isReserved(clean):
		return n.withHash(clean, name)
	case len(clean) > n.limit():
		return n.withHash(clean, name)
	default:
		return clean
	}
}

func (n *namer) limit() int {
	if n.rules.MaxName == 0 {
		return maxNameDefault
	}
	return n.rules.MaxName
}

// isReserved compares without case: that is how databases read the names they keep for themselves.
func (n *namer) isReserved(name string) bool {
	lower := strings.ToLower(name)
	return strings.HasPrefix(lower, ownPrefix) || slices.Contains(n.rules.Reserved, lower) ||
		slices.ContainsFunc(n.rules.ReservedPrefixes, func(prefix string) bool {
			return strings.HasPrefix(lower, prefix)
		})
}

// withHash shortens the name to make room for the hash of the whole name.
func (n *namer) withHash(short, name string) string {
	prefix := ""
	if n.isReserved(short + "_") { // a reserved prefix, which a hash at the end does not change
		prefix = "x"
	}
	keep := n.limit() - hashLength - 1 - len(prefix)
	if len(short) > keep {
		short = short[:keep]
		for !utf8.ValidString(short) {
			short = short[:len(short)-1]
		}
	}
	return prefix + short + "_" + hashOf(name)
}

func (n *namer) fold(name string) string {
	if n.rules.FoldsCase {
		return strings.ToLower(name)
	}
	return name
}

// hashOf returns hex digits that stand for a list of names. No two lists have the same text here.
func hashOf(names ...string) string {
	sum := sha256.New()
	for _, name := range names {
		sum.Write([]byte(name))
		sum.Write([]byte{0})
	}
	return hex.EncodeToString(sum.Sum(nil))[:hashLength]
}
