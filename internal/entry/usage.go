package entry

import (
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"
)

// usage returns the text for a person at a terminal: what went wrong, if anything, then how to call
// the verb, or the program where verb is nil, and a line to copy.
func usage(p Program, verbs []Verb, verb *Verb, wrong string) string {
	var text strings.Builder
	if wrong != "" {
		fmt.Fprintf(&text, "%s\n\n", wrong)
	}
	if verb == nil {
		writeProgram(&text, p, verbs)
	} else {
		writeVerb(&text, p, verbs, *verb)
	}
	return text.String()
}

// writeProgram shows all verbs with their flags, but not what each flag means: that would hide the
// verbs from someone who looks for one.
func writeProgram(text *strings.Builder, p Program, verbs []Verb) {
	fmt.Fprintf(text, "%s is an Airbyte %s.\n\n", p.Name, p.Kind)
	fmt.Fprintf(text, "Usage:\n  %s VERB [FLAGS]\n\nVerbs:\n", p.Name)
	table := tabwriter.NewWriter(text, 0, 0, 3, ' ', 0)
	for _, v := range verbs {
		fmt.Fprintf(table, "  %s\t%s\n", v.Name, v.Help)
		if line := flagLine(v); line != "" {
			fmt.Fprintf(table, "  \t%s\n", line)
		}
	}
	writeFlags(table, "\nFlags of every verb:", everyVerb)
	flush(table)
	// The last verb is the one that moves data and needs the most: a line to copy for it is worth
	// the most.
	writeNotes(text, p, verbs[len(verbs)-1])
	fmt.Fprintf(text, "\nMore about a verb:\n  %s VERB --help\n", p.Name)
}

// writeVerb shows one verb with all its flags.
func writeVerb(text *strings.Builder, p Program, verbs []Verb, v Verb) {
	name := p.Name + " " + v.Name
	fmt.Fprintf(text, "%s: %s\n\n", name, v.Help)
	fmt.Fprintf(text, "Usage:\n  %s\n", strings.TrimSpace(name+" "+flagLine(v)))
	table := tabwriter.NewWriter(text, 0, 0, 3, ' ', 0)
	writeFlags(table, "\nFlags:", slices.Concat(v.Flags, everyVerb))
	flush(table)
	writeNotes(text, p, v)
	var others []string
	for _, other := range verbs {
		if other.Name != v.Name {
			others = append(others, other.Name)
		}
	}
	fmt.Fprintf(text, "\nOther verbs: %s\n", strings.Join(others, ", "))
}

// writeFlags shows a flag on each line. The tabwriter lines up what stands after the tabs.
func writeFlags(table *tabwriter.Writer, title string, flags []Flag) {
	fmt.Fprintln(table, title)
	for _, flag := range flags {
		name := dashed(flag.Name)
		switch {
		case flag.Name == "help":
			name = "-h, --help"
		case flag.Arg != "":
			name += " " + flag.Arg
		}
		help := flag.Help
		if flag.Required {
			help += " (required)"
		}
		fmt.Fprintf(table, "  %s\t%s\n", name, help)
	}
}

// writeNotes ends with a line to copy.
func writeNotes(text *strings.Builder, p Program, v Verb) {
	text.WriteString("\nFlags may stand before or after the verb; " +
		"--flag=value and -flag work too.\n")
	fmt.Fprintf(text, "\nExample:\n  %s\n", example(p, v))
}

// flagLine shows a verb's own flags on one line, those that may be left out in brackets.
func flagLine(v Verb) string {
	var words []string
	for _, flag := range v.Flags {
		word := strings.TrimSpace(dashed(flag.Name) + " " + flag.Arg)
		if !flag.Required {
			word = "[" + word + "]"
		}
		words = append(words, word)
	}
	return strings.Join(words, " ")
}

// example is a call of the verb with all that it needs. A file is named after its flag.
func example(p Program, v Verb) string {
	words := []string{p.Name, v.Name}
	for _, flag := range v.Flags {
		if !flag.Required {
			continue
		}
		words = append(words, dashed(flag.Name))
		switch flag.Arg {
		case "":
		case "FILE", "PATH":
			words = append(words, flag.Name+".json")
		default:
			words = append(words, flag.Arg)
		}
	}
	return strings.Join(words, " ")
}

// flush ends a table. Its writer is a strings.Builder, which takes everything.
func flush(table *tabwriter.Writer) { _ = table.Flush() }
