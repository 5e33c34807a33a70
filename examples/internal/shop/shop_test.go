package shop

import (
	"encoding/json"
	"io"
	nethttp "net/http"
	"net/http/httptest"
	"net/url"
	"runtime"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

type listed struct {
	ID        int64     `json:"id"`
	UpdatedAt time.Time `json:"updated_at"`
}

type answer struct {
	Data []listed `json:"data"`
	Meta meta     `json:"meta"`
}

// ask sends one authorized request.
func ask(a *API, collection string, q url.Values) *httptest.ResponseRecorder {
	r := httptest.NewRequest(nethttp.MethodGet, "/v1/"+collection+"?"+q.Encode(), nil)
	r.Header.Set("Authorization", "Bearer "+DefaultKey)
	w := httptest.NewRecorder()
	a.ServeHTTP(w, r)
	return w
}

// readAll follows the cursor to its end.
func readAll(t *testing.T, a *API, collection string, q url.Values) (all []listed, pages int) {
	t.Helper()
	for {
		w := ask(a, collection, q)
		require.Equal(t, nethttp.StatusOK, w.Code, w.Body)
		var got answer
		require.NoError(t, json.Unmarshal(w.Body.Bytes(), &got))
		all, pages = append(all, got.Data...), pages+1
		if got.Meta.NextCursor == "" {
			return all, pages
		}
		q.Set("cursor", got.Meta.NextCursor)
	}
}

func TestCollectionsComeInOrder(t *testing.T) {
	t.Parallel()
	a := New(Options{Growth: 2})
	for _, name := range Collections() {
		all, pages := readAll(t, a, name, url.Values{"limit": {"700"}})
		require.Len(t, all, a.Count(name))
		assert.Equal(t, (a.Count(name)+699)/700, pages)
		ids := map[int64]bool{all[0].ID: true}
		for i := 1; i < len(all); i++ {
			ids[all[i].ID] = true
			require.True(t, all[i].UpdatedAt.After(all[i-1].UpdatedAt), "%s %d", name, i)
		}
		assert.Len(t, ids, len(all))
		assert.True(t, ids[1] && ids[int64(len(all))], "a number is left out")
		assert.True(t, all[0].UpdatedAt.After(time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)))
	}
}

func TestGrowthAddsAndChangesRecords(t *testing.T) {
	t.Parallel()
	before, after := New(Options{}), New(Options{Growth: 1})
	for i, name := range Collections() {
		page := ask(before, name, url.Values{}).Body.String()
		assert.Equal(t, page, ask(after, name, url.Values{}).Body.String())

		old, _ := readAll(t, before, name, url.Values{})
		last := old[len(old)-1].UpdatedAt.Format(time.RFC3339Nano)
		brought, _ := readAll(t, after, name, url.Values{"since": {last}})
		changed := slices.DeleteFunc(slices.Clone(brought), func(r listed) bool {
			return r.ID > int64(len(old))
		})
		assert.Len(t, brought, kinds[i].growth)
		assert.Len(t, changed, kinds[i].growth/changeEvery)
		assert.Len(t, brought, after.Count(name)-before.Count(name)+len(changed))
		assert.Equal(t, int64(len(old)+1), brought[0].ID)
		assert.Equal(t, int64(len(old)), changed[0].ID)
	}
}

// A small shop has more changes to make than records that can change.
func TestEachRecordChangesOnce(t *testing.T) {
	t.Parallel()
	a := New(Options{Size: 10, Growth: 1})
	all, _ := readAll(t, a, "orders", url.Values{})
	assert.Equal(t, int64(11), all[0].ID, "every one of the first has changed")
	assert.Len(t, all, 610)
	assert.Equal(t, 610, a.Count("orders"))
}

func TestAChangeKeepsWhatIsNotChanged(t *testing.T) {
	t.Parallel()
	c := New(Options{Growth: 1}).collections["orders"]
	was, is := *c.record(c.first - 1).(*order), *c.record(c.first + 4).(*order)
	assert.True(t, c.isPast(c.first-1))
	assert.Equal(t, "delivered", is.Status)
	assert.True(t, is.UpdatedAt.After(was.UpdatedAt))
	is.Status, is.UpdatedAt = was.Status, was.UpdatedAt
	assert.Equal(t, was, is)
}

func TestBounds(t *testing.T) {
	t.Parallel()
	a := New(Options{Size: 10})
	all, _ := readAll(t, a, "orders", url.Values{})
	since := all[2].UpdatedAt.Format(time.RFC3339Nano)
	until := all[6].UpdatedAt.Format(time.RFC3339Nano)
	for _, c := range []struct {
		name        string
		query       url.Values
		first, last int64
	}{
		{"since is exclusive", url.Values{"since": {since}}, 4, 10},
		{"until is inclusive", url.Values{"until": {until}}, 1, 7},
		{"both, over pages", url.Values{"since": {since}, "until": {until}, "limit": {"3"}}, 4, 7},
		{"with another offset", url.Values{
			"since": {all[2].UpdatedAt.In(time.FixedZone("", 3600)).Format(time.RFC3339Nano)},
		}, 4, 10},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got, _ := readAll(t, a, "orders", c.query)
			require.Len(t, got, int(c.last-c.first+1))
			assert.Equal(t, c.first, got[0].ID)
			assert.Equal(t, c.last, got[len(got)-1].ID)
		})
	}
}

func TestNothingIsLeft(t *testing.T) {
	t.Parallel()
	w := ask(New(Options{}), "orders", url.Values{"since": {"2500-01-01T00:00:00Z"}})
	assert.JSONEq(t, `{"data":[],"meta":{}}`, w.Body.String())
}

