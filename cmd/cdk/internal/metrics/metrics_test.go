package metrics

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/airbyte-go/cdk/internal/platform"
	"github.com/airbyte-go/cdk/protocol"
)

// parsed is a file as a reader of the text form sees it: values by name and labels.
type parsed map[string]float64

var (
	head   = regexp.MustCompile(`^# (HELP|TYPE) ([a-zA-Z_:][a-zA-Z0-9_:]*) (.+)$`)
	metric = regexp.MustCompile(`^([a-zA-Z_:][a-zA-Z0-9_:]*)\{(.*)\} (\S+)$`)
	label  = regexp.MustCompile(`^([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\[\\"n])*)"(,|$)`)
)

// parse reads the text form by the rules of its description: HELP and TYPE once before the samples
// of a metric, which stand together, no sample twice, and a line break at the end.
func parse(text string) (parsed, error) {
	found, seen, current := parsed{}, map[string]bool{}, ""
	if !strings.HasSuffix(text, "\n") {
		return nil, errors.New("the last line has no end")
	}
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		if m := head.FindStringSubmatch(line); m != nil {
			key := m[1] + " " + m[2]
			if seen[key] || m[1] == "TYPE" && m[3] != "gauge" {
				return nil, fmt.Errorf("twice, or of another type: %s", line)
			}
			seen[key], current = true, m[2]
			continue
		}
		m := metric.FindStringSubmatch(line)
		if m == nil || m[1] != current || !seen["TYPE "+m[1]] {
			return nil, fmt.Errorf("not a sample, or in the wrong place: %s", line)
		}
		for rest := m[2]; rest != ""; {
			l := label.FindString(rest)
			if l == "" {
				return nil, fmt.Errorf("not a label: %s", rest)
			}
			rest = rest[len(l):]
		}
		value, err := strconv.ParseFloat(m[3], 64)
		key := m[1] + "{" + m[2] + "}"
		if _, twice := found[key]; err != nil || twice {
			return nil, fmt.Errorf("twice, or no number: %s", line)
		}
		found[key] = value
	}
	return found, nil
}

func TestText(t *testing.T) {
	t.Parallel()
	r := &platform.Report{
		Outcome: platform.Failed, Begun: time.UnixMilli(1_700_000_000_500), Seconds: 2.5,
		Attempts: []platform.AttemptReport{
			{Failures: []platform.Failure{{}}}, {Failures: []platform.Failure{{}, {}}},
		},
		Findings: []platform.Finding{{}},
		Streams: []platform.StreamReport{
			{
				Stream:  protocol.Descriptor{Name: "orders", Namespace: "shop"},
				Records: 12_345_678, Bytes: 7, Committed: 5, CommittedBytes: 6, Rejected: 4,
				Dropped: 3, Acknowledged: 2, Seconds: 1.25, Complete: true,
			},
			{Stream: protocol.Descriptor{Name: "odd \"name\"\\\n\xff"}},
		},
	}
	text := string(Text("a-b", r))
	found, err := parse(text)
	require.NoError(t, err, text)
	const orders = `{connection="a-b",namespace="shop",stream="orders"}`
	const odd = `{connection="a-b",namespace="",stream="odd \"name\"\\\n?"}`
	for key, want := range map[string]float64{
		`last_run_timestamp_seconds{connection="a-b"}`:  1_700_000_003,
		`outcome{connection="a-b",outcome="failed"}`:    1,
		`outcome{connection="a-b",outcome="succeeded"}`: 0,
		`duration_seconds{connection="a-b"}`:            2.5,
		`attempts{connection="a-b"}`:                    2,
		`failures{connection="a-b"}`:                    3,
		`findings{connection="a-b"}`:                    1,
		`records{connection="a-b"}`:                     12_345_678,
		"stream_records" + orders:                       12_345_678,
		"stream_records_committed" + orders:             5,
		"stream_bytes_committed" + orders:               6,
		"stream_records_rejected" + orders:              4,
		"stream_records_dropped" + orders:               3,
		"stream_states_committed" + orders:              2,
		"stream_duration_seconds" + orders:              1.25,
		"stream_complete" + orders:                      1,
		"stream_complete" + odd:                         0,
	} {
		value, ok := found["cdk_sync_"+key]
		assert.True(t, ok, key)
		assert.InDelta(t, want, value, 0, key)
	}

	// A sync that never began has no streams.
	found, err = parse(string(Text("a-b", &platform.Report{Outcome: platform.Cancelled})))
	require.NoError(t, err)
	assert.InDelta(t, 1, found[`cdk_sync_outcome{connection="a-b",outcome="cancelled"}`], 0)
}

// The parser of the test is one that refuses.
func TestParse(t *testing.T) {
	t.Parallel()
	const good = "# HELP a b\n# TYPE a gauge\na{b=\"c\"} 1\n"
	_, err := parse(good)
	require.NoError(t, err)
	for _, bad := range []string{
		strings.TrimSuffix(good, "\n"), good + good, "a{} 1\n", "# TYPE a counter\n",
		"# TYPE a gauge\na{b=\"c} 1\n", "# TYPE a gauge\na{b=\"c\"} x\n", "# TYPE a gauge\nb{} 1\n",
		"# TYPE a gauge\na{} 1\na{} 1\n",
	} {
		_, err := parse(bad)
		assert.Error(t, err, bad)
	}
}
