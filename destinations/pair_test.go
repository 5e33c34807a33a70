package destinations_test

import (
	"bytes"
	"context"
	"errors"
	"iter"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/airbyte-go/cdk/sources"
)

// pairSource has a stream that works, an empty one, and one that fails after a record.
type pairSource struct{}

func (pairSource) Streams(context.Context, none) ([]sources.Stream, error) {
	stream := func(name string, records int, err error) sources.Stream {
		return &sources.StreamOf[map[string]int]{
			Name: name, PrimaryKey: sources.Key("id"),
			Read: func(context.Context, sources.Slice) iter.Seq2[map[string]int, error] {
				return func(yield func(map[string]int, error) bool) {
					for id := range records {
						if !yield(map[string]int{"id": id}, nil) {
							return
						}
					}
					if err != nil {
						yield(nil, err)
					}
				}
			},
		}
	}
	return []sources.Stream{
		stream("good", 3, nil), stream("empty", 0, nil), stream("bad", 1, errors.New("cut off")),
	}, nil
}

// TestSourceOfThisKit reads with a source and writes what a platform lets through, which without
// generations is records and states only: the stream that failed replaces nothing.
func TestSourceOfThisKit(t *testing.T) {
	t.Parallel()
	catalog := strings.ReplaceAll(catalogOf("good:overwrite", "empty:overwrite", "bad:overwrite"),
		`"sync_mode":"incremental"`, `"sync_mode":"full_refresh"`)
	var out bytes.Buffer
	code := sources.Run(t.Context(), pairSource{}, sources.Process{
		Args: []string{
			"read", "--config", tempFile(t, "c", "{}"), "--catalog", tempFile(t, "k", catalog),
		},
		Out: &out,
	})
	assert.Equal(t, 1, code)
	var forwarded, all []string
	for line := range strings.Lines(out.String()) {
		all = append(all, strings.TrimSpace(line))
		if strings.Contains(line, `"RECORD"`) || strings.Contains(line, `"STATE"`) {
			forwarded = append(forwarded, withID(line))
		}
	}
	for name, lines := range map[string][]string{"platform": forwarded, "shell pipe": all} {
		f := &fake{}
		got := writeLines(t, f, catalog, lines...)
		assert.Equal(t, 0, got.code, "%s: %s", name, got.text)
		assert.ElementsMatch(t, []string{"good", "empty"}, f.finished, name)
		assert.Len(t, f.rows["good"], 3, name)
		assert.Contains(t, got.logs(), "Stream bad did not end complete", name)
	}
}

// withID adds an id to a state, as the platform does.
func withID(line string) string {
	return strings.Replace(strings.TrimSpace(line), `"state":{`, `"state":{"id":1,`, 1)
}
