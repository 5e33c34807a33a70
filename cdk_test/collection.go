package cdktest

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/airbyte-go/cdk/internal/jsonraw"
	"github.com/airbyte-go/cdk/internal/transcript"
)

// Collection is what [API.Collection] serves: records that can be filtered by a cursor and come
// in pages. The zero value of every field is usable.
type Collection struct {
	// Records are JSON objects, served in this order.
	Records []string
	// PageSize is the number of records on a page. Zero means that they are all on one.
	PageSize int
	// Page is the text of a page. {records} stands for the array of its records and {next} for
	// the token of the next page, as in `{"data":{records},"next":"{next}"}`. Defaults to
	// {records}.
	Page string

	// Field is the dotted path of the records' cursor field, by which Since and Until filter: a
	// time in RFC 3339, an integer or, in another format, text in alphabetical order.
	Field string
	// Since is the query parameter with the lower bound. Empty means that there is none; where a
	// request does not have it, nothing is filtered.
	Since string
	// Until is the query parameter with the upper bound; see Since.
	Until string
	// SinceExclusive leaves out the records at the lower bound itself.
	SinceExclusive bool
	// UntilExclusive leaves out the records at the upper bound itself.
	UntilExclusive bool
}

const recordsPlaceholder = "{records}"

// Collection serves a small honest API at path: it filters by the bounds in the request and cuts
// what is left into pages, which are asked for as [API.Pages] says. The same request always gets
// the same answer. A page after the last one is empty. A bound that cannot be compared with the
// records fails the test.
func (a *API) Collection(path string, c Collection) *API {
	a.t.Helper()
	c.Records = slices.Clone(c.Records)
	c.Page = cmp.Or(c.Page, recordsPlaceholder)
	if err := c.validate(); err != nil {
		a.t.Fatalf("The collection at %s cannot be served: %v.", path, err)
	}
	return a.Handle(exactly(path), pagedRoute{a, c.page})
}

func (c Collection) validate() error {
	for i, record := range c.Records {
		isObject, _ := jsonraw.EmptyObject([]byte(record))
		if err := jsonraw.Valid([]byte(record)); err != nil || !isObject {
			return fmt.Errorf("record %d is not a JSON object: %s", i+1,
				transcript.Clip(record))
		}
	}
	switch {
	case c.PageSize < 0:
		return errors.New("its PageSize is negative")
	case !strings.Contains(c.Page, recordsPlaceholder):
		return fmt.Errorf("its Page has no place for %s", recordsPlaceholder)
	case c.Field == "" && (c.Since != "" || c.Until != ""):
		return errors.New("it has no Field to compare Since and Until with")
	}
	return nil
}

// page is the page of a [pagedRoute].
func (c Collection) page(query url.Values, number int) (text string, more bool, err error) {
	records, err := c.filter(query)
	if err != nil {
		return "", false, err
	}
	size := cmp.Or(c.PageSize, max(len(records), 1))
	from := min((number-1)*size, len(records))
	to := min(from+size, len(records))
	more = to < len(records)
	text = strings.ReplaceAll(c.Page, nextPlaceholder, tokenAfter(number, more))
	array := "[" + strings.Join(records[from:to], ",") + "]"
	return strings.ReplaceAll(text, recordsPlaceholder, array), more, nil
}

// filter returns the records within the bounds of a request. A record without the field is
// outside of every bound.
func (c Collection) filter(query url.Values) (within []string, err error) {
	for _, record := range c.Records {
		value := fieldText(record, c.Field)
		after, err := beyond(query, c.Since, value, 1, c.SinceExclusive)
		if err != nil {
			return nil, err
		}
		before, err := beyond(query, c.Until, value, -1, c.UntilExclusive)
		if err != nil {
			return nil, err
		}
		if after && before {
			within = append(within, record)
		}
	}
	return within, nil
}

// beyond reports whether a value lies in the given direction of the bound in a parameter, or on
// it.
func beyond(
	query url.Values, param, value string, direction int, exclusive bool,
) (bool, error) {
	if param == "" || !query.Has(param) {
		return true, nil
	}
	if value == "" {
		return false, nil
	}
	order, err := compareText(value, query.Get(param))
	if err != nil {
		return false, fmt.Errorf("its %s: %w", param, err)
	}
	return order == direction || order == 0 && !exclusive, nil
}

// fieldText is the value at the path of a record, without quotes; empty where there is none.
func fieldText(record, path string) string {
	raw, ok := jsonraw.Member([]byte(record), strings.Split(path, "."))
	if !ok || bytes.Equal(raw, []byte("null")) {
		return ""
	}
	if text, ok := jsonraw.Unquote(raw); ok {
		return text
	}
	return string(raw)
}

// compareText orders two values of the same kind.
func compareText(value, bound string) (int, error) {
	n, valueIsInt := integer(value)
	m, boundIsInt := integer(bound)
	at, valueIsTime := instant(value)
	then, boundIsTime := instant(bound)
	switch {
	case valueIsInt && boundIsInt:
		return cmp.Compare(n, m), nil
	case valueIsTime && boundIsTime:
		return at.Compare(then), nil
	case valueIsInt || valueIsTime || bound == "":
		return 0, fmt.Errorf("%q cannot be compared with %q, the value of a record", bound, value)
	}
	return strings.Compare(value, bound), nil
}

func integer(text string) (int64, bool) {
	n, err := strconv.ParseInt(text, 10, 64)
	return n, err == nil
}

func instant(text string) (time.Time, bool) {
	t, err := time.Parse(time.RFC3339Nano, text)
	return t, err == nil
}
