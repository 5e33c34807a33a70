package http_test

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"strings"

	"github.com/airbyte-go/cdk/http"
)

// cut prints the records in a body.
func cut(records http.Extractor, body string) {
	_, err := records.Cut(strings.NewReader(body), nil, func(record []byte) error {
		fmt.Println(string(record))
		return nil
	})
	if err != nil {
		fmt.Println(err)
	}
}

// A * stands for all members or elements, a ? says that a member may be missing.
func ExampleField_wildcard() {
	cut(http.Field("groups.*.users?"), `{"groups":{"a":{"users":[{"id":1},{"id":2}]},"b":{}}}`)
	// Output:
	// {"id":1}
	// {"id":2}
}

func ExampleFields() {
	cut(http.Fields("added", "modified"), `{"added":[{"id":1}],"modified":[{"id":2}],"removed":[]}`)
	// Output:
	// {"id":1}
	// {"id":2}
}

func ExampleKeyed() {
	cut(http.Keyed("rates", "currency"), `{"rates":{"EUR":{"rate":1},"USD":{"rate":1.16}}}`)
	// Output:
	// {"currency":"EUR","rate":1}
	// {"currency":"USD","rate":1.16}
}

func ExampleJSONLines() {
	cut(http.JSONLines(), "{\"id\":1}\n\n{\"id\":2}\n")
	// Output:
	// {"id":1}
	// {"id":2}
}

func ExampleLines() {
	cut(http.Lines("url"), "https://example.com/a\nhttps://example.com/b\n")
	// Output:
	// {"url":"https://example.com/a"}
	// {"url":"https://example.com/b"}
}

// Tab-separated values under a title; an empty field stays out of its record.
func ExampleCSV() {
	table := http.CSV{Comma: '\t', Skip: 1, Empty: http.EmptyMissing}
	cut(table, "Report of today\nid\tname\n1\t\"Ann \"\"A\"\" B\"\n2\t\n")
	// Output:
	// {"id":"1","name":"Ann \"A\" B"}
	// {"id":"2"}
}

func ExampleXML() {
	orders := http.XML{Record: "orders.order", Lists: []string{"line"}}
	cut(orders, `<orders>
		<order id="1"><total currency="EUR">9.50</total><line>tea</line></order>
		<order id="2"><total currency="EUR">3</total><line>milk</line><line>bread</line></order>
	</orders>`)
	// Output:
	// {"@id":"1","total":{"@currency":"EUR","#text":"9.50"},"line":["tea"]}
	// {"@id":"2","total":{"@currency":"EUR","#text":"3"},"line":["milk","bread"]}
}

func ExampleGzip() {
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	_, _ = io.WriteString(w, "id,name\n1,Ann\n")
	_ = w.Close()
	cut(http.Gzip(http.CSV{}), packed.String())
	// Output: {"id":"1","name":"Ann"}
}

func ExampleZip() {
	var packed bytes.Buffer
	archive := zip.NewWriter(&packed)
	for _, name := range []string{"events/1.jsonl", "events/2.jsonl", "README"} {
		w, _ := archive.Create(name)
		_, _ = fmt.Fprintf(w, "{\"file\":%q}\n", name)
	}
	_ = archive.Close()
	cut(http.Zip(http.JSONLines(), "*.jsonl"), packed.String())
	// Output:
	// {"file":"events/1.jsonl"}
	// {"file":"events/2.jsonl"}
}
