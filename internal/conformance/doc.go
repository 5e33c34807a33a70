// Package conformance judges destinations: it plays syncs between a source that it writes itself
// and the destination, through package platform and in both of the worlds that a destination may
// live in, and looks at what readers of the destination's system see then. It mirrors the suite of
// Airbyte's own destinations (D.8) and goes beyond it where a row could be lost.
//
// [Plan] lists the checks, [Kill] ends the process at random moments. Neither knows how a report
// looks; package cdktest runs them within a Go test.
package conformance
