package http

import (
	"encoding/json"
	nethttp "net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/airbyte-go/cdk/protocol"
)

// apply returns the request for a token as path and query.
func apply(p Paginator, token string) string {
	r := &Request{Path: "records", Query: url.Values{"type": {"a"}}, Header: nethttp.Header{}}
	p.Apply(r, token)
	return r.Path + "?" + r.Query.Encode()
}

func TestPageNumber(t *testing.T) {
	t.Parallel()
	n := PageNumber{Start: 1, Size: 2, SizeParam: "per_page"}
	assert.Equal(t, "records?page=1&per_page=2&type=a", apply(n, ""))
	assert.Equal(t, "records?page=7&per_page=2&type=a", apply(n, "7"))
	assert.Equal(t, "records?p=0&type=a", apply(PageNumber{Param: "p", Size: 2}, ""))
	for _, tt := range []struct {
		n    PageNumber
		page Page
		want string
	}{
		{n, Page{Count: 2}, "2"},
		{n, Page{Token: "2", Count: 2}, "3"},
		{n, Page{Token: "2", Count: 1}, ""},
		{n, Page{Token: "2"}, ""},
		{PageNumber{}, Page{Count: 1}, "1"},
		{PageNumber{}, Page{Token: "9", Count: 1}, "10"},
		{PageNumber{}, Page{Token: "9"}, ""},
	} {
		next, err := tt.n.Next(tt.page)
		require.NoError(t, err)
		assert.Equal(t, tt.want, next, tt)
	}
	_, err := n.Next(Page{Token: "x", Count: 2})
	requireError(t, err, protocol.SystemError, `The page token "x" is not a number.`)
}

func TestOffset(t *testing.T) {
	t.Parallel()
	o := Offset{Size: 100, SizeParam: "limit"}
	assert.Equal(t, "records?limit=100&offset=0&type=a", apply(o, ""))
	assert.Equal(t, "records?limit=100&offset=200&type=a", apply(o, "200"))
	assert.Equal(t, "records?skip=0&type=a", apply(Offset{Param: "skip"}, ""))
	for _, tt := range []struct {
		o    Offset
		page Page
		want string
	}{
		{o, Page{Count: 100}, "100"},
		{o, Page{Token: "100", Count: 100}, "200"},
		{o, Page{Token: "100", Count: 99}, ""},
		{Offset{}, Page{Token: "10", Count: 3}, "13"},
		{Offset{}, Page{Token: "13"}, ""},
	} {
		next, err := tt.o.Next(tt.page)
		require.NoError(t, err)
		assert.Equal(t, tt.want, next, tt)
	}
}

func TestNextToken(t *testing.T) {
	t.Parallel()
	n := NextToken{At: "meta.next", Param: "cursor"}
	assert.Equal(t, []string{"meta.next"}, n.Want())
	assert.Equal(t, "records?type=a", apply(n, ""))
	assert.Equal(t, "records?cursor=x%3D%3D&type=a", apply(n, "x=="))
	assert.Equal(t, "https://h/v1?c=1?type=a", apply(n, "https://h/v1?c=1"))
	assert.Equal(t, "https://h/v1?c=1?type=a", apply(NextToken{At: "next"}, "https://h/v1?c=1"))

	page, err := url.Parse("https://h/v1/records?page=1")
	require.NoError(t, err)
	for _, tt := range []struct{ param, value, want string }{
		{"cursor", ``, ""},
		{"cursor", `null`, ""},
		{"cursor", `false`, ""},
		{"cursor", `""`, ""},
		{"cursor", `"a\u0062/="`, "ab/="},
		{"cursor", `12345678901234567890`, "12345678901234567890"},
		{"cursor", `-1`, "-1"},
		{"cursor", `"https://h/v1?c=1"`, "https://h/v1?c=1"},
		{"", `"https://h/v1?c=1"`, "https://h/v1?c=1"},
		{"", `"/v2?c=1"`, "https://h/v2?c=1"},
		{"", `"?page=2"`, "https://h/v1/records?page=2"},
		{"", `""`, ""},
	} {
		n := NextToken{At: "next", Param: tt.param}
		next, err := n.Next(Page{URL: page, Values: map[string]json.RawMessage{
			"next": json.RawMessage(tt.value)}})
		require.NoError(t, err)
		assert.Equal(t, tt.want, next, tt)
	}
	next, err := NextToken{At: "next"}.Next(Page{Values: map[string]json.RawMessage{
		"next": json.RawMessage(`"/v2"`)}}) // a test without a server
	require.NoError(t, err)
	assert.Equal(t, "/v2", next)
}

