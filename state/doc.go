// Package state reads what earlier syncs have reached and counts what happened since.
//
// [Parse] takes every form in which the platform, an older one or a developer's file gives the
// state to a source, and returns a [Set]: one state per stream, and a shared one beside them for
// sources that read all streams from one log. [Of] decodes the state of one stream into a Go
// type. A [Counter] keeps the numbers of records that each new state must report.
//
// Writing states is the work of package protocol, whose State keeps every property it does not
// know; a Set is for reading only. [Mark] adds the one property that is this kit's own.
package state
