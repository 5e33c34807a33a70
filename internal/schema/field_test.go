package schema

import (
	"encoding/json"
	"reflect"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

type (
	plainFields struct {
		A int
		B string `json:"b"`
		C bool   `json:"-"`
		D int    `json:"-,"`
		E int    `json:",omitempty"`
		f int
	}
	oddName struct {
		A int `json:"a/b c"`
		B int `json:"\u00e9"`
	}
	inner    struct{ X, Y int }
	embedsIt struct {
		Z int
		inner
		Y string
	}
	embedsPointer struct {
		*Inner
		A int
	}
	Inner       struct{ P, Q int }
	namedEmbeds struct {
		Inner `json:"inner"`
		A     int
	}
	left      struct{ Same, OnlyLeft int }
	right     struct{ Same, OnlyRight int }
	ambiguous struct {
		left
		right
	}
	taggedRight struct {
		Other int `json:"Same"`
	}
	tagWins struct {
		left
		taggedRight
	}
	deep1 struct{ Inner }
	deep2 struct{ Inner }
	twice struct {
		deep1
		deep2
		Own int
	}
	selfEmbed struct {
		*selfEmbed
		A int
	}
	myInt       int
	EmbeddedInt int
	embedsInt   struct {
		myInt
		EmbeddedInt
	}
	quoted struct {
		A int      `json:"a,string"`
		B *bool    `json:"b,string"`
		C []string `json:"c,string"`
	}
	withTime struct {
		At time.Time `json:"at,omitzero"`
	}
)

// TestFieldsAreThoseOfEncodingJSON compares with what the standard library writes.
func TestFieldsAreThoseOfEncodingJSON(t *testing.T) {
	t.Parallel()
	for _, v := range []any{
		plainFields{E: 1, f: 1}, oddName{}, embedsIt{}, embedsPointer{Inner: &Inner{}},
		namedEmbeds{}, ambiguous{}, tagWins{}, twice{}, selfEmbed{A: 1}, embedsInt{},
		quoted{}, withTime{At: time.Unix(0, 0)}, struct{}{},
	} {
		t.Run(reflect.TypeOf(v).String(), func(t *testing.T) {
			t.Parallel()
			text, err := json.Marshal(v)
			require.NoError(t, err)
			written, err := readDocument(text)
			require.NoError(t, err)
			var names []string
			for _, f := range fields(reflect.TypeOf(v)) {
				names = append(names, f.name)
			}
			assert.Equal(t, written.(*object).names, names)
		})
	}
}

func TestFieldOptions(t *testing.T) {
	t.Parallel()
	all := fields(reflect.TypeFor[quoted]())
	assert.True(t, all[0].quoted)
	assert.True(t, all[1].quoted)
	assert.False(t, all[2].quoted, "the option has no effect on slices")
	assert.False(t, all[0].optional)
	assert.True(t, fields(reflect.TypeFor[withTime]())[0].optional)
	assert.True(t, fields(reflect.TypeFor[plainFields]())[3].optional)
}
