package main

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestQuick runs every job on tiny sizes, so that none can rot.
func TestQuick(t *testing.T) {
	if testing.Short() {
		t.Skip("builds and runs programs")
	}
	t.Parallel()
	folder := t.TempDir()
	var out, complaints bytes.Buffer
	err := run(t.Context(), []string{
		"-quick", "-runs", "1", "-python=false", "-out", folder,
	}, &out, &complaints)
	require.NoError(t, err, "%s", &complaints)
	text, err := os.ReadFile(filepath.Join(folder, "README.md"))
	require.NoError(t, err)
	for _, j := range jobs() {
		assert.Contains(t, out.String(), j.title)
		assert.Contains(t, string(text), "## "+j.title)
	}
	for _, name := range []string{
		"rate-over-size.svg", "cost-over-size.svg", "memory-over-size.svg",
		"rate-over-time.svg", "memory-over-time.svg",
	} {
		assert.Contains(t, string(text), "("+name+")")
		assert.FileExists(t, filepath.Join(folder, name))
	}
	assert.Contains(t, string(text), "so the numbers mean nothing")
	assert.Contains(t, string(text), "The Python CDK was left out: -python=false was given.")
	assert.NotContains(t, string(text), "## Beside the Python CDK")
	assert.Contains(t, string(text), "modernc.org/sqlite v")
	assert.Contains(t, string(text), "## Promises")
	assert.Contains(t, string(text), "| allocations per 1,000 |")
}

func TestFlags(t *testing.T) {
	t.Parallel()
	o, err := parse([]string{"-jobs", "start, engine", "-runs", "7", "-out", ""}, io.Discard)
	require.NoError(t, err)
	assert.Equal(t, []string{"start", "engine"}, each(o.jobs, func(j job) string { return j.name }))
	assert.Equal(t, 7, o.runs)
	assert.Empty(t, o.out)

	for _, test := range []struct {
		args []string
		want string
	}{
		{[]string{"engine"}, "jobs are named by -jobs"},
		{[]string{"-runs", "0"}, "at least one run"},
		{[]string{"-jobs", "x"}, `there is no job "x"; there are api,`},
	} {
		_, err := parse(test.args, io.Discard)
		assert.ErrorContains(t, err, test.want)
	}
}

func TestMedian(t *testing.T) {
	t.Parallel()
	assert.Zero(t, median[float64](nil))
	assert.InDelta(t, 3, median([]float64{9, 1, 3}), 0)
	assert.InDelta(t, 2.5, median([]float64{4, 1, 3, 2}), 0)
	values := []int64{3, 1, 2}
	assert.Equal(t, int64(2), median(values))
	assert.Equal(t, []int64{3, 1, 2}, values, "the values keep their order")
}

// TestRatiosAreOfRounds has a machine that is ten times as slow in one round.
func TestRatiosAreOfRounds(t *testing.T) {
	t.Parallel()
	took := func(seconds ...float64) (runs []usage) {
		for _, s := range seconds {
			span := time.Duration(s * float64(time.Second))
			runs = append(runs, usage{cpu: span, wall: 2 * span, peak: 1 << 20})
		}
		return runs
	}
	base := measured{name: bare, records: 1000, runs: took(1, 10, 1)}
	kit := measured{name: ours, records: 1000, runs: took(2, 20, 2)}
	assert.InDelta(t, 0.5, kit.against(base), 1e-9)
	assert.InDelta(t, 0.5, kit.faster(base), 1e-9)
	assert.InDelta(t, 2000, kit.cost(), 1e-9)
	assert.InDelta(t, 250, kit.rate(), 1e-9)

	few := measured{
		name: python, records: 10, runs: took(3), setup: usage{cpu: time.Second, wall: time.Second},
	}
	assert.InDelta(t, 0.2e6, few.cost(), 1e-9)
	assert.InDelta(t, 0.005, few.against(base), 1e-9)
	few.runs = took(1.1)
	assert.Zero(t, few.cost(), "what is nearly all start is unknown")
	assert.Equal(t, "-", ratio(few.against(base)))
}

