package openapi

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestCursors(t *testing.T) {
	t.Parallel()
	moment, day := "{type: string, format: date-time}", "{type: string, format: date}"
	param := func(name, schema string) string {
		return "{name: '" + name + "', in: query, schema: " + schema + "}"
	}
	for name, test := range map[string]struct {
		params, field, schema string
		want                  *Cursor
	}{
		"plain": {
			param("updated_since", moment), "updated_at", moment,
			&Cursor{Field: "updated_at", Since: "updated_since"},
		},
		"both bounds": {
			param("updated_at[gte]", moment) + ", " + param("updated_at[lte]", moment),
			"updatedAt",
			moment,
			&Cursor{Field: "updatedAt", Since: "updated_at[gte]", Until: "updated_at[lte]"},
		},
		"days": {
			param("since", day), "modified", day,
			&Cursor{Field: "modified", Since: "since", Kind: Days},
		},
		"days of a moment": {
			param("since", day), "modified", moment,
			&Cursor{Field: "modified", Since: "since", Kind: Days},
		},
		"seconds": {
			param("since", "{type: integer, format: unix-time}"),
			"updated",
			"{type: integer, format: unix-time}",
			&Cursor{Field: "updated", Since: "since", Kind: UnixSeconds},
		},
		"no parameter": {"", "updated_at", moment, nil},
		"a parameter for the creation": {
			param("created_since", moment),
			"updated_at",
			moment,
			nil,
		},
		"a parameter of an open format": {
			param("since", "{type: string}"),
			"updated_at",
			moment,
			nil,
		},
		"a field of an open format": {
			param("since", moment),
			"updated_at",
			"{type: string}",
			nil,
		},
		"a field of the creation": {param("since", moment), "created_at", moment, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			schema := array(object("id: {type: integer}, " + test.field + ": " + test.schema))
			api := guessed(t, get("/things", test.params, schema))
			assert.Equal(t, test.want, api.Streams[0].Cursor)
		})
	}
}

// byName finds a stream.
func byName(t *testing.T, api *API, name string) *Stream {
	t.Helper()
	for i := range api.Streams {
		if api.Streams[i].Name == name {
			return &api.Streams[i]
		}
	}
	require.Fail(t, "no such stream", name)
	return nil
}

func TestParents(t *testing.T) {
	t.Parallel()
	tag := object("slug: {type: string}, label: {type: string}")
	api := guessed(t,
		get("/posts", "", array(item)),
		get("/posts/{post_id}", "", item),
		get("/posts/{id}/comments", "", array(item)),
		get("/posts/{id}/comments/{comment}/votes", "", array(item)),
		get("/posts/{id}/stats", "", object("views: {type: integer}")),
		get("/tags", "", array(tag)),
		get("/tags/{tag_slug}", "", tag),
		get("/tags/{tagSlug}/posts", "", array(item)),
		get("/shops/{shop}/visits", "", array(item)),
		get("/shops/{shop}/visits/{visit_id}/pages", "", array(item)))

	comments := byName(t, api, "comments")
	assert.Equal(t, "posts", comments.Parent.Stream.Name)
	assert.Equal(t, "id", comments.Parent.Key)
	assert.Equal(t, "post_id", comments.Parent.As, "id alone says nothing")
	assert.Equal(t, []Piece{
		{Text: "posts"}, {Text: "/"}, {Partition: "post_id"}, {Text: "/comments"},
	}, comments.Path)

	votes := byName(t, api, "votes")
	assert.Same(t, comments, votes.Parent.Stream)
	assert.Equal(t, "comment", votes.Parent.As)
	assert.Equal(t, []ParentKey{{"comment", "1"}, {"post_id", "1"}}, votes.FirstParents())

	stats := byName(t, api, "stats")
	assert.True(t, stats.Single)
	assert.Equal(t, []string{"post_id"}, stats.Inherit)
	assert.Equal(t, "post_id", stats.Key)

	tags := byName(t, api, "tags")
	assert.Equal(t, "slug", tags.Key, "what the path of one item asks for")
	assert.Equal(t, "slug", byName(t, api, "tag_posts").Parent.Key)

	visits := byName(t, api, "visits")
	assert.Nil(t, visits.Parent, "no list of shops")
	assert.Equal(t, []string{"shop"}, visits.Needs)
	pages := byName(t, api, "pages")
	assert.Equal(t, "visits", pages.Parent.Stream.Name)
	assert.Equal(t, []string{"shop"}, pages.Needs, "what its parent needs")
	require.Len(t, api.Settings, 1)
	assert.True(t, api.Settings[0].Optional, "others do without it")
	assert.Empty(t, api.Streams[0].Needs, "check reads the first stream")
}

func TestNamesOfStreams(t *testing.T) {
	t.Parallel()
	api := guessed(t,
		get("/v1/users", "", array(item)),
		get("/v1/teams", "", array(item)),
		get("/v1/teams/{team_id}/users", "", array(item)),
		get("/v1/archive/users", "", array(item)),
		get("/v1/orderItems.json", "", array(item)),
		get("/v1/user-IDs", "", array(item)),
		get("/v1/{x}/", "", array(item)))
	var names []string
	for _, s := range api.Streams {
		names = append(names, s.Name)
	}
	assert.ElementsMatch(t, []string{
		"archive_users", "teams", "v1_users", "team_users", "order_items", "user_ids", "v1",
	}, names)
}
