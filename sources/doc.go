// Package sources turns a Go type into an Airbyte source.
//
// An author writes one type with one method, Streams, and calls [Main]:
//
//	func main() { sources.Main(source{}) }
//
//	type source struct{}
//
//	func (source) Streams(ctx context.Context, cfg Config) ([]sources.Stream, error) { ... }
//
// Main answers spec, check, discover and read as the platform calls them; its verb schema, for
// development, infers the schemas of records. A stream is a [StreamOf], which is a function that
// yields records, a stream of package http, or any implementation of [Stream], the lower layer.
//
// # What the engine does
//
//   - It cuts the cursor's range into slices and reads them in parallel, in one pool for all
//     streams ([Concurrency]); streams of one group never at the same time ([Description]).
//   - It reads a parent once for all children that start from the same point ([Parent]), in bounded
//     memory.
//   - It writes STARTED, RUNNING and COMPLETE or INCOMPLETE for each stream, at least one STATE for
//     each that has begun, and counts the records between states.
//   - A state never names more than what has been written before it: see [Order] for how far it
//     goes inside a slice, and [Output.Checkpoint] for tokens. It is written at most every 15
//     seconds ([StateInterval]), and again in long waits ([Heartbeat]).
//   - States have the shapes of the Python kit, so that a connector which is rewritten goes on from
//     where its predecessor ended; a [StateMigrator] reads other forms.
//   - A stream that shows no sign of life for an hour is ended ([StallTimeout]).
//   - A stream that fails, or panics, writes one ERROR trace, does not stop the others, and makes
//     the process exit with 1.
//   - Every attempt of a full refresh starts without state, unless the platform counts generations;
//     then it goes on where the last attempt ended, as far as the stream can.
//   - SIGTERM and SIGINT end the read after writing the states that are safe.
//
// # The config struct
//
// The spec is derived from the fields of the config struct, in their order. A field is required
// unless its json tag says omitempty or omitzero, it is a pointer, or it has a default. These tags
// refine it:
//
//	json                  the name; omitempty and omitzero make the field optional
//	title, description    what the user reads; on a field _ struct{}: of the whole config
//	default               its value, as text
//	enum, examples        values, separated by commas, or a JSON array
//	pattern               a regular expression; pattern_descriptor says it in words
//	format                date, date-time, time, duration, uri, email, hostname, uuid, ...
//	minimum, maximum      bounds of a number
//	min_length, max_length, min_items
//	order                 the place in the form; defaults to the order of the fields
//	group                 the group in the form; a field _ struct{} declares the groups:
//	                      `groups:"id=Title,..."`
//	airbyte               a list of: secret, multiline, hidden, always_show, display=radio,
//	                      display=dropdown, oneof=NAME, oauth2, oauth=client_id,
//	                      oauth=client_secret, oauth=output, oauth=input
//
// A [time.Time] is a date-time, or a date with format:"date". Nested structs, slices, and maps with
// string keys work. A field tagged airbyte:"oneof=auth_type" must be a struct whose fields are
// pointers to structs: the user chooses one, whose JSON name is the value of auth_type, and exactly
// that pointer is set. Tagging a branch oauth2 and its fields oauth=... fills in the spec's
// advanced_auth. On a slice, the tags of strings and numbers speak of its items. Fields with the
// names that Airbyte's tests know for secrets (password, token, key, ...) are secret without being
// asked.
//
// Values of secret fields are masked in logs, traces, statuses and on standard error; records,
// states and CONTROL messages are never altered. A config that does not fit is answered with one
// sentence for each violation, without the offending value.
//
// # Partitions and children
//
// A stream may be read in parts, each with a position of its own: by [List], by the records of
// another stream ([Parent]), by a [Product] of both, or by an author's own [Partitions]:
//
//	&sources.StreamOf[Comment]{
//		Name:       "comments",
//		Partitions: sources.Parent{Stream: posts, Key: "id", As: "post_id"},
//		Inherit:    []string{"post_id"}, // each comment gets it as a field
//		Cursor:     sources.TimeCursor{Field: "created_at", Filter: true},
//		Read: func(ctx context.Context, s sources.Slice) iter.Seq2[Comment, error] {
//			return commentsOf(ctx, s.Partition.Get("post_id"), s.From.Time())
//		},
//	}
//
// # For development
//
// A read without --catalog reads all streams in full refresh; --streams names some of them, and
// --limit stops each after a number of records:
//
//	./source-acme read --config config.json --limit 10
//
// # Deviations from the protocol
//
//   - Each state has the property go_cdk beside its own: whether the stream is complete, and what
//     has no place in the Python kit's shapes.
//   - A read without --catalog, the flags --streams and --limit, and the verb schema are additions;
//     the platform uses none of them.
//   - Records without data, and of streams that the catalog does not have, are an error here. The
//     platform would drop the one in silence and fail the sync at the other.
//   - A full refresh of a platform that counts no generations never resumes, though its stream
//     says is_resumable: a destination could not tell the attempts apart.
//
// What is read differently than by the Python kit, on purpose, is a table in docs/migrating.md.
//
// # Examples and guides
//
// The example of [Main] is a whole source, and so are the programs examples/source-rest,
// examples/source-jsonl and examples/source-goproxy of the repository. Its folder docs has a guide
// for each task: docs/first-source.md, docs/incremental.md, docs/children.md,
// docs/custom-streams.md, docs/testing.md.
package sources
