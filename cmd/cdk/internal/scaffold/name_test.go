package scaffold

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestParseName(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ short, title, wrong string }{
		"destination-acme":                   {short: "destination-acme", title: "Acme"},
		"example.com/destination-my-shop/v2": {short: "destination-my-shop", title: "My Shop"},
		"source-source-x":                    {short: "source-source-x", title: "Source X"},
		"destination_acme":                   {wrong: "(destination-acme would do)"},
		"destination-":                       {wrong: `"destination-" does not`},
		"source-acme":                        {short: "source-acme", title: "Acme"},
		"github.com/Acme/source-my-shop":     {short: "source-my-shop", title: "My Shop"},
		"example.com/source-acme/v2":         {short: "source-acme", title: "Acme"},
		"net/source-2go":                     {short: "source-2go", title: "2go"},
		"source-source":                      {short: "source-source", title: "Source"},
		"":                                   {wrong: "the name is empty"},
		"acme":                               {wrong: "(source-acme would do)"},
		"example.com/acme":                   {wrong: "(example.com/source-acme would do)"},
		"Source_Acme":                        {wrong: "(source-acme would do)"},
		"source acme":                        {wrong: "(source-acme would do)"},
		"source-":                            {wrong: `"source-" does not`},
		"source--acme":                       {wrong: "(source-acme would do)"},
		"sourcé-acme":                        {wrong: "(source-sourc-acme would do)"}, //house:utf8
		"./source-acme":                      {wrong: "is a folder"},
		"../source-acme":                     {wrong: "is a folder"},
		"/tmp/source-acme":                   {wrong: "is a folder"},
		`C:\source-acme`:                     {wrong: "is a folder"},
		"std/source-acme":                    {wrong: `begin with "std"`},
		"all":                                {wrong: `begin with "all"`},
		"example.com/internal/source-acme":   {wrong: "internal, testdata and vendor"},
		"example.com/vendor/source-acme":     {wrong: "internal, testdata and vendor"},
		"github.com/airbyte-go/cdk":          {wrong: "module of the kit"},
		"github.com/airbyte-go/cdk/source-":  {wrong: "module of the kit"},
		"example.com/source-acme/v1":         {wrong: "only /v2 and above"},
		"example.com//source-acme":           {wrong: "double slash"},
		"example.com/a b/source-acme":        {wrong: "invalid char ' '"},
		"example.com/con/source-acme":        {wrong: "disallowed"},
		"-x/source-acme":                     {wrong: "leading dash"},
		"source-" + strings.Repeat("a", 99):  {wrong: "longer than 100"},
	}
	for text, test := range tests {
		name, err := ParseName(text)
		if test.wrong != "" {
			require.ErrorContains(t, err, test.wrong, text)
			continue
		}
		require.NoError(t, err, text)
		assert.Equal(t, Name{text, test.short}, name)
		assert.Equal(t, test.title, name.Title())
		assert.Equal(t, strings.HasPrefix(test.short, "source-"), name.Type() == Source)
	}
}

func TestParseURL(t *testing.T) {
	t.Parallel()
	for text, wrong := range map[string]string{
		"https://api.acme.com/v1/":        "",
		"http://127.0.0.1:8080":           "",
		"https://[2001:db8::1]/a%20b/~c/": "",
		"":                                "a whole one",
		"api.acme.com":                    "a whole one",
		"ftp://api.acme.com":              "a whole one",
		"https://":                        "a whole one",
		"https://:80/":                    "a whole one",
		"https://ada:pw@api.acme.com/":    "no user and no password",
		"https://api.acme.com/?a=b":       "before the first ? or #",
		"https://api.acme.com/?":          "before the first ? or #",
		"https://api.acme.com/#":          "before the first ? or #",
		"https://api.acme.com/`":          "escape other characters",
		`https://api.acme.com/"`:          "escape other characters",
		"https://api.acme.com/{id}":       "escape other characters",
		"https://m\u00fcnchen.example/":   "ASCII form",
	} {
		_, err := ParseURL(text)
		if wrong == "" {
			assert.NoError(t, err, text)
			continue
		}
		require.ErrorContains(t, err, wrong, text)
		assert.NotContains(t, err.Error(), "pw")
	}
}

func TestParseKind(t *testing.T) {
	t.Parallel()
	for _, k := range Kinds() {
		found, err := ParseKind(k.Name, k.Type)
		require.NoError(t, err)
		assert.Equal(t, k, found)
	}
	_, err := ParseKind("soap", Source)
	require.EqualError(t, err, `there is no kind "soap" of a source; choose from rest, graphql, custom`)
	_, err = ParseKind("rest", Destination)
	require.EqualError(t, err, "the kind rest is one of a source, and the name says destination; "+
		"choose from sql, loader, or begin the name with source-")
}
