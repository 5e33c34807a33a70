package sources_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/airbyte-go/cdk/sources"
)

// takeOver is a state that the Python kit wrote, or reads, and what it then asks its API for. They
// were recorded on syncs of airbyte-cdk 7.39.1 against a local API.
type takeOver struct {
	Name        string          `json:"name"`
	Family      string          `json:"family"` // which stream it is a state of
	Formats     []string        `json:"formats"`
	Field       string          `json:"field"`
	Start       json.RawMessage `json:"start"`
	End         json.RawMessage `json:"end"`
	Lookback    duration        `json:"lookback"`
	Step        duration        `json:"step"`
	Granularity duration        `json:"granularity"`
	Incremental bool            `json:"incremental"` // whether it keeps the position of its parent
	State       json.RawMessage `json:"state"`
	Reads       [][3]*string    `json:"reads"` // path, lower and upper bound
}

type duration struct{ time.Duration }

func (d *duration) UnmarshalText(text []byte) (err error) {
	d.Duration, err = time.ParseDuration(string(text))
	return err
}

// meantOtherwise are the states that we do not read as the Python kit does, on purpose.
var meantOtherwise = map[string]string{
	"sub__in_top_slices":       "slices of all partitions count for all; there they count for none",
	"sub__in_state_slices":     "likewise",
	"count__in_float":          "7.5 is no integer: an error instead of a bound",
	"plain_epoch_s__in_4_bool": "true is no time: an error instead of the first second of 1970",
}

// A connector that is rewritten goes on where the Python kit would have: it asks for all that the
// Python kit would have asked for, and for more only where that is meant.
func TestTakeOverFromPython(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("testdata/python-states.json")
	require.NoError(t, err)
	var all []takeOver
	require.NoError(t, json.Unmarshal(text, &all))
	require.NotEmpty(t, all)
	for _, one := range all {
		t.Run(one.Name, func(t *testing.T) {
			t.Parallel()
			if why := meantOtherwise[one.Name]; why != "" {
				t.Skip(why)
			}
			got := one.readOn(t, one.State)
			for _, want := range one.wanted() {
				assert.True(t, got.cover(want), "%s is not asked for; only %s", want, got.all)
			}
		})
	}
}

// asked is a range of a path, as it was spelled and as it was meant.
type asked struct {
	path, from, to string
	slice          sources.Slice
}

func (a asked) String() string { return fmt.Sprintf("%s %s..%s", a.path, a.from, a.to) }

// reads are what was asked for, by a cursor of a granularity.
type reads struct {
	all         []asked
	granularity time.Duration
}

// cover reports whether a range lies in those that were read, put together.
func (r reads) cover(want asked) bool {
	return slices.ContainsFunc(r.all, func(one asked) bool {
		return one.path == want.path && !after(one.from, want.from) && r.reach(one, want.to)
	})
}

// reach reports whether one range, and those that join it, go as far as a bound.
func (r reads) reach(one asked, to string) bool {
	return !after(to, one.to) || slices.ContainsFunc(r.all, func(next asked) bool {
		return next.path == one.path && after(next.to, one.to) && r.join(one, next) &&
			r.reach(next, to)
	})
}

func (r reads) join(one, next asked) bool {
	end := one.slice.To.Time().Add(r.granularity)
	return !next.slice.From.Time().After(end) && next.slice.From.Int() <= one.slice.To.Int()
}

// after compares two bounds as the API does: numbers as numbers. An open one is the highest.
func after(a, b string) bool {
	if len(a) != len(b) && a != "" && b != "" && isDigits(a) && isDigits(b) {
		return len(a) > len(b)
	}
	return a > b
}

func isDigits(s string) bool { return strings.Trim(s, "0123456789") == "" }

const openEnd = "inf"

// wanted is what the Python kit asked for.
func (o takeOver) wanted() (all []asked) {
	for _, r := range o.Reads {
		one := asked{path: *r[0], to: openEnd}
		if r[1] != nil {
			one.from = *r[1]
		}
		if r[2] != nil {
			one.to = *r[2]
		}
		all = append(all, one)
	}
	return all
}

// readOn reads the stream from a state and returns what it asks for.
func (o takeOver) readOn(t *testing.T, state json.RawMessage) reads {
	t.Helper()
	var mu sync.Mutex
	got := reads{granularity: o.Granularity.Duration}
	note := func(path string, s sources.Slice) {
		one := asked{path, s.From.String(), s.To.String(), s}
		if one.to == "" {
			one.to = openEnd
		}
		mu.Lock()
		defer mu.Unlock()
		got.all = append(got.all, one)
	}
	stream := o.stream(t, note)
	result := read(t, streams{stream}, command{
		catalog: configured(stream.Name + ":incremental"),
		state:   savedStates(map[string]string{stream.Name: string(state)}),
	})
	require.Equal(t, 0, result.code, result.logs())
	return got
}

