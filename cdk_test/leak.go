package cdktest

import (
	"bytes"
	"context"
	"fmt"
	"runtime/pprof"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
)

// runs counts runs, so that each can be told from the others by a label on its goroutines, which
// those that they start inherit. That works beside other tests, unlike a count of all goroutines.
var runs atomic.Int64

const runLabel = "cdktest run"

// leftBehind calls run and says which goroutines outlived it by more than a moment; empty for none.
func leftBehind(ctx context.Context, run func(ctx context.Context)) string {
	number := strconv.FormatInt(runs.Add(1), 10)
	done := make(chan struct{})
	go func() {
		defer close(done)
		pprof.Do(ctx, pprof.Labels(runLabel, number), run)
	}()
	<-done
	const patience, step = time.Second, 10 * time.Millisecond
	for waited := time.Duration(0); ; waited += step {
		left := labelled(number)
		if len(left) == 0 || waited >= patience {
			return strings.Join(left, "; ")
		}
		<-time.After(step)
	}
}

// labelled are the goroutines of a run, each named by the function it was started with.
func labelled(number string) (left []string) {
	var profile bytes.Buffer
	if err := pprof.Lookup("goroutine").WriteTo(&profile, 1); err != nil {
		return nil
	}
	label := fmt.Sprintf("# labels: {%q:%q}", runLabel, number)
	for group := range strings.SplitSeq(profile.String(), "\n\n") {
		// Idle connections belong to the client, which may live as long as the process.
		if !strings.Contains(group, label) || strings.Contains(group, "net/http.(*persistConn)") {
			continue
		}
		left = append(left, "a goroutine is at "+topOfStack(group))
	}
	return left
}

// topOfStack is the outermost function of a stack in a profile, that with which it was started.
func topOfStack(group string) string {
	lines := strings.Split(strings.TrimSpace(group), "\n")
	fields := strings.Fields(lines[len(lines)-1])
	const function, place = 2, 3
	if len(fields) <= place {
		return "an unknown place"
	}
	name, _, _ := strings.Cut(fields[function], "+")
	return name + ", " + fields[place]
}
