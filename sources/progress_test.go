package sources

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func bounded(from, to int64) span {
	return span{from: key{hi: from}, to: key{hi: to}, bounded: true, ended: true}
}

// reached is the reach of a slice whose records had these values.
func reached(t *testing.T, values string, direction int) (r reach) {
	t.Helper()
	for value := range strings.FieldsSeq(values) {
		n, err := strconv.ParseInt(value, 10, 64)
		require.NoError(t, err)
		r.see(key{hi: n}, direction)
	}
	return r
}

// spelled is a state in short: the position, or the ranges with gaps between them, each with the
// highest value in it.
func spelled(t *testing.T, p *progress) string {
	t.Helper()
	var s struct {
		ID     *int64 `json:"id"`
		Type   string `json:"state_type"`
		Slices []struct {
			Start int64  `json:"start"`
			End   int64  `json:"end"`
			High  *int64 `json:"most_recent_cursor_value"`
		} `json:"slices"`
	}
	require.NoError(t, json.Unmarshal(p.encode(), &s))
	if s.Slices == nil {
		if s.ID == nil {
			return "none"
		}
		return fmt.Sprint(*s.ID)
	}
	require.Equal(t, "integer", s.Type)
	require.Nil(t, s.ID)
	var ranges []string
	for _, one := range s.Slices {
		text := fmt.Sprintf("%d-%d", one.Start, one.End)
		if one.High != nil && *one.High != one.End {
			text += fmt.Sprintf("(%d)", *one.High)
		}
		ranges = append(ranges, text)
	}
	return strings.Join(ranges, " ")
}

func newProgress(o Order) *progress {
	return &progress{
		cursor: IntCursor{Field: "id", Start: 1, Order: o},
		manner: &manner{direction: o.direction()},
	}
}

// Slices of 1..10, 10..20 and so on are written as the values of their records, with a dot behind
// those that are done: "3 4. | 12" is a slice that is done and an open one.
func TestProgressPosition(t *testing.T) {
	t.Parallel()
	const start = "1"
	for _, test := range []struct {
		name   string
		order  Order
		slices string
		want   string
	}{
		{"nothing read", Unordered, "", start},
		{"open", Unordered, "3 7", start},
		{"done", Unordered, "7 3.", "7"},
		{"done without records", Unordered, ".", start},
		{"done behind an open one", Unordered, " | 15 12.", "10-15"},
		{"done behind an empty one", Unordered, ". | 15.", "15"},
		{"an empty one behind", Unordered, "3. | .", "3"},
		{"a gap", Unordered, "3 9. | 12 | 27 24.", "1-10(9) 20-27"},
		{"a gap behind an empty one", Unordered, ". | 12 | 27.", "1-10 20-27"},
		{"only empty ones behind the gap", Unordered, "3. | 12 | .", "3"},
		{"two gaps", Unordered, "3. | 12 | 24. | . | | 55.", "1-10(3) 20-40(24) 50-55"},

		{"ascending: one value may have ties", Ascending, "3", start},
		{"ascending: a greater one followed", Ascending, "3 4", "3"},
		{"ascending: ties of the greatest", Ascending, "3 4 4 4", "3"},
		{"ascending: second slice while first", Ascending, "3 4 | 12 13", "1-3 10-12"},
		{"ascending: second slice after first", Ascending, "3. | 12 13", "12"},
		{"ascending: descent", Ascending, "3 4 2 5", start},
		{"ascending: descent in another slice", Ascending, "3 4 | 13 12", start},
		{"ascending: done with one record", Ascending, "4.", "4"},

		{"descending: one value may have ties", Descending, "9", start},
		{"descending: a smaller one followed", Descending, "9 7", "9-9"},
		{"descending: further down", Descending, "9 7 5 5", "7-9"},
		{"descending: behind a done one", Descending, "9 2. | 19 17 15", "1-10(9) 17-19"},
		{"descending: done", Descending, "9 7 5.", "9"},
		{"descending: ascent", Descending, "9 7 8 5", start},

		{"cut at the end of the slice", Unordered, "7 99. | ", "10"},
		{"ascending: cut at the end", Ascending, "98 99", "10"},
		{"ascending: done is cut at its end", Ascending, "98 99.", "10"},
		{"a later slice with older records", Unordered, "9. | 4.", "9"},
	} {
		p := newProgress(test.order)
		var added []*sliceProgress
		texts := strings.Split(test.slices, "|")
		for i := range texts {
			s := &sliceProgress{span: bounded(max(int64(i)*10, 1), int64(i+1)*10)}
			p.add(s)
			added = append(added, s)
		}
		for i, text := range texts {
			values, done := strings.CutSuffix(strings.TrimSpace(text), ".")
			p.advance(added[i], reached(t, values, test.order.direction()))
			if done {
				p.close(added[i])
			}
		}
		got := spelled(t, p)
		assert.Equal(t, test.want, got, test.name)

		again, err := parseProgress(p.cursor, p.manner, p.encode())
		require.NoError(t, err, test.name)
		assert.Equal(t, got, spelled(t, again), "%s: read again", test.name)
	}
}

