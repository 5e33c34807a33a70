package openapi

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// plainBase is a URL that stands in Go, YAML and Markdown without quoting, variables aside.
var plainBase = regexp.MustCompile(
	`^https?://[A-Za-z0-9.:{}_-]+(/[A-Za-z0-9._~%/{}-]*)?$`)

var variable = regexp.MustCompile(`\{[^{}]*\}`)

// server finds the base URL. Its variables become settings.
func (g *guesser) server() {
	var plain []*openapi3.Server
	for _, s := range g.doc.Servers {
		if s != nil && strings.TrimSpace(s.URL) != "" {
			plain = append(plain, s)
		}
	}
	if len(plain) == 0 {
		g.note("The document names no server. Give base_url in the config its URL.")
		return
	}
	s := plain[0]
	base := strings.TrimSpace(s.URL)
	if strings.HasPrefix(base, "//") {
		base = "https:" + base
	}
	if !strings.Contains(base, "://") {
		g.api.BaseURL = ""
		g.api.BasePath = strings.TrimRight("/"+strings.Trim(base, "/"), "/")
		g.note("The document names only the path %q of its server. Give base_url in the config "+
			"the whole URL.", oneLine(base))
		return
	}
	base, ok := g.variables(base, s)
	example, err := url.Parse(variable.ReplaceAllString(base, "x"))
	if !ok || !plainBase.MatchString(base) || err != nil || example.User != nil {
		g.note("The URL of the server in the document, %q, is none that can be used. Give "+
			"base_url in the config the right one.", oneLine(s.URL))
		g.api.Variables = nil
		return
	}
	g.api.BaseURL = base
	g.api.BasePath = strings.TrimRight(example.Path, "/")
	if len(plain) > 1 {
		g.note("The document names %d servers; the first, %s, is the default of base_url.",
			len(plain), base)
	}
}

// SetURL gives the API another base URL than its document does. It has no variables.
func (a *API) SetURL(u *url.URL) {
	a.BaseURL, a.BasePath, a.Variables = u.String(), strings.TrimRight(u.Path, "/"), nil
}

// variables makes settings of the variables of a server, and returns its URL with their names.
func (g *guesser) variables(base string, s *openapi3.Server) (named string, ok bool) {
	ok = true
	named = variable.ReplaceAllStringFunc(base, func(text string) string {
		name := strings.Trim(text, "{}")
		v := s.Variables[name]
		if len(words(name)) == 0 || v == nil {
			ok = ok && len(words(name)) > 0
			v = &openapi3.ServerVariable{}
		}
		setting := Setting{
			Name: g.freeSetting(snake(name)), Param: name, Title: title(name),
			Help: oneLine(v.Description), Default: v.Default, Sample: v.Default,
			Choices: v.Enum,
		}
		if setting.Sample == "" {
			setting.Sample = "x"
		}
		g.api.Variables = append(g.api.Variables, setting)
		return "{" + setting.Name + "}"
	})
	return named, ok
}

// title is a name for people: Team ID.
func title(name string) string {
	list := words(name)
	if len(list) == 0 {
		return name
	}
	for i, word := range list {
		if initialisms[word] {
			list[i] = strings.ToUpper(word)
		}
	}
	text := strings.Join(list, " ")
	return strings.ToUpper(text[:1]) + text[1:]
}

// freeSetting is a name that no other setting has.
func (g *guesser) freeSetting(name string) string {
	free := name
	for i := 2; g.taken[free]; i++ {
		free = fmt.Sprintf("%s_%d", name, i)
	}
	g.taken[free] = true
	return free
}
