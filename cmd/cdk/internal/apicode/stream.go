package apicode

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/airbyte-go/cdk/cmd/cdk/internal/openapi"
)

// stream is the file of a stream.
func (w *writer) stream(s *openapi.Stream) []byte {
	body := w.recordType(s) + w.streamFunc(s)
	return []byte("package main\n\n" + imports(body) + body)
}

func (w *writer) streamFunc(s *openapi.Stream) string {
	var b strings.Builder
	fmt.Fprintf(&b, "// %s reads GET %s.\n", w.funcs[s.Name], s.Source)
	if s.Doc != "" {
		b.WriteString("//\n" + comment(s.Doc))
	}
	params := "api *http.Client"
	if usesConfig(s) {
		params += ", cfg Config"
	}
	fmt.Fprintf(&b, "func %s(%s) sources.Stream {\n\treturn &http.Stream{\n", w.funcs[s.Name],
		params)
	fmt.Fprintf(&b, "Client: api,\nName: %q,\nSchema: sources.SchemaOf[%s](),\n", s.Name,
		w.types[s.Name])
	if s.Key != "" {
		fmt.Fprintf(&b, "PrimaryKey: sources.Key(%q),\n", s.Key)
	}
	if p := s.Parent; p != nil {
		fmt.Fprintf(&b, "Partitions: sources.Parent{Stream: %s, Key: %q, As: %q},\n",
			w.call(p.Stream), p.Key, p.As)
	}
	if len(s.Inherit) > 0 {
		fmt.Fprintf(&b, "Inherit: %#v,\n", s.Inherit)
	}
	fmt.Fprintf(&b, "Path: %s,\n", w.path(s))
	query := w.params(s.Query)
	if c := s.Cursor; c != nil {
		query = append(query, fmt.Sprintf("%q: \"{from}\"", c.Since))
		if c.Until != "" {
			query = append(query, fmt.Sprintf("%q: \"{to}\"", c.Until))
		}
	}
	b.WriteString(paramsField("Query", query))
	b.WriteString(paramsField("Header", w.params(s.Header)))
	if len(s.Records) > 0 {
		fmt.Fprintf(&b, "Records: http.Field(%q),\n", dotted(s.Records))
	}
	b.WriteString(pages(s))
	b.WriteString(cursor(s.Cursor))
	b.WriteString("\t}\n}\n")
	return b.String()
}

// comment is a text as lines of a comment.
func comment(text string) string {
	const most = 96
	var b strings.Builder
	line := "//"
	for word := range strings.FieldsSeq(text) {
		if len(line)+1+len(word) > most && line != "//" {
			b.WriteString(line + "\n")
			line = "//"
		}
		line += " " + word
	}
	b.WriteString(line + "\n")
	return b.String()
}

// path is the path of a stream as Go.
func (w *writer) path(s *openapi.Stream) string {
	var parts []string
	text := ""
	for _, p := range s.Path {
		switch {
		case p.Setting != "":
			if text != "" {
				parts = append(parts, strconv.Quote(text))
			}
			text = ""
			parts = append(parts, "url.PathEscape(cfg."+w.fields[p.Setting]+")")
		case p.Partition != "":
			text += "{" + p.Partition + "}"
		default:
			text += p.Text
		}
	}
	if text != "" || len(parts) == 0 {
		parts = append(parts, strconv.Quote(text))
	}
	return strings.Join(parts, " + ")
}

// params are members of http.Params.
func (w *writer) params(list []openapi.Param) (all []string) {
	for _, p := range list {
		if p.Setting != "" {
			all = append(all, fmt.Sprintf("%q: cfg.%s", p.Name, w.fields[p.Setting]))
			continue
		}
		all = append(all, fmt.Sprintf("%q: %q", p.Name, p.Value))
	}
	return all
}

func paramsField(field string, members []string) string {
	if len(members) == 0 {
		return ""
	}
	one := fmt.Sprintf("%s: http.Params{%s},\n", field, strings.Join(members, ", "))
	const most = 80
	if len(one) <= most {
		return one
	}
	return fmt.Sprintf("%s: http.Params{\n%s},\n", field, lines(members))
}

// dotted is a path as the kit writes it.
func dotted(path []string) string {
	escaper := strings.NewReplacer(`\`, `\\`, ".", `\.`, "*", `\*`, "?", `\?`)
	names := make([]string, len(path))
	for i, name := range path {
		names[i] = escaper.Replace(name)
	}
	return strings.Join(names, ".")
}

// pages is the pagination of a stream as Go.
func pages(s *openapi.Stream) string {
	p := s.Pages
	kind := map[openapi.PagesKind]string{
		openapi.Links: "LinkHeader", openapi.Tokens: "NextToken", openapi.After: "After",
		openapi.PageNumbers: "PageNumber", openapi.Offsets: "Offset",
	}[p.Kind]
	if kind == "" {
		return ""
	}
	fields := pageFields(s)
	one := fmt.Sprintf("Pages: http.%s{%s},\n", kind, strings.Join(fields, ", "))
	const most = 85
	if len(one) <= most {
		return one
	}
	return fmt.Sprintf("Pages: http.%s{\n%s},\n", kind, lines(fields))
}

// pageFields are the fields of a paginator that are not zero.
func pageFields(s *openapi.Stream) (fields []string) {
	p := s.Pages
	text := func(name, value string) {
		if value != "" {
			fields = append(fields, fmt.Sprintf("%s: %q", name, value))
		}
	}
	number := func(name string, value int) {
		if value != 0 {
			fields = append(fields, fmt.Sprintf("%s: %d", name, value))
		}
	}
	if p.Kind == openapi.Links {
		return nil
	}
	text("At", dotted(p.At))
	if p.Kind == openapi.After {
		text("Field", s.Key)
	}
	text("Param", p.Param)
	if p.Kind == openapi.PageNumbers {
		number("Start", p.Start)
		text("Pages", dotted(p.Last))
	}
	if p.Kind != openapi.Tokens {
		number("Size", p.Size)
		text("SizeParam", p.SizeParam)
		text("Total", dotted(p.Total))
	}
	text("More", dotted(p.More))
	return fields
}

// cursor is the cursor of a stream as Go.
func cursor(c *openapi.Cursor) string {
	if c == nil {
		return ""
	}
	format := map[openapi.CursorKind]string{
		openapi.Days: "time.DateOnly", openapi.UnixSeconds: "sources.EpochSeconds",
	}[c.Kind]
	if format == "" {
		return fmt.Sprintf("Cursor: sources.TimeCursor{Field: %q, Start: cfg.StartDate},\n",
			c.Field)
	}
	return fmt.Sprintf("Cursor: sources.TimeCursor{\nField: %q,\nStart: cfg.StartDate,\n"+
		"Formats: []string{%s, time.RFC3339Nano},\n},\n", c.Field, format)
}
