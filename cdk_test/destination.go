package cdktest

import (
	"context"
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/airbyte-go/cdk/internal/acceptance"
	"github.com/airbyte-go/cdk/internal/conformance"
	"github.com/airbyte-go/cdk/internal/schema"
	"github.com/airbyte-go/cdk/protocol"
)

// DestinationTests is what [AcceptDestination] and [KillDestination] must know of a destination.
// Config and Rows must be given.
type DestinationTests struct {
	// Config is the destination's config: its config struct, or its JSON as json.RawMessage. It
	// should name a place of the test's own, such as an empty schema, because the tests leave their
	// streams behind. The names of these begin with a t and six characters of chance, so that a
	// place can be used again.
	Config any

	// Rows returns what a reader of the destination's system sees of a stream now: a JSON object
	// for each row, in any order, under the names of the record's properties. It is called while a
	// sync runs, too. A stream that was never written has no rows, which is no error.
	//
	// Columns that the destination adds may stay in or be left out, and so may nulls. Numbers may
	// be texts, and times, objects and arrays are compared by what they mean and not by how they
	// are spelled. Rows must not lose what the system holds: a number that went through a float64
	// fails the tests of a correct destination.
	Rows func(ctx context.Context, stream protocol.Descriptor) ([]json.RawMessage, error)

	// Rejected is the data of a record, a JSON object, that the destination rejects: one that is
	// too large for its system, say. A destination that rejects none skips rejected_records.
	Rejected string

	// Skip are checks that are not made, each with the reason, which must not be empty. A name like
	// "dedup_ties" means both worlds, "custom/dedup_ties" one of them. What a sync mode needs that
	// the spec does not offer is skipped without being named here.
	Skip map[string]string

	// Timeout is how long the destination may take to end once its input has ended. Defaults to a
	// minute.
	Timeout time.Duration
}

// AcceptDestination makes the tests of Airbyte's own destinations, and more, on any destination,
// each as a subtest of t. It is the source and the platform: it numbers states, counts records, and
// says at the end of a stream what the platform says. Each sync is played in both of the worlds
// that the package comment of destinations tells of: "custom", without generation ids, and
// "registry".
//
// The subtests, named "world/check", are: basic writes; states that come back as they were, once,
// in order and not before their records are there; namespaces, characters of all kinds and NUL;
// many streams; rejected records; an input that ends within a record; truncates that end, are
// interrupted, go on or are cancelled; append, also after a failure and with another schema; dedup
// with ties, texts as keys, and another cursor or key; and all types. A failure says what was
// sent, what was expected, what was found, and how to mend it. What the platform finds in one sync,
// such as a count that is wrong, is told in the first check that shows it.
//
// Files are not sent, because the kit does not support them.
func AcceptDestination(t *testing.T, c Connector, tests DestinationTests) {
	t.Helper()
	for _, check := range conformance.Plan(tests.subject(t, c)) {
		t.Run(check.Name, func(t *testing.T) { report(t, check, check.Run(t.Context())) })
	}
}

// Kills says how [KillDestination] kills.
type Kills struct {
	// Number is how often. Defaults to 10.
	Number int

	// Other ends something else that the destination needs, such as its database, and starts it
	// again before it returns. Every second kill is one of it then, and the destination must fail
	// by itself. Nil: only the destination is killed.
	Other func() error
}

// KillDestination proves that a destination loses nothing, whenever its process ends. It is the
// source and the platform of a sync with thousands of records, kills the destination at random
// moments, also while it is finishing its streams, and goes on from the last state that came back.
//
// After each kill every record before that state must be there, and a stream that is replaced must
// show all of its old rows or all of its new ones. At the end all that was sent must be there, and
// one row for each key where the spec offers append_dedup. Overwrite and append_dedup are left out
// where the spec does not offer them.
//
// The connector must be a [Command]; a test's own binary can be it, where its TestMain calls
// [destinations.Main]. Give it small batches and often written states there, with
// [destinations.BatchRecords] and [destinations.StateInterval], so that there is much to be killed
// in: states that only come back at the end prove nothing, which fails the test.
func KillDestination(t *testing.T, c Connector, tests DestinationTests, kills Kills) {
	t.Helper()
	if c.command == "" {
		t.Fatal("KillDestination needs a Command: what runs in the test's own process cannot be " +
			"killed.")
	}
	v := conformance.Kill(t.Context(), tests.subject(t, c), conformance.Kills(kills))
	report(t, acceptance.NewCheck("kill",
		"nothing lost, and no half of a replacement, whenever the process ends",
		"Make a batch durable before Load returns, and swap a replacing stream in one step.",
		nil), v)
}

// subject is the destination as the tests see it.
func (d DestinationTests) subject(t *testing.T, c Connector) conformance.Destination {
	t.Helper()
	if c.write == nil {
		t.Fatal("This connector is a source. Give a Destination or a Command.")
	}
	require.NotNil(t, d.Rows, "DestinationTests needs Rows, which looks at what was written")
	config, isText := d.Config.(json.RawMessage)
	if !isText {
		var err error
		config, err = schema.Encode(d.Config)
		require.NoError(t, err, "the config cannot be written as JSON")
	}
	return conformance.Destination{
		Connector: c.write, Config: config, Rows: d.Rows, Rejected: d.Rejected, Skip: d.Skip,
		Timeout: d.Timeout,
	}
}
