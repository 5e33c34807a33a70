package sources_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/airbyte-go/cdk/sources"
)

// by is a stream on the lower layer with everything that a description can say.
type by struct {
	sources.Description

	read func(ctx context.Context, s sources.Slice, out *sources.Output) error
}

func (b by) Describe() sources.Description {
	b.Schema = anyObject
	return b.Description
}

func (b by) ReadSlice(ctx context.Context, s sources.Slice, out *sources.Output) error {
	return b.read(ctx, s, out)
}

// emitting is a stream of the given records.
func emitting(d sources.Description, records ...json.RawMessage) by {
	return by{d, func(_ context.Context, _ sources.Slice, out *sources.Output) error {
		for _, r := range records {
			if err := out.Raw(r); err != nil {
				return err
			}
		}
		return nil
	}}
}

// echo is a stream of one record for each slice, which says what the slice is. It counts them.
func echo(d sources.Description, count *atomic.Int64) by {
	return by{d, func(_ context.Context, s sources.Slice, out *sources.Output) error {
		if count != nil {
			count.Add(1)
		}
		return out.Raw(fmt.Appendf(nil, `{"partition":%s,"from":%q,"to":%q}`,
			must(json.Marshal(s.Partition)), s.From, s.To))
	}}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// counted counts the reads of a stream.
func counted(b by, count *atomic.Int64) by {
	read := b.read
	b.read = func(ctx context.Context, s sources.Slice, out *sources.Output) error {
		count.Add(1)
		return read(ctx, s, out)
	}
	return b
}

func named(name string, p sources.Partitions) sources.Description {
	return sources.Description{Name: name, Partitions: p}
}

func sorted(records []string) []string {
	slices.Sort(records)
	return records
}

func TestReadByParent(t *testing.T) {
	t.Parallel()
	posts := emitting(sources.Description{Name: "posts"},
		[]byte(`{"id":1,"title":"one","author":{"name":"ann"}}`),
		[]byte(`{"id":"1","title":null}`),
		[]byte(`{"id":null}`), []byte(`{"title":"no id"}`),
		[]byte(`{"id":1,"title":"again"}`),
	)
	comments := echo(named("comments", sources.Parent{
		Stream: posts, Key: "id", As: "post_id", Fields: []string{"title", "author.name"},
	}), nil)
	comments.Inherit = []string{"post_id", "title", "author.name", "from"}[:3]
	got := read(t, streams{comments, posts}, command{})
	require.Equal(t, 0, got.code)
	assert.Equal(t, sorted([]string{
		`{"post_id":"1","title":null,"author.name":null,` +
			`"partition":{"post_id":"1","parent_slice":{}},"from":"","to":""}`,
		`{"post_id":1,"title":"one","author.name":"ann",` +
			`"partition":{"post_id":1,"parent_slice":{}},"from":"","to":""}`,
	}), sorted(got.records("comments")))
	assert.Len(t, got.records("posts"), 5)
	assert.Equal(t, 1, strings.Count(got.logs(), `records without the field "id"`))
	assert.Equal(t, 1, strings.Count(got.logs(), "has a partition twice"))
}

// The value of a grandparent is there for the grandchild.
func TestReadByGrandparent(t *testing.T) {
	t.Parallel()
	posts := emitting(sources.Description{Name: "posts"}, numbers(1, 2)...)
	comments := emitting(named("comments", sources.Parent{Stream: posts, Key: "id", As: "post"}),
		numbers(10, 11)...)
	votes := by{named("votes", sources.Parent{Stream: comments, Key: "id", As: "comment"}), func(
		_ context.Context, s sources.Slice, out *sources.Output,
	) error {
		return out.Raw(fmt.Appendf(nil, `{"path":"%s/%s"}`, s.Partition.Get("post"),
			s.Partition.Get("comment")))
	}}
	got := read(t, streams{votes}, command{})
	require.Equal(t, 0, got.code)
	assert.Equal(t, []string{
		`{"path":"1/10"}`, `{"path":"1/11"}`, `{"path":"2/10"}`, `{"path":"2/11"}`,
	}, sorted(got.records("votes")))
}

func TestOnePassServesAllChildren(t *testing.T) {
	t.Parallel()
	cursor := sources.IntCursor{Field: "id", Order: sources.Ascending}
	for name, test := range map[string]struct {
		catalog string
		state   map[string]string
		limit   []string
		passes  int64
	}{
		"children alone":                {configured("a", "b", "c"), nil, nil, 1},
		"with the parent's own records": {configured("posts", "a", "b"), nil, nil, 1},
		"the parent is incremental, for the first time": {
			configured("posts:incremental", "a", "b"), nil, nil, 1,
		},
		"the parent goes on from a state": {
			configured("posts:incremental", "a", "b"), map[string]string{"posts": `{"id":2}`}, nil, 2,
		},
		"an incremental child, first": {configured("a", "new:incremental"), nil, nil, 2},
		"incremental children that start equal": {
			configured("new:incremental", "newer:incremental"), map[string]string{
				"new":   `{"states":[],"parent_state":{"posts":{"id":2}}}`,
				"newer": `{"states":[],"parent_state":{"posts":{ "id": 2 }}}`,
			}, nil, 1,
		},
		"incremental children that do not": {
			configured("new:incremental", "newer:incremental"), map[string]string{
				"new": `{"states":[],"parent_state":{"posts":{"id":2}}}`,
			}, nil, 2,
		},
		"an incremental child where its parent is": {
			configured("posts:incremental", "new:incremental"), map[string]string{
				"posts": `{"id":2}`,
				"new":   `{"states":[],"parent_state":{"posts":{"id":2}}}`,
			}, nil, 1,
		},
		"limited": {"", nil, []string{"--limit", "1", "--streams", "posts,a"}, 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var passes atomic.Int64
			posts := counted(emitting(sources.Description{Name: "posts", Cursor: cursor},
				numbers(1, 2, 3)...), &passes)
			parent := sources.Parent{Stream: posts, Key: "id", As: "post"}
			source := streams{posts}
			for _, child := range []string{"a", "b", "c"} {
				source = append(source, echo(named(child, parent), nil))
			}
			parent.Incremental = true
			for _, child := range []string{"new", "newer"} {
				d := named(child, parent)
				d.Cursor = sources.IntCursor{Field: "from"}
				source = append(source, echo(d, nil))
			}
			c := command{catalog: test.catalog, flags: test.limit}
			if test.state != nil {
				c.state = savedStates(test.state)
			}
			got := read(t, source, c)
			require.Equal(t, 0, got.code, got.logs())
			assert.Equal(t, test.passes, passes.Load())
		})
	}
}

