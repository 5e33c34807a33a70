package sources

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestRemainder(t *testing.T) {
	t.Parallel()
	day := func(n int) time.Time { return time.Date(2026, 1, n, 0, 0, 0, 0, time.UTC) }
	times := TimeCursor{Field: "at", Order: Ascending, Formats: []string{time.DateOnly}}
	whole := Slice{From: times.value(timeKey(day(1))), To: times.value(timeKey(day(9)))}

	rest, err := whole.Remainder(times, []byte(`{"at":"2026-01-03"}`))
	require.NoError(t, err)
	assert.Equal(t, "2026-01-03", rest.From.String())
	assert.Equal(t, day(3), rest.From.Time())
	assert.Equal(t, whole.To, rest.To)

	ids := IntCursor{Field: "a.id", Order: Ascending}
	rest, err = Slice{}.Remainder(ids, []byte(`{"a":{"id":"7"}}`))
	require.NoError(t, err)
	assert.EqualValues(t, 7, rest.From.Int())
	assert.True(t, rest.To.IsZero())

	unordered := "its records come in no order that its cursor declares, so any record may still " +
		"follow; let the API sort by the cursor field, and set the cursor's Order to Ascending"
	for _, tt := range []struct {
		c            Cursor
		record, want string
	}{
		{nil, `{"at":"2026-01-03"}`, unordered},
		{TimeCursor{Field: "at", Order: Descending}, `{"at":"2026-01-03"}`, unordered},
		{times, `{"on":"2026-01-03"}`, `its last record has no cursor field "at"`},
		{times, `{"at":7}`, `the cursor field "at" of its last record has no usable value: a number, ` +
			`which is not a time in the format 2006-01-02; a count since 1970 needs a format such ` +
			`as %s for seconds or %ms for milliseconds`},
		{times, `{"at":"2026-01-01"}`, `all of its records have the same value of the cursor ` +
			`field "at"`},
	} {
		_, err := whole.Remainder(tt.c, []byte(tt.record))
		require.EqualError(t, err, tt.want)
	}
}