func TestBadRequests(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, collection string
		query            url.Values
		status           int
		says             string
	}{
		{"unknown collection", "refunds", url.Values{}, 404, "no such collection"},
		{"since no time", "orders", url.Values{"since": {"now"}}, 400, "since must be a time"},
		{"until no time", "orders", url.Values{"until": {"2024"}}, 400, "until must be a time"},
		{"limit no number", "orders", url.Values{"limit": {"many"}}, 400, "limit must be"},
		{"limit of zero", "orders", url.Values{"limit": {"0"}}, 400, "limit must be"},
		{"cursor not base64", "orders", url.Values{"cursor": {"!"}}, 400, "not one of ours"},
		{"cursor of another API", "orders", url.Values{"cursor": {"MTAw"}}, 400, "not one of ours"},
		{"cursor below zero", "orders", url.Values{"cursor": {token(-1)}}, 400, "not one of ours"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := ask(New(Options{}), c.collection, c.query)
			assert.Equal(t, c.status, w.Code)
			assert.Contains(t, w.Body.String(), c.says)
		})
	}
}

func TestKeyIsAskedFor(t *testing.T) {
	t.Parallel()
	a := New(Options{Key: "open sesame"})
	assert.Equal(t, nethttp.StatusUnauthorized, ask(a, "orders", url.Values{}).Code)

	r := httptest.NewRequest(nethttp.MethodGet, "/v1/orders", nil)
	r.Header.Set("Authorization", "Bearer open sesame")
	w := httptest.NewRecorder()
	a.ServeHTTP(w, r)
	assert.Equal(t, nethttp.StatusOK, w.Code)
}

func TestPagesHaveALargestSize(t *testing.T) {
	t.Parallel()
	for pageSize, most := range map[int]int{0: 1000, 50: 50, 5000: 1000} {
		a := New(Options{PageSize: pageSize})
		var got answer
		w := ask(a, "orders", url.Values{"limit": {"1000000"}})
		require.NoError(t, json.Unmarshal(w.Body.Bytes(), &got))
		assert.Len(t, got.Data, most)
	}
}

func TestRate(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a := New(Options{Rate: 3})
		for range 3 {
			require.Equal(t, nethttp.StatusOK, ask(a, "orders", url.Values{}).Code)
		}
		w := ask(a, "orders", url.Values{})
		assert.Equal(t, nethttp.StatusTooManyRequests, w.Code)
		assert.Equal(t, "1", w.Header().Get("Retry-After"))

		time.Sleep(time.Second)
		assert.Equal(t, nethttp.StatusOK, ask(a, "orders", url.Values{}).Code)
		assert.Equal(t, Stats{Answered: 4, Refused: 1}, a.Stats())
	})
}

func TestFaults(t *testing.T) {
	t.Parallel()
	a := New(Options{Faults: true})
	server := httptest.NewServer(a)
	defer server.Close()
	var seen []string
	for range 8 {
		seen = append(seen, fetch(t, server.URL+"/v1/products"))
	}
	assert.Equal(t, []string{
		"200 OK", "500 Internal Server Error", "200 OK", "429 Too Many Requests",
		"200 OK", "unexpected EOF", "200 OK", "200 OK",
	}, seen)
	assert.Equal(t, Stats{Answered: 5, Refused: 1, Failed: 1, BrokenOff: 1}, a.Stats())
}

// fetch returns the status, or else how the body ended.
func fetch(t *testing.T, address string) string {
	t.Helper()
	r, err := nethttp.NewRequestWithContext(t.Context(), nethttp.MethodGet, address, nil)
	require.NoError(t, err)
	r.Header.Set("Authorization", "Bearer "+DefaultKey)
	resp, err := nethttp.DefaultClient.Do(r)
	require.NoError(t, err)
	defer resp.Body.Close()
	if _, err := io.ReadAll(resp.Body); err != nil {
		return err.Error()
	}
	return resp.Status
}

// Ten million records must be served without holding them.
func TestLargeCollectionTakesNoMemory(t *testing.T) {
	t.Parallel()
	a := New(Options{Size: 10_000_000})
	var got answer
	w := ask(a, "customers", url.Values{"cursor": {token(9_999_500)}})
	require.NoError(t, json.Unmarshal(w.Body.Bytes(), &got))
	assert.Len(t, got.Data, 500)
	assert.Equal(t, int64(10_000_000), got.Data[499].ID)

	var held runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&held)
	assert.Less(t, held.HeapAlloc, uint64(64<<20))
	runtime.KeepAlive(a)
}

func TestMoneyIsExact(t *testing.T) {
	t.Parallel()
	for in, want := range map[cents]string{0: "0.00", 5: "0.05", 1250: "12.50", 100: "1.00"} {
		got, err := json.Marshal(in)
		require.NoError(t, err)
		assert.Equal(t, want, string(got))
	}
}

func FuzzQuery(f *testing.F) {
	f.Add("since=2024-01-01T00:00:00Z&until=2024-02-01T00:00:00%2B01:00&limit=10")
	f.Add("cursor=" + token(7))
	f.Add("cursor=&limit=-1&since=x")
	c := New(Options{}).collections["orders"]
	f.Fuzz(func(t *testing.T, raw string) {
		values, err := url.ParseQuery(raw)
		if err != nil {
			return
		}
		q, err := parseQuery(values, 20)
		if err != nil {
			return
		}
		assert.LessOrEqual(t, len(c.page(q).Data), 20)
	})
}
