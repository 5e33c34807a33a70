package tabletest

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

// prior writes a first generation.
func prior(t *testing.T, x *Target) {
	t.Helper()
	x.Write(t, Streams(Stream("users", user, Generation(1, 0))),
		Record("users", `{"id":1}`), State("users", 1), Complete("users")).Succeeds(t)
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

func overwriteDedup(t *testing.T, x *Target) {
	prior(t, x)
	s := Streams(Stream("users", user, Dedup("at", "id"), Generation(2, 2)))
	x.Write(t, s, Record("users", `{"id":2,"name":"a"}`), State("users", 2)).Fails(t)
	x.Write(t, s, Record("users", `{"id":2,"name":"b"}`), Record("users", `{"id":3,"name":"c"}`),
		State("users", 3), Complete("users")).Succeeds(t)
	assert.Equal(t, []string{"2 b", "3 c"}, x.Rows(t, x.Table("", "users"), "id", "name"))
}
