package apicode

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/airbyte-go/cdk/cmd/cdk/internal/openapi"
)

// tokenPath is where the fake API gives out access tokens.
const tokenPath = "/fake/oauth/token" //nolint:gosec // it holds no credential

// fakeAPI is the file of the fake API that follows from the document; the others are the same in
// all modules.
func (w *writer) fakeAPI() []byte {
	var b strings.Builder
	fmt.Fprintf(&b, "// Package fakeapi stands in for the API of %s: in the tests and, as "+
		"cmd/fakeapi, on your machine.\n// Make it answer like the real one, stream by stream.\n"+
		"package fakeapi\n\nimport (\n\tnethttp \"net/http\"\n)\n\n", w.Title)
	b.WriteString("// New returns the API. It answers what routes lists, to who signs in.\n" +
		"func New() nethttp.Handler {\n" +
		"\treturn nethttp.HandlerFunc(func(w nethttp.ResponseWriter, r *nethttp.Request) {\n")
	if w.hasToken() {
		fmt.Fprintf(&b, "\t\tif r.URL.Path == %q {\n\t\t\tgiveToken(w, r)\n\t\t\treturn\n\t\t}\n",
			tokenPath)
	}
	b.WriteString("\t\tif !isAllowed(r) {\n\t\t\trefuse(w, nethttp.StatusUnauthorized, " +
		"\"the credentials are unknown\")\n\t\t\treturn\n\t\t}\n\t\tserve(w, r)\n\t})\n}\n\n")
	b.WriteString(w.isAllowed())
	b.WriteString("// routes are what the API answers.\nvar routes = []route{\n")
	for i := range w.API.Streams {
		b.WriteString(w.route(&w.API.Streams[i]))
	}
	b.WriteString("}\n")
	return []byte(b.String())
}

func (w *writer) hasToken() bool {
	for _, c := range w.API.Login {
		if c.Kind == openapi.ClientCredentials || c.Kind == openapi.RefreshToken {
			return true
		}
	}
	return false
}

// isAllowed is the function that looks at the credentials of a request.
func (w *writer) isAllowed() string {
	var checks []string
	token := ""
	for i, c := range w.API.Login {
		sample := map[string]string{}
		number := w.alike(i)
		for _, s := range loginSettings(c, number) {
			name := s.name
			if number > 0 {
				name = strings.TrimSuffix(name, "_"+strconv.Itoa(number+1))
			}
			sample[name] = s.sample
		}
		switch c.Kind {
		case openapi.Bearer:
			checks = append(checks, header("Authorization", "Bearer "+sample["access_token"]))
		case openapi.Basic:
			checks = append(checks, fmt.Sprintf("isUser(r, %q, %q)", sample["username"],
				sample["password"]))
		case openapi.HeaderKey:
			checks = append(checks, header(c.Param, sample["api_key"]))
		case openapi.QueryKey:
			checks = append(checks, fmt.Sprintf("r.URL.Query().Get(%q) == %q", c.Param,
				sample["api_key"]))
		case openapi.CookieKey:
			checks = append(checks, header("Cookie", c.Param+"="+sample["api_key"]))
		default:
			checks = append(checks, header("Authorization", "Bearer fake-issued-token"))
			token = sample["client_secret"]
		}
	}
	if len(checks) == 0 {
		checks = []string{"r != nil"}
	}
	text := "// isAllowed tells whether a request signs in as config.json does.\n" +
		"func isAllowed(r *nethttp.Request) bool {\n\treturn " +
		strings.Join(checks, " &&\n\t\t") + "\n}\n\n"
	if strings.Contains(text, "isUser(") {
		text += "func isUser(r *nethttp.Request, name, password string) bool {\n" +
			"\tn, p, ok := r.BasicAuth()\n\treturn ok && n == name && p == password\n}\n\n"
	}
	if token != "" {
		text += fmt.Sprintf("// giveToken answers as a token endpoint of OAuth.\n"+
			"func giveToken(w nethttp.ResponseWriter, r *nethttp.Request) {\n"+
			"\tif r.FormValue(\"client_secret\") != %q {\n"+
			"\t\twrite(w, nethttp.StatusUnauthorized, "+
			"map[string]string{\"error\": \"invalid_client\"})\n\t\treturn\n\t}\n"+
			"\twrite(w, nethttp.StatusOK, map[string]any{\n\t\t\"access_token\": "+
			"\"fake-issued-token\", \"token_type\": \"bearer\", \"expires_in\": 3600,\n\t})\n}\n\n",
			token)
	}
	return text
}

