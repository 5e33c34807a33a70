package connection

import (
	"path"
	"strings"
)

// shortName finds a name in a command line: the word that says source or destination, otherwise the
// last one that is no flag. "python main.py" is main, and "docker run acme/source-acme:1.2" is
// source-acme-1.2.
func shortName(line, role string) string {
	var name string
	for word := range strings.FieldsSeq(strings.NewReplacer(`"`, "", "'", "").Replace(line)) {
		if strings.HasPrefix(word, "-") {
			continue
		}
		name = word
		if strings.Contains(path.Base(word), role+"-") {
			break
		}
	}
	return tidy(path.Base(strings.ReplaceAll(name, `\`, "/")), role)
}

// tidy makes a name one that any file system takes. What nothing is left of gets the other one.
func tidy(name, other string) string {
	for _, suffix := range []string{".exe", ".py", ".sh", ".jar", ".js"} {
		name = strings.TrimSuffix(name, suffix)
	}
	name = strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9',
			r == '-', r == '_', r == '.':
			return r
		}
		return '-'
	}, name)
	if name = strings.Trim(name, "-."); name == "" {
		return other
	}
	return name
}
