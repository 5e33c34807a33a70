package schema

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/airbyte-go/cdk/protocol"
)

// prefix opens every message about a config, as users know it from other connectors.
const prefix = "Config validation error: "

// mostViolations bounds the message about a config. A list of a million wrong items needs no
// million sentences.
const mostViolations = 100

// violations collects what is wrong with a config. A sentence names the place and the rule, never
// the value: that may be a secret, and the message is shown and stored.
type violations struct {
	list []violation
	more int // found after the list was full
	path []step
}

// violation is one sentence before it is put together.
type violation struct {
	where   string // dotted path and title; empty for the config as a whole
	problem string // "must be ..." without the full stop
}

// step is one name or index on the way from the root to a value. It becomes text only when there
// is something to say about the value.
type step struct {
	name, title string
	isItem      bool
	index       int
}

// enter goes to a member; the title is the one the form shows, and may be empty.
func (v *violations) enter(name, title string) {
	v.path = append(v.path, step{name: name, title: title})
}

// enterItem goes to an item of a list.
func (v *violations) enterItem(i int) {
	v.path = append(v.path, step{isItem: true, index: i})
}

// leave goes back to where the last enter started.
func (v *violations) leave() { v.path = v.path[:len(v.path)-1] }

// add notes a problem with the value at the current path.
func (v *violations) add(format string, args ...any) {
	if v.full() {
		return
	}
	found := violation{v.where(), fmt.Sprintf(format, args...)}
	if !slices.Contains(v.list, found) { // two branches of an allOf may say the same
		v.list = append(v.list, found)
	}
}

// full reports that there is no room for another violation, which it counts.
func (v *violations) full() bool {
	if len(v.list) < mostViolations {
		return false
	}
	v.more++
	return true
}

// first returns the first problem without its place.
func (v *violations) first() (problem string, found bool) {
	if len(v.list) == 0 {
		return "", false
	}
	return v.list[0].problem, true
}

// where names the current path for a person: a.b.0.c, with the title under which the form shows
// the last of these. The names are for who edits the JSON, the title for who looks at the form.
func (v *violations) where() string {
	if len(v.path) == 0 {
		return ""
	}
	var names []string
	for _, s := range v.path {
		if s.isItem {
			names = append(names, strconv.Itoa(s.index))
		} else {
			names = append(names, readable(s.name))
		}
	}
	where := strings.Join(names, ".")
	if title := v.path[len(v.path)-1].title; title != "" {
		where += " (" + title + ")"
	}
	return where
}

// readable returns a name that fits into a sentence: names may come from the config, where they
// can have any length and hold anything.
func readable(name string) string {
	const most = 60
	if runes := []rune(name); len(runes) > most {
		name = string(runes[:most]) + "..."
	}
	if name == "" || strings.ContainsFunc(name, func(r rune) bool { return !unicode.IsPrint(r) }) {
		return strconv.Quote(name)
	}
	return name
}

// err returns nil when nothing was found, else a config error with one sentence per violation.
func (v *violations) err() error {
	if len(v.list) == 0 {
		return nil
	}
	var sentences []string
	for _, found := range v.list {
		where := found.where
		if where == "" {
			where = "the config"
		}
		sentences = append(sentences, where+": "+found.problem+".")
	}
	if v.more > 0 {
		sentences = append(sentences, fmt.Sprintf("There are %d more.", v.more))
	}
	return configError(strings.Join(sentences, " "))
}

// configError is an error the user can mend. The prefix is the one that the platform's own
// connectors use.
func configError(text string) error {
	return &protocol.Error{Type: protocol.ConfigError, Message: prefix + text}
}