func header(name, value string) string {
	return fmt.Sprintf("r.Header.Get(%q) == %q", name, value)
}

// route is what the fake API answers for a stream.
func (w *writer) route(s *openapi.Stream) string {
	var fields []string
	add := func(format string, args ...any) {
		fields = append(fields, fmt.Sprintf(format, args...))
	}
	add("path: %q", w.fakePath(s))
	add("file: %q", w.files[s.Name]+".json")
	if len(s.Records) > 0 {
		add("records: %#v", s.Records)
	}
	if s.Single {
		add("single: true")
	}
	if keys := s.FirstParents(); len(keys) > 0 && !s.Single {
		var pairs []string
		for _, k := range keys {
			pairs = append(pairs, fmt.Sprintf("%q: %q", k.As, k.Value))
		}
		add("parents: map[string]string{%s}", strings.Join(pairs, ", "))
	}
	if text := fakePages(s); text != "" {
		add("pages: %s", text)
	}
	if c := s.Cursor; c != nil {
		add("field: %q", c.Field)
		add("since: %q", c.Since)
		if c.Until != "" {
			add("until: %q", c.Until)
		}
	}
	return "\t{\n" + lines(fields) + "\t},\n"
}

// fakePath is the path of a stream below that of the server. Settings have their samples.
func (w *writer) fakePath(s *openapi.Stream) string {
	var path strings.Builder
	path.WriteString(w.API.BasePath + "/")
	for _, p := range s.Path {
		switch {
		case p.Partition != "":
			path.WriteString("{" + p.Partition + "}")
		case p.Setting != "":
			for _, one := range w.API.Settings {
				if one.Name == p.Setting {
					path.WriteString(one.Sample)
				}
			}
		default:
			path.WriteString(p.Text)
		}
	}
	return path.String()
}

func fakePages(s *openapi.Stream) string {
	p := s.Pages
	kind := map[openapi.PagesKind]string{
		openapi.PageNumbers: "byNumber", openapi.Offsets: "byOffset", openapi.Tokens: "byToken",
		openapi.Links: "byLink", openapi.After: "after",
	}[p.Kind]
	if kind == "" {
		return ""
	}
	fields := []string{"kind: " + kind}
	text := func(name, value string) {
		if value != "" {
			fields = append(fields, fmt.Sprintf("%s: %q", name, value))
		}
	}
	path := func(name string, value []string) {
		if len(value) > 0 {
			fields = append(fields, fmt.Sprintf("%s: %#v", name, value))
		}
	}
	text("param", p.Param)
	if p.Kind == openapi.PageNumbers && p.Start != 0 {
		fields = append(fields, fmt.Sprintf("first: %d", p.Start))
	}
	if p.Size > 0 {
		text("size", p.SizeParam)
	}
	path("next", p.At)
	if p.Number {
		fields = append(fields, "number: true")
	}
	path("last", p.Last)
	path("total", p.Total)
	path("more", p.More)
	if p.Kind == openapi.After {
		text("key", s.Key)
	}
	one := "pages{" + strings.Join(fields, ", ") + "}"
	const most = 70
	if len(one) <= most {
		return one
	}
	return "pages{\n" + lines(fields) + "}"
}