// What is left to read, and what has been read, make the whole.
func TestProgressLeft(t *testing.T) {
	t.Parallel()
	bare, steps := IntCursor{
		Field: "id",
		End:   100,
	}, IntCursor{
		Field: "id",
		Start: 1,
		End:   100,
		Step:  40,
	}
	for _, test := range []struct {
		cursor      Cursor
		state, want string
	}{
		{bare, `{}`, "-..100"},
		{bare, `{"id":7}`, "7..100"},
		{bare, `{"id":200}`, ""},
		{steps, `{}`, "1..41 41..81 81..100"},
		{steps, `{"id":30}`, "30..70 70..100"},
		{steps, `{"id":0}`, "1..41 41..81 81..100"},
		{bare, slicesState("0-10", "20-30"), "10..20 30..100"},
		{bare, slicesState("5-10", "20-30"), "-..5 10..20 30..100"},
		{steps, slicesState("5-10"), "1..5 10..50 50..90 90..100"},
		{steps, slicesState("1-10", "60-70"), "10..50 50..60 70..100"},
		{steps, slicesState("60-70", "1-10"), "10..50 50..60 70..100"},
		{steps, slicesState("1-30", "20-50", "50-60"), "60..100"},
		{steps, slicesState("1-10(4)"), "4..44 44..84 84..100"},
		{steps, slicesState("1-10(-)", "20-30"), "10..20 30..70 70..100"},
		{steps, slicesState("1-10", "20-30(-)"), "10..50 50..90 90..100"},
		{steps, slicesState("1-10", "20-300"), "10..20"},
		{steps, slicesState("150-160"), "1..41 41..81 81..100"},
		{steps, `{"slices":[]}`, "1..41 41..81 81..100"},
		{steps, `{"id":30,"go_cdk":{"open":[{"start":30,"end":60,"token":"x"}]}}`,
			"30..60@x 60..100"},
		{bare, `{"go_cdk":{"open":[{"end":100,"token":"x"}]}}`, "-..100@x 100..100"},
		{noCursor{}, `{"go_cdk":{"open":[{"token":"x"}]}}`, "-..-@x"},
		{noCursor{}, `{}`, "-..-"},
		{TokenCursor{}, `{"token":"x"}`, "-..-"},
	} {
		p, err := parseProgress(test.cursor, &manner{}, []byte(test.state))
		require.NoError(t, err, test.state)
		var got []string
		for s := range p.pending(time.Now()) {
			bound := func(k key, is bool) string {
				if !is {
					return "-"
				}
				return fmt.Sprint(k.hi)
			}
			text := bound(s.span.from, s.span.bounded) + ".." + bound(s.span.to, s.span.ended)
			if s.token != nil {
				text += "@" + string(s.token)
			}
			got = append(got, text)
		}
		assert.Equal(t, test.want, strings.Join(got, " "), test.state)
	}
}

// Whatever the order in which slices end, whenever the read is stopped and taken up again from its
// state: no value is passed over, the state never names one that has not been read, and at the end
// it is the highest value.
func TestProgressAnyOrder(t *testing.T) {
	t.Parallel()
	for seed := range uint64(1000) {
		random := rand.New(rand.NewPCG(seed, 1))
		order := []Order{Unordered, Ascending, Descending}[seed%3]
		cursor := IntCursor{
			Field: "id",
			Start: 1,
			End:   80,
			Step:  1 + random.Int64N(30),
			Order: order,
		}
		read := map[int64]bool{}
		state := json.RawMessage(`{}`)
		for attempt := 0; ; attempt++ {
			p, err := parseProgress(cursor, &manner{direction: order.direction()}, state)
			require.NoError(t, err)
			steps := random.IntN(60)
			if attempt == 4 {
				steps = -1
			}
			if readSome(p, random, steps, read) {
				state = p.encode()
				break
			}
			state = p.encode()
			mustNotBeAhead(t, cursor, state, read, seed)
		}
		require.JSONEq(t, `{"id":80}`, string(state), "seed %d", seed)
		for v := range int64(80) {
			require.True(t, read[v+1], "seed %d: %d was never read", seed, v+1)
		}
	}
}

