// Package protocol is the Airbyte protocol: its messages as Go types, a reader of lines and the
// writer that owns a connector's output.
//
// It is the plain layer, which does nothing behind your back. Most connectors need only
// [Descriptor], [Error] and [Errorf] of it and leave the rest to package sources or package
// destinations, which build on it. Tools that stand between connectors use it directly.
//
// # Messages
//
// A [Message] is one line of JSON: a type, and the payload of that type. Names follow the
// protocol without its Airbyte prefix; the tags carry the JSON names, whose mixed casing is the
// protocol's own. A field that is empty is not written unless the protocol requires it, and a
// required list or object that is nil is written as [] or {}. Payloads that belong to somebody
// else (records, states, configs, JSON schemas) are [encoding/json.RawMessage]: they pass byte
// for byte, so no number is rounded and nothing is reordered. In a line, a raw line break within
// them becomes a space.
//
// # Reading
//
// [Reader] turns lines into messages. Standard output of real connectors also holds lines that
// are none; such a line is reported as a [LineError], and reading goes on. [Parse] reads a single
// line. Types that this package does not know pass without an error and without a payload.
//
// # Writing
//
// [Writer] writes messages whole and in order. Records take another way: each worker appends
// their bytes to a [RecordBuffer], which costs a small fraction of encoding a message. A message
// passed to [Writer.Write] always stands after the records appended before, and
// [Writer.WriteFunc] builds a state that covers exactly the lines that have left. See the example
// of [Writer].
//
// # States
//
// A destination must give every state back as it came, or the platform fails the sync. Each level
// of a [State] therefore keeps the properties it does not know in an [Extra], byte for byte and in
// their order, and an absent stream_state stays apart from one that is null. A [Count] is written
// with a decimal point.
//
// # Errors
//
// [Error] mirrors the ERROR trace: a failure type, a sentence for the user, details for the
// maintainer. [AsError] turns any error into one.
//
// # Deviations from the protocol
//
// The types follow release 0.18. They differ from its schema in these points:
//
//   - additionalStats of release 0.19 is there.
//   - [Bookkeeping] has the properties that the platform adds to states without publishing them,
//     and [OAuthConnectorInputSpecification] has the scopes of newer platforms.
//   - emitted_at is written as an integer where the schema allows any number; on input the
//     fraction of any integer field is cut off.
//   - On input null stands for an absent property, for many connectors write it so.
//   - Optional numbers, booleans and texts that are zero, false or empty are not written. The
//     schema gives them the same meaning as their absence.
//   - Unknown properties outside of states are dropped.
//
// # Examples
//
// The example of [NewWriter] is the heart of a source without an engine, and that of [NewReader] of
// a tool that reads one. The words of the protocol are explained in docs/glossary.md of the
// repository.
package protocol
