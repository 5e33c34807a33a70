package entry

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// nasty has a character for every kind of escape. Its second half starts with a euro sign.
const nasty = "p@ss \"wörd\"<&>/+=%~\\\n\u20ac?*" //house:utf8

func TestMaskForms(t *testing.T) {
	t.Parallel()
	asJSON := func(v any) string {
		text, err := json.Marshal(v)
		require.NoError(t, err)
		return string(text)
	}
	query := url.QueryEscape(nasty)
	tests := map[string]string{
		"as it is":            nasty,
		"query":               query,
		"query in lower case": lowerEscapes(query),
		"query with %20":      strings.ReplaceAll(query, "+", "%20"),
		"path segment":        url.PathEscape(nasty),
		"path":                (&url.URL{Path: nasty}).EscapedPath(),
		"user name":           url.User(nasty).String(),
		"password":            url.UserPassword("", nasty).String()[1:],
		"JSON":                inside(asJSON(nasty)),
		"JSON, not for HTML":  jsonEscape(nasty, false),
		"JSON in JSON":        inside(asJSON(inside(asJSON(nasty)))),
		"JSON of PHP":         strings.ReplaceAll(jsonEscape(nasty, false), "/", `\/`),
		"JSON in ASCII":       inside(strconv.QuoteToASCII(nasty)),
		"quoted by Go":        inside(strconv.Quote(nasty)),
		"JSON in a path":      inside(asJSON(url.PathEscape(nasty))),
		"JSON in JSON, quoted by Go": inside(strconv.Quote(
			inside(asJSON(inside(asJSON(nasty)))))),
		"JSON quoted by Go": inside(strconv.Quote(inside(asJSON(nasty)))),
		"base64":            base64.StdEncoding.EncodeToString([]byte(nasty)),
		"base64, unpadded":  base64.RawStdEncoding.EncodeToString([]byte(nasty)),
		"base64 for URLs":   base64.URLEncoding.EncodeToString([]byte(nasty)),
		"both":              base64.RawURLEncoding.EncodeToString([]byte(nasty)),
	}
	var m Mask
	m.Add(nasty)
	for name, form := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, `{"key": "****"}`, m.String(`{"key": "`+form+`"}`))
		})
	}
}

// TestMaskBase64OfMore has the secret inside of what is encoded, as basic authentication has. The
// digits at its edges belong to its neighbours, too, and may stay.
func TestMaskBase64OfMore(t *testing.T) {
	t.Parallel()
	var m Mask
	m.Add(nasty)
	for _, encoding := range []*base64.Encoding{base64.StdEncoding, base64.URLEncoding} {
		for _, before := range []string{"", "u:", "user:", "user1:", "another:"} {
			for _, after := range []string{"", "1", "12", "123"} {
				text := encoding.EncodeToString([]byte(before + nasty + after))
				got := m.String(text)
				start, end, hidden := strings.Cut(got, "****")
				require.True(t, hidden, text)
				assert.LessOrEqual(t, len(start), len(before)*4/3+1, "%s became %s", text, got)
				assert.LessOrEqual(t, len(end), len(after)*4/3+4, "%s became %s", text, got)
			}
		}
	}
}

func TestMaskString(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("line of a long key\n", 1000) + strings.Repeat("\u20ac", longestPiece)
	odd := strings.Repeat("\x80\x81\x82\x83\x84", longestPiece)
	tests := map[string]struct {
		secrets    []string
		text, want string
	}{
		"no secrets":       {nil, "a token", "a token"},
		"empty text":       {[]string{"token"}, "", ""},
		"several times":    {[]string{"token"}, "token, token; tokens", "****, ****; ****s"},
		"side by side":     {[]string{"token"}, "tokentoken", "****"},
		"too short":        {[]string{"tok", "\"\"\"", ""}, "tok \"\"\"", "tok \"\"\""},
		"just long enough": {[]string{"toke"}, "token", "****n"},
		"three wide characters": {
			[]string{"\u20ac\u20ac\u20ac"}, "\u20ac\u20ac\u20ac", "\u20ac\u20ac\u20ac",
		},
		"the longer one":       {[]string{"token", "tokens"}, "tokens token", "**** ****"},
		"one inside the other": {[]string{"a-token-b", "token"}, "a-token-b", "****"},
		"overlapping":          {[]string{"abcdef", "defghi"}, "xabcdefghiy", "x****y"},
		"overlapping itself":   {[]string{"abab!abab"}, "abab!abab!abab", "****"},
		"start of the longer": {
			[]string{"token", "token-of-mine"}, "token-of-yours", "****-of-yours",
		},
		"line break pasted": {[]string{" token\n"}, "token=token", "****=****"},
		"a line of a key": {
			[]string{"BEGIN\nMIIEvQIBADANBgkq\nEND"}, "x MIIEvQIBADANBgkq", "x ****",
		},
		"longer than a piece":    {[]string{long}, "a" + long + "b", "a****b"},
		"a bit more than one":    {[]string{long[:longestPiece+2]}, long[:longestPiece+2], "****"},
		"long and no text":       {[]string{odd}, odd + odd, "****"},
		"escaped and long":       {[]string{long}, inside(strconv.Quote(long)), "****"},
		"stars":                  {[]string{"*****"}, "a*****b", "a****b"},
		"number":                 {[]string{"20241122"}, `{"pin":20241122}`, `{"pin":****}`},
		"bytes that are no text": {[]string{"\xff\xfe\xfd\xfc"}, "a\xff\xfe\xfd\xfcb", "a****b"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var m Mask
			m.Add(test.secrets...)
			assert.Equal(t, test.want, m.String(test.text))
		})
	}
}