func TestCounterCountsRecordsHoweverTheyArrive(t *testing.T) {
	t.Parallel()
	text := strings.Repeat(`{"type":"RECORD","record":{}}`+"\n"+`{"type":"STATE"}`+"\n", 50) +
		`{"type":"RECORD","record":{"x":"` + strings.Repeat("y", 10_000) + `"}}` + "\n" +
		`{"type":"TRACE","trace":{"type":"ERROR"}}` + "\n"
	for _, size := range []int{1, 7, 16, 4096, len(text)} {
		c := &counter{}
		for rest := []byte(text); len(rest) > 0; {
			n, err := c.Write(rest[:min(size, len(rest))])
			require.NoError(t, err)
			rest = rest[n:]
		}
		assert.Equal(t, int64(51), c.records, size)
		assert.Equal(t, int64(len(text)), c.bytes)
		assert.Equal(t, 1, strings.Count(c.errors.String(), "TRACE"))
	}
}

func TestStatusOfAProcess(t *testing.T) {
	t.Parallel()
	now, peak, ok := parseStatus([]byte("Name:\tx\nVmHWM:\t    2048 kB\nVmRSS:\t    1024 kB\n"))
	assert.True(t, ok)
	assert.Equal(t, int64(1<<20), now)
	assert.Equal(t, int64(2<<20), peak)
	for _, text := range []string{
		"", "Name:\tx\n", "VmHWM:\tmuch\nVmRSS:\t1 kB\n", "VmRSS:\t1 kB\n",
	} {
		_, _, ok := parseStatus([]byte(text))
		assert.False(t, ok, text)
	}
}

func TestPeakIsUnknownAfterAMoment(t *testing.T) {
	t.Parallel()
	curve := []moment{{peak: 1}, {peak: 2}, {peak: 3}, {peak: 4}, {peak: 5}}
	assert.Equal(t, int64(5), peakOf(nil, curve))
	assert.Zero(t, peakOf(nil, curve[:4]))
}

func FuzzStatus(f *testing.F) {
	f.Add([]byte("VmHWM:\t    2048 kB\nVmRSS:\t    1024 kB\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		now, peak, ok := parseStatus(text)
		if ok && (now <= 0 || peak <= 0) {
			t.Fatal(now, peak)
		}
	})
}

// TestMeasure runs the go command, which every machine that runs this test has.
func TestMeasure(t *testing.T) {
	t.Parallel()
	u, err := measure(t.Context(), command{args: []string{"go", "version"}})
	require.NoError(t, err)
	assert.Positive(t, u.cpu)
	assert.Positive(t, u.wall)
	assert.Positive(t, u.bytes)
	assert.Zero(t, u.records)
	_, err = measure(t.Context(), command{args: []string{"go", "no-such-verb"}})
	require.ErrorContains(t, err, "no-such-verb")
	require.ErrorContains(t, err, "unknown command", "what the process said is part of the error")
}

// TestMallocsAreAskedFor has a program that knows nothing of them: its cell would be wrong.
func TestMallocsAreAskedFor(t *testing.T) {
	t.Parallel()
	version := func(int) (command, error) {
		return command{args: []string{"go", "env", "GOOS"}}, nil
	}
	silent := way{name: ours, records: 1, command: version}
	r, err := work{name: "case", ways: []way{silent}}.run(t.Context(), 1)
	require.NoError(t, err)
	assert.Equal(t, "-", number(r.ways[0].allocations()), "nobody asked")

	silent.mallocs = filepath.Join(t.TempDir(), "count")
	_, err = work{name: "case", ways: []way{silent}}.run(t.Context(), 1)
	require.ErrorContains(t, err, "case, Go CDK: the program wrote no count")
	waits := work{name: "case", ways: []way{silent}, waits: true}
	_, err = waits.run(t.Context(), 1)
	require.NoError(t, err, "what waits reads too little to be counted")

	assert.InDelta(t, 250, measured{records: 2000, mallocs: 500}.allocations(), 1e-9)
}

