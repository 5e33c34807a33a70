package connection

import (
	"path"
	"strings"
)

// shortName finds a name in a command line: the word that says source or destination, otherwise the
// last one before the first flag. "python main.py" is main, and "docker run acme/source-acme:1.2"
// is source-acme-1.2. What follows a flag or an equals sign may be a secret, and the name stands in
// the names of files and in metrics.
func shortName(line, role string) string {
	var name string
	flags := false
	for word := range strings.FieldsSeq(strings.NewReplacer(`"`, "", "'", "").Replace(line)) {
		base := path.Base(strings.ReplaceAll(word, `\`, "/"))
		flags = flags || strings.HasPrefix(word, "-")
		switch {
		case strings.HasPrefix(word, "-") || strings.Contains(word, "="):
		case strings.Contains(base, role+"-") || strings.Contains(base, role+"_"):
			return tidy(base, role)
		case !flags:
			name = base
		}
	}
	return tidy(name, role)
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
