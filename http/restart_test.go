package http

import (
	"fmt"
	nethttp "net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/airbyte-go/cdk/protocol"
	"github.com/airbyte-go/cdk/sources"
)

// cappedAPI has records with the versions 1 to 25, two of each, in pages of four, and serves no
// offset above 8.
func cappedAPI(w nethttp.ResponseWriter, r *nethttp.Request, _ int) {
	from, _ := strconv.Atoi(r.URL.Query().Get("from"))
	offset, _ := strconv.Atoi(r.URL.Query().Get("offset"))
	if offset > 8 {
		respond(w, 400, `{"message":"offset too large"}`)
		return
	}
	var page []string
	for i := range 50 {
		if version := i/2 + 1; version >= from {
			page = append(page, fmt.Sprintf(`{"id":%d,"version":%d}`, i, version))
		}
	}
	page = page[min(offset, len(page)):min(offset+4, len(page))]
	respond(w, 200, "["+strings.Join(page, ",")+"]")
}

func TestSliceStartsAgainBehindACap(t *testing.T) {
	t.Parallel()
	for _, order := range []sources.Order{sources.Ascending, sources.Unordered} {
		bubble(t, cappedAPI, func(b *bundle) {
			records, _, err := b.read(&Stream{
				Query:  Params{"from": "{from}"},
				Pages:  Offset{Max: 8},
				Edits:  []Edit{Rename("version", "v")},
				Cursor: sources.IntCursor{Field: "v", Order: order},
			})
			if order == sources.Unordered {
				requireError(b, err, protocol.SystemError, "The API serves no page beyond the Max "+
					"of the stream's Pages, and the slice cannot start again at its last cursor "+
					"value: its records come in no order that its cursor declares, so any record "+
					"may still follow; let the API sort by the cursor field, and set the "+
					"cursor's Order to Ascending. A smaller Step of the cursor makes slices "+
					"with fewer pages.")
				assert.Len(b, records, 12)
				return
			}
			require.NoError(b, err)
			seen := map[string]bool{}
			for _, r := range records {
				seen[r] = true
			}
			assert.Len(b, seen, 50, "no record is left out")
			assert.Len(b, records, 60, "those on a bound come again")
			assert.Equal(b, "offset=0", b.queries()[0])
			assert.Equal(b, "from=6&offset=0", b.queries()[3])
			assert.Equal(b, "from=11&offset=0", b.queries()[6])
		})
	}
}

func TestSliceThatCannotStartAgain(t *testing.T) {
	t.Parallel()
	cursor := sources.IntCursor{Field: "version", Order: sources.Ascending}
	query := Params{"from": "{from}"}
	for want, s := range map[string]*Stream{
		"no parameter of the stream holds {from}": {Cursor: cursor},
		"its records come in no order":            {Query: query},
		`its last record has no cursor field "version"`: {Query: query, Cursor: cursor,
			Edits: []Edit{Remove("version")}},
		`the cursor field "version" of its last record has no usable value: not`: {Query: query,
			Cursor: cursor, Edits: []Edit{Add("version", "x")}},
		`all of its records have the same value of the cursor field "version"`: {Query: query,
			Cursor: cursor, Edits: []Edit{Add("version", 7)}},
	} {
		bubble(t, cappedAPI, func(b *bundle) {
			s.Pages = InHeader(Until(Offset{Max: 4}, func(Page) bool { return false }))
			s.Prepare = nil
			_, _, err := b.read(s)
			require.ErrorContains(b, err, want)
		})
	}
}

func TestWhereRequestsAskFrom(t *testing.T) {
	t.Parallel()
	for _, s := range []*Stream{
		{Path: "since/{from}"}, {Query: Params{"q": "x>{from}"}},
		{Header: Params{"Since": "{from}"}},
		{Body: map[string]any{"since": "{from}"}},
		{Prepare: func(*Request, sources.Slice) error { return nil }},
	} {
		assert.True(t, s.asksFrom())
	}
	assert.False(t, (&Stream{Path: "x", Query: Params{"to": "{to}"}, Body: 1}).asksFrom())
}

// resetting is a client of an API whose refusal of a large offset is a rule.
func resetting() *Client {
	return NewClient(base, Rule{Contains: "offset too large", Action: ResetPagination})
}

func TestRuleStartsTheSliceAgain(t *testing.T) {
	t.Parallel()
	bubble(t, cappedAPI, func(b *bundle) {
		records, _, err := b.read(&Stream{
			Client: resetting(), Query: Params{"from": "{from}"}, Pages: Offset{},
			Cursor: sources.IntCursor{Field: "version", Order: sources.Ascending},
		})
		require.NoError(b, err)
		seen := map[string]bool{}
		for _, r := range records {
			seen[r] = true
		}
		assert.Len(b, seen, 50)
		assert.Len(b, records, 60)
	})
	bubble(t, cappedAPI, func(b *bundle) { // nothing tells where to go on
		records, _, err := b.read(&Stream{Client: resetting(), Pages: Offset{}})
		require.ErrorIs(b, err, ErrResetPagination)
		assert.Len(b, records, 24, "the slice was read twice")
		assert.Len(b, b.arrivals(), 8)
	})
	bubble(t, func(w nethttp.ResponseWriter, r *nethttp.Request, n int) {
		if n == 2 { // once, and out of a whim
			respond(w, 400, "offset too large")
			return
		}
		respond(w, 200, map[string]string{"": `{"d":[{"id":1}],"next":"b"}`,
			"c=b": `{"d":[{"id":2}]}`}[r.URL.RawQuery])
	}, func(b *bundle) {
		records, _, err := b.read(&Stream{
			Client: resetting(), Records: Field("d"), Pages: NextToken{At: "next", Param: "c"},
		})
		require.NoError(b, err)
		assert.Equal(b, []string{`{"id":1}`, `{"id":1}`, `{"id":2}`}, records)
	})
}

func TestRuleEndsTheSlice(t *testing.T) {
	t.Parallel()
	ignoring := func() *Client { return NewClient(base, Rule{Status: []int{404}, Action: Ignore}) }
	bubble(t, serve(`{"d":[{"id":1}],"next":"b"}`), func(b *bundle) { // then 404
		records, checkpoints, err := b.read(&Stream{
			Client: ignoring(), Records: Field("d"), Pages: NextToken{At: "next", Param: "c"},
		})
		require.NoError(b, err)
		assert.Len(b, records, 1)
		assert.Equal(b, 1, checkpoints)
	})
	bubble(t, serve(), func(b *bundle) { // an old token is not the end of the data
		r := &reader{
			stream: &Stream{Client: ignoring(), Pages: After{Field: "id", Param: "a"}},
			slice:  sources.Slice{Resume: []byte("x")}, budget: heldPages,
		}
		require.ErrorIs(b, r.read(b.ctx), sources.ErrStaleToken)
	})
}
