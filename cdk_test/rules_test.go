package cdktest

import (
	"context"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/airbyte-go/cdk/protocol"
	"github.com/airbyte-go/cdk/sources"
)

// says is a connector that answers every verb with the same lines.
func says(t testing.TB, code int, stdout string) *connector {
	t.Helper()
	return &connector{t: t, dir: t.TempDir(), run: func(
		_ context.Context, p sources.Process, _ ...sources.Option,
	) int {
		_, _ = io.WriteString(p.Out, stdout)
		return code
	}}
}

// readAll judges a read in which a connector says the given lines.
func readAll(t testing.TB, code int, lines []string, of task) *Result {
	t.Helper()
	return judge(t, says(t, code, stdout(lines)).read(of, nil))
}

// ofAB is a read of the streams a and b.
var ofAB = task{streams: []protocol.Descriptor{{Name: "a"}, {Name: "b"}}}

func TestGoodReadBreaksNoRule(t *testing.T) {
	t.Parallel()
	assert.Empty(t, failuresOf(t, func(t testing.TB) {
		got := readAll(t, 0, goodRead(), ofAB)
		assert.Len(t, got.Records("a"), 3)
	}))
	assert.Empty(t, failuresOf(t, func(t testing.TB) { // streams unknown, as without a catalog
		readAll(t, 0, goodRead(), task{})
	}))
	assert.Empty(t, failuresOf(t, func(t testing.TB) {
		lines := replaced(replaced(goodRead(), 10, globalLine(`{}`, 3)), 11)
		readAll(t, 0, replaced(lines, 7), ofAB)
	}))
}

