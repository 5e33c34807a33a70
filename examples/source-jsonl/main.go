// Command source-jsonl reads a folder of JSON Lines files. Each file is a stream and each line a
// record; an incremental read goes on behind the last line.
package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"strings"

	"github.com/airbyte-go/cdk/protocol"
	"github.com/airbyte-go/cdk/sources"
)

// Config is what a user fills in.
type Config struct {
	Folder string `json:"folder" title:"Folder" description:"Its files ending in .jsonl are read."`
}

// Line is a record: a row of a file with its number, counted from 1.
type Line struct {
	Line int64          `json:"line"`
	Row  map[string]any `json:"row"`
}

func main() { sources.Main(source{}) }

type source struct{}

func (source) Streams(_ context.Context, cfg Config) (streams []sources.Stream, err error) {
	entries, err := os.ReadDir(cfg.Folder)
	if err != nil {
		return nil, protocol.Errorf(protocol.ConfigError, "The folder cannot be read: %w.", err)
	}
	for _, e := range entries {
		if name, ok := strings.CutSuffix(e.Name(), ".jsonl"); ok {
			streams = append(streams, &sources.StreamOf[json.RawMessage]{
				Name: name, Schema: sources.SchemaOf[Line](), PrimaryKey: sources.Key("line"),
				Cursor: sources.IntCursor{Field: "line", Order: sources.Ascending},
				Read:   file(filepath.Join(cfg.Folder, e.Name())).lines,
			})
		}
	}
	return streams, nil
}

type file string

// lines yields the rows behind line s.From as bytes, so that no number in them changes on the way.
func (f file) lines(_ context.Context, s sources.Slice) iter.Seq2[json.RawMessage, error] {
	return func(yield func(json.RawMessage, error) bool) {
		opened, err := os.Open(string(f))
		if err != nil {
			yield(nil, err)
			return
		}
		defer opened.Close() //nolint:errcheck // only read
		rows := bufio.NewScanner(opened)
		rows.Buffer(nil, 64<<20) // the longest row
		for n := int64(1); rows.Scan(); n++ {
			switch row := rows.Bytes(); {
			case n <= s.From.Int() || len(bytes.TrimSpace(row)) == 0: // read before, or blank
			case !json.Valid(row):
				yield(nil, fmt.Errorf("line %d of %s is not JSON; mend or finish it", n, f))
				return
			case !yield(fmt.Appendf(nil, `{"line":%d,"row":%s}`, n, row), nil):
				return
			}
		}
		if err := rows.Err(); err != nil {
			yield(nil, fmt.Errorf("%s cannot be read to its end: %w", f, err))
		}
	}
}
