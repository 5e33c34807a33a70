package sources

import (
	"math/big"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestIntCursorReads(t *testing.T) {
	t.Parallel()
	const (
		no       = "not an integer"
		fraction = "a fraction"
		wide     = "more than 64 bits"
	)
	for _, test := range []struct{ raw, want, err string }{
		{`5`, `5`, ""},
		{`-5`, `-5`, ""},
		{`-0`, `0`, ""},
		{`"5"`, `5`, ""},
		{`"007"`, `7`, ""},
		{`5.0`, `5`, ""},
		{`"-5.000"`, `-5`, ""},
		{`0.0`, `0`, ""},
		{`1e3`, `1000`, ""},
		{`1.25E+2`, `125`, ""},
		{`1200e-2`, `12`, ""},
		{`0e999999`, `0`, ""},
		{`9223372036854775807.0`, `9223372036854775807`, ""},
		{`9223372036854775807`, `9223372036854775807`, ""},
		{`-9223372036854775808`, `-9223372036854775808`, ""},
		{`5.5`, "", fraction},
		{`-0.1`, "", fraction},
		{`1e-3`, "", fraction},
		{`1.00000000000000000001`, "", fraction},
		{`9223372036854775808`, "", wide},
		{`18446744073709551616.0`, "", wide},
		{`1e19`, "", wide},
		{`1e999999999999999999999`, "", wide},
		{`true`, "", no},
		{`null`, "", no},
		{`""`, "", no},
		{`"-"`, "", no},
		{`"5."`, "", no},
		{`"1e"`, "", no},
		{`"0x5"`, "", no},
		{`"5 "`, "", no},
		{`"five"`, "", no},
		{`[5]`, "", no},
		{``, "", no},
	} {
		k, err := IntCursor{}.parse([]byte(test.raw))
		if test.err != "" {
			assert.ErrorContains(t, err, test.err, test.raw)
			continue
		}
		if assert.NoError(t, err, test.raw) {
			assert.Equal(t, test.want, string(IntCursor{}.encode(k)), test.raw)
		}
	}
}

// FuzzDecimal compares with exact arithmetic.
func FuzzDecimal(f *testing.F) {
	for _, seed := range []string{"5", "-5.25", "1e3", "12.5e-1", "0.000000001", "x", "1."} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		d, ok := readDecimal([]byte(text))
		exponent := strings.IndexAny(text, "eE")
		if !ok || len(text) > 40 || exponent >= 0 && len(text)-exponent > 4 {
			return
		}
		want, ok := new(big.Rat).SetString(text)
		require.True(t, ok, text)
		whole, nanos, more, ok := d.split(0)
		if !ok {
			return
		}
		got := new(big.Rat).Add(new(big.Rat).SetInt64(whole), big.NewRat(nanos, 1e9))
		want.Abs(want)
		difference := new(big.Rat).Sub(want, got)
		require.GreaterOrEqual(t, difference.Sign(), 0, text)
		require.Negative(t, difference.Cmp(big.NewRat(1, 1e9)), text)
		require.Equal(t, more, difference.Sign() > 0, text)
	})
}
