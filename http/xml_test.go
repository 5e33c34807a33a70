package http

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/airbyte-go/cdk/internal/jsonraw"
)

func TestXML(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		x    XML
		body string
		want []string
	}{
		{"text", XML{Record: "feed.entry"}, `<?xml version="1.0" encoding="UTF-8"?>
			<!DOCTYPE feed><feed><!-- two --><entry><id>1</id><t> a &amp; <![CDATA[<b>]]> </t>
			</entry>
			<entry><id>2</id><t/></entry><other><entry><id>3</id></entry></other></feed>`,
			[]string{`{"id":"1","t":"a & <b>"}`, `{"id":"2","t":null}`}},
		{"attributes", XML{Record: "r"}, `<r xmlns="u" xmlns:x="v" id="1" x:y="2">text<a b="c">d</a>` +
			`<e f=""/></r>`,
			[]string{`{"@id":"1","@x:y":"2","a":{"@b":"c","#text":"d"},"e":{"@f":""},"#text":"text"}`}},
		{"repeated", XML{Record: "r.i"}, `<r><i><a>1</a><b>2</b><a>3</a><dc:a>4</dc:a></i></r>`,
			[]string{`{"a":["1","3"],"b":"2","dc:a":"4"}`}},
		{"lists", XML{Record: "r.i", Lists: []string{"a", "n.b"}},
			`<r><i><a>1</a><n><b><c>2</c></b></n></i></r>`,
			[]string{`{"a":["1"],"n":{"b":[{"c":"2"}]}}`}},
		{"no members", XML{Record: "r.items.item"}, `<r><items/></r>`, nil},
		{"no list", XML{Record: "r.items?.item"}, `<r/>`, nil},
		{"wildcards", XML{Record: "*.*.i"}, `<r><x><i>1</i></x><y><i>2</i></y></r>`,
			[]string{`{"#text":"1"}`, `{"#text":"2"}`}},
		{"empty records", XML{Record: "r.i"}, `<r><i/><i> </i><i>x</i></r>`, []string{
			`{"#text":"x"}`}},
		{"latin-1", XML{Record: "r"}, "<?xml version=\"1.0\" " +
			"encoding=\"ISO-8859-1\"?><r><a>\xe9</a></r>",
			[]string{"{\"a\":\"\u00e9\"}"}},
	} {
		for _, r := range []io.Reader{
			strings.NewReader(tt.body), iotest.OneByteReader(strings.NewReader(tt.body)),
		} {
			records, found, err := cutAll(tt.x, r)
			require.NoError(t, err, tt.name)
			assert.Equal(t, tt.want, records, tt.name)
			assert.Empty(t, found)
		}
	}
}

func TestXMLWithManyNames(t *testing.T) {
	t.Parallel()
	var body strings.Builder
	for i := range 200 {
		fmt.Fprintf(&body, "<e%d>%d</e%d>", i%100, i, i%100)
	}
	records, _, err := cutAll(XML{Record: "r"}, strings.NewReader("<r>"+body.String()+"</r>"))
	require.NoError(t, err)
	var record map[string][]string
	require.NoError(t, json.Unmarshal([]byte(records[0]), &record))
	assert.Len(t, record, 100)
	assert.Equal(t, []string{"17", "117"}, record["e17"])
}

func TestXMLHoldsValuesForThePaginator(t *testing.T) {
	t.Parallel()
	body := `<r page="3"><meta><next>x</next><next>y</next><end/></meta><link href="?p=4"/>` +
		`<items><item><next>no</next></item></items></r>`
	records, found, err := cutAll(XML{Record: "r.items.item"}, strings.NewReader(body),
		"r.meta.next", "r.@page", "r.link.@href", "r.meta.end", "r.none")
	require.NoError(t, err)
	assert.Equal(t, []string{`{"next":"no"}`}, records)
	assert.Equal(t, values("r.meta.next", `"x"`, "r.@page", `"3"`, "r.link.@href", `"?p=4"`,
		"r.meta.end", `null`), found)
	_, _, err = cutAll(XML{Record: "r.items.item"}, strings.NewReader(body), "r.items")
	require.EqualError(t, err, `the records lie at "r.items.item", so the paginator cannot take a `+
		`value from "r.items"`)
	_, _, err = cutAll(XML{Record: "r"}, strings.NewReader(body), "")
	require.ErrorIs(t, err, errWantsNowhere)
}

