package tabletest

import (
	"bufio"
	"flag"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/airbyte-go/cdk/destinations"
	"github.com/airbyte-go/cdk/protocol"
)

// Crash kills a destination, or its database, at random moments of a sync and resumes it from the
// last state it acknowledged. A state must never cover a row that is not there, and in the end the
// tables must hold what was sent.
type Crash struct {
	Target *Target
	Kill   func() error // kills the database and starts it again; nil: never
}

// kills is more than the suite does where somebody wants to be surer:
//
//	go test ./destination-sqlite -run TestCrash -kills 200 -timeout 60m
var kills = flag.Int("kills", 10, "how often TestCrash kills the destination or its database")

// asDestination makes the test binary the destination.
const asDestination = "TEST_AS_DESTINATION"

// Main is the TestMain of a destination: the test binary is also the process that Crash kills.
func Main[C any](m *testing.M, d destinations.Destination[C]) int {
	if os.Getenv(asDestination) != "" {
		destinations.Main(d, destinations.BatchRecords(150),
			destinations.StateInterval(time.Millisecond))
	}
	return m.Run()
}

func command(args ...string) *exec.Cmd {
	cmd := exec.Command(os.Args[0], args...)
	cmd.Env = append(os.Environ(), asDestination+"=1")
	return cmd
}

const (
	crashStep = 100  // records of a stream between two states
	crashMost = 1000 // records of a stream before a kill
	crashKeys = 97
)

// The streams of the sync: records go round them.
var crashStreams = []string{"appended", "merged", "replaced"}

// crashCatalog replaces the last stream in its second generation.
func crashCatalog(generation int64) []stream {
	properties := `{"n":{"type":"integer"},"k":{"type":"integer"},"text":{"type":"string"}}`
	return Streams(
		Stream("appended", properties, Generation(1, 0)),
		Stream("merged", properties, Dedup("n", "k"), Generation(1, 0)),
		Stream("replaced", properties, Generation(generation, generation)),
	)
}

// Run does it all.
func (c *Crash) Run(t *testing.T) {
	t.Helper()
	x, total := c.Target, (*kills+2)*crashMost
	x.Write(t, crashCatalog(1), Record("replaced", `{"n":-1}`), Complete("appended"),
		Complete("merged"), Complete("replaced")).Succeeds(t)
	acked := map[string]int{}
	for kill := range *kills {
		moment := 1 + rand.IntN(3*crashMost)
		byDatabase := c.Kill != nil && kill%2 == 1
		require.False(t, c.attempt(t, acked, total, moment, byDatabase))
		t.Logf("killed at record %d of the attempt, acknowledged %v", moment, acked)
		c.check(t, acked)
	}
	require.True(t, c.attempt(t, acked, total, 0, false))
	for _, stream := range crashStreams {
		assert.Equal(t, total, acked[stream])
	}
	c.checkEnd(t, total)
}

// attempt runs the destination from the acknowledged states on, and kills it, or the database, when
// a number of records was sent, unless that is 0. It notes new states, and reports success.
func (c *Crash) attempt(
	t *testing.T, acked map[string]int, total, moment int, byDatabase bool,
) bool {
	t.Helper()
	dir := t.TempDir()
	cmd := command("write", "--config", File(t, dir, "config.json", []byte(c.Target.Config)),
		"--catalog", File(t, dir, "catalog.json", Catalog(t, crashCatalog(2))))
	in, err := cmd.StdinPipe()
	require.NoError(t, err)
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	cmd.Stderr = os.Stderr
	require.NoError(t, cmd.Start())

	next := maps.Clone(acked)
	var killed sync.WaitGroup
	killed.Go(func() {
		defer in.Close()
		if send(in, next, total, moment) {
			return
		}
		<-time.After(time.Duration(rand.IntN(60)) * time.Millisecond) // in the midst of a batch
		if byDatabase {
			assert.NoError(t, c.Kill())
		} else {
			_ = cmd.Process.Kill()
		}
	})
	lines := bufio.NewScanner(out)
	lines.Buffer(nil, 1<<20)
	var log strings.Builder
	for lines.Scan() {
		noteState(lines.Bytes(), acked)
		log.WriteString(lines.Text() + "\n")
	}
	killed.Wait()
	err = cmd.Wait()
	if moment == 0 {
		require.NoError(t, err, log.String())
	} else {
		require.Error(t, err, log.String())
	}
	return err == nil
}