// TestBrokenReads has reads with one defect each, and all that is said about them.
func TestBrokenReads(t *testing.T) {
	t.Parallel()
	var (
		good       = goodRead()
		incomplete = statusLine("a", protocol.StatusIncomplete)
		startedC   = statusLine("c", protocol.StatusStarted)
	)
	for name, test := range map[string]struct {
		lines []string
		code  int
		want  string
	}{
		"text on stdout": {inserted(good, 3, "hello"), 0, `
			Line 4 is not a message of the protocol (`},
		"empty line": {inserted(good, 3, " "), 0, `
			Line 4 is empty.`},
		"unknown type": {inserted(good, 3, `{"type":"REKORD"}`), 0, `
			Line 4 is of the unknown type "REKORD".`},
		"record is cut": {replaced(good, 6, `{"type":"RECORD","rec`), 0, `
			Line 6 is not a message of the protocol (
			Line 7: the state says that 2 records of stream a came before it, but there were 1.`},
		"empty data": {replaced(good, 6, recordLine("a", "{ }")), 0, `
			Line 6: the data of a record of stream a is empty.`},
		"data is null": {replaced(good, 6, recordLine("a", "null")), 0, `
			Line 6: the data of a record of stream a is not an object.`},
		"data is an array": {replaced(good, 6, recordLine("a", "[1]")), 0, `
			Line 6: the data of a record of stream a is not an object.`},
		"record nobody asked for": {inserted(good, 6, startedC, recordLine("c", `{"id":1}`)), 0, `
			Line 8: a record of stream c, which is not in the catalog.`},
		"state nobody asked for": {inserted(good, 6, stateLine("c", `{}`, 0)), 0, `
			Line 7: a state of stream c, which is not in the catalog.`},
		"STARTED after RUNNING": {replaced(inserted(good, 4, good[1]), 2), 0, `
			Line 3: the status RUNNING of stream a follows no status.
			Line 4: the status STARTED of stream a follows RUNNING.
			Line 12: the status COMPLETE of stream a follows STARTED.`},
		"no STARTED": {replaced(replaced(good, 4), 2), 0, `
			Line 3: a record of stream a, which has not STARTED.
			Line 4: a record of stream a, which has not STARTED.
			Line 7: a record of stream a, which has not STARTED.
			Line 10: the status COMPLETE of stream a follows no status.`},
		"no RUNNING": {replaced(good, 8), 0, `
			Line 12: the status COMPLETE of stream b follows STARTED.`},
		"STARTED twice": {inserted(good, 4, good[1]), 0, `
			Line 5: the status STARTED of stream a follows RUNNING.
			Line 13: the status COMPLETE of stream a follows STARTED.`},
		"COMPLETE twice": {inserted(good, 12, good[11]), 0, `
			Line 13: the status COMPLETE of stream a after its COMPLETE.`},
		"LEGACY state": {inserted(good, 6, legacyLine(2)), 0, `
			Line 7: a state that is neither a STREAM nor a GLOBAL one.
			Line 8: the state says that 2 records of stream a came before it, but there were 0.`},
		"STREAM and GLOBAL mixed": {inserted(good, 7, globalLine(`{}`, 0)), 0, `
			Line 8: a GLOBAL state after STREAM states; a sync must keep to one kind.
			Line 11: a STREAM state after GLOBAL states; a sync must keep to one kind.`},
		"count too high": {replaced(good, 7, stateLine("a", `{"id":2}`, 3)), 0, `
			Line 7: the state says that 3 records of stream a came before it, but there were 2.`},
		"count of the whole read": {replaced(good, 11, stateLine("a", `{"id":3}`, 3)), 0, `
			Line 11: the state says that 3 records of stream a came before it, but there were 1.`},
		"no count": {replaced(good, 10, uncountedLine("b", `{}`)), 0, `
			Line 10: a state without sourceStats.recordCount.`},
		"record after COMPLETE": {inserted(good, 12, recordLine("a", `{"id":4}`)), 0, `
			Line 13: a record of stream a after its COMPLETE.
			Stream a has no state after its last 1 records.`},
		"state after COMPLETE": {inserted(good, 12, stateLine("a", `{"id":4}`, 0)), 0, `
			Line 13: a state of stream a after its COMPLETE.`},
		"no state": {replaced(good, 10), 0, `
			Exit code 0, but stream b has no state; every stream needs one.`},
		"no last state": {replaced(good, 11), 0, `
			Stream a has no state after its last 1 records.`},
		"no COMPLETE": {replaced(good, 12), 0, `
			Exit code 0, but stream a is not COMPLETE; its last status is "RUNNING".`},
		"nothing": {good[:1], 0, `
			Exit code 0, but stream a is not COMPLETE; its last status is "".
			Exit code 0, but stream a has no state; every stream needs one.
			Exit code 0, but stream b is not COMPLETE; its last status is "".
			Exit code 0, but stream b has no state; every stream needs one.`},
		"exit 0 after a failure": {replaced(good, 12, errorLine("a", "no access"), incomplete), 0, `
			Exit code 0 in spite of an ERROR trace: no access
			Exit code 0, but stream a is not COMPLETE; its last status is "INCOMPLETE".`},
		"failure without a reason": {replaced(good, 12, incomplete), 1, `
			Exit code 1 without an ERROR trace that says why.`},
		"reason of another stream": {replaced(good, 12, errorLine("b", "no"), incomplete), 1, `
			Stream a is INCOMPLETE without an ERROR trace that says why.`},
		"two reasons": {
			replaced(good, 12, errorLine("a", "x"), errorLine("a", "y"), incomplete), 1, `
			Line 13: another ERROR trace of stream a; one must say it all.`},
		"reason after INCOMPLETE": {replaced(good, 12, incomplete, errorLine("a", "x")), 1, `
			Line 13: an ERROR trace of stream a after its INCOMPLETE.`},
		"failure without an end": {replaced(good, 12, errorLine("a", "x")), 1, `
			The last status of stream a is RUNNING; it must end as COMPLETE or INCOMPLETE.`},
		"answer of another verb": {inserted(good, 1, catalogLine("a")), 0, `
			read was answered with a CATALOG, the answer to discover.`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			failures := failuresOf(t, func(t testing.TB) {
				readAll(t, test.code, test.lines, ofAB)
			})
			want := strings.Split(strings.TrimPrefix(test.want, "\n\t\t\t"), "\n\t\t\t")
			require.Len(t, failures, len(want), "%q", failures)
			for i := range want {
				assert.True(t, strings.HasPrefix(failures[i], "read: "+want[i]), failures[i])
			}
		})
	}
}

