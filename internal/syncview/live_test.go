package syncview_test

import (
	"bytes"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/airbyte-go/cdk/internal/platform"
	"github.com/airbyte-go/cdk/internal/syncview"
	"github.com/airbyte-go/cdk/protocol"
)

// moving is a report that a test changes while it is shown.
type moving struct {
	mu     sync.Mutex
	report platform.Report
}

func (m *moving) get() *platform.Report {
	m.mu.Lock()
	defer m.mu.Unlock()
	r := m.report
	r.Streams = append([]platform.StreamReport(nil), r.Streams...)
	return &r
}

func (m *moving) set(do func(*platform.Report)) {
	m.mu.Lock()
	defer m.mu.Unlock()
	do(&m.report)
}

func TestPlainLines(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		l := syncview.Open(&out, syncview.View{Title: "a -> b", Colour: true}, nil)
		l.Phase("discover")
		m := &moving{report: platform.Report{Streams: []platform.StreamReport{
			{Stream: descriptor("", "orders")}, {Stream: descriptor("", "products")},
		}}}
		l.Follow(m.get)
		time.Sleep(time.Second)
		synctest.Wait()
		m.set(func(r *platform.Report) { r.Streams[0].Status = protocol.StatusStarted })
		time.Sleep(time.Second)
		synctest.Wait()
		m.set(func(r *platform.Report) { r.Streams[0].Records, r.Seconds = 1000, 5 })
		says := func(level protocol.LogLevel, text string) {
			l.Log(platform.Entry{Origin: platform.Source, Level: level, Text: text})
		}
		says(protocol.LevelInfo, "one\ntwo\x1b")
		says(protocol.LevelDebug, "never")
		l.Log(platform.Entry{Origin: platform.Destination, Text: "words", Stderr: true})
		time.Sleep(4 * time.Second)
		synctest.Wait()
		m.set(func(r *platform.Report) {
			r.Streams[0].Status, r.Streams[0].Committed = protocol.StatusComplete, 1000
			r.Streams[1].Status, r.Streams[1].RateLimited = protocol.StatusRunning, true
		})
		time.Sleep(time.Second)
		synctest.Wait()
		m.set(func(r *platform.Report) { r.Outcome = platform.Succeeded })
		l.Close()
		var said []string
		for line := range strings.Lines(out.String()) {
			if len(line) > 9 && line[2] == ':' {
				line = line[9:] // without the time
			}
			said = append(said, strings.TrimSuffix(line, "\n"))
		}
		assert.Equal(t, []string{
			"discover",
			"stream orders: reading",
			"sync 0:00, 0 records, 0.0/s, 0 B, 0 committed: orders 0, products 0",
			"source INFO  one",
			"    two?",
			"destination  words",
			"stream orders: done, 1,000 records",
			"stream products: rate limited by the API",
			"sync 0:05, 1,000 records, 200/s, 0 B, 1,000 committed: orders 1,000, products 0",
		}, said)
	})
}

func TestTerminal(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		var width atomic.Int64
		width.Store(40)
		size := func() (int, int) { return int(width.Load()), 10 }
		l := syncview.Open(&out, syncview.View{Title: "a -> b"}, size)
		l.Phase("discover")
		time.Sleep(150 * time.Millisecond)
		synctest.Wait()
		assert.Equal(t, "\r\x1b[?7la -> b  discover  0:00\x1b[K\n\x1b[?7h\x1b[J", out.String())

		out.Reset()
		m := &moving{report: platform.Report{Streams: []platform.StreamReport{
			{Stream: descriptor("", "orders"), Records: 5},
		}}}
		l.Follow(m.get)
		time.Sleep(100 * time.Millisecond)
		synctest.Wait()
		assert.Equal(t, "\x1b[1A\r\x1b[?7l"+
			"a -> b  0:00  5 records  0.0/s  0 B\x1b[K\n"+
			"  stream                     read\x1b[K\n"+
			"  orders  reading               5\x1b[K\n\x1b[?7h\x1b[J", out.String())

		// What is only information goes elsewhere; a warning passes above what is drawn.
		out.Reset()
		for level, text := range map[protocol.LogLevel]string{
			protocol.LevelInfo: "never", protocol.LevelWarn: "slow\nvery",
		} {
			l.Log(platform.Entry{Origin: platform.Source, Level: level, Text: text})
		}
		first, _, _ := strings.Cut(out.String(), "\n")
		assert.Regexp(t, `^\x1b\[3A\r[0-9:]{8} source WARN  slow \.\.\.\x1b\[K$`, first)
		assert.Contains(t, out.String(), "  orders  reading               5")

		// A terminal that has become half as wide has broken the lines.
		out.Reset()
		width.Store(20)
		l.Note("narrow")
		assert.Contains(t, out.String(), "\x1b[6A\r")

		out.Reset()
		l.Close()
		assert.Contains(t, out.String(), "A\r\x1b[?7l\x1b[?7h\x1b[J")
	})
}
