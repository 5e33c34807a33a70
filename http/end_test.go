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

// values is what a page holds at some paths: path, JSON, path, JSON, and so on.
func values(pairs ...string) map[string]json.RawMessage {
	found := map[string]json.RawMessage{}
	for i := 0; i < len(pairs); i += 2 {
		found[pairs[i]] = json.RawMessage(pairs[i+1])
	}
	return found
}

func TestPaginatorsStop(t *testing.T) {
	t.Parallel()
	more := PageNumber{Start: 1, Size: 2, More: "m.more", Total: "t"}
	pages := PageNumber{Start: 1, Size: 2, Pages: "pages"}
	total := PageNumber{Size: 2, Total: "t"}
	offsets := Offset{Size: 2, Total: "t"}
	after := After{Field: "id", Param: "after", Size: 2}
	token := NextToken{At: "next", Param: "c", More: "more"}
	ids := []byte(`{"id":7}`)
	for _, tt := range []struct {
		name string
		p    Paginator
		page Page
		want string
	}{
		{"more", more, Page{Token: "3", Count: 1, Values: values("m.more", "true")}, "4"},
		{"more on an empty page", more, Page{Values: values("m.more", "true")}, "2"},
		{"no more", more, Page{Count: 2, Values: values("m.more", "false")}, ""},
		{"no more said", more, Page{Count: 2, Values: values("t", "100")}, ""},
		{"pages", pages, Page{Token: "2", Count: 2, Values: values("pages", "3")}, "3"},
		{"a short page", pages, Page{Token: "2", Count: 1, Values: values("pages", "3")}, "3"},
		{"last of pages", pages, Page{Token: "3", Count: 2, Values: values("pages", "3")}, ""},
		{"pages as text", pages, Page{Token: "3", Count: 2, Values: values("pages", `"4"`)}, "4"},
		{"no pages at all", pages, Page{Values: values("pages", "0")}, ""},
		{"pages unknown", pages, Page{Token: "3", Count: 2, Values: values("pages", "null")}, "4"},
		{"pages unknown, short", pages, Page{Token: "3", Count: 1}, ""},
		{"total", total, Page{Token: "0", Count: 2, Values: values("t", "5")}, "1"},
		{"total, a short page", total, Page{Token: "1", Count: 1, Values: values("t", "5")}, "2"},
		{"total reached", total, Page{Token: "2", Count: 1, Values: values("t", "5")}, ""},
		{"total, empty page", total, Page{Token: "1", Values: values("t", "5")}, ""},
		{"total unknown", total, Page{Token: "1", Count: 1}, ""},
		{"offset, total", offsets, Page{Count: 2, Values: values("t", "3")}, "2"},
		{"offset, total reached", offsets, Page{Token: "2", Count: 1, Values: values("t", "3")},
			""},
		{"offset, empty", offsets, Page{Token: "2", Values: values("t", "3")}, ""},
		{"offset, more", Offset{Size: 9, More: "m"}, Page{Count: 4, Values: values("m", "true")},
			"4"},
		{"offset, more on an empty page", Offset{Size: 9, More: "m"},
			Page{Token: "18", Values: values("m", "true")}, "27"},
		{"key", after, Page{Count: 2, Last: ids}, "7"},
		{"key, a short page", after, Page{Count: 1, Last: ids}, ""},
		{"key, an empty page", After{Field: "id", More: "more"},
			Page{Values: values("more", "true")}, ""},
		{"key, more", After{Field: "a.b", Size: 9, More: "more"},
			Page{Count: 1, Values: values("more", "true"), Last: []byte(`{"a":{"b":"x\u0041"}}`)},
			"xA"},
		{"token", token, Page{Values: values("next", `"x"`, "more", "true")}, "x"},
		{"token of the last page", token, Page{Values: values("next", `"x"`, "more", "false")}, ""},
	} {
		next, err := tt.p.Next(tt.page)
		require.NoError(t, err, tt.name)
		assert.Equal(t, tt.want, next, tt.name)
	}
	assert.Equal(t, []string{"m.more", "t"}, more.Want())
	assert.Equal(t, []string{"t"}, offsets.Want())
	assert.Equal(t, []string{"next", "more"}, token.Want())
	assert.Empty(t, after.Want())
}

func TestPaginatorsRefuseOddValues(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		p    Paginator
		page Page
		want string
	}{
		{Offset{More: "m"}, Page{Values: values("m", `"yes"`)}, `The value at "m" of the answer ` +
			`is a string, but the Pages of the stream expect true or false there. Check the path.`},
		{Offset{More: "m"}, Page{Values: values("m", `1`)}, `The value at "m" of the answer is a ` +
			`number, but the Pages of the stream expect true or false there. Check the path.`},
		{Offset{Total: "m"}, Page{Count: 1, Values: values("m", `[1]`)}, `The value at "m" of the ` +
			`answer is an array, but the Pages of the stream expect a whole number there. Check ` +
			`the path.`},
		{PageNumber{Pages: "m"}, Page{Count: 1, Values: values("m", `1.5`)}, `The value at "m" of ` +
			`the answer is a number, but the Pages of the stream expect a whole number there. ` +
			`Check the path.`},
		{PageNumber{Total: "m"}, Page{Count: 1}, "The PageNumber of the stream has a Total but " +
			"no Size, so the number of pages is unknown. Give the Size."},
		{Offset{}, Page{Token: "x", Count: 1}, `The page token "x" is not a number.`},
		{NextToken{At: "n", More: "m"}, Page{Values: values("m", `{}`)}, `The value at "m" of the ` +
			`answer is an object, but the Pages of the stream expect true or false there. Check ` +
			`the path.`},
		{After{Field: "id"}, Page{Count: 1}, `The last record of a page is larger than 1 MiB, so ` +
			`the After of the stream cannot look for its key "id".`},
		{After{Field: "id"}, Page{Count: 1, Last: []byte(`{"a":1}`)}, `The last record of a page ` +
			`has no "id", after which the next page is asked for. Check the Field of the stream's ` +
			`After.`},
		{After{Field: "id"}, Page{Count: 1, Last: []byte(`{"id":null}`)}, `The key "id" of the last ` +
			`record on a page is null, after which no page can be asked for: it must be a string ` +
			`or a number. Check the Field of the stream's After.`},
		{After{Field: "id"}, Page{Count: 1, Last: []byte(`{"id":""}`)}, `The key "id" of the last ` +
			`record on a page is empty, after which no page can be asked for: it must be a string ` +
			`or a number. Check the Field of the stream's After.`},
	} {
		_, err := tt.p.Next(tt.page)
		requireError(t, err, protocol.SystemError, tt.want)
	}
}

