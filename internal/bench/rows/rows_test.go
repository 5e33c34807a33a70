package rows

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestShapesHaveTheirSize(t *testing.T) {
	t.Parallel()
	sizes := map[string][2]int{"small": {90, 130}, "wide": {400, 600}, "texts": {10_000, 60_000}}
	for _, s := range Shapes() {
		for n := range 5 {
			record := s.Append(nil, n, firstMoment.Format(MomentLayout))
			var fields map[string]any
			require.NoError(t, json.Unmarshal(record, &fields), "%s", record)
			assert.Len(t, fields, len(s.Columns))
			assert.Equal(t, "2020-01-01T00:00:00Z", fields[CursorField])
			assert.Greater(t, len(record), sizes[s.Name][0], s.Name)
			assert.Less(t, len(record), sizes[s.Name][1], s.Name)
		}
		assert.True(t, json.Valid([]byte(s.Schema())))
	}
	_, err := ShapeOf("square")
	assert.EqualError(t, err, `there is no shape "square"; there are small, wide, texts`)
}

func TestClockGoesOnByASecond(t *testing.T) {
	t.Parallel()
	c := NewClock(Shapes()[1])
	for n := range 90_000 { // a day and more
		var record struct {
			At time.Time `json:"updated_at"`
		}
		if n%3599 == 0 || n > 86_395 && n < 86_405 {
			require.NoError(t, json.Unmarshal(c.Record, &record))
			require.Equal(t, firstMoment.Add(time.Duration(n)*time.Second), record.At)
		}
		c.Next()
	}
}

func TestPagesAreOneDocumentPlainAndPacked(t *testing.T) {
	t.Parallel()
	for _, s := range Shapes() {
		p, err := NewPage(s, 10)
		require.NoError(t, err)
		for _, token := range []string{"7", ""} {
			head, end := p.Parts(token)
			plain := bytes.Join([][]byte{head, end}, nil)
			var page struct {
				Data []json.RawMessage `json:"data"`
				Meta struct {
					Next *string `json:"next_cursor"`
				} `json:"meta"`
			}
			require.NoError(t, json.Unmarshal(plain, &page))
			assert.Len(t, page.Data, 10)
			assert.Equal(t, token == "", page.Meta.Next == nil)

			head, end = p.Packed(token)
			r, err := gzip.NewReader(bytes.NewReader(append(bytes.Clone(head), end...)))
			require.NoError(t, err)
			unpacked, err := io.ReadAll(r)
			require.NoError(t, err)
			assert.Equal(t, string(plain), string(unpacked))
		}
		moved := p.At(nil, time.Date(2024, 2, 29, 23, 59, 55, 0, time.UTC), "x")
		assert.Contains(t, string(moved), `"2024-02-29T23:59:55Z"`)
		assert.Contains(t, string(moved), `"2024-03-01T00:00:04Z"`)
		assert.True(t, json.Valid(moved))
	}
}
