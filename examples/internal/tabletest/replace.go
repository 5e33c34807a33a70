package tabletest

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func (x *Target) ids(t *testing.T) []string {
	t.Helper()
	return x.Rows(t, x.Table("", "users"), "id")
}

// prior writes a first generation.
func prior(t *testing.T, x *Target) {
	t.Helper()
	x.Write(t, Streams(Stream("users", user, Generation(1, 0))),
		Record("users", `{"id":1}`), State("users", 1), Complete("users")).Succeeds(t)
}

func truncateRefresh(t *testing.T, x *Target) {
	prior(t, x)
	x.Write(t, Streams(Stream("users", user, Generation(2, 2))),
		Record("users", `{"id":2}`), State("users", 2), Complete("users")).Succeeds(t)
	table := x.Table("", "users")
	assert.Equal(t, []string{"2 2"}, x.Rows(t, table, "id", "_airbyte_generation_id"))
	assert.Empty(t, x.Leftovers(t))
}

// What was there stays until the replacement is complete, which goes on where it was interrupted.
func interruptedTruncateWithPriorData(t *testing.T, x *Target) {
	prior(t, x)
	s := Streams(Stream("users", user, Generation(2, 2)))
	x.Write(t, s, Record("users", `{"id":2}`), State("users", 2)).Fails(t)
	assert.Equal(t, []string{"1"}, x.ids(t))
	assert.Len(t, x.Leftovers(t), 1)
	x.Write(t, s, Record("users", `{"id":3}`), State("users", 3), Complete("users")).Succeeds(t)
	assert.Equal(t, []string{"2", "3"}, x.ids(t))
	assert.Empty(t, x.Leftovers(t))
}

func interruptedTruncateWithoutPriorData(t *testing.T, x *Target) {
	s := Streams(Stream("users", user, Generation(2, 2)))
	x.Write(t, s, Record("users", `{"id":2}`), State("users", 2)).Fails(t)
	x.Write(t, s, Record("users", `{"id":3}`), State("users", 3), Complete("users")).Succeeds(t)
	assert.Equal(t, []string{"2", "3"}, x.ids(t))
	assert.Empty(t, x.Leftovers(t))
}

// An interrupted replacement was acknowledged: an ordinary sync after it goes on from its states,
// so its rows move into the table.
func resumeAfterCancelledTruncate(t *testing.T, x *Target) {
	for _, option := range []Option{func(*stream) {}, Dedup("name", "id")} {
		x.Exec(t, "DROP TABLE IF EXISTS "+x.Table("", "users"))
		x.Write(t, Streams(Stream("users", user, option, Generation(1, 0))),
			Record("users", `{"id":1,"name":"old"}`), State("users", 1),
			Complete("users")).Succeeds(t)
		x.Write(t, Streams(Stream("users", user, option, Generation(2, 2))),
			Record("users", `{"id":2,"name":"new"}`), State("users", 2)).Fails(t)
		more := `{"id":{"type":"integer"},"name":{"type":"string"},"more":{"type":"boolean"}}`
		x.Write(t, Streams(Stream("users", more, option, Generation(2, 0))),
			Record("users", `{"id":3,"name":"newer","more":true}`), State("users", 3),
			Complete("users")).Succeeds(t)
		assert.Equal(t, []string{"1 old", "2 new", "3 newer"},
			x.Rows(t, x.Table("", "users"), "id", "name"))
		assert.Empty(t, x.Leftovers(t))
	}
}

// A newer generation begins anew, whatever an older one has left.
func cancelledTruncateThenNewer(t *testing.T, x *Target) {
	prior(t, x)
	x.Write(t, Streams(Stream("users", user, Generation(2, 2))),
		Record("users", `{"id":2}`), State("users", 2)).Fails(t)
	x.Write(t, Streams(Stream("users", user, Generation(3, 3))),
		Record("users", `{"id":3}`), State("users", 3), Complete("users")).Succeeds(t)
	assert.Equal(t, []string{"3"}, x.ids(t))
	assert.Empty(t, x.Leftovers(t))
}

func overwrite(t *testing.T, x *Target) {
	s := Streams(Stream("users", user, Overwrite))
	x.Write(t, s, Record("users", `{"id":1}`), State("users", 1)).Succeeds(t)
	x.Write(t, s, Record("users", `{"id":2}`), State("users", 2)).Succeeds(t)
	assert.Equal(t, []string{"2"}, x.ids(t))
	x.Write(t, s, State("users", 3)).Succeeds(t)
	assert.Empty(t, x.ids(t))
	assert.Empty(t, x.Leftovers(t))
}

// Without generations the rows of an interrupted attempt may be of any sync.
func overwriteLeftovers(t *testing.T, x *Target) {
	s := Streams(Stream("users", user, Overwrite))
	x.Write(t, s, Record("users", `{"id":1}`), State("users", 1)).Succeeds(t)
	x.Write(t, s, Record("users", `{"id":2}`), "this is no message of the protocol\n",
		replaceStream(Record("users", `{"id":9}`), "nobody")).Fails(t)
	assert.Equal(t, []string{"1"}, x.ids(t))
	assert.Len(t, x.Leftovers(t), 1)
	x.Write(t, s, Record("users", `{"id":3}`), State("users", 3)).Succeeds(t)
	assert.Equal(t, []string{"3"}, x.ids(t))
	assert.Empty(t, x.Leftovers(t))
}

func overwriteDedup(t *testing.T, x *Target) {
	prior(t, x)
	s := Streams(Stream("users", user, Dedup("at", "id"), Generation(2, 2)))
	x.Write(t, s, Record("users", `{"id":2,"name":"a"}`), State("users", 2)).Fails(t)
	x.Write(t, s, Record("users", `{"id":2,"name":"b"}`), Record("users", `{"id":3,"name":"c"}`),
		State("users", 3), Complete("users")).Succeeds(t)
	assert.Equal(t, []string{"2 b", "3 c"}, x.Rows(t, x.Table("", "users"), "id", "name"))
}