// A child begins while its parent is being read, and the parent never waits for it, whatever the
// number of slots.
func TestParentsAndChildrenShareSlots(t *testing.T) {
	t.Parallel()
	for _, workers := range []int{1, 2, 50} {
		synctest.Test(t, func(t *testing.T) {
			const parents = 30
			posts := by{sources.Description{Name: "posts"}, func(
				_ context.Context, _ sources.Slice, out *sources.Output,
			) error {
				for id := range parents {
					pause(time.Second)
					if err := out.Raw(fmt.Appendf(nil, `{"id":%d}`, id)); err != nil {
						return err
					}
				}
				return nil
			}}
			slow := func(d sources.Description) by {
				return by{d, func(_ context.Context, _ sources.Slice, out *sources.Output) error {
					pause(time.Minute)
					return out.Raw([]byte(`{"id":1}`))
				}}
			}
			comments := slow(
				named("comments", sources.Parent{Stream: posts, Key: "id", As: "post"}),
			)
			votes := slow(
				named("votes", sources.Parent{Stream: comments, Key: "id", As: "comment"}),
			)
			other := slow(named("other", sources.Parent{Stream: posts, Key: "id", As: "post"}))
			began := time.Now()
			got := read(t, streams{votes, comments, other, posts},
				command{options: []sources.Option{sources.Concurrency(workers)}})
			require.Equal(t, 0, got.code, got.logs())
			assert.Len(t, got.records("votes"), parents)
			assert.Len(t, got.records("comments"), parents)
			assert.Len(t, got.records("other"), parents)
			if workers == 50 {
				assert.Less(t, time.Since(began), parents*time.Second+3*time.Minute)
			}
		})
	}
}

