package sources

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/airbyte-go/cdk/protocol"
)

var posts = protocol.Descriptor{Name: "posts"}

func TestStreamStateRoundTrip(t *testing.T) {
	t.Parallel()
	const (
		jan2  = `{"updated_at":"2026-01-02T00:00:00Z"}`
		march = `{"updated_at":"2026-03-04T05:06:07Z"}`
	)
	reached := mark{key{hi: at("2026-03-04T05:06:07Z").Unix()}, true}
	for _, test := range []struct {
		name, raw      string
		same, advanced string
	}{
		{"none", ``, `{}`, march},
		{"null", `null`, `{}`, march},
		{"empty", `{}`, `{}`, march},
		{"position", jan2, jan2, march},
		{"no position", `{"updated_at":null}`, `{"updated_at":null}`, march},
		{"other members are kept", `{"n":1.0,"updated_at":"2026-01-02T00:00:00Z"}`,
			`{"n":1.0,"updated_at":"2026-01-02T00:00:00Z"}`, `{"n":1.0,"updated_at":"2026-03-04T05:06:07Z"}`},
		{"of a full refresh", noCursorState, `{}`, march},
	} {
		s, err := parseStreamState(posts, TimeCursor{Field: "updated_at"}, []byte(test.raw))
		require.NoError(t, err, test.name)
		var before mark
		if s.saved != nil {
			before.raise(*s.saved)
		}
		assert.Equal(t, test.same, string(s.encode(before)), test.name)
		assert.Equal(t, test.advanced, string(s.encode(reached)), test.name)
	}
}

func TestStreamStateOfStart(t *testing.T) {
	t.Parallel()
	cursor := TimeCursor{Field: "updated_at", Start: at("2026-01-01T00:00:00Z")}
	s, err := parseStreamState(posts, cursor, nil)
	require.NoError(t, err)
	assert.Equal(t, `{"updated_at":"2026-01-01T00:00:00Z"}`, string(s.encode(mark{})),
		"a read that found nothing leaves its start, as the Python kit does")
}

func TestStreamStateMistakes(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]string{
		`[]`:                          "is not a JSON object",
		`"x"`:                         "is not a JSON object",
		`{"updated_at":17}`:           `for the cursor field "updated_at"`,
		`{"updated_at":"yesterday"}`:  "not a time in the format",
		`{"updated_at":["2026","1"]}`: "must be a string",
	} {
		_, err := parseStreamState(posts, TimeCursor{Field: "updated_at"}, []byte(raw))
		assert.ErrorContains(t, err, want, raw)
		e := protocol.AsError(err)
		assert.Equal(t, protocol.ConfigError, e.Type)
		assert.Equal(t, posts, e.Stream)
		assert.Contains(t, e.Message, "Reset the stream", "the sentence must say what to do")
	}
}

func FuzzParseStreamState(f *testing.F) {
	for _, seed := range []string{``, `null`, `{}`, `{"id":1}`, `{"id":"1"}`, `{"id":{}}`, `[`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		s, err := parseStreamState(posts, IntCursor{Field: "id"}, raw)
		if err != nil || s.saved == nil {
			return
		}
		again, err := parseStreamState(posts, s.cursor, s.encode(mark{*s.saved, true}))
		require.NoError(t, err)
		require.Equal(t, s.saved, again.saved)
	})
}

func TestPace(t *testing.T) {
	t.Parallel()
	now := at("2026-01-01T00:00:00Z")
	p := pace{interval: 15 * time.Second}
	assert.True(t, p.due(now), "the first state goes at once")
	p.wrote(now)
	assert.False(t, p.due(now.Add(14*time.Second)))
	assert.True(t, p.due(now.Add(15*time.Second)))
}
