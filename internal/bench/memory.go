package main

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"sync/atomic"
	"time"
)

// moment is what a process had at one time of its run.
type moment struct {
	at      time.Duration
	records int64 // so far
	now     int64 // bytes resident
	peak    int64 // the most bytes resident so far
}

// memoryWatch looks at a process while it runs. It reads what the kernel keeps instead of what
// wait4 returns, because there a child begins with the peak of the process that started it.
type memoryWatch struct {
	records atomic.Int64
	done    chan struct{}
	curve   chan []moment
}

// sampleEvery bounds what is missed: the last of these intervals before the process ended.
const sampleEvery = 10 * time.Millisecond

func watchMemory(pid int, started time.Time) *memoryWatch {
	w := &memoryWatch{done: make(chan struct{}), curve: make(chan []moment, 1)}
	go func() {
		ticker := time.NewTicker(sampleEvery)
		defer ticker.Stop()
		var curve []moment
		for {
			if now, peak, ok := resident(pid); ok {
				curve = append(curve, moment{time.Since(started), w.records.Load(), now, peak})
			}
			select {
			case <-ticker.C:
			case <-w.done:
				w.curve <- curve
				return
			}
		}
	}()
	return w
}

func (w *memoryWatch) stop() []moment {
	close(w.done)
	return <-w.curve
}

// resident asks Linux. Elsewhere, and of a process that has ended, it knows nothing.
func resident(pid int) (now, peak int64, ok bool) {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, 0, false
	}
	return parseStatus(status)
}

// parseStatus finds two lines such as "VmHWM:     1234 kB".
func parseStatus(status []byte) (now, peak int64, ok bool) {
	for line := range bytes.Lines(status) {
		name, rest, _ := bytes.Cut(line, []byte(":"))
		var to *int64
		switch string(name) {
		case "VmRSS":
			to = &now
		case "VmHWM":
			to = &peak
		default:
			continue
		}
		text := string(bytes.TrimSuffix(bytes.TrimSpace(rest), []byte(" kB")))
		kilobytes, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return 0, 0, false
		}
		*to = kilobytes << 10
	}
	return now, peak, now > 0 && peak > 0
}

// peakOf is the most memory a process had, from its curve or else from what the system counted. Of
// a process that ended after a few moments it is unknown: most of its memory may have come after
// the last of them.
func peakOf(state *os.ProcessState, curve []moment) int64 {
	const enough = 5
	switch {
	case len(curve) >= enough:
		return curve[len(curve)-1].peak
	case len(curve) > 0:
		return 0
	default:
		return maxResident(state)
	}
}
