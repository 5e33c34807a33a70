package http

import (
	"fmt"
	"time"
)

// An Option changes what [NewClient] returns: credentials such as [Bearer] and [OAuth], how often
// requests are sent ([Limit], [RateLimit]) and sent again ([Retries], [GiveUpAfter]), what answers
// mean ([Rule]), what is called around each attempt ([BeforeRequest], [AfterResponse]), how many
// jobs run at once ([MaxJobs]), and [Timeouts].
type Option interface{ apply(c *Client) }

type optionFunc func(*Client)

func (f optionFunc) apply(c *Client) { f(c) }

// Retries sets how often a request is sent again after a failure that may pass, overriding the
// default of 5. Zero means never. Whatever n is, no retry begins later than [GiveUpAfter] allows.
//
// It panics when n is negative.
func Retries(n int) Option {
	if n < 0 {
		panic(fmt.Sprintf("http.Retries(%d): it must not be negative", n))
	}
	return optionFunc(func(c *Client) { c.retries = n })
}

// GiveUpAfter sets how long a request may take with all its attempts and the waits between them,
// overriding the default of ten minutes: no attempt begins later. It also caps the waits that an
// API asks for: one that would end later fails the request at once, as a transient error. What a
// request waits for a [RateLimit] of this client does not count.
//
// It panics unless d is positive.
func GiveUpAfter(d time.Duration) Option {
	if d <= 0 {
		panic(fmt.Sprintf("http.GiveUpAfter(%v): it must be positive", d))
	}
	return optionFunc(func(c *Client) { c.giveUp = d })
}