func TestGoodFailuresBreakNoRule(t *testing.T) {
	t.Parallel()
	good := goodRead()
	incomplete := statusLine("a", protocol.StatusIncomplete)
	for name, lines := range map[string][]string{
		"of a stream":                replaced(good, 12, errorLine("a", "x"), incomplete),
		"of the process":             append(replaced(good, 12, incomplete), errorLine("", "x")),
		"before anything":            {errorLine("", "x")},
		"of a stream before it runs": {errorLine("a", "x"), incomplete},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Empty(t, failuresOf(t, func(t testing.TB) {
				readAll(t, 1, lines, ofAB)
			}))
		})
	}
}

func TestBrokenAnswers(t *testing.T) {
	t.Parallel()
	var (
		spec      = `{"type":"SPEC","spec":{"connectionSpecification":{}}}`
		succeeded = checkLine(protocol.ConnectionSucceeded)
	)
	for _, test := range []struct {
		verb  string
		lines []string
		code  int
		want  string // empty: nothing is wrong
	}{
		{"spec", []string{spec}, 0, ""},
		{"check", []string{succeeded}, 0, ""},
		{"discover", []string{catalogLine("a")}, 0, ""},
		{"check", []string{errorLine("", "no network")}, 1, ""},
		{"spec", nil, 0, "spec must be answered with one SPEC, but there are 0."},
		{"spec", []string{spec, spec}, 0, "spec must be answered with one SPEC, but there are 2."},
		{"check", nil, 0, "check must be answered with one CONNECTION_STATUS, but there are 0."},
		{
			"check", []string{checkLine(protocol.ConnectionFailed)}, 0,
			"The check FAILED without a message that tells the user why.",
		},
		{
			"check", []string{succeeded, spec}, 0,
			"check was answered with a SPEC, the answer to spec.",
		},
		{"discover", []string{catalogLine()}, 0, "The catalog holds no stream."},
		{"discover", nil, 1, "Exit code 1 without an ERROR trace that says why."},
		{
			"discover", []string{catalogLine("a"), errorLine("", "x")}, 0,
			"Exit code 0 in spite of an ERROR trace: x",
		},
	} {
		failures := failuresOf(t, func(t testing.TB) {
			judge(t, says(t, test.code, stdout(test.lines)).answer(test.verb))
		})
		if test.want == "" {
			assert.Empty(t, failures)
			continue
		}
		assert.Equal(t, []string{test.verb + ": " + test.want}, failures)
	}
}

// torn is a source that hands over what is not JSON, which the fast path does not look at.
type torn struct{}

func (torn) Streams(context.Context, struct{}) ([]sources.Stream, error) {
	return []sources.Stream{torn{}}, nil
}

func (torn) Describe() sources.Description {
	return sources.Description{Name: "torn", Schema: sources.SchemaOf[struct{}]()}
}

func (torn) ReadSlice(_ context.Context, _ sources.Slice, out *sources.Output) error {
	return out.Raw([]byte(`{"a":`))
}

func TestReadJudges(t *testing.T) {
	t.Parallel()
	failures := failuresOf(t, func(t testing.TB) { Read(t, torn{}, struct{}{}) })
	require.Len(t, failures, 2)
	assert.Contains(t, failures[0], "read: Line 3 is not a message of the protocol")
	assert.Contains(t, failures[1], "the state says that 1 records of stream torn came before it")

	failures = failuresOf(t, func(t testing.TB) { CrashEverywhere(t, torn{}, struct{}{}) })
	require.NotEmpty(t, failures)
	assert.Contains(t, failures[0], "read: Line 3 is not a message of the protocol")
}
