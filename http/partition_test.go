package http

import (
	"context"
	"fmt"
	"io"
	"iter"
	nethttp "net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/airbyte-go/cdk/protocol"
	"github.com/airbyte-go/cdk/sources"
)

// unknown are partitions whose names nobody knows before they come.
type unknown struct{}

func (unknown) Each(context.Context) iter.Seq2[sources.Partition, error] {
	return func(func(sources.Partition, error) bool) {}
}

func TestPlaceholdersOfPartitions(t *testing.T) {
	t.Parallel()
	client := NewClient(base)
	posts := &Stream{Client: client, Name: "posts"}
	comments := sources.Parent{
		Stream: posts, Key: "id", As: "post_id", Fields: []string{"author.name"},
	}
	for _, s := range []*Stream{
		{Path: "posts/{post_id}", Query: Params{"by": "{author.name}"}, Partitions: comments},
		{Header: Params{"X-Region": "{region}"}, Partitions: sources.List("region", "eu")},
		{Body: Params{"any": "{thing}"}, Partitions: unknown{}},
	} {
		s.Client, s.Name = client, "s"
		require.NoError(t, s.check())
	}
	s := &Stream{Client: client, Name: "s", Path: "posts/{id}", Partitions: comments}
	requireError(t, s.check(), protocol.SystemError, "Stream s: its Path has the unknown "+
		"placeholder {id}; known are {from} and {to} and {post_id} and {author.name}.")
	desc := (&Stream{
		Client: client, Name: "s", Partitions: comments, Inherit: []string{"post_id"}, Group: "g",
		Pages: After{Field: "id", Param: "after"},
	}).Describe()
	assert.Equal(t, comments, desc.Partitions)
	assert.Equal(t, []string{"post_id"}, desc.Inherit)
	assert.Equal(t, "g", desc.Group)
	assert.True(t, desc.Resumable)
	assert.False(t, (&Stream{Pages: PageNumber{}}).Describe().Resumable)
}

func TestRequestsOfAPartition(t *testing.T) {
	t.Parallel()
	partition := sources.NewPartition("post", 7).WithExtra("tag", "a b").WithExtra("none", nil)
	bubble(t, func(w nethttp.ResponseWriter, r *nethttp.Request, _ int) {
		body, _ := io.ReadAll(r.Body)
		respond(w, 200, fmt.Sprintf(`{"got":%q}`, body))
	}, func(b *bundle) {
		s := &Stream{
			Client: NewClient(base), Name: "s", Path: "posts/{post}/{tag}", Partitions: unknown{},
			Query: Params{"tag": "{tag}", "none": "{none}", "missing": "{missing}"},
			Body:  map[string]any{"post": "{post}", "text": "{post}: {tag}", "none": "{none}"},
			Edits: []Edit{Add("post", "{post}"), Add("none", "{none}")},
		}
		var records []string
		r := &reader{
			stream: s, budget: heldPages, slice: sources.Slice{Partition: partition},
			emit:       func(r []byte) error { records = append(records, string(r)); return nil },
			checkpoint: func([]byte) error { return nil },
		}
		require.NoError(b, r.read(b.ctx))
		assert.Equal(b, "/v1/posts/7/a%20b?tag=a+b", b.arrivals()[0].URL.RequestURI())
		assert.Equal(b, []string{
			`{"got":"{\"post\":7,\"text\":\"7: a b\"}","post":7,"none":null}`}, records)

		r.stream.Path = "posts/{none}"
		requireError(b, r.read(b.ctx), protocol.SystemError, `The path "posts/{none}" needs a `+
			`value for {none}, which the partition does not have, or has empty. Check the `+
			`Partitions of the stream.`)
	})
}

// bookmarks reads a slice and returns the tokens of its checkpoints.
func (b *bundle) bookmarks(s *Stream, resume string) (tokens []string, err error) {
	s.Client = NewClient(base)
	r := &reader{
		stream: s, budget: heldPages, emit: func([]byte) error { return nil },
		checkpoint: func(token []byte) error { tokens = append(tokens, string(token)); return nil },
	}
	if resume != "" {
		r.slice.Resume = []byte(resume)
	}
	err = r.read(b.ctx)
	return tokens, err
}

