package sources

import (
	"bytes"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/airbyte-go/cdk/internal/jsonraw"
)

// FuzzGlance reads two values one after the other, and each must be what the cursor makes of it.
func FuzzGlance(f *testing.F) {
	for _, seed := range []string{
		`"2026-01-02T03:04:05Z"`, `"2026-01-02T03:04:05.678Z"`, `"2026-01-02T03:04:05.123456789Z"`,
		`"2026-01-02T03:04:05.1234567890Z"`, `"2026-01-02T03:04:05.Z"`, `"2026-01-02T03:04:05"`,
		`"2026-02-28T23:59:59Z"`, `"2026-02-29T00:00:00Z"`, `"2026-01-31T00:00:00Z"`,
		`"2026-04-31T00:00:00Z"`, `"1900-02-29T00:00:00Z"`, `"2000-02-29T00:00:00Z"`, `"2024-02-29T00:00:00.5Z"`,
		`"2026-12-31T23:59:60Z"`, `"0000-01-01T00:00:00Z"`, `"0001-01-01T00:00:00Z"`,
		`"9999-12-28T23:59:59.999999999Z"`, `"2026-13-01T00:00:00Z"`, `"2026-00-01T00:00:00Z"`,
		`"2026-01-00T00:00:00Z"`, `"2026-01-01T24:00:00Z"`, `"2026-01-02T03:04:0/Z"`,
		`"2026-01-02T03:04:05.6 Z"`, `"2026-01-02t03:04:05z"`, `"2026-01-02T03:04:05+01:00"`,
		`"2026-01-02T03:04:05\u005a"`, `"2026-01-02"`, `1767323045`, `null`, `"`, `""`, ``, `{}`,
	} {
		f.Add([]byte(seed), []byte(`"2026-01-02T03:04:05Z"`))
		f.Add([]byte(seed), []byte(seed))
	}
	berlin := time.FixedZone("", 3600)
	cursors := []Cursor{
		TimeCursor{}, TimeCursor{Zone: berlin}, TimeCursor{Formats: []string{time.RFC3339}},
		TimeCursor{Formats: []string{"%Y-%m-%dT%H:%M:%SZ"}, Zone: berlin},
		TimeCursor{Formats: []string{"%Y-%m-%dT%H:%M:%S.%fZ", time.DateOnly}},
		TimeCursor{Formats: []string{"2006-01-02T15:04:05"}, Zone: berlin},
		TimeCursor{Formats: []string{time.DateOnly, time.RFC3339}},
		TimeCursor{Formats: []string{EpochSeconds}}, IntCursor{},
	}
	f.Fuzz(func(t *testing.T, first, second []byte) {
		for _, c := range cursors {
			g := newGlance(c)
			for _, raw := range [][]byte{first, second, second, first} {
				if jsonraw.Valid(raw) != nil {
					return
				}
				raw = bytes.TrimSpace(raw)
				want, wantErr := c.parse(raw)
				if jsonraw.IsNull(raw) {
					wantErr = errNoValue
				}
				for _, after := range []string{"", ",", "}", ` ,"x":"2026-01-02T03:04:05Z"}`} {
					k, err := g.read(append(slices.Clip(raw), after...))
					assert.Equal(t, wantErr, err)
					if err == nil {
						assert.Equal(t, want, k, "%q with %v", raw, c)
					}
				}
			}
		}
	})
}
