package cdktest

import (
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// letters is a collection whose records are told apart by their letter.
func letters(values ...string) Collection {
	c := Collection{Field: "at.v", Since: "since", Until: "until", Page: "{records}"}
	for i, value := range values {
		c.Records = append(c.Records, `{"l":"`+string(rune('a'+i))+`","at":{"v":`+value+`}}`)
	}
	return c
}

// spell returns the letters on all pages, with a bar after each page.
func spell(t *testing.T, c Collection, query string) string {
	t.Helper()
	values, err := url.ParseQuery(query)
	require.NoError(t, err)
	var text strings.Builder
	for number, more := 1, true; more; number++ {
		var page string
		page, more, err = c.page(values, number)
		require.NoError(t, err)
		for _, record := range c.Records {
			if strings.Contains(page, record) {
				text.WriteString(fieldText(record, "l"))
			}
		}
		text.WriteString("|")
	}
	return text.String()
}

func TestCollectionFilters(t *testing.T) {
	t.Parallel()
	times := letters(
		`"2026-01-01T00:00:00Z"`, `"2026-01-02T01:00:00+01:00"`, `"2026-01-03T00:00:00Z"`, `null`)
	numbers := letters(`9`, `10`, `"11"`)
	dates := letters(`"2026-01-01"`, `"2026-01-02"`)
	for _, test := range []struct {
		c                    Collection
		query                string
		inclusive, exclusive string
	}{
		{times, "", "abcd|", "abcd|"},
		{times, "since=2026-01-02T00:00:00Z", "bc|", "c|"},
		{times, "since=2026-01-02T00:00:00.000000001Z", "c|", "c|"},
		{times, "until=2026-01-02T00:00:00Z", "ab|", "a|"},
		{times, "since=2026-01-02T00:00:00Z&until=2026-01-02T00:00:00Z", "b|", "|"},
		{times, "since=2027-01-01T00:00:00Z", "|", "|"},
		{numbers, "since=10", "bc|", "c|"},
		{numbers, "until=10", "ab|", "a|"},
		{dates, "since=2026-01-02", "b|", "|"},
	} {
		t.Run(test.query, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, test.inclusive, spell(t, test.c, test.query))
			c := test.c
			c.SinceExclusive, c.UntilExclusive = true, true
			assert.Equal(t, test.exclusive, spell(t, c, test.query))
		})
	}
}

func TestCollectionRefusesBounds(t *testing.T) {
	t.Parallel()
	for query, c := range map[string]Collection{
		"since=":           letters(`"2026-01-01"`),
		"since=2026-01-01": letters(`"2026-01-01T00:00:00Z"`),
		"until=x":          letters(`1`),
	} {
		values, err := url.ParseQuery(query)
		require.NoError(t, err)
		_, _, err = c.page(values, 1)
		assert.ErrorContains(t, err, "cannot be compared", query)
	}
}

func TestCollectionPages(t *testing.T) {
	t.Parallel()
	c := letters(`1`, `2`, `3`, `4`, `5`)
	c.PageSize = 2
	assert.Equal(t, "ab|cd|e|", spell(t, c, ""))
	assert.Equal(t, "cd|", spell(t, c, "since=3&until=4"))
	assert.Equal(t, "|", spell(t, c, "since=6"))
	for number, want := range map[int]string{
		1: `{"data":[{"l":"a","at":{"v":1}},{"l":"b","at":{"v":2}}],"next":"next-page-2"}`,
		3: `{"data":[{"l":"e","at":{"v":5}}],"next":""}`,
		4: `{"data":[],"next":""}`,
	} {
		c.Page = `{"data":{records},"next":"{next}"}`
		page, more, err := c.page(nil, number)
		require.NoError(t, err)
		assert.Equal(t, want, page)
		assert.Equal(t, number == 1, more)
	}
}

// TestCollectionLeavesRecordsAlone has records that look like a template.
func TestCollectionLeavesRecordsAlone(t *testing.T) {
	t.Parallel()
	c := Collection{Records: []string{`{"a":"{next}{records}"}`}, Page: recordsPlaceholder}
	page, _, err := c.page(nil, 1)
	require.NoError(t, err)
	assert.Equal(t, `[{"a":"{next}{records}"}]`, page)
}
