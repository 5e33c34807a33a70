//go:build linux

// Package killtest_test kills syncs, and what is left must be true.
//
// The parts are those of a real sync, each a process of its own: examples/source-rest reads the shop
// of examples/internal/shop, the platform of internal/platform stands in the middle, and
// examples/destination-sqlite or examples/destination-postgres loads. TestKills ends one of them, or
// PostgreSQL's server, at a random moment, starts again from the state that was stored, and goes on
// so. TestEndurance does it for a time, on a hostile API and with gentler ways to disturb:
//
//	go test ./killtest -run Kills -kills 200 -timeout 60m -v
//	go test ./killtest -run Endurance -endurance 1h -timeout 2h -v
//
// It runs on Linux, where it can tell whose process it is about to end.
package killtest_test

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/airbyte-go/cdk/internal/platform"
	"github.com/airbyte-go/cdk/protocol"
)

var (
	kills = flag.Int("kills", 10,
		"how often TestKills kills a part of a sync, for each destination")
	endurance = flag.Duration("endurance", 10*time.Second,
		"how long TestEndurance goes on, for each destination")
)

// asPlatform makes the test binary the platform, which reads its task from standard input.
const asPlatform = "KILLTEST_PLATFORM"

// programs is the folder of the connectors.
var programs string

func TestMain(m *testing.M) {
	if os.Getenv(asPlatform) != "" {
		os.Exit(runPlatform())
	}
	flag.Parse()
	os.Exit(withPrograms(m))
}

func withPrograms(m *testing.M) int {
	dir, err := os.MkdirTemp("", "killtest")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	programs = dir
	build := exec.Command("go", "build", "-o", dir+string(filepath.Separator),
		"../source-rest", "../destination-sqlite", "../destination-postgres")
	if out, err := build.CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "go build: %v\n%s", err, out)
		return 1
	}
	return m.Run()
}

// task is what the platform is to do.
type task struct {
	Source, Destination             string
	SourceConfig, DestinationConfig json.RawMessage
	Catalog                         *protocol.ConfiguredCatalog
	State                           string
	World                           world
	Attempts                        int
}

// world is one of the two in which connectors live.
type world struct {
	SupportsRefreshes, ResumeFullRefresh bool
}

// runPlatform syncs and prints the report. SIGTERM cancels.
func runPlatform() int {
	const grace, timeout = 20 * time.Second, 2 * time.Minute
	var t task
	if err := json.NewDecoder(os.Stdin).Decode(&t); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	s := &platform.Sync{
		Source: platform.Process(t.Source), Destination: platform.Process(t.Destination),
		SourceConfig: t.SourceConfig, DestinationConfig: t.DestinationConfig,
		Catalog: t.Catalog, Store: platform.FileStore(t.State),
		SupportsRefreshes: t.World.SupportsRefreshes,
		ResumeFullRefresh: t.World.ResumeFullRefresh,
		Attempts:          t.Attempts, Grace: grace, DestinationTimeout: timeout, Heartbeat: timeout,
		Backoff: func(int) time.Duration { return 0 },
		Log:     logTo(os.Stderr),
	}
	r, err := s.Run(ctx)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	if err := json.NewEncoder(os.Stdout).Encode(r); err != nil {
		return 1
	}
	return 0
}

// logTo writes each entry as one line at once.
func logTo(w io.Writer) func(platform.Entry) {
	return func(e platform.Entry) {
		_, _ = io.WriteString(w, fmt.Sprintf("%s %s %s\n", e.Origin, e.Level, e.Text))
	}
}