// What children have not come to waits on disk, and each child gets all of it.
func TestManyParentsAndSlowChildren(t *testing.T) {
	t.Parallel()
	const parents = 60_000 // more than a megabyte of what children need
	posts := by{sources.Description{Name: "posts"}, func(
		_ context.Context, _ sources.Slice, out *sources.Output,
	) error {
		for id := range parents {
			if err := out.Raw(fmt.Appendf(nil, `{"id":"a key of some length %d"}`, id)); err != nil {
				return err
			}
		}
		return nil
	}}
	var children [2]atomic.Int64
	child := func(name string, n *atomic.Int64) by {
		return by{named(name, sources.Parent{Stream: posts, Key: "id", As: "post"}), func(
			context.Context, sources.Slice, *sources.Output,
		) error {
			n.Add(1)
			return nil
		}}
	}
	got := read(t, streams{child("a", &children[0]), child("b", &children[1])}, command{})
	require.Equal(t, 0, got.code, got.logs())
	assert.EqualValues(t, parents, children[0].Load())
	assert.EqualValues(t, parents, children[1].Load())
}

func TestFailedParentFailsItsChildren(t *testing.T) {
	t.Parallel()
	broken := errors.New("no such table")
	posts := by{sources.Description{Name: "posts"}, func(
		_ context.Context, _ sources.Slice, out *sources.Output,
	) error {
		return errors.Join(out.Raw([]byte(`{"id":1}`)), broken)
	}}
	comments := echo(named("comments", sources.Parent{Stream: posts, Key: "id", As: "post"}), nil)
	votes := echo(named("votes", sources.Parent{Stream: comments, Key: "id", As: "c"}), nil)
	for _, source := range []streams{{comments}, {posts, comments}, {votes}} {
		got := read(t, append(source, listed("good", nil, numbers(1)...)), command{})
		assert.Equal(t, 1, got.code)
		assert.Len(t, got.errors(), len(source), "one ERROR for each stream that failed")
		for _, e := range got.errors() {
			assert.Contains(t, e.Message, "no such table")
			if e.Descriptor.Name != "posts" {
				assert.Contains(t, e.Message, "read by the records of stream")
			}
		}
		assert.Equal(t, []string{"STARTED", "RUNNING", "COMPLETE"}, got.statuses("good"))
	}
}

// When no child is left, nobody reads the parent on.
func TestParentEndsWithItsChildren(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		posts := by{sources.Description{Name: "posts"}, func(
			ctx context.Context, _ sources.Slice, out *sources.Output,
		) error {
			if err := out.Raw([]byte(`{"id":1}`)); err != nil {
				return err
			}
			<-ctx.Done()
			return ctx.Err()
		}}
		comments := by{
			named("comments", sources.Parent{Stream: posts, Key: "id", As: "post"}),
			func(
				context.Context, sources.Slice, *sources.Output,
			) error {
				return errors.New("it has no comments")
			},
		}
		got := read(t, streams{comments}, command{})
		assert.Equal(t, 1, got.code)
		assert.Contains(t, got.oneError(t).Message, "it has no comments")
	})
}

func growing(s sources.Stream) sources.Parent {
	return sources.Parent{Stream: s, Key: "id", As: "p", Incremental: true}
}
