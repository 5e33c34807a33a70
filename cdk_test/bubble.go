package cdktest

import (
	"testing"
	"testing/synctest"
	"time"
)

// bubbleStart is when the clock of a bubble starts. The clock of package synctest starts in the
// year 2000, for which the records of most tests would lie in the future.
var bubbleStart = time.Date(2027, time.January, 1, 0, 0, 0, 0, time.UTC)

// Bubble runs f in a bubble of [testing/synctest] with a fake API of its own.
//
// Time in the bubble is virtual. It starts at 2027-01-01T00:00:00Z and moves on when every
// goroutine in the bubble waits: a retry after an hour takes no time, and no test depends on the
// day it runs on. A test whose records are younger begins with time.Sleep, which takes no time
// either.
//
// The API's server and its connections end when f returns; a goroutine that f or the connector
// started and left behind fails the test. As in every bubble, f must not call t.Run, t.Parallel
// or t.Deadline: for a table of cases call Bubble within each t.Run. Real sockets and other
// processes are no part of virtual time and do not work here.
func Bubble(t *testing.T, f func(t *testing.T, api *API)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		t.Helper()
		<-time.After(time.Until(bubbleStart))
		f(t, newAPI(t))
	})
}
