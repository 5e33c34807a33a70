package entry

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// The parser is our own, and small, because the standard library's flag package stops at the first
// word that is not a flag: with a verb in the middle it would need one pass for the flags before it
// and another for those after, and its errors and its usage text are not ours to word. A library
// for command lines would be a dependency of every connector for five verbs and six flags.

// arguments is what a command line asks for.
type arguments struct {
	verb   *Verb             // nil when it is not clear which is meant
	values map[string]string // by flag name; "true" or "false" for a flag without value
	help   bool              // the usage text is asked for, whatever else may be wrong
}

// parse reads a command line: one verb, with flags before or after it, as --flag value,
// --flag=value, or with a single dash. The error is a sentence about the first mistake; the
// arguments returned with it serve to choose the usage text.
func parse(verbs []Verb, args []string) (arguments, error) {
	p := newParser(verbs)
	for rest := args; len(rest) > 0; {
		rest = p.take(rest)
	}
	p.findVerb()
	if p.verb != nil {
		p.checkFlags()
	}
	return p.arguments, p.wrong
}

// parser is the state of reading one command line. It does not stop at the first mistake, because
// the verb, which may come later, decides which usage text is shown; the first mistake is kept.
type parser struct {
	arguments
	verbs []Verb
	flags map[string]Flag // of all verbs: before the verb is known, any of them may come
	words []string        // what is not a flag
	wrong error
}

// newParser collects the flags of all verbs. Those of the same name take a value in all or in none
// of them, so that any one of them tells how to read the command line.
func newParser(verbs []Verb) *parser {
	p := &parser{verbs: verbs, flags: map[string]Flag{}}
	p.values = map[string]string{}
	for _, flag := range everyVerb {
		p.flags[flag.Name] = flag
	}
	p.flags["h"] = p.flags["help"]
	for _, verb := range verbs {
		for _, flag := range verb.Flags {
			p.flags[flag.Name] = flag
		}
	}
	return p
}

// take reads the first word, and the second where it is the value of the first, and returns the
// rest.
func (p *parser) take(args []string) []string {
	word, rest := args[0], args[1:]
	if !looksLikeFlag(word) {
		p.words = append(p.words, word)
		return rest
	}
	name, value, given := strings.Cut(strings.TrimPrefix(word[1:], "-"), "=")
	flag, known := p.flags[name]
	switch {
	case !known:
		p.fail("Unknown flag %s.%s", dashed(name), p.closest(name))
	case flag.Arg == "":
		p.setBool(flag, value, given)
	case given:
		p.set(flag, value)
	case len(rest) == 0 || looksLikeFlag(rest[0]):
		// Taking the next flag for the value would hide that the value was forgotten.
		p.fail("Flag %[1]s needs a value: %[1]s %[2]s. A value that starts with a dash is "+
			"written %[1]s=VALUE.", dashed(name), flag.Arg)
	default:
		p.set(flag, rest[0])
		rest = rest[1:]
	}
	return rest
}

// set keeps the value of a flag, which may be empty: only the verb knows what that means, such as
// that an empty path of a state stands for none. Two values cannot both be meant, and guessing
// which one is would surprise half of the people.
func (p *parser) set(flag Flag, value string) {
	if _, twice := p.values[flag.Name]; twice {
		p.fail("Flag %s is given twice.", dashed(flag.Name))
	}
	p.values[flag.Name] = value
}

// setBool also understands what package flag does, --debug=true and --debug=0.
func (p *parser) setBool(flag Flag, value string, given bool) {
	on := true
	if given {
		var err error
		if on, err = strconv.ParseBool(value); err != nil {
			p.fail("Flag %[1]s takes no value, only %[1]s=true or %[1]s=false.", dashed(flag.Name))
		}
	}
	if flag.Name == "help" {
		p.help = p.help || on
		return
	}
	p.values[flag.Name] = strconv.FormatBool(on)
}

// fail keeps the first mistake: later ones are often its consequences.
func (p *parser) fail(format string, args ...any) {
	if p.wrong == nil {
		p.wrong = fmt.Errorf(format, args...)
	}
}

// findVerb looks for the verb among the words. After another mistake the first word may be a value
// that strayed, so that any word that is a verb will do to choose the usage text.
func (p *parser) findVerb() {
	for i, word := range p.words {
		at := slices.IndexFunc(p.verbs, func(v Verb) bool { return v.Name == word })
		if at < 0 {
			p.fail("Unknown verb %q.%s", word, ClosestWord(word, p.verbNames()))
			continue
		}
		p.verb = &p.verbs[at]
		if i+1 < len(p.words) {
			p.fail("Unexpected word %q after the verb %s.", p.words[i+1], word)
		}
		return
	}
	p.fail("No verb is given.")
}

// checkFlags sees to it that the verb knows all flags given and gets those that it needs.
func (p *parser) checkFlags() {
	for _, name := range slices.Sorted(maps.Keys(p.values)) {
		if name != "debug" && !p.verb.has(name) {
			p.fail("The verb %s has no flag %s.", p.verb.Name, dashed(name))
		}
	}
	for _, flag := range p.verb.Flags {
		value, given := p.values[flag.Name]
		switch {
		case !flag.Required || value != "":
		case given:
			p.fail("The value of flag %s is empty.", dashed(flag.Name))
		default:
			p.fail("The verb %s needs the flag %s %s.", p.verb.Name, dashed(flag.Name), flag.Arg)
		}
	}
}

func (p *parser) verbNames() []string {
	var names []string
	for _, verb := range p.verbs {
		names = append(names, verb.Name)
	}
	return names
}

// closest offers flags of any verb, since the verb may come later or be mistyped as well.
func (p *parser) closest(name string) string {
	var names []string
	for known := range p.flags {
		names = append(names, dashed(known))
	}
	return ClosestWord(dashed(name), names)
}

func (v *Verb) has(flag string) bool {
	return slices.ContainsFunc(v.Flags, func(f Flag) bool { return f.Name == flag })
}

// looksLikeFlag keeps a lone dash, the usual name of standard input, for a word.
func looksLikeFlag(word string) bool {
	return len(word) > 1 && word[0] == '-'
}

// dashed writes a flag the way the usage text shows it.
func dashed(name string) string {
	if len(name) == 1 {
		return "-" + name
	}
	return "--" + name
}
