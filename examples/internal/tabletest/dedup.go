package tabletest

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func (x *Target) users(t *testing.T) []string {
	t.Helper()
	return x.Rows(t, x.Table("", "users"), "id", "name")
}

func dedupChangePk(t *testing.T, x *Target) {
	properties := `{"id":{"type":"integer"},"id2":{"type":"integer"},"name":{"type":"string"}}`
	x.Write(t, Streams(Stream("users", properties, Dedup("", "id"))),
		Record("users", `{"id":1,"id2":7,"name":"a"}`),
		Record("users", `{"id":2,"id2":7,"name":"b"}`)).Succeeds(t)
	x.Write(t, Streams(Stream("users", properties, Dedup("", "id2"))),
		Record("users", `{"id":3,"id2":8,"name":"c"}`),
		Record("users", `{"id":4,"id2":7,"name":"d"}`)).Succeeds(t)
	assert.Equal(t, []string{"3 c", "4 d"}, x.users(t))
	less := `{"id2":{"type":"integer"},"name":{"type":"string"}}` // the old key is dropped
	x.Write(t, Streams(Stream("users", less, Dedup("", "id2"))),
		Record("users", `{"id2":8,"name":"e"}`)).Succeeds(t)
	assert.Equal(t, []string{"7 d", "8 e"}, x.Rows(t, x.Table("", "users"), "id2", "name"))
}

// A key with a null is a key.
func dedupNullKeys(t *testing.T, x *Target) {
	properties := `{"a":{"type":"integer"},"b":{"type":"string"},"name":{"type":"string"}}`
	s := Streams(Stream("users", properties, Dedup("", "a", "b")))
	for _, name := range []string{"1", "2"} {
		x.Write(t, s,
			Record("users", `{"a":1,"b":null,"name":"`+name+`"}`),
			Record("users", `{"a":1,"b":"x","name":"`+name+`"}`),
			Record("users", `{"name":"`+name+`"}`)).Succeeds(t)
	}
	assert.Equal(t, []string{"- - 2", "1 - 2", "1 x 2"},
		x.Rows(t, x.Table("", "users"), "a", "b", "name"))
}

// Without a cursor the later extraction counts, in whichever order they come.
func dedupLate(t *testing.T, x *Target) {
	s := Streams(Stream("users", user, Dedup("", "id")))
	x.Write(t, s, At(2000, "users", `{"id":1,"name":"new"}`)).Succeeds(t)
	x.Write(t, s, At(1000, "users", `{"id":1,"name":"old"}`)).Succeeds(t)
	assert.Equal(t, []string{"1 new"}, x.users(t))
}

const cdc = `{"id":{"type":"integer"},"name":{"type":"string"},"lsn":{"type":"integer"},` +
	`"_ab_cdc_deleted_at":{"type":"string","format":"date-time"}}`

func cdcRecords() []string {
	return []string{
		Record("users", `{"id":1,"name":"a","lsn":1}`),
		Record("users", `{"id":2,"name":"b","lsn":2}`),
		Record("users", `{"id":3,"name":"c","lsn":3}`),
		// Deleted within its batch, deleted before it was ever seen, deleted and there again.
		Record("users", `{"id":1,"lsn":4,"_ab_cdc_deleted_at":"2024-01-01T00:00:00Z"}`),
		Record("users", `{"id":9,"lsn":5,"_ab_cdc_deleted_at":"2024-01-01T00:00:00Z"}`),
		Record("users", `{"id":2,"lsn":6,"_ab_cdc_deleted_at":"2024-01-01T00:00:00Z"}`),
		Record("users", `{"id":2,"name":"again","lsn":7}`),
	}
}

func cdcHardDelete(t *testing.T, x *Target) {
	s := Streams(Stream("users", cdc, Dedup("lsn", "id")))
	x.Write(t, s, cdcRecords()...).Succeeds(t)
	assert.Equal(t, []string{"2 again", "3 c"}, x.users(t))
	x.Write(t, s,
		Record("users", `{"id":3,"lsn":8,"_ab_cdc_deleted_at":"2024-01-01T00:00:00Z"}`),
		Record("users", `{"id":2,"lsn":5,"_ab_cdc_deleted_at":"2024-01-01T00:00:00Z"}`)).Succeeds(t)
	assert.Equal(t, []string{"2 again"}, x.users(t))

	all := Streams(Stream("all", cdc))
	var lines []string
	for _, record := range cdcRecords() {
		lines = append(lines, replaceStream(record, "all"))
	}
	x.Write(t, all, lines...).Succeeds(t)
	assert.Len(t, x.Rows(t, x.Table("", "all"), "id"), 7, "append keeps all events")
}

// SoftDelete is for targets whose config asks for it.
func SoftDelete(t *testing.T, x *Target) {
	t.Helper()
	s := Streams(Stream("users", cdc, Dedup("lsn", "id")))
	x.Write(t, s, cdcRecords()...).Succeeds(t)
	assert.Equal(t, []string{"1 -", "2 again", "3 c", "9 -"}, x.users(t))
}

func dedupWithoutKey(t *testing.T, x *Target) {
	x.Write(t, Streams(Stream("users", user, Dedup("at"))), Record("users", `{"id":1}`)).
		Fails(t, "users", "no primary key")
	x.Write(t, Streams(Stream("users", user, Dedup("at", "nothing"))), Record("users", `{"id":1}`)).
		Fails(t, "users", "nothing", "not in its schema")
	nested := Stream("users", user, Dedup("at"))
	nested.PrimaryKey = [][]string{{"id", "of"}}
	x.Write(t, Streams(nested), Record("users", `{"id":1}`)).Fails(t, "id.of", "within an object")
}