func inside(quoted string) string { return quoted[1 : len(quoted)-1] }

func TestMaskIsSafeForConcurrentUse(t *testing.T) {
	t.Parallel()
	var m Mask
	var group sync.WaitGroup
	for i := range 8 {
		group.Go(func() {
			secret := fmt.Sprintf("secret-%d", i)
			m.Add(secret)
			assert.Equal(t, "a **** b", m.String("a "+secret+" b"), "hidden as soon as Add returns")
		})
	}
	group.Wait()
	assert.Equal(t, "**** ****", m.String("secret-0 secret-7"))
}

func TestMaskWriter(t *testing.T) {
	t.Parallel()
	var m Mask
	m.Add("password", "aaaa")
	tests := map[string]struct {
		pieces []string
		passed []string // after each piece, what is out
		want   string   // in the end
	}{
		"whole": {[]string{"my password!\n"}, []string{"my ****!\n"}, "my ****!\n"},
		"split": {[]string{"my pass", "word!"}, []string{"my ", "my ****!"}, "my ****!"},
		"other end": {
			[]string{"my pass", "ion"}, []string{"my ", "my passion"}, "my passion",
		},
		"byte by byte": {strings.Split("password", ""), nil, "****"},
		"cut off":      {[]string{"my pass"}, []string{"my "}, "my pass"},
		"nothing":      {[]string{"", ""}, []string{"", ""}, ""},
		"runs on": {
			[]string{"aaaaa", "aaaaa", "b"}, []string{"****", "****", "****b"}, "****b",
		},
		"runs on and off": {
			[]string{"aaaa", "ab", "aaa"}, []string{"****", "****b", "****b"}, "****baaa",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var out bytes.Buffer
			w := &maskWriter{mask: &m, to: &out}
			for i, piece := range test.pieces {
				n, err := w.Write([]byte(piece))
				require.NoError(t, err)
				require.Equal(t, len(piece), n)
				if test.passed != nil {
					assert.Equal(t, test.passed[i], out.String())
				}
			}
			require.NoError(t, w.Close())
			assert.Equal(t, test.want, out.String())
		})
	}
}

// TestMaskWriterHoldsLittle writes an endless secret: what is held back must not grow with it.
func TestMaskWriterHoldsLittle(t *testing.T) {
	t.Parallel()
	var m Mask
	m.Add("aaaa")
	w := &maskWriter{mask: &m, to: new(bytes.Buffer)}
	for range 100 {
		_, err := w.Write(bytes.Repeat([]byte("a"), 1000))
		require.NoError(t, err)
		require.Less(t, len(w.scan.held), 100)
	}
}

// FuzzMask checks that no form of the secret is left in a text, in one piece and in two.
func FuzzMask(f *testing.F) {
	f.Add(nasty, "before ", " after", 9)
	f.Add("token", "tok", "en", 4)
	f.Add("aaaa", "aaa", "aaab", 2)
	f.Add("\xff\xfe\xfd\xfc!", "\xff", "\xfe", 1)
	f.Fuzz(func(t *testing.T, secret, before, after string, cut int) {
		var m Mask
		m.Add(secret)
		for _, form := range append(formsOf(secret), secret) {
			text := before + form + after
			got := m.String(text)
			// Stars that are part of the secret can meet ours and spell it anew.
			if len([]rune(form)) >= shortestSecret && !strings.Contains(form, "*") {
				require.NotContains(t, got, form)
			}
			require.Equal(t, got, writeInTwo(t, &m, text, cut))
		}
	})
}

func writeInTwo(t *testing.T, m *Mask, text string, cut int) string {
	t.Helper()
	cut = min(max(cut, 0), len(text))
	var out strings.Builder
	w := &maskWriter{mask: m, to: &out}
	for _, piece := range []string{text[:cut], text[cut:]} {
		_, err := w.Write([]byte(piece))
		require.NoError(t, err)
	}
	require.NoError(t, w.Close())
	return out.String()
}
