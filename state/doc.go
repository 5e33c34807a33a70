// Package state reads what earlier syncs have reached and counts what happened since.
//
// [Parse] takes every form in which the platform, an older one or a developer's file gives the
// state to a source, and returns a [Set]: one state per stream, and a shared one beside them for
// sources that read all streams from one log. [Of] decodes the state of one stream into a Go
// type. A [Counter] keeps the numbers of records that each new state must report.
//
// Writing states is the work of package protocol, whose State keeps every property it does not
// know; a Set is for reading only. [Mark] adds the one property that is this kit's own.
//
// Most connectors need none of it: package sources reads states before an author's code sees them,
// and package destinations gives them back. It is for tools that stand between connectors, and for
// sources written without an engine. The example of [Parse] shows the forms, that of [Counter] the
// counts.
//
// # What is refused
//
// A state is the user's data, so a file that cannot be meant is refused instead of being read in
// part: a stream that appears twice, states of two kinds beside each other, a second GLOBAL state,
// a state that is no object.
//
// # Deviations from the protocol
//
//   - LEGACY is deprecated, and the platform takes no such state from a source. It is still read
//     here, because old connections and developers' files hold it, and never written.
//   - [Mark] adds the property go_cdk, which no schema knows. Unknown properties of a state survive
//     the platform, and the Python kit passes over this one.
package state