// send writes records and states until the end, or until a number of records, and reports whether
// it came to the end. A destination that is gone does not matter to it.
func send(to io.Writer, next map[string]int, total, moment int) bool {
	w := bufio.NewWriter(to)
	defer w.Flush()
	for sent := 0; ; {
		open := false
		for _, stream := range crashStreams {
			if next[stream] == total {
				continue
			}
			open = true
			next[stream]++
			n := next[stream]
			fmt.Fprint(w, At(int64(n), stream, fmt.Sprintf(
				`{"n":%d,"k":%d,"text":"%s"}`, n, n%crashKeys, strings.Repeat("x", n%50))))
			if n%crashStep == 0 {
				fmt.Fprint(w, State(stream, n))
			}
			if sent++; sent == moment {
				return false
			}
		}
		if !open {
			break
		}
	}
	if moment != 0 { // there are always enough records for all kills
		return false
	}
	for _, stream := range crashStreams {
		fmt.Fprint(w, Complete(stream))
	}
	return true
}

// noteState takes a state over. A line that a kill has cut off is none.
func noteState(line []byte, acked map[string]int) {
	m, err := protocol.Parse(line)
	if err == nil && m.Type == protocol.MessageState {
		acked[m.State.Stream.Descriptor.Name] = int(*m.State.ID)
	}
}

// check looks for the rows that the states cover.
func (c *Crash) check(t *testing.T, acked map[string]int) {
	t.Helper()
	x := c.Target
	assert.Equal(t, acked["appended"], c.count(t, "appended", acked["appended"]))
	// Each key has a row at least as new as the newest one that is covered.
	for k := range min(crashKeys, acked["merged"]) {
		newest := acked["merged"] - (acked["merged"]-k)%crashKeys
		if newest > 0 {
			n := c.number(t, fmt.Sprintf("SELECT MAX(n) FROM %s WHERE k = %d",
				x.Table("", "merged"), k))
			require.GreaterOrEqual(t, n, newest)
		}
	}
	// What was there stays until the end.
	assert.Equal(t, []string{"-1"}, x.Rows(t, x.Table("", "replaced"), "n"))
}

// count returns how many of the first numbers are there.
func (c *Crash) count(t *testing.T, stream string, upTo int) int {
	t.Helper()
	return c.number(t, fmt.Sprintf("SELECT COUNT(DISTINCT n) FROM %s WHERE n BETWEEN 1 AND %d",
		c.Target.Table("", stream), upTo))
}

func (c *Crash) number(t *testing.T, query string) (n int) {
	t.Helper()
	require.NoError(t, c.Target.DB.QueryRowContext(t.Context(), query).Scan(&n))
	return n
}

func (c *Crash) checkEnd(t *testing.T, total int) {
	t.Helper()
	x := c.Target
	assert.Equal(t, total, c.count(t, "appended", total))
	assert.Equal(t, total, c.count(t, "replaced", total))
	assert.Zero(t, c.number(t, "SELECT COUNT(*) FROM "+x.Table("", "replaced")+" WHERE n < 0"))
	merged := x.Table("", "merged")
	assert.Equal(t, crashKeys, c.number(t, "SELECT COUNT(*) FROM "+merged))
	assert.Equal(t, crashKeys, c.number(t, fmt.Sprintf(
		"SELECT COUNT(DISTINCT k) FROM %s WHERE n > %d AND k = n - n / %d * %d",
		merged, total-crashKeys, crashKeys, crashKeys)))
	assert.Empty(t, x.Leftovers(t))
}
