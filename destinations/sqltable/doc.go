// Package sqltable writes streams into typed tables of a SQL database. It needs no driver of its
// own: a program brings one, says how to connect, and is a destination.
//
//	func main() { destinations.Main(sqltable.Destination[Config]{Connect: connect}) }
//
//	func connect(_ context.Context, cfg Config) (*sqltable.Database, error) {
//		db, err := sql.Open("sqlite", cfg.Path)
//		if err != nil {
//			return nil, err
//		}
//		return &sqltable.Database{DB: db, Dialect: sqltable.SQLite{}}, nil
//	}
//
// [SQLite] and [Postgres] are dialects to use or to embed. A [Dialect] that is a [BulkLoader] as
// well loads rows by its database's fastest way; for PostgreSQL, [Postgres.Copy] makes the data.
//
// # Tables
//
// Each stream has a table of its name, in the schema of its namespace or in [Database.Schema]. Its
// first columns are
//
//	_airbyte_raw_id          a UUID of version 7, of the time of extraction
//	_airbyte_extracted_at    when the source read the record
//	_airbyte_meta            {"sync_id": 1, "changes": [...]}
//	_airbyte_generation_id   the platform's number of the stream's generation; 0 without
//
// and then there is one for each property of the schema. Properties that the schema does not name
// are left out. Names stay as they are, quoted wherever they stand. One that the database could not
// tell from another, keeps for itself, or finds too long ends in a hash of the whole name; a column
// that is there already stays with the name that is spelled exactly like it. A table that was not
// made here is never touched.
//
// # Types
//
// The kinds are the protocol's; what each becomes is the dialect's to say. Casting is strict but
// for what loses nothing:
//
//   - A string column takes everything; what is not a string is stored as JSON.
//   - Integers and numbers are also read from strings. 1.0 is an integer. Numbers keep all their
//     digits where [Rules.ExactNumbers] says so. There an integer beyond 64 bits makes its column
//     wider; elsewhere it cannot be stored.
//   - Dates and times are read as ISO 8601 with some freedom: a space instead of T, a zone as +02,
//     a date alone, years before Christ with BC. They keep microseconds. An instant without a zone
//     is in UTC.
//   - Properties with several types, or without one, are JSON, as objects and arrays are.
//
// A value that cannot be cast becomes null, and _airbyte_meta says so in changes; so it does where
// a character was taken out that the database refuses. No record is lost for a value.
//
// # Modes
//
// Append adds rows. With deduplication a key has one row, that of the newest record: of the greater
// cursor, then of the later extraction, then the one that came last. A null cursor is older than
// every other, and a null in a key is a value like others. A record whose _ab_cdc_deleted_at is
// set removes its row, unless [Database.SoftDeletes] keeps it; that it was deleted is not
// remembered, so that an older record which comes in a later batch brings the row back.
//
// A stream to be replaced is loaded into a table beside its own, which takes its place when the
// stream has ended complete. Where the platform counts generations an interrupted attempt is gone
// on with; elsewhere every attempt begins anew. Rights given on the table and indexes made by hand
// go with the old table.
//
// Every batch is one transaction, committed before Load returns.
//
// # Schema changes
//
// New properties become columns, and columns whose property is gone are dropped. A column that is
// too narrow for its new type gets a wider one, and keeps its values: integers become numbers,
// dates timestamps, everything JSON where objects come, and text otherwise. A column that is wider
// than the new type asks stays as it is.
//
// # Differences from Airbyte's own destinations
//
// The columns and modes are those of their typed tables. On purpose it is otherwise that
//
//   - of two records with one key, cursor and time of extraction the later one wins, where theirs
//     leave it open;
//   - a schema change never fails a sync for a value that cannot be cast: the column becomes wider;
//   - streams of a catalog without generation ids are served;
//   - the columns of older tables, _airbyte_data and _airbyte_loaded_at, are neither written nor
//     read.
//
// # Examples
//
// The example of [Destination] is a program but for its driver; examples/destination-sqlite and
// examples/destination-postgres of the repository are whole connectors, each of one short file.
package sqltable