func TestSliceResumesAtItsToken(t *testing.T) {
	t.Parallel()
	pages := map[string]string{"": "b", "after=b": "d", "after=d": ""}
	api := func(w nethttp.ResponseWriter, r *nethttp.Request, _ int) {
		next, ok := pages[r.URL.RawQuery]
		switch {
		case !ok:
			respond(w, 410, `{"message":"cursor expired"}`)
		case next == "":
			respond(w, 200, `{"d":[{"id":"z"}]}`)
		default:
			respond(w, 200, `{"d":[{"id":"x"},{"id":"`+next+`"}],"next":"`+next+`"}`)
		}
	}
	after := After{Field: "id", Param: "after", Size: 2}
	lasting := Lasting(NextToken{At: "next", Param: "after"})
	for _, p := range []Paginator{after, lasting} {
		bubble(t, api, func(b *bundle) {
			tokens, err := b.bookmarks(&Stream{Records: Field("d"), Pages: p}, "")
			require.NoError(b, err)
			assert.Equal(b, []string{"b", "d", ""}, tokens)
			tokens, err = b.bookmarks(&Stream{Records: Field("d"), Pages: p}, "b")
			require.NoError(b, err)
			assert.Equal(b, []string{"d", ""}, tokens)
			assert.Equal(b, []string{"", "after=b", "after=d", "after=b", "after=d"}, b.queries())

			_, err = b.bookmarks(&Stream{Records: Field("d"), Pages: p}, "old")
			require.ErrorIs(b, err, sources.ErrStaleToken)
			assert.Equal(b, 410, StatusOf(err))
			assert.ErrorContains(b, err, "cursor expired")
		})
	}
	bubble(t, api, func(b *bundle) { // tokens of a paginator that does not vouch for them
		tokens, err := b.bookmarks(&Stream{Records: Field("d"),
			Pages: NextToken{At: "next", Param: "after"}}, "old")
		require.NoError(b, err)
		assert.Equal(b, []string{"", "", ""}, tokens)
	})
}

func TestWhatIsNoStaleToken(t *testing.T) {
	t.Parallel()
	for status, stale := range map[int]bool{
		400: true, 404: true, 410: true, 422: true,
		401: false, 403: false, 408: false, 429: false, 500: false,
	} {
		bubble(t, func(w nethttp.ResponseWriter, _ *nethttp.Request, _ int) {
			respond(w, status, "")
		}, func(b *bundle) {
			s := &Stream{Pages: After{Field: "id", Param: "after"}}
			_, err := b.bookmarks(s, "x")
			assert.Equal(b, stale, strings.Contains(fmt.Sprint(err), sources.ErrStaleToken.Error()),
				status)
			_, err = b.bookmarks(s, "")
			assert.NotErrorIs(b, err, sources.ErrStaleToken, "there was no token")
		})
	}
	bubble(t, serve(`[{"id":1}]`), func(b *bundle) { // the second page is not the token's
		_, err := b.bookmarks(&Stream{Pages: After{Field: "id", Param: "after"}}, "x")
		require.Error(b, err)
		assert.NotErrorIs(b, err, sources.ErrStaleToken)
	})
}

func TestNoTokenForASliceThatStartedAgain(t *testing.T) {
	t.Parallel()
	bubble(t, cappedAPI, func(b *bundle) {
		tokens, err := b.bookmarks(&Stream{
			Query: Params{"from": "{from}"}, Pages: Lasting(Offset{Max: 8}),
			Cursor: sources.IntCursor{Field: "version", Order: sources.Ascending},
		}, "")
		require.NoError(b, err)
		assert.Equal(b, []string{"4", "8", ""}, tokens[:3])
		assert.Empty(b, strings.Join(tokens[3:], ""))
	})
}
