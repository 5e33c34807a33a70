// Package mallocs brings from a measured program to the command that measures it how many objects
// the program allocated.
package mallocs

import (
	"bytes"
	"fmt"
	"os"
	"runtime"
	"strconv"
)

// Variable is the environment variable with the name of the file that gets the count. Programs
// count only where it is set.
const Variable = "BENCH_MALLOCS"

// AreWanted tells whether this process is to count.
func AreWanted() bool { return os.Getenv(Variable) != "" }

// Count calls do and writes how many objects the process allocated meanwhile. What it allocated
// before, to initialise its packages, is left out: it would hide what few records cost. Where no
// count is wanted, Count only calls do.
func Count(do func() error) error {
	if !AreWanted() {
		return do()
	}
	before := allocated()
	if err := do(); err != nil {
		return err
	}
	count := allocated() - before
	text := append(strconv.AppendUint(nil, count, 10), '\n')
	return os.WriteFile(os.Getenv(Variable), text, 0o600)
}

func allocated() uint64 {
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return stats.Mallocs
}

// Read returns the count that a program wrote.
func Read(file string) (int64, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return 0, fmt.Errorf("the program wrote no count of its allocations: %w", err)
	}
	count, err := parse(text)
	if err != nil {
		return 0, fmt.Errorf("%s: %w", file, err)
	}
	return count, nil
}

// parse reads one whole line: a process that was killed may have left a part of one.
func parse(text []byte) (int64, error) {
	line, isWhole := bytes.CutSuffix(text, []byte("\n"))
	count, err := strconv.ParseUint(string(line), 10, 63)
	if err != nil || !isWhole {
		return 0, fmt.Errorf("%q is no count of allocations", text[:min(len(text), 40)])
	}
	return int64(count), nil
}
