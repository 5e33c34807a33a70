package sqltable

import (
	"math/big"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestDecimal(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"0": "0", "-0": "0", "007": "7", "+1": "1", "1.50": "1.50", "-1.5": "-1.5", ".5": "0.5",
		"5.": "5", "1e3": "1000", "1.25e1": "12.5", "1.25e2": "125", "12e-3": "0.012",
		"9007199254740993": "9007199254740993", "0.00": "0.00", "100e-2": "1.00",
		"123456789012345678901234567890.1234567890": "123456789012345678901234567890.1234567890",
	} {
		var buf []byte
		d, ok := parseDecimal([]byte(text), &buf)
		assert.True(t, ok, text)
		assert.Equal(t, want, string(d.appendText(nil)), text)
	}
	for _, text := range []string{
		"", ".", "-", "+", "e1", "1e", "1e+", "1.2.3", "1_000", "0x1", "NaN", "Infinity", " 1",
		"1 ", "1e9999999", "1e99999999999999999999", "--1", "1,5",
	} {
		var buf []byte
		_, ok := parseDecimal([]byte(text), &buf)
		assert.False(t, ok, text)
	}
}

func TestDecimalInt64(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int64{
		"9223372036854775807": 9223372036854775807, "-9223372036854775808": -9223372036854775808,
		"1.0": 1, "1e3": 1000, "-120e-1": -12, "0e5": 0, "0.000": 0, "12.30e1": 123,
	} {
		var buf []byte
		d, ok := parseDecimal([]byte(text), &buf)
		assert.True(t, ok && d.isWhole(), text)
		n, ok := d.int64()
		assert.True(t, ok, text)
		assert.Equal(t, want, n, text)
	}
	for _, text := range []string{
		"9223372036854775808", "-9223372036854775809", "1e19", "99999999999999999999",
	} {
		var buf []byte
		d, _ := parseDecimal([]byte(text), &buf)
		assert.True(t, d.isWhole(), text)
		_, ok := d.int64()
		assert.False(t, ok, text)
	}
}

// FuzzDecimal compares the text with the number that math/big reads.
func FuzzDecimal(f *testing.F) {
	for _, text := range []string{"0", "1.50", "-12e-3", "1e400", "007", ".5"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var buf []byte
		d, ok := parseDecimal([]byte(text), &buf)
		if !ok || !d.fits() || len(d.digits)+max(d.exp, -d.exp) > 5000 {
			return
		}
		want, ok := new(big.Rat).SetString(strings.TrimPrefix(text, "+"))
		if !ok {
			t.Fatalf("math/big refuses %q", text)
		}
		got, ok := new(big.Rat).SetString(string(d.appendText(nil)))
		if !ok || got.Cmp(want) != 0 {
			t.Fatalf("%q became %q", text, d.appendText(nil))
		}
		if whole := d.isWhole(); whole != want.IsInt() {
			t.Fatalf("%q is whole: %v", text, whole)
		}
		if !d.isWhole() {
			return
		}
		n, ok := d.int64()
		if ok != want.Num().IsInt64() || ok && want.Num().Int64() != n {
			t.Fatalf("%q has the integer %d, %v", text, n, ok)
		}
	})
}
