package cdktest_test

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"testing"
	"time"

	cdktest "github.com/airbyte-go/cdk/cdk_test"
	"github.com/airbyte-go/cdk/sources"
)

// Streams that are read by partitions, by tokens, or by both, stopped after every line.

// parted is a stream of items for each partition: those of by, under the text of its value named
// key. After each page of two it says that this is a good moment, with a token that is the number
// of records before it.
type parted struct {
	sources.Description

	key string
	by  map[string][]item
}

func (p parted) Describe() sources.Description {
	p.Schema = anything
	return p.Description
}

func (p parted) ReadSlice(_ context.Context, s sources.Slice, out *sources.Output) error {
	all := p.by[s.Partition.Get(p.key)]
	if _, byTime := p.Cursor.(sources.TimeCursor); byTime {
		all = within(s, true, all)
	}
	at, _ := strconv.Atoi(string(s.Resume))
	for page := range slices.Chunk(all[min(at, len(all)):], 2) {
		for _, one := range page {
			record := fmt.Appendf(nil, `{"id":%d,"at":%q,"of":%q}`, one.ID,
				one.At.Format(time.RFC3339), s.Partition)
			if err := out.Raw(record); err != nil {
				return err
			}
		}
		at += len(page)
		if err := out.Checkpoint([]byte(strconv.Itoa(at))); err != nil {
			return err
		}
	}
	return nil
}

var byRegion = map[string][]item{
	"eu": onDays(0, 1, 2, 3, 3, 5), "us": onDays(2, 9), "af": nil, "as": onDays(4, 1, 7),
}

var (
	regions = sources.List("region", "eu", "us", "af", "as")
	posts   = parted{Description: sources.Description{Name: "posts"}, by: map[string][]item{
		"": onDays(0, 1, 2, 3),
	}}
	comments = map[string][]item{"1": onDays(0, 1, 2), "3": onDays(5), "4": onDays(2, 3, 3, 4, 9)}
)

func TestPartitionsSurvive(t *testing.T) {
	t.Parallel()
	var (
		unordered = byDay(func(c *sources.TimeCursor) { c.Step = 0 })
		ascending = byDay(func(c *sources.TimeCursor) { c.Step, c.Order = 0, sources.Ascending })
		newest    = byDay(func(c *sources.TimeCursor) { c.Step, c.Order = 0, sources.Descending })
		inSteps   = byDay(func(c *sources.TimeCursor) { c.Step = 5 * day })
		list      = func(d sources.Description) parted {
			d.Name, d.Partitions = "list", regions
			return parted{d, "region", byRegion}
		}
		child = func(d sources.Description, p sources.Parent) parted {
			p.Key, p.As = "id", "post"
			d.Name, d.Partitions = "comments", p
			return parted{d, "post", comments}
		}
		byCursor = func(c sources.Cursor) sources.Description {
			return sources.Description{Cursor: c}
		}
		datedPost = parted{posts.Description, "", posts.by}
	)
	datedPost.Cursor = ascending
	plain, growing := sources.Parent{Stream: posts}, sources.Parent{
		Stream: datedPost, Incremental: true,
	}
	for name, s := range map[string]streams{
		"unordered":  {list(byCursor(unordered))},
		"ascending":  {list(byCursor(ascending))},
		"descending": {list(byCursor(newest))},
		"in steps":   {list(byCursor(inSteps))},
		"tokens":     {list(byCursor(sources.TokenCursor{}))},
		"full":       {list(sources.Description{})},

		"parent and child": {child(byCursor(ascending), plain), posts},
		"child alone":      {child(byCursor(unordered), plain)},
		"full child":       {child(sources.Description{}, plain), posts},
		"tokens of a child": {
			child(byCursor(sources.TokenCursor{}), plain),
		},
		"child of incremental": {
			child(byCursor(inSteps), sources.Parent{Stream: datedPost}), datedPost,
		},
		"incremental parent":       {child(byCursor(unordered), growing)},
		"incremental parent, both": {child(byCursor(ascending), growing), datedPost},
		"product":                  {product(byCursor(unordered))},
		"grandchild":               {grandchild(byCursor(unordered), datedPost, false)},
		"grandchild, incremental":  {grandchild(byCursor(unordered), datedPost, true)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, s)
		})
		t.Run(name+", beyond the limit", func(t *testing.T) {
			t.Parallel()
			inBubble(t, s, cdktest.RunOptions(sources.PartitionLimit(2)))
		})
	}
}

// inBubble stops a source after every line in a bubble, which also finds goroutines left behind.
func inBubble(t *testing.T, s streams, opts ...cdktest.Option) {
	t.Helper()
	cdktest.Bubble(t, func(t *testing.T, _ *cdktest.API) { survives(t, s, opts...) })
}

func product(d sources.Description) parted {
	d.Name = "product"
	d.Partitions = sources.Product(
		sources.Parent{Stream: posts, Key: "id", As: "post"}, sources.List("kind", "a", "b"))
	return parted{d, "post", comments}
}

// grandchild is read by the comments of posts.
func grandchild(d sources.Description, post parted, incremental bool) parted {
	middle := parted{sources.Description{
		Name: "comments", Cursor: byDay(func(c *sources.TimeCursor) { c.Step = 0 }),
		Partitions: sources.Parent{Stream: post, Key: "id", As: "post", Incremental: incremental},
	}, "post", comments}
	d.Name = "votes"
	d.Partitions = sources.Parent{
		Stream: middle, Key: "id", As: "comment", Incremental: incremental,
	}
	return parted{
		d,
		"comment",
		map[string][]item{"1": onDays(0, 1), "2": onDays(2), "5": onDays(8, 8)},
	}
}

func TestFullRefreshesSurvive(t *testing.T) {
	t.Parallel()
	resumable := sources.Description{Name: "posts", Resumable: true}
	many := map[string][]item{"": onDays(0, 1, 2, 3, 4, 5, 6)}
	for name, s := range map[string]streams{
		"by token":      {parted{resumable, "", many}},
		"by cursor":     {paged{"a", byDay(func(*sources.TimeCursor) {}), onDays(0, 1, 2, 3, 7)}},
		"by partitions": {parted{partitioned(resumable), "region", byRegion}},
		"partitions that cannot be resumed": {
			parted{partitioned(sources.Description{Name: "p"}), "region", byRegion},
		},
		"several": {
			parted{resumable, "", many}, parted{partitioned(sources.Description{
				Name: "p", Resumable: true,
			}), "region", byRegion},
		},
	} {
		for _, generation := range []int64{0, 7} {
			t.Run(fmt.Sprintf("%s, generation %d", name, generation), func(t *testing.T) {
				t.Parallel()
				inBubble(t, s, cdktest.FullRefresh(), cdktest.Generation(generation))
			})
		}
	}
}

func partitioned(d sources.Description) sources.Description {
	d.Partitions = regions
	return d
}