func TestPaginatorsThatAreCapped(t *testing.T) {
	t.Parallel()
	next, err := Offset{Max: 1000}.Next(Page{Token: "900", Count: 100})
	require.NoError(t, err)
	assert.Equal(t, "1000", next)
	_, err = Offset{Max: 1000}.Next(Page{Token: "1000", Count: 100})
	require.ErrorIs(t, err, errCapReached)
	next, err = Offset{Max: 1000, Size: 100}.Next(Page{Token: "1000", Count: 99})
	require.NoError(t, err)
	assert.Empty(t, next, "the last page needs no restart")
	_, err = PageNumber{Start: 1, Max: 10}.Next(Page{Token: "10", Count: 100})
	require.ErrorIs(t, err, errCapReached)
}

func TestUntil(t *testing.T) {
	t.Parallel()
	p := Until(NextToken{At: "next", Param: "c"}, func(p Page) bool {
		return string(p.Values["state"]) == `"done"`
	}, "state", "next")
	assert.Equal(t, []string{"next", "state"}, p.Want())
	assert.Equal(t, "records?c=x&type=a", apply(p, "x"))
	next, err := p.Next(Page{Values: values("next", `"x"`, "state", `"busy"`)})
	require.NoError(t, err)
	assert.Equal(t, "x", next)
	next, err = p.Next(Page{Values: values("next", `"x"`, "state", `"done"`)})
	require.NoError(t, err)
	assert.Empty(t, next)
}

func TestNextTokenInAHeader(t *testing.T) {
	t.Parallel()
	n := NextToken{Header: "x-next", Param: "c", More: "more"}
	assert.Equal(t, []string{"more"}, n.Want())
	page := Page{Header: nethttp.Header{"X-Next": {"abc"}}, Values: values("more", "true")}
	next, err := n.Next(page)
	require.NoError(t, err)
	assert.Equal(t, "abc", next)
	page.Header = nil
	next, err = n.Next(page)
	require.NoError(t, err)
	assert.Empty(t, next)
}

func TestParametersInTheBody(t *testing.T) {
	t.Parallel()
	body := func(p Paginator, token string, base any) string {
		r := &Request{Query: url.Values{"q": {"x"}}, Header: nethttp.Header{}, Body: base}
		p.Apply(r, token)
		assert.Equal(t, "q=x", r.Query.Encode())
		text, err := encodeBody(r.Body)
		require.NoError(t, err)
		return string(text.data)
	}
	assert.JSONEq(t, `{"page":{"number":3,"size":50}}`, body(InBody(PageNumber{
		Param: "page.number", Size: 50, SizeParam: "page.size"}), "3", nil))
	assert.JSONEq(t, `{"query":"<a>","options":{"expand":true,"cursor":"12"}}`,
		body(InBody(NextToken{At: "next", Param: "options.cursor"}), "12",
			json.RawMessage(`{"query":"<a>","options":{"expand":true}}`)))
	assert.JSONEq(t, `{"after":"7","limit":10}`, body(InBody(Until(After{Field: "id",
		Param: "after", Size: 10, SizeParam: "limit"}, nil)), "7", map[string]any{"after": 1}))
	assert.Empty(t, body(InBody(NextToken{At: "next", Param: "cursor"}), "", nil))

	r := &Request{Query: url.Values{}, Header: nethttp.Header{}, Body: []int{1}}
	InBody(Offset{}).Apply(r, "3")
	_, err := encodeBody(r.Body)
	require.ErrorContains(t, err, `The paginator's parameter "offset" does not fit into the Body `+
		`of the stream: "offset" is no number of an element of an array.`)
}

func TestParametersInHeaders(t *testing.T) {
	t.Parallel()
	r := &Request{Query: url.Values{"q": {"x"}}, Header: nethttp.Header{}}
	InHeader(NextToken{At: "next", Param: "x-cursor"}).Apply(r, "abc")
	assert.Equal(t, "abc", r.Header.Get("X-Cursor"))
	assert.Equal(t, "q=x", r.Query.Encode())
	InHeader(NextToken{At: "next"}).Apply(r, "https://h/2")
	assert.Equal(t, "https://h/2", r.Path)
}

func TestStablePaginators(t *testing.T) {
	t.Parallel()
	token := NextToken{At: "next"}
	for _, p := range []Paginator{After{}, Lasting(token), Until(Lasting(token), nil),
		Lasting(InBody(token)), InHeader(InBody(After{}))} {
		assert.True(t, isStable(p), "%T", p)
	}
	for _, p := range []Paginator{nil, token, PageNumber{}, Offset{}, LinkHeader{},
		Until(InBody(token), nil)} {
		assert.False(t, isStable(p), "%T", p)
	}
}
