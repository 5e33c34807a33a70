package apicode

import (
	_ "embed" // the text of the README
	"fmt"
	"strings"

	"github.com/airbyte-go/cdk/cmd/cdk/internal/openapi"
)

// readme is the README of the module, with what was guessed.
func (w *writer) readme() []byte {
	var b strings.Builder
	fmt.Fprintf(&b, readmeStart, w.Short, w.Title, w.Document)
	b.WriteString("## What was guessed, and what to look at\n\n")
	fmt.Fprintf(&b, "The document is %s. It makes %s.\n\n", w.titled(),
		counted(len(w.API.Streams), "stream", "streams"))
	for _, note := range w.API.Notes {
		b.WriteString("- " + markdown(note) + "\n")
	}
	if len(w.API.Notes) > 0 {
		b.WriteString("\n")
	}
	b.WriteString(w.streamTable())
	b.WriteString(w.streamNotes())
	b.WriteString(w.left())
	fmt.Fprintf(&b, readmeEnd, w.Short, strings.TrimPrefix(w.Short, "source-"))
	return []byte(b.String())
}

// The text before and behind what was guessed.
var (
	//go:embed readme_start.txt
	readmeStart string
	//go:embed readme_end.txt
	readmeEnd string
)

func (w *writer) titled() string {
	if w.API.Title == "" {
		return "`" + w.Document + "`"
	}
	return fmt.Sprintf("`%s` (%s)", w.Document, markdown(w.API.Title))
}

func counted(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// streamTable lists the streams.
func (w *writer) streamTable() string {
	var b strings.Builder
	b.WriteString("| stream | GET | records at | primary key | parent | pages | cursor |\n" +
		"| --- | --- | --- | --- | --- | --- | --- |\n")
	for i := range w.API.Streams {
		s := &w.API.Streams[i]
		parent := ""
		if s.Parent != nil {
			parent = s.Parent.Stream.Name + ", by " + s.Parent.Key
		}
		at := dotted(s.Records)
		if at == "" {
			at = "the top"
		}
		changed := "none: full refresh"
		if s.Cursor != nil {
			changed = s.Cursor.Field + ", from " + s.Cursor.Since
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s | %s | %s |\n", s.Name, cell(s.Source), cell(at),
			cell(s.Key), cell(parent), cell(pagesInWords(s.Pages)), cell(changed))
	}
	return b.String() + "\n"
}

func pagesInWords(p openapi.Pages) string {
	switch p.Kind {
	case openapi.OnePage:
	case openapi.PageNumbers:
		return "numbers in " + p.Param
	case openapi.Offsets:
		return "offsets in " + p.Param
	case openapi.Tokens:
		if p.Param == "" {
			return "links at " + dotted(p.At)
		}
		return dotted(p.At) + " in " + p.Param
	case openapi.Links:
		return "Link header"
	case openapi.After:
		return "the last key in " + p.Param
	}
	return "one"
}

// streamNotes are the notes of the streams; what several have in common stands once.
func (w *writer) streamNotes() string {
	var order []string
	by := map[string][]string{}
	for _, s := range w.API.Streams {
		for _, note := range s.Notes {
			if by[note] == nil {
				order = append(order, note)
			}
			by[note] = append(by[note], s.Name)
		}
	}
	if len(order) == 0 {
		return ""
	}
	var b strings.Builder
	for _, note := range order {
		fmt.Fprintf(&b, "- %s: %s\n", strings.Join(by[note], ", "), markdown(note))
	}
	return b.String() + "\n"
}

// left lists what is not read.
func (w *writer) left() string {
	if len(w.API.Left) == 0 {
		return ""
	}
	var order []string
	by := map[string][]string{}
	for _, l := range w.API.Left {
		if by[l.Why] == nil {
			order = append(order, l.Why)
		}
		by[l.Why] = append(by[l.Why], "`"+strings.ReplaceAll(l.Path, "`", "'")+"`")
	}
	var b strings.Builder
	b.WriteString("Not read:\n\n")
	for _, why := range order {
		fmt.Fprintf(&b, "- %s: %s\n", strings.Join(by[why], ", "), markdown(why))
	}
	return b.String() + "\n"
}

// cell is a text as code in a table; nothing for none.
func cell(text string) string {
	if text == "" {
		return ""
	}
	text = strings.NewReplacer("`", "'", "|", `\|`).Replace(text)
	return "`" + text + "`"
}

// markdown is a text that means nothing but itself.
func markdown(text string) string {
	return strings.NewReplacer("<", "&lt;", "|", `\|`, "[", `\[`, "`", `\`+"`").Replace(text)
}