func TestTableIsAligned(t *testing.T) {
	t.Parallel()
	table := &table{head: []string{"case", "way", "n"}}
	table.add("a", "long one", "1")
	table.add("", "b", "1,234")
	assert.Equal(t, `| case | way      |     n |
| ---- | -------- | ----: |
| a    | long one |     1 |
|      | b        | 1,234 |
`, table.markdown())
	assert.Equal(t, []string{"-", "0.50", "12.3", "123", "1,234", "1.23 M"},
		each([]float64{0, 0.5, 12.34, 123.4, 1234.5, 1_234_567}, number))
	assert.Equal(t, []string{"-", "0.012", "0.50"}, each([]float64{0, 0.0123, 0.5}, ratio))
}

// TestRoundsAreBounded has a slow contestant that takes part in the first rounds alone.
func TestRoundsAreBounded(t *testing.T) {
	t.Parallel()
	var order []string
	contestant := func(name string, rounds int) way {
		return way{name: name, rounds: rounds, command: func(int) (command, error) {
			order = append(order, name)
			return command{args: []string{"go", "env", "GOOS"}}, nil
		}}
	}
	both := work{ways: []way{contestant("fast", 0), contestant("slow", 2)}}
	r, err := both.run(t.Context(), 4)
	require.NoError(t, err)
	assert.Equal(t, []string{"fast", "slow", "slow", "fast", "fast", "fast"}, order)
	assert.Len(t, r.ways[0].runs, 4)
	assert.Len(t, r.ways[1].runs, 2)
}

// TestTablesShowWhatIsKnown leaves out the columns that would be empty.
func TestTablesShowWhatIsKnown(t *testing.T) {
	t.Parallel()
	way := func(name string, seconds int) measured {
		span := time.Duration(seconds) * time.Second
		return measured{name: name, records: 100, runs: []usage{{cpu: span, wall: span}}}
	}
	one := result{work: work{name: "a"}, ways: []measured{way(ours, 2)}}
	table := tableOf([]result{one})
	assert.Equal(t, []string{"case", "way", "records/s", "CPU s per million"}, table.head)
	assert.Equal(t, [][]string{{"a", ours, "50.0", "20,000"}}, table.rows)

	piped := result{work: work{name: "b"}, ways: []measured{way(plainPipe, 1), way("sync", 2)}}
	piped.ways[1].mallocs = 700
	assert.Equal(t, [][]string{
		{"b", plainPipe, "100", "", "10,000", "", "-"},
		{"", "sync", "50.0", "0.50", "20,000", "0.50", "7,000"},
		{"a", ours, "50.0", "", "20,000", "", "-"},
	}, tableOf([]result{piped, one}).rows)
	piped.waits = true
	assert.Equal(t, []string{"", "sync", "50.0", "0.50"},
		tableOf([]result{piped}).rows[1])
}

func TestPromises(t *testing.T) {
	t.Parallel()
	for _, p := range targets() {
		assert.Empty(t, p.values(outcome{}), "nothing was measured")
		met, worse := value{p.limit, "at the limit"}, value{p.limit * 2, "behind it"}
		if p.above {
			worse.number = p.limit / 2
		}
		assert.True(t, p.isMet([]value{met}))
		assert.False(t, p.isMet([]value{met, worse}))
		assert.Equal(t, worse, p.worst([]value{met, worse, met}))
	}
}

