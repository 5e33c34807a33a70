package schema

import (
	"encoding/json"
	"math"
	"math/big"
	"reflect"
	"strconv"
	"strings"
)

// Numbers of a config stay text until a Go field wants them. What is longer than this, or has an
// exponent beyond it, is refused before any arithmetic: exact arithmetic on 1e999999 takes
// megabytes, and reading ten million digits takes minutes. No float64 exceeds 1e308.
const (
	mostDigits   = 400
	mostExponent = 400
)

// reasonable reports whether exact arithmetic on n is cheap.
func reasonable(n json.Number) bool {
	mantissa, exponent := string(n), ""
	if i := strings.IndexAny(mantissa, "eE"); i >= 0 {
		mantissa, exponent = mantissa[:i], mantissa[i+1:]
	}
	if len(mantissa) > mostDigits {
		return false
	}
	if exponent == "" {
		return true
	}
	e, err := strconv.Atoi(exponent)
	return err == nil && e >= -mostExponent && e <= mostExponent
}

// exact returns n without rounding. It must be [reasonable].
func exact(n json.Number) *big.Rat {
	r, _ := new(big.Rat).SetString(string(n))
	return r
}

// isWhole reports whether n is an integer, as 5.0 and 5e3 are.
func isWhole(n json.Number) bool {
	if !strings.ContainsAny(string(n), ".eE") {
		return true
	}
	return reasonable(n) && exact(n).IsInt()
}

// numeral stores n in a numeric field, and notes when it does not fit.
func (d *decoder) numeral(dst reflect.Value, n json.Number) {
	switch k := dst.Kind(); {
	case k == reflect.Float32, k == reflect.Float64:
		f, err := strconv.ParseFloat(string(n), dst.Type().Bits())
		if err != nil {
			d.add("must be a number up to %g", largest(k))
			return
		}
		dst.SetFloat(f)
	case !isWhole(n):
		d.add("must be a whole number")
	default:
		d.integer(dst, n)
	}
}

// largest returns the bound of a floating-point type.
func largest(k reflect.Kind) float64 {
	if k == reflect.Float32 {
		return math.MaxFloat32
	}
	return math.MaxFloat64
}

// integer stores a whole number.
func (d *decoder) integer(dst reflect.Value, n json.Number) {
	// The limits are those of the Go type. They are shown, since the schema does not have them: to
	// the form an integer is an integer.
	bits := dst.Type().Bits()
	i := new(big.Int)
	if reasonable(n) {
		i = exact(n).Num()
	}
	if dst.CanInt() {
		if reasonable(n) && i.IsInt64() && !dst.OverflowInt(i.Int64()) {
			dst.SetInt(i.Int64())
			return
		}
		limit := int64(math.MaxInt64) >> (64 - bits)
		d.add("must be a whole number from %d to %d", -limit-1, limit)
		return
	}
	if reasonable(n) && i.IsUint64() && !dst.OverflowUint(i.Uint64()) {
		dst.SetUint(i.Uint64())
		return
	}
	d.add("must be a whole number from 0 to %d", uint64(math.MaxUint64)>>(64-bits))
}

// number stores a number as it was written.
func (d *decoder) number(dst reflect.Value, v any) {
	if n, ok := expect[json.Number](d, v, "a number"); ok {
		dst.SetString(string(n))
	}
}