// readSome reads records of slices in flight in random order, a number of them, and says whether
// all has been read.
func readSome(p *progress, random *rand.Rand, steps int, read map[int64]bool) (all bool) {
	type open struct {
		at     *sliceProgress
		seen   reach
		values []int64
	}
	var flight []*open
	direction := orderOf(p.cursor).direction()
	waiting := slices.Collect(p.pending(time.Now()))
	for ; steps != 0 && len(flight)+len(waiting) > 0; steps-- {
		if len(waiting) > 0 && len(flight) < 4 {
			o := &open{at: waiting[0]}
			waiting = waiting[1:]
			for v := o.at.span.from.hi; v <= o.at.span.to.hi; v++ {
				o.values = append(o.values, v)
			}
			switch {
			case direction < 0:
				slices.Reverse(o.values)
			case direction == 0:
				random.Shuffle(len(o.values), func(a, b int) {
					o.values[a], o.values[b] = o.values[b], o.values[a]
				})
			}
			p.add(o.at)
			flight = append(flight, o)
		}
		i := random.IntN(len(flight))
		if o := flight[i]; len(o.values) > 0 {
			read[o.values[0]] = true
			o.seen.see(key{hi: o.values[0]}, direction)
			p.advance(o.at, o.seen)
			o.values = o.values[1:]
		} else {
			p.close(o.at)
			flight = slices.Delete(flight, i, i+1)
		}
	}
	return len(flight)+len(waiting) == 0
}

// mustNotBeAhead checks that what a state does not ask for again has been read.
func mustNotBeAhead(
	t *testing.T, c IntCursor, state json.RawMessage, read map[int64]bool, seed uint64,
) {
	t.Helper()
	again, err := parseProgress(c, &manner{}, state)
	require.NoError(t, err)
	asked := map[int64]bool{}
	for s := range again.pending(time.Now()) {
		for v := s.span.from.hi; v <= s.span.to.hi; v++ {
			asked[v] = true
		}
	}
	for v := int64(1); v <= 80; v++ {
		require.True(t, asked[v] || read[v], "seed %d: the state %s passes over %d", seed, state, v)
	}
}

// A descending slice whose values are finer than the state can say must not claim the rest of the
// day.
func TestProgressClaimsNothingByRounding(t *testing.T) {
	t.Parallel()
	for values, want := range map[string]string{
		"2026-01-09T00:00:00Z 2026-01-08T00:00:00Z 2026-01-07T00:00:00Z": `{"slices":[{"start":` +
			`"2026-01-08","end":"2026-01-09","most_recent_cursor_value":"2026-01-09"}],` +
			`"state_type":"date-range"}`,
		"2026-01-09T12:00:00Z 2026-01-08T12:00:00Z 2026-01-07T12:00:00Z": `{"at":"2026-01-01"}`,
	} {
		c := TimeCursor{
			Field: "at", Start: at("2026-01-01T00:00:00Z"), Order: Descending,
			Formats: []string{time.DateOnly, time.RFC3339},
		}
		p := &progress{cursor: c, manner: &manner{direction: -1}}
		for s := range p.pending(at("2026-01-10T00:00:00Z")) {
			p.add(s)
			var r reach
			for one := range strings.FieldsSeq(values) {
				r.see(timeKey(at(one)), -1)
			}
			p.advance(s, r)
		}
		assert.JSONEq(t, want, string(p.encode()), values)
	}
}

// An API that keeps its data for a while has a beginning of all data of its own.
func TestProgressBehindTheOldestData(t *testing.T) {
	t.Parallel()
	c := TimeCursor{Field: "at", Start: at("2020-01-01T00:00:00Z"), MaxAge: 30 * day}
	p := &progress{cursor: c, manner: &manner{}}
	for s := range p.pending(at("2026-02-01T00:00:00Z")) {
		p.add(s)
		p.advance(s, reach{high: mark{timeKey(at("2026-01-20T00:00:00Z")), true}})
		p.close(s)
	}
	assert.JSONEq(t, `{"at":"2026-01-20T00:00:00Z"}`, string(p.encode()))
}