// TestPromisesHoldForIncremental has a full refresh that keeps them and slices that do not.
func TestPromisesHoldForIncremental(t *testing.T) {
	t.Parallel()
	way := func(name string, milliseconds int) measured {
		span := time.Duration(milliseconds) * time.Millisecond
		return measured{name: name, records: 1000, runs: []usage{{cpu: span, wall: span}}}
	}
	o := outcome{"slices": {{work: work{name: "wide"}, ways: []measured{
		way(bare, 90), way(ours, 100), way(oursIncremental, 150), way(python, 6000),
	}}}}
	table := targetTable(o)
	require.Len(t, table.rows, 3)
	assert.Equal(t, []string{
		"slices: wide, incremental", ">= 0.8", "0.75", "0.60", "**missed**",
	}, table.rows[0][1:], "against the bare loop")
	assert.Equal(t, []string{
		"slices: wide, incremental", ">= 50", "40.0", "40.0", "**missed**",
	}, table.rows[1][1:], "against Python, which also read slices")
	assert.Equal(t, []string{"slices: wide", "<= 1.2", "1.50", "1.50", "**missed**"},
		table.rows[2][1:])
	assert.Empty(t, outcome{"slices": {{work: work{waits: true}, ways: o["slices"][0].ways}}}.
		against(bare, ours, "slices"), "what waits has no cost to compare")
}

func TestPythonStandsBesideTheSameTask(t *testing.T) {
	t.Parallel()
	way := func(name string, records int64, seconds, mebibytes int) measured {
		u := usage{cpu: time.Duration(seconds) * time.Second, peak: int64(mebibytes) << 20}
		u.wall = 2 * u.cpu
		return measured{name: name, records: records, runs: []usage{u}}
	}
	o := outcome{
		"slices": {
			{work: work{name: "small"}, ways: []measured{
				way(bare, 1000, 1, 10), way(ours, 1000, 1, 10), way(oursIncremental, 1000, 2, 20),
				way(python, 100, 8, 90),
			}},
			{work: work{name: "wide"}, ways: []measured{way(oursIncremental, 1000, 1, 20)}},
		},
		"start": {{work: work{name: "spec"}, ways: []measured{
			way(ours, 1, 1, 1), way(python, 1, 1, 1),
		}}},
	}
	assert.Equal(t, [][]string{
		{"slices", "small", "6.25", "250", "40.0", "40.0", "80.0", "90", "20"},
	}, pythonTable(jobs(), o).rows)
}

func TestCurves(t *testing.T) {
	t.Parallel()
	var curve []moment
	for i := range int64(10 * steps) {
		m := moment{at: time.Duration(i) * time.Second, records: 100 * i, now: 1 << 20}
		if i == 95 {
			m.now = 8 << 20
		}
		curve = append(curve, m)
	}
	memory, rate := memoryOver(curve), rateOver(curve)
	assert.Len(t, memory, steps)
	assert.InDelta(t, 8, memory[9].Y, 0, "no peak is passed over")
	assert.InDelta(t, 1, memory[10].Y, 0)
	assert.InDelta(t, 599, memory[steps-1].X, 0, "the line goes on to the end")
	assert.Len(t, rate, steps-1)
	for _, p := range rate {
		assert.InDelta(t, 100, p.Y, 1e-9)
	}
	assert.Empty(t, memoryOver(nil))
	assert.Empty(t, rateOver(curve[:1]))
}

// TestProgress reads what people see while it runs.
func TestProgress(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var lines bytes.Buffer
		newLog(&lines, time.Now().Add(-75*time.Second)).Info("running", "job", "api")
		assert.Equal(t, "after=1m15s level=INFO msg=running job=api\n", lines.String())
	})
}

func TestCPUModel(t *testing.T) {
	t.Parallel()
	assert.Equal(t, "Fast 9000", cpuModel([]byte("processor\t: 0\nmodel name\t: Fast 9000\n")))
	assert.Empty(t, cpuModel([]byte("processor : 0\n")))
}

// TestLinesEndWithTheirReader has a process that ends before it has read everything.
func TestLinesEndWithTheirReader(t *testing.T) {
	t.Parallel()
	assert.NoError(t, unlessEnded(os.ErrClosed))
	assert.Error(t, unlessEnded(errors.New("disk full")))
}