func TestXMLSaysWhereItIsWrong(t *testing.T) {
	t.Parallel()
	deep := strings.Repeat("<a>", maxXMLDepth+1)
	for _, tt := range []struct{ record, body, want string }{
		{"", `<r/>`, "the XML of the stream has no Record, the path of its records"},
		{"r", ``, "the answer is empty, where XML was expected"},
		{"feed.x.entry", `<feed><y/></feed>`, `the answer has no records at "feed.x.entry": it has ` +
			`no element "feed.x"`},
		{"feed.entry", `<error>no</error>`, `the answer has no records at "feed.entry": it has no ` +
			`element "feed"`},
		{"r.a", "<r>\n<a></b></r>", "the answer is not valid XML on line 2, column 8: the " +
			"element " +
			"</b> closes none that is open"},
		{"r.a", "<r></r></r>", "the answer is not valid XML on line 1, column 12: the element " +
			"</r> " +
			"closes none that is open"},
		{"r.a", "<r></r><r/>", "the answer is not valid XML on line 1, column 12: a second " +
			"outermost " +
			"element begins"},
		{"r.a", "<r></r>x", "the answer is not valid XML on line 1, column 9: there is text " +
			"outside " +
			"of the outermost element"},
		{"r.a", "<r><a>&nbsp;</a></r>", `the answer is not valid XML on line 1, column 13: "invalid ` +
			`character entity &nbsp;"`},
		{"r.a", `<?xml version="1.0" encoding="koi8-r"?><r/>`, `xml: opening charset "koi8-r": the ` +
			`encoding "koi8-r" is not supported`},
		{"a", deep, fmt.Sprintf("the answer is not valid XML on line 1, column %d: its elements "+
			"are "+
			"more than 256 deep", len(deep)+1)},
		{"b", deep, fmt.Sprintf("the answer is not valid XML on line 1, column %d: its elements "+
			"are "+
			"more than 256 deep", len(deep)+1)},
	} {
		_, _, err := cutAll(XML{Record: tt.record}, strings.NewReader(tt.body))
		require.EqualError(t, err, tt.want)
	}
	whole := `<r a="b"><i><n>1</n></i><m>&lt;</m></r>`
	for n := 1; n < len(whole); n++ {
		_, _, err := cutAll(XML{Record: "r.i"}, strings.NewReader(whole[:n]), "r.m")
		require.ErrorIs(t, err, io.ErrUnexpectedEOF, whole[:n])
	}
	full := errors.New("full")
	_, err := XML{Record: "r"}.Cut(strings.NewReader("<r>1</r>"), nil, func([]byte) error {
		return full
	})
	require.ErrorIs(t, err, full)
}

func FuzzXML(f *testing.F) {
	for _, seed := range []string{
		`<r><i a="1">x<b/><b>y</b></i></r>`, `<r><i/><m n="o">p</m></r>`, `<r><i><![CDATA[x]]></i></r>`,
		`<?xml version="1.0" encoding="latin1"?><r>&#xe9;</r>`, `<r`, `<a:r xmlns:a="b"/>`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		x := XML{Record: "*.i", Lists: []string{"b"}}
		records, found, _ := cutAll(x, bytes.NewReader(body), "r.m.@n", "r.m")
		for _, r := range records {
			if jsonraw.Valid([]byte(r)) != nil || r[0] != '{' {
				t.Fatalf("%q: %q", body, r)
			}
		}
		for _, v := range found {
			if jsonraw.Valid(v) != nil {
				t.Fatalf("%q: %q", body, v)
			}
		}
	})
}
