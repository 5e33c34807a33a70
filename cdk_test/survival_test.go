package cdktest_test

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"testing"
	"time"

	cdktest "github.com/airbyte-go/cdk/cdk_test"
	"github.com/airbyte-go/cdk/http"
	"github.com/airbyte-go/cdk/sources"
)

// The tests of this file stop the kit's own streams after every line. They stand here and not
// beside the streams, because they prove the engine, the HTTP streams and the crash test at once.

// none is the config of a source that needs none.
type none struct{}

// streams is a source that has these streams.
type streams []sources.Stream

func (s streams) Streams(context.Context, none) ([]sources.Stream, error) { return s, nil }

// survives stops a source after every line, with one slice at a time and with several.
func survives(t *testing.T, s streams, opts ...cdktest.Option) {
	t.Helper()
	for _, n := range []int{1, 2, 8} {
		all := append(slices.Clone(opts), cdktest.RunOptions(sources.Concurrency(n)))
		cdktest.CrashEverywhere(t, s, none{}, all...)
	}
}

// item is a record with a cursor of each kind.
type item struct {
	ID int64     `json:"id"`
	At time.Time `json:"at"`
}

const day = 24 * time.Hour

var january = time.Date(2026, time.January, 1, 0, 0, 0, 0, time.UTC)

// onDays are items of the given days, counted from the first of January. Ids start at 1.
func onDays(days ...int) []item {
	all := make([]item, len(days))
	for i, d := range days {
		all[i] = item{int64(i + 1), january.Add(time.Duration(d) * day)}
	}
	return all
}

// within are the items of a slice, both bounds included.
func within(s sources.Slice, byTime bool, all []item) (inside []item) {
	for _, one := range all {
		before := !s.From.IsZero() && one.At.Before(s.From.Time())
		after := !s.To.IsZero() && one.At.After(s.To.Time())
		if !byTime {
			before = one.ID < s.From.Int()
			after = !s.To.IsZero() && one.ID > s.To.Int()
		}
		if !before && !after {
			inside = append(inside, one)
		}
	}
	return inside
}

var anything = sources.SchemaJSON([]byte(`{"type":"object"}`))

// paged is a stream against the plain interface, with a checkpoint after each page of two.
type paged struct {
	name   string
	cursor sources.Cursor
	items  []item
}

func (p paged) Describe() sources.Description {
	return sources.Description{Name: p.name, Schema: anything, Cursor: p.cursor}
}

func (p paged) ReadSlice(_ context.Context, s sources.Slice, out *sources.Output) error {
	_, byTime := p.cursor.(sources.TimeCursor)
	for page := range slices.Chunk(within(s, byTime, p.items), 2) {
		for _, one := range page {
			if err := out.Record(one); err != nil {
				return err
			}
		}
		if err := out.Checkpoint(nil); err != nil {
			return err
		}
	}
	return nil
}

// yielded is a stream that never says when a state would be good.
func yielded(name string, c sources.TimeCursor, all []item) sources.Stream {
	read := func(_ context.Context, s sources.Slice) iter.Seq2[item, error] {
		return func(yield func(item, error) bool) {
			for _, one := range within(s, true, all) {
				if !yield(one, nil) {
					return
				}
			}
		}
	}
	return &sources.StreamOf[item]{Name: name, Cursor: c, Read: read}
}

// byDay is a cursor over ten days, in steps of two.
func byDay(change func(c *sources.TimeCursor)) sources.TimeCursor {
	c := sources.TimeCursor{
		Field: "at", Start: january, End: january.Add(10 * day), Step: 2 * day,
	}
	change(&c)
	return c
}

func TestStreamsOfAuthorsSurvive(t *testing.T) {
	t.Parallel()
	var (
		plain     = byDay(func(*sources.TimeCursor) {})
		ascending = byDay(func(c *sources.TimeCursor) { c.Order = sources.Ascending })
		undivided = sources.TimeCursor{Field: "at", Order: sources.Ascending}
		lookback  = byDay(func(c *sources.TimeCursor) { c.Lookback = 3 * day })
		granular  = byDay(func(c *sources.TimeCursor) { c.Granularity = time.Second })
		newest    = byDay(func(c *sources.TimeCursor) { c.Order, c.Step = sources.Descending, 0 })
		filtered  = byDay(func(c *sources.TimeCursor) { c.Filter, c.Step = true, 0 })
		growing   = sources.IntCursor{Field: "id", Order: sources.Ascending}
		inSteps   = sources.IntCursor{Field: "id", End: 9, Step: 3}

		inOrder = onDays(0, 0, 1, 1, 2, 4, 4)
		mixed   = onDays(0, 1, 0, 2, 3, 4, 1, 5)
	)
	for name, s := range map[string]streams{
		"without checkpoints":      {yielded("a", plain, inOrder)},
		"with lookback":            {yielded("a", lookback, inOrder)},
		"with granularity":         {yielded("a", granular, inOrder)},
		"unordered":                {paged{"a", plain, mixed}},
		"ascending":                {paged{"a", ascending, inOrder}},
		"ascending, undivided":     {paged{"a", undivided, inOrder}},
		"ascending, many ties":     {paged{"a", undivided, onDays(0, 1, 1, 1, 1, 1, 2)}},
		"not ascending":            {paged{"a", ascending, mixed}},
		"not ascending, undivided": {paged{"a", undivided, mixed}},
		"descending":               {paged{"a", newest, onDays(5, 4, 4, 2, 1, 0, 0)}},
		"filtered by the kit":      {paged{"a", filtered, onDays(-1, 3, 11, 0, 10, 4)}},
		"integers":                 {paged{"a", growing, onDays(0, 1, 2, 3, 4, 5, 6)}},
		"integers in steps":        {paged{"a", inSteps, onDays(0, 1, 2, 3, 4, 5, 6)}},
		"full refresh":             {paged{"a", nil, inOrder}},
		"without a record":         {paged{"a", plain, nil}},
		"three streams": {
			paged{"a", ascending, inOrder},
			paged{"b", nil, onDays(0, 1)},
			paged{"c", growing, onDays(0, 1, 2)},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			survives(t, s)
		})
	}
}

