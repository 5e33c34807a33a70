package apicode

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/airbyte-go/cdk/cmd/cdk/internal/openapi"
)

// setting is a field of the config.
type setting struct {
	name, title, help string
	fallback          string // default
	choices           []string
	sample            string
	isSecret          bool
	isOptional        bool
	isTime            bool
}

// settings are the fields of the config in their order.
func (w *writer) settings() (all []setting) {
	for i, c := range w.API.Login {
		all = append(all, loginSettings(c, w.alike(i))...)
	}
	for _, s := range append(append([]openapi.Setting{}, w.API.Variables...), w.API.Settings...) {
		all = append(all, setting{
			name: s.Name, title: s.Title, help: s.Help, fallback: s.Default, choices: s.Choices,
			sample: s.Sample, isOptional: s.Optional,
		})
	}
	if w.isIncremental() {
		all = append(all, setting{
			name: "start_date", title: "Replicate from", sample: "2026-01-01T00:00:00Z",
			isOptional: true, isTime: true,
		})
	}
	return append(all, setting{
		name: "base_url", title: "API URL", fallback: w.API.BaseURL,
		sample: "http://127.0.0.1:8080" + w.API.BasePath + "/",
	})
}

// alike is how many credentials before the one of that number have the same names in the config.
func (w *writer) alike(number int) (n int) {
	family := func(c openapi.Credential) string { return loginSettings(c, 0)[0].name }
	for _, c := range w.API.Login[:number] {
		if family(c) == family(w.API.Login[number]) {
			n++
		}
	}
	return n
}

// loginSettings are what a way to sign in asks of the user. Of several each has names of its own.
func loginSettings(c openapi.Credential, number int) []setting {
	end := ""
	if number > 0 {
		end = "_" + strconv.Itoa(number+1)
	}
	secret := func(name, title string) setting {
		return setting{
			name: name + end, title: title, isSecret: true,
			sample: "fake-" + strings.ReplaceAll(name+end, "_", "-"),
		}
	}
	plain := func(name, title string) setting {
		s := secret(name, title)
		s.isSecret = false
		return s
	}
	url := setting{
		name: "token_url" + end, title: "Token URL", fallback: c.TokenURL,
		sample: "http://127.0.0.1:8080" + tokenPath,
	}
	switch c.Kind {
	case openapi.HeaderKey, openapi.QueryKey, openapi.CookieKey:
	case openapi.Bearer:
		return []setting{secret("access_token", "Access token")}
	case openapi.Basic:
		return []setting{plain("username", "User name"), secret("password", "Password")}
	case openapi.ClientCredentials:
		return []setting{
			plain("client_id", "Client ID"), secret("client_secret", "Client secret"), url,
		}
	case openapi.RefreshToken:
		return []setting{
			plain("client_id", "Client ID"), secret("client_secret", "Client secret"),
			secret("refresh_token", "Refresh token"), url,
		}
	}
	key := secret("api_key", "API key")
	if number > 0 {
		key.title += " (" + c.Param + ")"
	}
	return []setting{key}
}

// loginField is the field of the config for the credential of that number.
func (w *writer) loginField(name string, number int) string {
	if number > 0 {
		name += "_" + strconv.Itoa(number+1)
	}
	return w.fields[name]
}

// fieldLine is the field of the config struct.
func (w *writer) fieldLine(s setting) string {
	kind, options := "string", ""
	if s.isOptional {
		options = ",omitempty"
	}
	if s.isTime {
		kind, options = "time.Time", ",omitzero"
	}
	tag := fmt.Sprintf("json:%q", s.name+options)
	add := func(key, value string) {
		if value != "" {
			tag += " " + key + ":" + strconv.Quote(strings.ReplaceAll(value, "`", "'"))
		}
	}
	add("title", s.title)
	add("description", s.help)
	add("default", s.fallback)
	if len(s.choices) > 0 {
		list, err := json.Marshal(s.choices)
		if err == nil { // texts have a JSON form
			add("enum", string(list))
		}
	}
	if s.isSecret {
		add("airbyte", "secret")
	}
	return w.fields[s.name] + " " + kind + " `" + tag + "`"
}

// truth tells which credentials a config holds.
type truth bool

const (
	right truth = true
	wrong truth = false
)

// config is a config for the fake API.
func (w *writer) config(is truth) []byte {
	var b strings.Builder
	b.WriteString("{\n")
	all := w.settings()
	for i, s := range all {
		value := s.sample
		if s.isSecret && is == wrong {
			value = strings.Replace(value, "fake-", "guessed-", 1)
		}
		fmt.Fprintf(&b, "  %s: %s", quoted(s.name), quoted(value))
		if i < len(all)-1 {
			b.WriteByte(',')
		}
		b.WriteByte('\n')
	}
	b.WriteString("}\n")
	return []byte(b.String())
}

// quoted is a text as JSON.
func quoted(text string) string {
	raw, err := json.Marshal(text)
	if err != nil { // a string always has a JSON form
		panic(err)
	}
	return string(raw)
}
