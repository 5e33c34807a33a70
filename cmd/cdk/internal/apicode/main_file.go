package apicode

import (
	"fmt"
	"slices"
	"strings"

	"github.com/airbyte-go/cdk/cmd/cdk/internal/openapi"
)

// main is main.go: the config, the client and the list of streams.
func (w *writer) main() []byte {
	var b strings.Builder
	body := w.configType() + w.streamsMethod() + w.newClient()
	fmt.Fprintf(&b, "// Command %s is an Airbyte source for %s.\npackage main\n\n", w.Short,
		w.Title)
	b.WriteString(imports(body))
	b.WriteString(body)
	return []byte(b.String())
}

// imports are those that a text of Go uses.
func imports(body string) string {
	var standard, ours []string
	for _, p := range []struct{ use, path string }{
		{"context.", "context"}, {"json.", "encoding/json"}, {"url.", "net/url"},
		{"strings.", "strings"}, {"time.", "time"},
	} {
		if uses(body, p.use) {
			standard = append(standard, p.path)
		}
	}
	for _, p := range []string{"http", "protocol", "sources"} {
		if uses(body, p+".") {
			ours = append(ours, "github.com/airbyte-go/cdk/"+p)
		}
	}
	var b strings.Builder
	b.WriteString("import (\n")
	for _, p := range standard {
		fmt.Fprintf(&b, "\t%q\n", p)
	}
	b.WriteString("\n")
	for _, p := range ours {
		fmt.Fprintf(&b, "\t%q\n", p)
	}
	b.WriteString(")\n\n")
	return b.String()
}

// uses tells whether Go code names a package, which texts in quotes and comments do not.
func uses(body, name string) bool {
	for line := range strings.SplitSeq(body, "\n") {
		if strings.HasPrefix(strings.TrimSpace(line), "//") {
			continue
		}
		code := withoutTexts(line)
		for at := strings.Index(code, name); at >= 0; {
			if at == 0 || !isLetter(code[at-1]) {
				return true
			}
			next := strings.Index(code[at+1:], name)
			if next < 0 {
				break
			}
			at += 1 + next
		}
	}
	return false
}

func isLetter(c byte) bool {
	return c == '_' || c == '.' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' ||
		c >= '0' && c <= '9'
}

// withoutTexts is a line of Go without what stands in its quotes.
func withoutTexts(line string) string {
	var b strings.Builder
	var quote byte
	for i := 0; i < len(line); i++ {
		c := line[i]
		switch {
		case quote == 0 && (c == '"' || c == '`'):
			quote = c
		case quote == '"' && c == '\\':
			i++
		case c == quote:
			quote = 0
		case quote == 0:
			b.WriteByte(c)
		}
	}
	return b.String()
}

func (w *writer) configType() string {
	var b strings.Builder
	b.WriteString("// Config is what a user fills in. The spec, its validation and the masking\n" +
		"// of secrets follow from it.\ntype Config struct {\n")
	for _, s := range w.settings() {
		b.WriteString("\t" + w.fieldLine(s) + "\n")
	}
	b.WriteString("}\n\nfunc main() { sources.Main(source{}) }\n\ntype source struct{}\n\n" +
		"var _ sources.Source[Config] = source{}\n\n")
	return b.String()
}

// streamsMethod lists the streams. What needs a setting that may be left out comes behind it.
func (w *writer) streamsMethod() string {
	var always []string
	var conditions []string
	byCondition := map[string][]string{}
	for i := range w.API.Streams {
		s := &w.API.Streams[i]
		call := w.call(s)
		condition := w.condition(s)
		if condition == "" {
			always = append(always, call)
			continue
		}
		if byCondition[condition] == nil {
			conditions = append(conditions, condition)
		}
		byCondition[condition] = append(byCondition[condition], call)
	}
	var b strings.Builder
	b.WriteString("// Streams lists what there is to read; each stream has a file of its own.\n" +
		"func (source) Streams(_ context.Context, cfg Config) ([]sources.Stream, error) {\n" +
		"\tapi := newClient(cfg)\n")
	if len(conditions) == 0 {
		fmt.Fprintf(&b, "\treturn []sources.Stream{\n%s\t}, nil\n}\n\n", lines(always))
		return b.String()
	}
	if len(always) > 0 {
		fmt.Fprintf(&b, "\tstreams := []sources.Stream{\n%s\t}\n", lines(always))
	} else {
		b.WriteString("\tvar streams []sources.Stream\n")
	}
	for _, condition := range conditions {
		fmt.Fprintf(&b, "\tif %s {\n\t\tstreams = append(streams,\n%s\t\t)\n\t}\n", condition,
			lines(byCondition[condition]))
	}
	if len(always) == 0 {
		fmt.Fprintf(&b, "\tif len(streams) == 0 {\n\t\treturn nil, protocol.Errorf("+
			"protocol.ConfigError, \"Nothing can be read yet. \"+\n\"Fill in %s in the "+
			"configuration.\")\n\t}\n", w.waysToRead())
	}
	b.WriteString("\treturn streams, nil\n}\n\n")
	return b.String()
}

