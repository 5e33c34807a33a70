package openapi

import (
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// login chooses how to sign in: the first way that the document asks for and that can be taken.
func (g *guesser) login() {
	schemes := openapi3.SecuritySchemes{}
	if g.doc.Components != nil {
		schemes = g.doc.Components.SecuritySchemes
	}
	wanted := g.doc.Security
	for _, o := range g.operations {
		if len(wanted) == 0 && o.op.Security != nil {
			wanted = *o.op.Security
		}
	}
	isStated := len(wanted) > 0
	for _, name := range slices.Sorted(maps.Keys(schemes)) { // what nothing asks for comes last
		wanted = append(slices.Clip(wanted), openapi3.SecurityRequirement{name: nil})
	}
	var refused []string
	for _, requirement := range wanted {
		credentials, why := g.credentials(requirement, schemes)
		if why != "" {
			if !slices.Contains(refused, why) {
				refused = append(refused, why)
			}
			continue
		}
		if len(credentials) == 0 {
			continue // no need to sign in is one of the ways
		}
		g.api.Login = credentials
		break
	}
	g.tellLogin(isStated, schemes, refused)
}

func (g *guesser) tellLogin(isStated bool, schemes openapi3.SecuritySchemes, refused []string) {
	for _, why := range refused {
		g.note("%s", why)
	}
	var used []string
	for _, c := range g.api.Login {
		used = append(used, c.Name)
	}
	switch {
	case len(used) == 0:
		g.note("The document says of no way to sign in that can be used here, so requests carry " +
			"no credentials. If the API wants some, add an option to http.NewClient in main.go.")
		return
	case !isStated:
		g.note("No operation says how to sign in; %s is the first way that the document "+
			"describes.", strings.Join(used, " with "))
	}
	for _, c := range g.api.Login {
		if c.Kind == HeaderKey && strings.EqualFold(c.Param, "Authorization") {
			g.note("The key is sent as the whole header Authorization. If the API wants a word " +
				"before it, such as Bearer, it belongs into the config with the key.")
		}
	}
	var others []string
	for _, name := range slices.Sorted(maps.Keys(schemes)) {
		if !slices.Contains(used, name) {
			others = append(others, name)
		}
	}
	if len(others) > 0 {
		g.note("The source signs in by %s. The document also has %s.",
			strings.Join(used, " with "), oneLine(strings.Join(others, ", ")))
	}
}

// credentials are what a requirement asks for. why is a sentence where that cannot be given.
func (g *guesser) credentials(
	requirement openapi3.SecurityRequirement, schemes openapi3.SecuritySchemes,
) (all []Credential, why string) {
	for _, name := range slices.Sorted(maps.Keys(requirement)) {
		ref := schemes[name]
		if ref == nil || ref.Value == nil {
			return nil, fmt.Sprintf("The document asks for the security scheme %q without "+
				"describing it.", oneLine(name))
		}
		c, ok := g.credential(ref.Value, requirement[name])
		if !ok {
			return nil, fmt.Sprintf("The security scheme %q (%s) is none that the source can use.",
				oneLine(name), oneLine(ref.Value.Type+" "+ref.Value.Scheme))
		}
		c.Name = oneLine(name)
		all = append(all, c)
	}
	return all, ""
}

func (g *guesser) credential(s *openapi3.SecurityScheme, scopes []string) (c Credential, ok bool) {
	scheme := strings.ToLower(s.Scheme)
	switch {
	case s.Type == "http" && scheme == "bearer", s.Type == "openIdConnect":
		return Credential{Kind: Bearer}, true
	case s.Type == "http" && scheme == "basic":
		return Credential{Kind: Basic}, true
	case s.Type == "apiKey":
		kind, known := map[string]LoginKind{
			"header": HeaderKey, "query": QueryKey, "cookie": CookieKey,
		}[s.In]
		return Credential{Kind: kind, Param: s.Name}, known && isToken(s.Name)
	case s.Type == "oauth2" && s.Flows != nil:
		return g.oauth(s.Flows, scopes)
	}
	return c, false
}

// isToken tells whether a name can be that of a header; those of other places are no stranger.
func isToken(name string) bool {
	return name != "" && isPrintable(name) && !strings.ContainsAny(name, "()<>@,;:\\\"/[]?={}`")
}

// oauth is the flow that goes without a person, or the tokens that one has left. A flow in a
// browser gives the user a token, too.
func (g *guesser) oauth(flows *openapi3.OAuthFlows, scopes []string) (c Credential, ok bool) {
	scopes = slices.DeleteFunc(slices.Clone(scopes), func(s string) bool { return !isPrintable(s) })
	if flow := flows.ClientCredentials; flow != nil {
		if at := g.tokenURL(flow.TokenURL); at != "" {
			return Credential{Kind: ClientCredentials, TokenURL: at, Scopes: scopes}, true
		}
	}
	if flow := flows.AuthorizationCode; flow != nil {
		at := flow.RefreshURL
		if at == "" {
			at = flow.TokenURL
		}
		if at = g.tokenURL(at); at != "" {
			return Credential{Kind: RefreshToken, TokenURL: at}, true
		}
	}
	return Credential{Kind: Bearer}, flows.Implicit != nil || flows.Password != nil ||
		flows.AuthorizationCode != nil
}

// tokenURL is the whole URL of a token endpoint, or "".
func (g *guesser) tokenURL(text string) string {
	u, err := url.Parse(text)
	if err != nil || text == "" {
		return ""
	}
	if !u.IsAbs() && g.api.BaseURL != "" && len(g.api.Variables) == 0 {
		base, err := url.Parse(g.api.BaseURL)
		if err != nil {
			return ""
		}
		u = base.ResolveReference(u)
	}
	if u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.User != nil ||
		!isPrintable(u.String()) || strings.ContainsAny(u.String(), "`\"\\") {
		return ""
	}
	return u.String()
}