func TestNextTokenOfAnotherKind(t *testing.T) {
	t.Parallel()
	for value, kind := range map[string]string{
		`{"a":1}`: "an object", `["a"]`: "an array", `true`: "true or false",
	} {
		_, err := NextToken{At: "next"}.Next(Page{Values: map[string]json.RawMessage{
			"next": json.RawMessage(value)}})
		requireError(t, err, protocol.SystemError,
			`The next page's token at "next" is `+kind+`, but it must `+
				`be a string or a number. Check the At of the stream's Pages.`)
	}
	page := &url.URL{Scheme: "https", Host: "h"}
	_, err := NextToken{At: "next"}.Next(Page{URL: page, Values: map[string]json.RawMessage{
		"next": json.RawMessage(`"https://h:x/?key=SECRET"`)}})
	requireError(t, err, protocol.SystemError,
		`The link to the next page, "https://h:x/?...", is not a URL.`)
}

func TestLinkHeader(t *testing.T) {
	t.Parallel()
	assert.Equal(t, "records?type=a", apply(LinkHeader{}, ""))
	assert.Equal(t, "https://h/x?type=a", apply(LinkHeader{}, "https://h/x"))
	page, err := url.Parse("https://h/v1/records?page=1")
	require.NoError(t, err)
	for _, tt := range []struct {
		header []string
		want   string
	}{
		{nil, ""},
		{[]string{`<https://h/2>; rel="next"`}, "https://h/2"},
		{[]string{`<https://h/1>; rel="prev", <https://h/2>; rel="next", <https://h/9>; ` +
			`rel="last"`},
			"https://h/2"},
		{[]string{`<https://h/1>; rel=prev`, `<https://h/2>; rel=next`}, "https://h/2"},
		{[]string{`<https://h/a,b;c>; rel="prev"; title="x, <https://evil>; rel=\"next\"", ` +
			`</2>;rel=NEXT`},
			"https://h/2"},
		{[]string{`<?page=2>; title="a;b" ; REL = "last next" ; x`}, "https://h/v1/records?page=2"},
		{[]string{`<https://h/2>; rel="prev"; rel="next"`}, ""}, // RFC 8288: the first rel counts
		{[]string{`<https://h/2>; rel="nextpage"`}, ""},
		{[]string{`<https://h/2>`}, ""},
		{[]string{`<>; rel="next"`}, ""},
		{[]string{`https://h/2; rel="next"`}, ""},
		{[]string{`<https://h/2; rel="next"`}, ""},
		{[]string{`<https://h/2>; rel="next`}, "https://h/2"},
	} {
		next, err := LinkHeader{}.Next(Page{URL: page, Header: nethttp.Header{"Link": tt.header}})
		require.NoError(t, err)
		assert.Equal(t, tt.want, next, tt.header)
	}
}

func FuzzFindLink(f *testing.F) {
	for _, seed := range []string{
		`<https://h/2>; rel="next"`, `<a>; rel=prev, <b>; rel="x next"`, `<a>;;,;=;"\`, `<<>>`,
		`<a>;rel="\`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, header string) {
		findLink(header, "next") // must end and not panic
		if header == "" {
			return
		}
		if _, _, rest := cutLink(header); len(rest) >= len(header) {
			t.Fatalf("%q: nothing consumed", header)
		}
	})
}