// overHTTP is a source with one stream of a fake API.
func overHTTP(c sources.Cursor, pages http.Paginator) streams {
	return streams{&http.Stream{
		Client: http.NewClient("https://api.example.com/v1", http.Limit(10, time.Second)),
		Name:   "items", Schema: anything, PrimaryKey: sources.Key("id"), Cursor: c,
		Path: "items", Query: http.Params{"since": "{from}", "until": "{to}"},
		Records: http.Field("data"), Pages: pages,
	}}
}

// itemsOn is what the fake API has.
func itemsOn(days ...int) cdktest.Collection {
	c := cdktest.Collection{
		PageSize: 2, Page: `{"data":{records},"meta":{"next":"{next}"}}`, Field: "at",
	}
	for _, one := range onDays(days...) {
		c.Records = append(c.Records,
			fmt.Sprintf(`{"id":%d,"at":%q}`, one.ID, one.At.Format(time.RFC3339)))
	}
	return c
}

var byToken = http.NextToken{At: "meta.next", Param: "cursor"}

func TestStreamsOverHTTPSurvive(t *testing.T) {
	t.Parallel()
	var (
		inSteps  = byDay(func(*sources.TimeCursor) {})
		filtered = byDay(func(c *sources.TimeCursor) { c.Filter, c.Step = true, 0 })
		open     = sources.TimeCursor{Field: "at", Order: sources.Ascending}
		integers = sources.IntCursor{Field: "id", Order: sources.Ascending}
	)
	for name, test := range map[string]struct {
		source streams
		api    func(c *cdktest.Collection) // changes what the API does
	}{
		"in steps": {overHTTP(inSteps, byToken), func(c *cdktest.Collection) {
			c.Since, c.Until = "since", "until"
		}},
		"in steps, upper bound exclusive": {
			overHTTP(inSteps, http.PageNumber{Start: 1}), func(c *cdktest.Collection) {
				c.Since, c.Until, c.UntilExclusive = "since", "until", true
			},
		},
		"ascending": {overHTTP(open, byToken), func(c *cdktest.Collection) {
			c.Since = "since"
		}},
		"no filtering": {overHTTP(open, http.LinkHeader{}), func(*cdktest.Collection) {}},
		"ascending, lower bound exclusive": {
			overHTTP(open, http.LinkHeader{}), func(c *cdktest.Collection) {
				c.Since, c.SinceExclusive = "since", true
			},
		},
		"integers": {
			overHTTP(integers, http.PageNumber{Start: 1, Size: 2}), func(c *cdktest.Collection) {
				c.Field, c.Since = "id", "since"
			},
		},
		"filtered by the kit": {overHTTP(filtered, byToken), func(*cdktest.Collection) {}},
		"full refresh":        {overHTTP(nil, byToken), func(*cdktest.Collection) {}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cdktest.Bubble(t, func(t *testing.T, api *cdktest.API) {
				items := itemsOn(0, 0, 1, 1, 1, 4, 4)
				test.api(&items)
				api.Collection("/v1/items", items)
				survives(t, test.source, api)
			})
		})
	}
}

// A stream that is read by the records of another, and one whose pages can be asked for again.
func TestChildrenAndTokensOverHTTPSurvive(t *testing.T) {
	t.Parallel()
	client := http.NewClient("https://api.example.com/v1")
	items := func(name, path string) *http.Stream {
		return &http.Stream{
			Client: client, Name: name, Schema: anything, PrimaryKey: sources.Key("id"),
			Path: path, Records: http.Field("data"), Pages: http.Lasting(byToken),
		}
	}
	parent := items("items", "items")
	parent.Cursor = sources.TimeCursor{Field: "at", Order: sources.Ascending}
	child := items("parts", "items/{item}/parts")
	child.Partitions = sources.Parent{Stream: parent, Key: "id", As: "item", Incremental: true}
	child.Inherit = []string{"item"}
	child.Cursor = sources.TimeCursor{Field: "at", Filter: true}
	for name, opts := range map[string][]cdktest.Option{
		"incremental":  {cdktest.Incremental()},
		"full refresh": {cdktest.FullRefresh(), cdktest.Generation(1)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cdktest.Bubble(t, func(t *testing.T, api *cdktest.API) {
				api.Collection("/v1/items", itemsOn(0, 1, 2))
				for i := range 3 {
					path := fmt.Sprintf("/v1/items/%d/parts", i+1)
					api.Collection(path, itemsOn([]int{0, 2, 2, 4}[:2*i]...))
				}
				survives(t, streams{child, parent}, append(opts, cdktest.Option(api))...)
			})
		})
	}
}
