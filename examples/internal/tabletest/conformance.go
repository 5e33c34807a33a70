package tabletest

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// suite are the tests of what only tables have, beside those that every destination must pass
// ([Accept]).
var suite = []struct {
	name string
	run  func(t *testing.T, x *Target)
}{
	{"MetaColumns", metaColumns},
	{"FunkyCharacters", funkyCharacters},
	{"CollidingNames", collidingNames},
	{"ResumeAfterCancelledTruncate", resumeAfterCancelledTruncate},
	{"OverwriteDedup", overwriteDedup},
	{"AppendSchemaEvolution", appendSchemaEvolution},
	{"SchemaEvolutionWidens", schemaEvolutionWidens},
	{"DedupChangePk", dedupChangePk},
	{"DedupNullKeys", dedupNullKeys},
	{"DedupLate", dedupLate},
	{"CDCHardDelete", cdcHardDelete},
	{"ContainerTypes", containerTypes},
	{"BasicTypes", basicTypes},
	{"FailedCasts", failedCasts},
	{"NUL", nul},
	{"BigIntegers", bigIntegers},
	{"LargeRecord", largeRecord},
	{"ForeignTable", foreignTable},
	{"DedupWithoutKey", dedupWithoutKey},
	{"EmptyStream", emptyStream},
}

// Conformance runs the suite, each test with a fresh target.
func Conformance(t *testing.T, fresh func(tb testing.TB) *Target) {
	t.Helper()
	for _, test := range suite {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			test.run(t, fresh(t))
		})
	}
}

const user = `{"id":{"type":"integer"},"name":{"type":"string"},` +
	`"at":{"type":"string","format":"date-time"}}`

func metaColumns(t *testing.T, x *Target) {
	s := Streams(Stream("users", user, Generation(3, 0)))
	o := x.Write(t, s, Record("users", `{"id":1,"name":"a","unknown":true}`),
		Record("users", `{"name":"b"}`), State("users", 1), Complete("users"))
	o.Succeeds(t)
	assert.Equal(t, []string{`{"n":1}`}, o.States)
	table := x.Table("", "users")
	assert.Equal(t, []string{"- b -", "1 a -"}, x.Rows(t, table, "id", "name", "at"))
	assert.Equal(t, []string{"3", "3"}, x.Rows(t, table, "_airbyte_generation_id"))
	var id, meta string
	var extracted any
	row := x.DB.QueryRowContext(t.Context(),
		"SELECT _airbyte_raw_id, _airbyte_extracted_at, _airbyte_meta FROM "+table+" WHERE id = 1")
	require.NoError(t, row.Scan(&id, &extracted, &meta))
	assert.Regexp(t, `^018cc251-f400-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`, id)
	assert.JSONEq(t, `{"sync_id":42,"changes":[]}`, meta)
	assert.Empty(t, x.Leftovers(t))
}

// Names of all kinds are names, and no part of the SQL.
func funkyCharacters(t *testing.T, x *Target) {
	names := []string{
		`select`, `user`, `a"b`, `a'b`, `a;DROP TABLE x--`, `with space`, `1st`, `dollar$`,
		`per%cent`, `back\slash`, `brace{}`, `dot.ted`, "\u00fcml\u00e4ut", "\u65e5\u672c", `?`,
		`$1`, `a[0]`, `*`,
	}
	properties, data := "{", "{"
	for i, name := range names {
		if i > 0 {
			properties, data = properties+",", data+","
		}
		properties += quoteJSON(name) + `:{"type":"string"}`
		data += quoteJSON(name) + ":" + quoteJSON("v of "+name)
	}
	for _, name := range names {
		s := Streams(Stream(name, properties+"}", Dedup(name, name)))
		x.Write(t, s, Record(name, data+"}"), Record(name, data+"}")).Succeeds(t)
		for _, column := range names {
			assert.Equal(t, []string{"v of " + column}, x.Rows(t, x.Table("", name), column), name)
		}
	}
}

// Names that the database cannot tell apart, cannot have or cannot hold in full.
func collidingNames(t *testing.T, x *Target) {
	long := "a_name_of_more_than_sixty_three_bytes_which_is_the_limit_of_postgres_"
	properties := `{"id":{"type":"integer"},"ID":{"type":"integer"},"Id":{"type":"integer"},` +
		`"ctid":{"type":"integer"},"rowid":{"type":"integer"},` +
		`"_airbyte_raw_id":{"type":"integer"},` +
		`"":{"type":"integer"},` + quoteJSON(long+"1") + `:{"type":"integer"},` +
		quoteJSON(long+"2") + `:{"type":"integer"}}`
	data := `{"id":1,"ID":2,"Id":3,"ctid":4,"rowid":5,"_airbyte_raw_id":6,"":7,` +
		quoteJSON(long+"1") + `:8,` + quoteJSON(long+"2") + `:9}`
	for range 2 { // the second time, all columns are there
		s := Streams(Stream("t", properties, Dedup("ID", "id")), Stream("T", properties))
		x.Write(t, s, Record("t", data), Record("T", data)).Succeeds(t)
	}
	tables := 0
	for _, name := range x.tables(t) {
		if name[0] == 't' || name[0] == 'T' {
			tables++
		}
	}
	assert.Equal(t, 2, tables)
	assert.Len(t, x.Columns(t, "T"), 4+9)
}

func foreignTable(t *testing.T, x *Target) {
	x.Exec(t, "CREATE TABLE "+x.Table("", "users")+" (id integer, precious text)")
	x.Exec(t, "INSERT INTO "+x.Table("", "users")+" VALUES (1, 'mine')")
	for _, option := range []Option{Dedup("", "id"), func(*stream) {}} {
		x.Write(t, Streams(Stream("users", user, option)), Record("users", `{"id":1}`)).
			Fails(t, "was not made by this connector", "_airbyte_raw_id")
	}
	assert.Equal(t, []string{"mine"}, x.Rows(t, x.Table("", "users"), "precious"))
}

func emptyStream(t *testing.T, x *Target) {
	x.Write(t, Streams(Stream("users", user), Stream("bare", `{}`, Overwrite)),
		State("users", 1), State("bare", 2)).Succeeds(t)
	assert.Empty(t, x.Rows(t, x.Table("", "users"), "id"))
	assert.Empty(t, x.Rows(t, x.Table("", "bare"), "_airbyte_raw_id"))
}