func lines(calls []string) string { return strings.Join(calls, ",\n") + ",\n" }

// call makes a stream.
func (w *writer) call(s *openapi.Stream) string {
	if usesConfig(s) {
		return w.funcs[s.Name] + "(api, cfg)"
	}
	return w.funcs[s.Name] + "(api)"
}

// usesConfig tells whether the code of a stream, or of its parent, looks at the config.
func usesConfig(s *openapi.Stream) bool {
	return len(s.Needs) > 0 || s.Cursor != nil || s.Parent != nil && usesConfig(s.Parent.Stream)
}

// condition is what must be filled in for a stream, as Go; empty where nothing is optional.
func (w *writer) condition(s *openapi.Stream) string {
	var all []string
	for _, one := range w.API.Settings {
		if one.Optional && slices.Contains(s.Needs, one.Name) {
			all = append(all, "cfg."+w.fields[one.Name]+` != ""`)
		}
	}
	return strings.Join(all, " && ")
}

// waysToRead are the settings of which some stream needs no others.
func (w *writer) waysToRead() string {
	const enough = 4
	var ways []string
	for _, s := range w.API.Streams {
		way := strings.Join(s.Needs, " and ")
		if len(ways) < enough && !slices.Contains(ways, way) {
			ways = append(ways, way)
		}
	}
	return strings.Join(ways, ", or ")
}

// newClient makes the client of the API.
func (w *writer) newClient() string {
	var b strings.Builder
	b.WriteString("// newClient returns the client of the API.\nfunc newClient(cfg Config) " +
		"*http.Client {\n")
	base := "cfg.BaseURL"
	if len(w.API.Variables) > 0 {
		b.WriteString("\tbase := strings.NewReplacer(")
		for i, v := range w.API.Variables {
			if i > 0 {
				b.WriteString(", ")
			}
			fmt.Fprintf(&b, "%q, cfg.%s", "{"+v.Name+"}", w.fields[v.Name])
		}
		b.WriteString(").Replace(cfg.BaseURL)\n")
		base = "base"
	}
	options := []string{base}
	for i, c := range w.API.Login {
		options = append(options, w.loginOption(c, w.alike(i)))
	}
	if len(options) < 3 && !strings.Contains(strings.Join(options, ""), "\n") {
		fmt.Fprintf(&b, "\treturn http.NewClient(%s)\n}\n", strings.Join(options, ", "))
	} else {
		fmt.Fprintf(&b, "\treturn http.NewClient(\n%s)\n}\n", lines(options))
	}
	return b.String()
}

// loginOption is the option of the client that signs in.
func (w *writer) loginOption(c openapi.Credential, number int) string {
	field := func(name string) string { return "cfg." + w.loginField(name, number) }
	switch c.Kind {
	case openapi.ClientCredentials, openapi.RefreshToken:
	case openapi.Bearer:
		return "http.Bearer(" + field("access_token") + ")"
	case openapi.Basic:
		return "http.Basic(" + field("username") + ", " + field("password") + ")"
	case openapi.HeaderKey:
		return fmt.Sprintf("http.HeaderKey(%q, %s)", c.Param, field("api_key"))
	case openapi.QueryKey:
		return fmt.Sprintf("http.QueryKey(%q, %s)", c.Param, field("api_key"))
	case openapi.CookieKey:
		return fmt.Sprintf("http.HeaderKey(\"Cookie\", %q+%s)", c.Param+"=", field("api_key"))
	}
	var b strings.Builder
	fmt.Fprintf(&b, "&http.OAuth{\nTokenURL: %s,\nClientID: %s,\nClientSecret: %s,\n",
		field("token_url"), field("client_id"), field("client_secret"))
	if c.Kind == openapi.RefreshToken {
		fmt.Fprintf(&b, "RefreshToken: %s,\n", field("refresh_token"))
		for _, s := range loginSettings(c, number) {
			if strings.HasPrefix(s.name, "refresh_token") { // it may be good for one use
				fmt.Fprintf(&b, "RefreshTokenAt: %q,\n", "/"+s.name)
			}
		}
	}
	if len(c.Scopes) > 0 {
		fmt.Fprintf(&b, "Scopes: %#v,\n", c.Scopes)
	}
	return b.String() + "}"
}
