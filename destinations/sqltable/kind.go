package sqltable

// Kind is what a column holds, one of the data types of the protocol.
type Kind uint8

// The kinds. Each takes the values that the protocol's type of that name has; see the package
// comment for what else is accepted and how it is stored.
const (
	String      Kind = iota + 1 // text of any length
	Boolean                     // true and false
	Integer                     // integers of 64 bits; of any size after the column was widened
	Number                      // decimal numbers, exact where [Rules.ExactNumbers] says so
	Date                        // a day
	Timestamp                   // day and time of day, in no particular zone
	TimestampTZ                 // an instant
	Time                        // time of day, in no particular zone
	TimeTZ                      // time of day with its distance to UTC
	JSON                        // objects, arrays, and values of several types
)

var kindNames = [...]string{
	String: "string", Boolean: "boolean", Integer: "integer", Number: "number", Date: "date",
	Timestamp: "timestamp without time zone", TimestampTZ: "timestamp with time zone",
	Time: "time without time zone", TimeTZ: "time with time zone", JSON: "JSON",
}

// String returns the kind in words, for messages.
func (k Kind) String() string {
	if int(k) < len(kindNames) && kindNames[k] != "" {
		return kindNames[k]
	}
	return "unknown"
}

// kinds are all kinds, in their order.
var kinds = []Kind{
	String, Boolean, Integer, Number, Date, Timestamp, TimestampTZ, Time, TimeTZ, JSON,
}

// wider returns the narrowest kind that holds every value of both without losing anything.
func wider(a, b Kind) Kind {
	if a > b {
		a, b = b, a
	}
	switch {
	case a == b:
		return a
	case b == JSON:
		return JSON
	case a == Integer && b == Number,
		a == Date && (b == Timestamp || b == TimestampTZ):
		return b
	default:
		return String
	}
}
