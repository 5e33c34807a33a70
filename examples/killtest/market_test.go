//go:build linux

package killtest_test

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	nethttp "net/http"
	"net/http/httptest"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/airbyte-go/cdk/examples/internal/shop"
)

// market serves a shop that grows between two syncs.
type market struct {
	options shop.Options
	before  shop.Stats       // of the shops before the one that is up
	known   map[string][]row // by collection and growth
	now     atomic.Pointer[shop.API]
	server  *httptest.Server
}

// atFirst is how many records each collection starts with.
const atFirst = 600

// openMarket opens it: unkind is how many of a thousand requests fail at random.
func openMarket(t *testing.T, unkind int) *market {
	t.Helper()
	m := &market{known: map[string][]row{}, options: shop.Options{
		Size: atFirst, PageSize: 500, Unkind: unkind,
		Opened: time.Now().UTC().Truncate(time.Hour).AddDate(-3, 0, 0),
	}}
	m.now.Store(shop.New(m.options))
	m.server = httptest.NewServer(m)
	t.Cleanup(m.server.Close)
	return m
}

// ServeHTTP implements [nethttp.Handler].
func (m *market) ServeHTTP(w nethttp.ResponseWriter, r *nethttp.Request) {
	m.now.Load().ServeHTTP(w, r)
}

// grow brings records and changes some. No sync may be under way.
func (m *market) grow() {
	m.before = m.stats()
	m.options.Growth++
	m.now.Store(shop.New(m.options))
}

// stats are the counts since the market has opened.
func (m *market) stats() shop.Stats {
	s := m.now.Load().Stats()
	s.Answered += m.before.Answered
	s.Refused += m.before.Refused
	s.Failed += m.before.Failed
	s.BrokenOff += m.before.BrokenOff
	s.Stalled += m.before.Stalled
	return s
}

func (m *market) growth() int { return m.options.Growth }

// config is the source's.
func (m *market) config(tb testing.TB) json.RawMessage {
	tb.Helper()
	text, err := json.Marshal(map[string]any{
		"api_key": shop.DefaultKey, "base_url": m.server.URL + "/v1/",
		"start_date": m.options.Opened,
	})
	require.NoError(tb, err)
	return text
}

// row is a record that the shop holds.
type row struct {
	updated time.Time
	text    string
}

// mostKnown is how many answers are kept: those of this growth, and of the one that is still shown.
const mostKnown = 8

// rows are the records of a collection after a number of growths, sorted by their texts.
func (m *market) rows(tb testing.TB, collection string, growth int) []row {
	tb.Helper()
	name := fmt.Sprint(collection, growth)
	rows, known := m.known[name]
	if !known {
		if len(m.known) == mostKnown {
			clear(m.known)
		}
		rows = m.ask(tb, collection, growth)
		slices.SortFunc(rows, func(a, b row) int { return cmp.Compare(a.text, b.text) })
		m.known[name] = rows
	}
	return rows
}

// ask reads a collection from an API that is not hostile.
func (m *market) ask(tb testing.TB, collection string, growth int) (rows []row) {
	tb.Helper()
	o := m.options
	o.Growth, o.Unkind = growth, 0
	api := shop.New(o)
	for cursor := ""; ; {
		request := httptest.NewRequestWithContext(tb.Context(), nethttp.MethodGet,
			fmt.Sprintf("/v1/%s?cursor=%s", collection, cursor), nil)
		request.Header.Set("Authorization", "Bearer "+shop.DefaultKey)
		answer := httptest.NewRecorder()
		api.ServeHTTP(answer, request)
		require.Equal(tb, nethttp.StatusOK, answer.Code)
		var page struct {
			Data []map[string]json.RawMessage
			Meta struct {
				NextCursor string `json:"next_cursor"`
			}
		}
		require.NoError(tb, json.NewDecoder(answer.Body).Decode(&page))
		for _, record := range page.Data {
			rows = append(rows, rowOf(tb, columnsOf[collection], record))
		}
		if cursor = page.Meta.NextCursor; cursor == "" {
			return rows
		}
	}
}

func rowOf(tb testing.TB, columns []column, record map[string]json.RawMessage) row {
	tb.Helper()
	require.Len(tb, record, len(columns), "the columns of the comparison are not all")
	values := make([]any, len(columns))
	for i, c := range columns {
		values[i] = string(bytes.Trim(record[c.name], `"`)) // no text of the shop has escapes
	}
	r := row{text: line(columns, values)}
	require.NoError(tb, json.Unmarshal(record["updated_at"], &r.updated))
	return r
}
