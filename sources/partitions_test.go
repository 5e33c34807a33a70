package sources_test

import (
	"context"
	"errors"
	"iter"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/airbyte-go/cdk/sources"
)

func TestReadByListsAndProducts(t *testing.T) {
	t.Parallel()
	regions := sources.List("region", "eu", "us")
	got := read(t, streams{
		echo(named("list", regions), nil),
		echo(named("product", sources.Product(regions, sources.List("kind", "a", "b"))), nil),
		echo(named("none", sources.List("region")), nil),
	}, command{})
	require.Equal(t, 0, got.code)
	assert.Equal(t, []string{
		`{"partition":{"region":"eu"},"from":"","to":""}`,
		`{"partition":{"region":"us"},"from":"","to":""}`,
	}, sorted(got.records("list")))
	assert.Len(t, got.records("product"), 4)
	assert.Contains(t, got.records("product"),
		`{"partition":{"region":"us","kind":"a"},"from":"","to":""}`)
	assert.Equal(t, []string{"STARTED", "RUNNING", "COMPLETE"}, got.statuses("none"))
}

func TestReadPartitionMistakes(t *testing.T) {
	t.Parallel()
	posts := emitting(sources.Description{Name: "posts"}, numbers(1)...)
	incremental := posts
	incremental.Cursor = sources.IntCursor{Field: "id"}
	self := &by{Description: sources.Description{Name: "self"}}
	self.Partitions = sources.Parent{Stream: self, Key: "id", As: "id"}
	grouped := posts
	grouped.Group = "g"
	inGroup := named("a", sources.Parent{Stream: grouped, Key: "id", As: "post"})
	inGroup.Group = "g"
	inherits := named("a", sources.List("region", "eu"))
	inherits.Inherit = []string{"land"}
	for want, d := range map[string]sources.Description{
		"its Parent has no Stream":    named("a", sources.Parent{Key: "id", As: "post"}),
		"its Parent has no Key":       named("a", sources.Parent{Stream: posts, As: "post"}),
		"a value without a name":      named("a", sources.Parent{Stream: posts, Key: "id"}),
		`a value named "from"`:        named("a", sources.List("from", "x")),
		`the value "region" twice`:    named("a", sources.Product(sources.List("region"), sources.List("region"))),
		"part that is nil":            named("a", sources.Product(nil)),
		"posts has no Cursor":         named("a", growing(posts)),
		"miss the combinations":       named("a", sources.Product(growing(incremental))),
		`group "g" together with its`: inGroup,
		`its Inherit names "land"`:    inherits,
	} {
		got := read(t, streams{echo(d, nil)}, command{})
		assert.Equal(t, 1, got.code, want)
		assert.Contains(t, got.oneError(t).Message, want)
	}
	got := read(t, streams{self}, command{})
	assert.Contains(t, got.oneError(t).Message, "self is its own parent")
}

// own is an author's way to partitions.
type own func(ctx context.Context) iter.Seq2[sources.Partition, error]

func (o own) Each(ctx context.Context) iter.Seq2[sources.Partition, error] { return o(ctx) }

func TestReadByAuthorsPartitions(t *testing.T) {
	t.Parallel()
	accounts := func(after func(yield func(sources.Partition, error) bool)) own {
		return func(context.Context) iter.Seq2[sources.Partition, error] {
			return func(yield func(sources.Partition, error) bool) {
				p := sources.NewPartition("account", 7).
					With("kind", "a").
					WithExtra("title", "seven")
				if yield(p, nil) {
					after(yield)
				}
			}
		}
	}
	child := echo(named("a", accounts(func(func(sources.Partition, error) bool) {})), nil)
	child.Inherit = []string{"account", "title"}
	got := read(t, streams{child}, command{})
	require.Equal(t, 0, got.code)
	assert.Equal(t, []string{
		`{"account":7,"title":"seven","partition":{"account":7,"kind":"a"},"from":"","to":""}`,
	}, got.records("a"))

	for want, after := range map[string]func(yield func(sources.Partition, error) bool){
		"no such account": func(yield func(sources.Partition, error) bool) {
			yield(sources.Partition{}, errors.New("no such account"))
		},
		"crashed while it read stream a": func(func(sources.Partition, error) bool) {
			panic("nil map")
		},
	} {
		got := read(t, streams{echo(named("a", accounts(after)), nil)}, command{})
		assert.Equal(t, 1, got.code)
		assert.Len(t, got.records("a"), 1)
		assert.Contains(t, got.oneError(t).Message, want)
	}
}

func TestGroupsAreNotReadTogether(t *testing.T) {
	t.Parallel()
	for _, workers := range []int{1, 50} {
		synctest.Test(t, func(t *testing.T) {
			var mu sync.Mutex
			busy := map[string]string{}
			reading := func(d sources.Description) by {
				return by{d, func(_ context.Context, _ sources.Slice, out *sources.Output) error {
					mu.Lock()
					if d.Group != "" {
						assert.Contains(t, []string{"", d.Name}, busy[d.Group])
						busy[d.Group] = d.Name
					}
					mu.Unlock()
					pause(time.Second)
					for _, r := range numbers(1, 2, 3) {
						if err := out.Raw(r); err != nil {
							return err
						}
					}
					mu.Lock()
					defer mu.Unlock()
					busy[d.Group] = ""
					return nil
				}}
			}
			in := func(group string, d sources.Description) sources.Description {
				d.Group = group
				return d
			}
			a, b := reading(in("g", named("a", nil))), reading(in("h", named("b", nil)))
			// Each group has a stream whose parent is in the other.
			childOfA := reading(in("h", named("c", sources.Parent{Stream: a, Key: "id", As: "a"})))
			childOfB := reading(in("g", named("d", sources.Parent{Stream: b, Key: "id", As: "b"})))
			got := read(t, streams{childOfA, childOfB, reading(in("g", named("e", nil)))},
				command{options: []sources.Option{sources.Concurrency(workers)}})
			require.Equal(t, 0, got.code, got.logs())
			assert.Len(t, got.records("c"), 9)
			assert.Len(t, got.records("d"), 9)
		})
	}
}

func TestCheckReadsOneOfTheFirstPartition(t *testing.T) {
	t.Parallel()
	var reads atomic.Int64
	posts := counted(emitting(sources.Description{Name: "posts"}, numbers(1, 2)...), &reads)
	none := emitting(sources.Description{Name: "none"})
	for name, test := range map[string]struct {
		parent by
		reads  int64
		want   string
	}{
		"with records": {posts, 1, "SUCCEEDED"},
		"without":      {none, 0, "SUCCEEDED"},
		"broken": {
			by{named("posts", nil), failing("posts", errors.New("no table")).read}, 0, "no table",
		},
	} {
		var children atomic.Int64
		child := echo(
			named("a", sources.Parent{Stream: test.parent, Key: "id", As: "post"}),
			&children,
		)
		got := call(t, streams{child}, command{verb: "check", config: `{}`})
		assert.Equal(t, test.reads, children.Load(), name)
		if test.want == "SUCCEEDED" {
			require.Equal(t, 0, got.code, name)
			assert.EqualValues(
				t,
				test.want,
				got.messages[len(got.messages)-1].ConnectionStatus.Status,
			)
		} else {
			assert.Contains(t, got.oneError(t).InternalMessage, test.want)
		}
	}
}
