package sqltable

import (
	"bytes"

	"github.com/airbyte-go/cdk/internal/jsonraw"
	"github.com/airbyte-go/cdk/protocol"
)

// outcome is what became of a value on its way into a column.
type outcome uint8

const (
	kept    outcome = iota
	nulled          // the column cannot hold it
	cut             // what the database refuses was taken out
	tooWide         // a wider column holds it
)

// change returns what the record's meta says of the outcome.
func (o outcome) change() protocol.ChangeType {
	if o == cut {
		return protocol.ChangeTruncated
	}
	return protocol.ChangeNulled
}

// A caster turns JSON values into cells. It is not safe for concurrent use.
type caster struct {
	rules  Rules
	arena  []byte // text that is not a part of the record; valid until reset
	digits []byte // of the number in hand
}

// reset forgets the texts of the row before.
func (c *caster) reset() { c.arena = c.arena[:0] }

// cast turns a JSON value, nil for a missing one, into a cell of a column of the kind.
func (c *caster) cast(kind Kind, raw []byte) (Value, outcome) {
	if len(raw) == 0 || raw[0] == 'n' {
		return Value{}, kept
	}
	switch kind {
	case JSON:
		return c.json(raw)
	case String:
		return c.string(raw)
	case Boolean:
		return boolean(raw)
	case Integer, Number:
		return c.number(kind, raw)
	default:
		return c.time(kind, raw)
	}
}

func boolean(raw []byte) (Value, outcome) {
	switch raw[0] {
	case 't':
		return Value{form: formBool, bits: 1}, kept
	case 'f':
		return Value{form: formBool}, kept
	default:
		return Value{}, nulled
	}
}

// string takes everything: what is not a string stays JSON.
func (c *caster) string(raw []byte) (Value, outcome) {
	if raw[0] != '"' {
		return c.json(raw)
	}
	text, _ := jsonraw.Content(raw)
	if c.rules.RefusesNUL && bytes.IndexByte(text, 0) >= 0 {
		return textValue(bytes.ReplaceAll(text, []byte{0}, nil)), cut
	}
	return textValue(text), kept
}

func (c *caster) number(kind Kind, raw []byte) (Value, outcome) {
	if n, ok := smallInt(raw); ok {
		return intValue(n), kept
	}
	text := raw
	if raw[0] == '"' {
		text, _ = jsonraw.Content(raw)
	}
	if len(text) == 0 || text[0] == 't' || text[0] == 'f' {
		return Value{}, nulled
	}
	d, ok := parseDecimal(text, &c.digits)
	switch {
	case !ok:
		return Value{}, nulled
	case kind == Integer:
		return c.integer(d)
	default:
		return c.decimal(d)
	}
}

// smallInt reads the integers that most numbers are.
func smallInt(raw []byte) (n int64, ok bool) {
	digits, negative := raw, false
	if raw[0] == '-' {
		digits, negative = raw[1:], true
	}
	if len(digits) == 0 || len(digits) > 18 {
		return 0, false
	}
	for _, c := range digits {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = n*10 + int64(c-'0')
	}
	if negative {
		n = -n
	}
	return n, true
}

func (c *caster) integer(d decimal) (Value, outcome) {
	if !d.isWhole() {
		return Value{}, nulled
	}
	if n, ok := d.int64(); ok {
		return intValue(n), kept
	}
	if c.rules.ExactNumbers && d.fits() {
		return Value{}, tooWide
	}
	return Value{}, nulled
}

func (c *caster) decimal(d decimal) (Value, outcome) {
	if c.rules.ExactNumbers {
		if !d.fits() {
			return Value{}, nulled
		}
		return Value{form: formDecimal, text: c.keep(d.appendText)}, kept
	}
	whole := d
	if whole.isWhole() {
		if n, ok := whole.int64(); ok {
			return intValue(n), kept
		}
	}
	nearest, ok := d.float()
	if !ok {
		return Value{}, nulled
	}
	return Value{form: formReal, real: nearest}, kept
}

// keep returns the text that a function appends, valid until reset.
func (c *caster) keep(appendTo func([]byte) []byte) []byte {
	start := len(c.arena)
	c.arena = appendTo(c.arena)
	return c.arena[start:len(c.arena):len(c.arena)]
}

func (c *caster) time(kind Kind, raw []byte) (Value, outcome) {
	if raw[0] != '"' {
		return Value{}, nulled
	}
	text, _ := jsonraw.Content(raw)
	if kind == Time || kind == TimeTZ {
		return clockValue(kind, text)
	}
	m, ok := parseMoment(text)
	switch {
	case !ok, kind == Date && m.micros != 0:
		return Value{}, nulled
	case kind == Date:
		return Value{form: formDate, bits: m.days}, kept
	case kind == Timestamp:
		return Value{form: formMoment, bits: m.days*microsPerDay + m.micros}, kept
	default:
		micros := m.days*microsPerDay + m.micros - int64(m.zone)*microsPerSecond
		return Value{form: formInstant, bits: micros}, kept
	}
}

func clockValue(kind Kind, text []byte) (Value, outcome) {
	m, ok := parseClock(text)
	switch {
	case !ok:
		return Value{}, nulled
	case kind == Time:
		return Value{form: formClock, bits: m.micros}, kept
	default:
		return Value{form: formClockTZ, bits: m.micros, zone: int32(m.zone)}, kept
	}
}