// stream is the stream whose state it is, over the records of the recorded API.
func (o takeOver) stream(t *testing.T, note func(string, sources.Slice)) by {
	t.Helper()
	cursor := o.cursor(t)
	if o.Family == "count" {
		return o.noted("items", nil, cursor, note, items)
	}
	plain := takeOver{Start: o.Start, End: o.End, Field: o.Field}.cursor(t)
	posts := o.noted("posts", nil, plain, note, func(sources.Partition) (string, []string) {
		return "/posts", postDays(o.Family)
	})
	byPost := sources.Parent{Stream: posts, Key: "id", As: "post_id", Incremental: o.Incremental}
	comments := func(p sources.Partitions, c sources.Cursor) by {
		return o.noted("comments", p, c, note, func(p sources.Partition) (string, []string) {
			path := "/posts/" + p.Get("post_id") + "/comments"
			if section := p.Get("section"); section != "" {
				path += " " + section
			}
			return path, commentDays[p.Get("post_id")]
		})
	}
	switch o.Family {
	case "sub":
		return comments(byPost, cursor)
	case "cartesian":
		return comments(sources.Product(byPost, sources.List("section", "us", "eu")), cursor)
	case "grand":
		return o.noted("votes", sources.Parent{
			Stream: comments(byPost, plain), Key: "id", As: "comment_id",
			Incremental: o.Incremental,
		}, cursor, note, func(p sources.Partition) (string, []string) {
			return "/comments/" + p.Get("comment_id") + "/votes", nil
		})
	case "list":
		sections := []string{"us", "eu"}
		if strings.HasPrefix(o.Name, "list_new") {
			sections = append(sections, "asia")
		}
		return o.noted("articles", sources.List("section", sections...), cursor, note,
			func(p sources.Partition) (string, []string) {
				return "/articles " + p.Get("section"), nil
			})
	}
	return o.noted("items", nil, cursor, note, items)
}

func items(sources.Partition) (path string, records []string) { return "/items", nil }

// postDays and commentDays are the records of the recorded API: id and day of January 2024.
func postDays(family string) []string {
	if family == "cartesian" {
		return []string{"1 4", "2 9"}
	}
	return []string{"1 4", "2 9", "3 20"}
}

var commentDays = map[string][]string{
	"1": {`"c1-5" 5`, `"c1-8" 8`}, "2": {`"c2-10" 10`, `"c2-15" 15`},
}

// noted is a stream that notes what it is asked for, and emits the records that lie in it.
func (o takeOver) noted(
	name string, p sources.Partitions, c sources.Cursor, note func(string, sources.Slice),
	of func(sources.Partition) (path string, records []string),
) by {
	return by{sources.Description{Name: name, Partitions: p, Cursor: c}, func(
		_ context.Context, s sources.Slice, out *sources.Output,
	) error {
		path, records := of(s.Partition)
		note(path, s)
		for _, one := range records {
			id, day, _ := strings.Cut(one, " ")
			at := fmt.Sprintf("2024-01-%02sT00:00:00Z", fmt.Sprintf("%02s", day))
			if at = strings.ReplaceAll(at, " ", "0"); at < s.From.String() {
				continue
			}
			if err := out.Raw(fmt.Appendf(nil, `{"id":%s,"updated_at":%q}`, id, at)); err != nil {
				return err
			}
		}
		return nil
	}}
}

func (o takeOver) cursor(t *testing.T) sources.Cursor {
	t.Helper()
	if o.Family == "count" {
		c := sources.IntCursor{Field: o.Field}
		if o.Start != nil {
			require.NoError(t, json.Unmarshal(o.Start, &c.Start))
		}
		if o.End != nil {
			require.NoError(t, json.Unmarshal(o.End, &c.End))
			c.Step = 10
		}
		return c
	}
	c := sources.TimeCursor{
		Field: o.Field, Formats: o.Formats, Lookback: o.Lookback.Duration, Step: o.Step.Duration,
		Granularity: o.Granularity.Duration,
	}
	if c.Formats == nil {
		c.Formats = []string{"%Y-%m-%dT%H:%M:%SZ"}
	}
	require.NoError(t, json.Unmarshal(o.Start, &c.Start))
	require.NoError(t, json.Unmarshal(o.End, &c.End))
	return c
}
