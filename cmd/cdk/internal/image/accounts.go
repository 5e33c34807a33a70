package image

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

const (
	// userName and userID are those of the platform: its pods run as this user and this group.
	userName = "airbyte"
	userID   = 1000

	passwdFile = "/etc/passwd"
	groupFile  = "/etc/group"

	userLine  = "airbyte:x:1000:1000:Airbyte:/airbyte:/bin/sh"
	groupLine = "airbyte:x:1000:"
)

// account is one line of /etc/passwd or of /etc/group, so far as both have the same fields.
type account struct {
	name  string
	id    int
	group int // of a user
}

// accounts reads /etc/passwd or /etc/group. A line that is no account is passed over, as the C
// library does.
func accounts(text []byte) []account {
	var all []account
	for line := range bytes.SplitSeq(text, []byte("\n")) {
		if a, ok := parseAccount(string(line)); ok {
			all = append(all, a)
		}
	}
	return all
}

func parseAccount(line string) (a account, ok bool) {
	fields := strings.Split(line, ":")
	if len(fields) < 3 || fields[0] == "" || strings.HasPrefix(fields[0], "#") {
		return account{}, false
	}
	id, err := strconv.Atoi(fields[2])
	if err != nil {
		return account{}, false
	}
	a = account{name: fields[0], id: id, group: -1}
	if len(fields) > 3 {
		if group, err := strconv.Atoi(fields[3]); err == nil {
			a.group = group
		}
	}
	return a, true
}

// withUser returns /etc/passwd with the user of the platform in it, and withGroup the same of
// /etc/group.
func withUser(text []byte) ([]byte, error) {
	return withAccount(text, userLine, "user", func(a account) bool {
		return a.id == userID && a.group == userID
	})
}

func withGroup(text []byte) ([]byte, error) {
	return withAccount(text, groupLine, "group", func(a account) bool { return a.id == userID })
}

func withAccount(text []byte, line, kind string, fits func(account) bool) ([]byte, error) {
	all := accounts(text)
	at := slices.IndexFunc(all, func(a account) bool { return a.name == userName })
	switch {
	case at >= 0 && fits(all[at]):
		return text, nil
	case at >= 0:
		return nil, fmt.Errorf("the base has a %s airbyte that is not 1000:1000, as whom the "+
			"platform runs; choose a base without it", kind)
	}
	// The first name that an id has is the one that programs show.
	if slices.ContainsFunc(all, func(a account) bool { return a.id == userID }) {
		return append([]byte(line+"\n"), text...), nil
	}
	text = slices.Clone(text)
	if len(text) > 0 && !bytes.HasSuffix(text, []byte("\n")) {
		text = append(text, '\n')
	}
	return append(text, line+"\n"...), nil
}
