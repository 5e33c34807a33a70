// Package destinations turns a Go type into an Airbyte destination.
//
// An author writes one type with two methods, Check and Open, and a [Loader], and calls [Main]:
//
//	func main() { destinations.Main(destination{}) }
//
//	func (destination) Check(ctx context.Context, cfg Config) error { ... }
//	func (destination) Open(
//		ctx context.Context, cfg Config, streams []destinations.Stream,
//	) (destinations.Loader, error) { ... }
//
//	func (l *loader) Load(ctx context.Context, b *destinations.Batch) error { ... }
//	func (l *loader) Finish(ctx context.Context, s destinations.Stream) error { ... }
//	func (l *loader) Close() error { ... }
//
// Main answers spec, check and write as the platform calls them. The config struct and its tags are
// those of package sources. What sync modes the spec offers is said by [ModeLister]. For a SQL
// database package destinations/sqltable has all of it but the connection.
//
// # What the engine does
//
//   - It walks each line to the record's data and no further: a record is bytes until the loader
//     decodes it ([Batch.Records]), or has it decoded ([Rows]).
//   - It collects the records of each stream in batches, by number, bytes and age ([BatchRecords],
//     [BatchBytes], [BatchAge]), within one bound for all streams ([Memory]). Where that is reached
//     standard input waits.
//   - It loads streams at once ([Concurrency]), and the batches of one stream in order.
//   - It writes each state back, unchanged but for destinationStats, as soon as every record before
//     it is durable: of its stream, or of all where the state is GLOBAL or a legacy one. A state
//     waits at most 15 seconds for more records to come into the batches before it
//     ([StateInterval]).
//   - A record that the loader rejects, or whose data is missing, empty or no object, is counted,
//     and the first few of each stream are logged with their reasons.
//   - Lines that are no messages are logged, without their text, and passed over. A message that
//     cannot be read, a record of a stream that the catalog does not have, a line beyond [MaxLine],
//     and an end in the midst of a line fail the write after everything before was loaded.
//   - An error or a panic of the loader becomes one ERROR trace. What other streams are loading
//     then, or at a signal, has 20 seconds to end and is acknowledged.
//
// # How a stream ends
//
// A stream is finished ([Loader.Finish]) when all of its records are loaded and its source says
// that it is complete. The platform lets a source say so in one of two ways:
//
//   - Where it counts generations it writes COMPLETE for each stream before it closes standard
//     input. An end without is a failed source: nothing is finished, and the process fails.
//   - For a custom connector it counts none, and closes standard input in the same way after a
//     success and a failure. Sources of this kit mark their states with whether a stream is
//     complete: where there are marks, they decide. Of other sources, the end of the input has to
//     do; a stream of which no state came is not replaced, though, whatever records did.
//
// A stream that is not complete is logged, and a replacing one leaves what was there before as it
// was. That alone is no failure of the destination: the source has told of its own.
//
// # What a loader must keep
//
// What Load has returned from is acknowledged and never comes again, so it must survive whatever
// happens next, also in a staging place. See [Stream.Generation] for how long. What it has not
// returned from may come again as a whole.
//
// # Deviations from the protocol
//
//   - A catalog without generation ids is served, where Airbyte's own destinations refuse it: it is
//     what every custom connector gets.
//   - The sync modes update and soft_delete, and the copying of files, are refused with a sentence.
//   - What is not valid JSON inside of a record's data passes through to the loader: the platform
//     parses each record before.
//   - A stream that its source has said to be incomplete does not fail the destination, so that the
//     failure is shown as the source's.
//
// # Examples and guides
//
// The example of [Main] is a whole destination. examples/destination-files of the repository is one
// by hand, which replaces; examples/destination-sqlite and examples/destination-postgres are made
// of package sqltable. The guide is docs/destinations.md, and docs/images.md says what the platform
// asks of a custom connector.
package destinations
