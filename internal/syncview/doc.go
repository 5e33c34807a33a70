// Package syncview shows a sync to people: what it does while it runs, and what came of it.
//
// On a terminal a [Live] view redraws a few lines in place and lets warnings pass above them;
// elsewhere it writes a plain line every few seconds and one for each event. [View.Summary] is the
// end of both. What is drawn is a function of a [platform.Report], a size and a time, so that it
// can be tested without a terminal. The package asks the system for nothing: its caller knows
// whether there is a terminal, and how large it is.
package syncview
