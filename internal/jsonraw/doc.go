// Package jsonraw works on JSON text without decoding it: it checks, cuts, walks and quotes.
//
// Records cross the engine as bytes. A value that nobody asked for is neither decoded nor written
// anew, so no number loses a digit and no map is built. Two kinds of tools serve that:
//
//   - [Valid] and [Decoder] check every byte. They are for input from outside. They judge as
//     jsontext does, and leave it to that to say what is wrong.
//   - [Member], [Walk], [Members] and [Elements] trust their input to be valid and only look for
//     the structure they need, which is several times faster. On text that is not JSON they
//     return nothing or an error; they never panic and never read out of bounds.
//
// It is the only package that imports the experimental jsontext package, which becomes a part of
// the standard library in Go 1.27: the change will touch nothing but these files.
package jsonraw
