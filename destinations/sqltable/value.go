package sqltable

import "strconv"

// A Value is one cell of a row on its way into the database. Its text is valid until the next row
// is asked for. The zero Value is null.
type Value struct {
	form form
	bits int64
	real float64
	zone int32
	text []byte
}

// form is what a Value holds.
type form uint8

const (
	formNull    form = iota
	formText         // text: strings, JSON
	formBool         // bits: 0 or 1
	formInt          // bits
	formReal         // real
	formDecimal      // text: digits, in the notation of SQL
	formDate         // bits: days since 2000-01-01
	formMoment       // bits: microseconds since 2000-01-01, no zone
	formInstant      // the same in UTC
	formClock        // bits: microseconds of the day
	formClockTZ      // the same, and zone: seconds east of UTC
)

// IsNull reports whether the cell is null.
func (v Value) IsNull() bool { return v.form == formNull }

// Any returns the value as database/sql takes it: nil, bool, int64, float64, or string for text,
// JSON, decimal numbers, dates and times. It copies the text.
func (v Value) Any() any {
	switch v.form {
	case formNull:
		return nil
	case formBool:
		return v.bits != 0
	case formInt:
		return v.bits
	case formReal:
		return v.real
	case formText, formDecimal:
		return string(v.text)
	default:
		var buf [40]byte
		return string(v.AppendText(buf[:0]))
	}
}

// AppendText appends the value's text as a string column holds it, nothing for null. Dates and
// times have a fixed number of digits, so that the order of texts is the order of times.
func (v Value) AppendText(dst []byte) []byte {
	switch v.form {
	case formNull:
		return dst
	case formText, formDecimal:
		return append(dst, v.text...)
	case formBool:
		return strconv.AppendBool(dst, v.bits != 0)
	case formInt:
		return strconv.AppendInt(dst, v.bits, 10)
	case formReal:
		return strconv.AppendFloat(dst, v.real, 'g', -1, 64)
	case formDate:
		return closeEra(appendDate(dst, v.bits))
	case formMoment, formInstant:
		return v.appendMoment(dst)
	default:
		return v.appendClockTZ(dst)
	}
}

func (v Value) appendMoment(dst []byte) []byte {
	days := floorDiv(v.bits, microsPerDay)
	dst, beforeChrist := appendDate(dst, days)
	dst = appendClock(append(dst, 'T'), v.bits-days*microsPerDay)
	if v.form == formInstant {
		dst = append(dst, 'Z')
	}
	return closeEra(dst, beforeChrist)
}

func (v Value) appendClockTZ(dst []byte) []byte {
	dst = appendClock(dst, v.bits)
	if v.form == formClock {
		return dst
	}
	zone, sign := int(v.zone), byte('+')
	if zone < 0 {
		zone, sign = -zone, '-'
	}
	dst = appendPadded(append(dst, sign), zone/3600, 2)
	return appendPadded(append(dst, ':'), zone/60%60, 2)
}

func closeEra(dst []byte, beforeChrist bool) []byte {
	if beforeChrist {
		return append(dst, " BC"...)
	}
	return dst
}

func textValue(text []byte) Value { return Value{form: formText, text: text} }
func intValue(n int64) Value      { return Value{form: formInt, bits: n} }
