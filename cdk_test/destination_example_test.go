package cdktest_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"testing"
	"time"

	cdktest "github.com/airbyte-go/cdk/cdk_test"
	"github.com/airbyte-go/cdk/destinations"
	"github.com/airbyte-go/cdk/protocol"
)

// journals is a destination that only appends: to one file for each stream.
type journals struct{}

type journalConfig struct {
	Folder string `json:"folder"`
}

func (c journalConfig) path(d protocol.Descriptor) string {
	return filepath.Join(c.Folder, url.QueryEscape(d.Namespace)+","+url.QueryEscape(d.Name))
}

func (journals) Check(context.Context, journalConfig) error { return nil }

func (journals) Open(
	_ context.Context, cfg journalConfig, _ []destinations.Stream,
) (destinations.Loader, error) {
	return cfg, nil
}

func (c journalConfig) Load(_ context.Context, b *destinations.Batch) error {
	var lines bytes.Buffer
	for r := range b.Records() {
		if bytes.HasPrefix(r.Data, []byte(`{"id":"`)) {
			b.Reject(r, errors.New("id: it is no number"))
			continue
		}
		lines.Write(r.Data)
		lines.WriteByte('\n')
	}
	const adding = os.O_APPEND | os.O_CREATE | os.O_WRONLY
	file, err := os.OpenFile(c.path(b.Stream.Descriptor), adding, 0o600)
	if err != nil {
		return err
	}
	_, err = file.Write(lines.Bytes())
	return errors.Join(err, file.Sync(), file.Close())
}

func (journalConfig) Finish(context.Context, destinations.Stream) error { return nil }
func (journalConfig) Close() error                                      { return nil }

// rows is what readers of the folder see.
func (c journalConfig) rows(
	_ context.Context, d protocol.Descriptor,
) (rows []json.RawMessage, err error) {
	text, err := os.ReadFile(c.path(d))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	for line := range bytes.Lines(text) {
		if json.Valid(line) { // a process that was killed leaves half a line
			rows = append(rows, line)
		}
	}
	return rows, err
}

// asJournals makes the binary of the tests the destination.
const asJournals = "CDK_TEST_AS_JOURNALS"

func TestMain(m *testing.M) {
	if os.Getenv(asJournals) != "" {
		destinations.Main(journals{}, destinations.BatchRecords(100),
			destinations.StateInterval(time.Millisecond))
	}
	os.Exit(m.Run())
}

// A destination that only appends is judged by what its spec offers; the other checks are skipped.
func ExampleAcceptDestination() {
	runTest(func(t *testing.T) {
		cfg := journalConfig{Folder: t.TempDir()}
		cdktest.AcceptDestination(t, cdktest.Destination(journals{}), cdktest.DestinationTests{
			Config: cfg, Rows: cfg.rows, Rejected: `{"id":"x"}`,
		})
		fmt.Println("something is wrong:", t.Failed())
	})
	// Output: something is wrong: false
}

// Options of the engine may be given, and checks may be skipped.
func ExampleDestination() {
	runTest(func(t *testing.T) {
		cfg := journalConfig{Folder: t.TempDir()}
		destination := cdktest.Destination(journals{}, destinations.BatchRecords(2))
		cdktest.AcceptDestination(t, destination, cdktest.DestinationTests{
			Config: cfg, Rows: cfg.rows,
			Skip: map[string]string{"rejected_records": "a line holds every record"},
		})
		fmt.Println("something is wrong:", t.Failed())
	})
	// Output: something is wrong: false
}

// The test's own binary is the process that is killed: its TestMain calls destinations.Main.
func ExampleKillDestination() {
	runTest(func(t *testing.T) {
		t.Setenv(asJournals, "1")
		cfg := journalConfig{Folder: t.TempDir()}
		cdktest.KillDestination(t, cdktest.Command(os.Args[0]),
			cdktest.DestinationTests{Config: cfg, Rows: cfg.rows}, cdktest.Kills{Number: 3})
		fmt.Println("something is wrong:", t.Failed())
	})
	// Output: something is wrong: false
}
