// Package cdktest tests connectors: it runs sources in the test's own process against a fake API,
// in virtual time, and looks over every line they write; and it plays syncs into destinations.
//
//	import cdktest "github.com/airbyte-go/cdk/cdk_test"
//
// The directory is named cdk_test, beside the packages whose connectors it tests; the package is
// named cdktest, because an underscore is no part of a good package name. Files that import it
// should spell the name out, as above. It imports testing and testify, so import it from _test.go
// files only.
//
// # A test
//
//	func TestRecords(t *testing.T) {
//		cdktest.Bubble(t, func(t *testing.T, api *cdktest.API) {
//			api.Pages("/v1/records", page1, page2).Fail(1, 503)
//			got := cdktest.Read(t, source{}, Config{APIKey: "k"}, api)
//			require.Len(t, got.Records("records"), 4)
//			cdktest.CrashEverywhere(t, source{}, Config{APIKey: "k"}, api)
//		})
//	}
//
// [Bubble] gives the test virtual time and an [API]: waiting ten minutes for a rate limit takes
// no time. [Read], [Check], [Discover] and [Spec] run one verb and return a [Result].
// [CrashEverywhere] stops a read after every single line and resumes it. A source that uses no
// API needs no bubble.
//
// # Acceptance
//
//	func TestAcceptance(t *testing.T) {
//		cdktest.Accept(t, cdktest.Source(source{}), "acceptance-test-config.yml",
//			cdktest.FakeAPI(func(api *cdktest.API) { api.Pages("/v1/records", page1, page2) }))
//	}
//
// [Accept] makes the checks of Airbyte's own acceptance tests, from the same config file, and more:
// about a hundred subtests, each of which says what it saw, what it expected and how to mend it.
// [Command] has them judge a program in any language, and so does the command "cdk test".
//
// A part of them plays what a read wrote through the platform, in both of the worlds that a
// destination may live in, and fails with what the platform drops, adds or refuses.
//
// # Destinations
//
//	func TestAcceptance(t *testing.T) {
//		tests := cdktest.DestinationTests{Config: cfg, Rows: rows}
//		cdktest.AcceptDestination(t, cdktest.Destination(destination{}), tests)
//	}
//
//	func TestNothingIsLost(t *testing.T) {
//		cdktest.KillDestination(t, cdktest.Command(os.Args[0]), tests, cdktest.Kills{})
//	}
//
// [AcceptDestination] plays syncs from a source of its own, through the platform, into a
// destination of this kit or of any other, and compares what Rows, the author's look at their own
// system, returns: the tests of Airbyte's own destinations and more, with generation ids and
// without. [KillDestination] kills its process, and whatever else it needs, at random moments.
//
// # More for tests
//
// [Conversations] compares every line of a run with a file, and rewrites the files on demand.
// [Cassette] asks a real API once and replays its answers. [API.Authorize] and [API.Limit] let a
// fake API refuse what a real one refuses. [StreamState] and [GlobalState] make a state file.
//
// # What every run is checked for
//
// A Result that does not keep the protocol's basic rules fails the test with a sentence for each
// breach, whatever the test itself looks at:
//
//   - every line is a message of the protocol; spec, check and discover answer once;
//   - a record has data, belongs to a configured stream and comes after STARTED;
//   - states are STREAM or GLOBAL, their counts equal the records before them, and no record
//     comes after the last one;
//   - statuses come in the order STARTED, RUNNING, COMPLETE or INCOMPLETE, and nothing of a stream
//     comes after its end;
//   - exit code 0 means that every configured stream has a state and is COMPLETE, and that there is
//     no ERROR trace;
//   - any other exit code comes with an ERROR trace, one for each stream that failed.
//
// A connector that fails is no breach: assert on [Result.Code] and [Result.Errors].
//
// # Examples and guides
//
// Each example is the body of a test; those of [Bubble], [State] and [CrashEverywhere] are the ones
// to begin with. The tests of examples/source-rest, and those that "cdk new" writes, are whole. The
// guides are docs/testing.md and docs/acceptance.md of the repository.
package cdktest
