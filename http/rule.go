package http

import (
	"errors"
	nethttp "net/http"

	"github.com/airbyte-go/cdk/protocol"
)

// An Action is what becomes of a request whose answer fits a [Rule].
type Action int

const (
	// Fail ends the request with an error at once. It is the zero Action.
	Fail Action = iota
	// Retry sends the request again after a random wait that grows each time, as long as
	// [Retries] and [GiveUpAfter] allow; then it fails.
	Retry
	// RateLimited is a Retry for an API that was asked too often. The wait is the one that the
	// answer asks for, all requests under the same [RateLimit] wait with it, and the platform
	// learns that the stream is rate limited.
	RateLimited
	// RefreshToken renews the credentials and sends the request again at once. It does so once
	// for a request; where the credentials cannot be renewed, or do not help, the request fails.
	RefreshToken
	// Ignore takes the answer for an empty page after which none follows: the slice ends there,
	// and well. [Client.Do] returns [ErrIgnored].
	Ignore
	// ResetPagination makes a stream read on from the first page of a slice that begins at its
	// last cursor value, if its cursor is Ascending; else it reads the whole slice again, once.
	// [Client.Do] returns [ErrResetPagination].
	ResetPagination
	// Accept takes the answer for a good one, whatever its status is.
	Accept
)

// ErrIgnored is found by [errors.Is] in the error of a request whose answer is to be ignored, as a
// [Rule] says.
var ErrIgnored = errors.New("a rule says that this answer is to be ignored")

// ErrResetPagination is found by [errors.Is] in the error of a request after whose answer the pages
// are to be read from the first one again, as a [Rule] says.
var ErrResetPagination = errors.New("a rule says that the pages are to be read from the first on")

// A Rule says what certain answers mean to this API. It is an [Option] of [NewClient], and a
// [Request] may have rules of its own.
//
// Rules lie over the defaults, which the package comment lists: the rules of the request come
// first, then those of the client, each in their order; the first that fits an answer decides, and
// where none does the defaults do. All conditions that are set must hold; a rule without a
// condition fits every answer.
//
// Rules also see answers in the 200s, since some APIs put their errors there. Conditions on the
// body make the client read it before it is used, up to 32 MiB of it; a rule with conditions on
// status or header as well does so only where these hold.
type Rule struct {
	// Status holds the statuses that fit. Empty means all, the 200s included.
	Status []int
	// Header maps the name of a header to a text that its value must contain, in whatever case.
	// An empty text asks for any value.
	Header map[string]string
	// Contains is a text that must stand in the body, as it is.
	Contains string
	// JSON maps a dotted path in the body to the text of the value that must stand there: a
	// string without its quotes, a number or a literal as it is written. An empty text asks for
	// any value but null, false, 0, "" and what is empty. A dot that belongs to a name is
	// written \. as in [Field], whose other marks mean nothing here; in a list any element may
	// fit.
	JSON map[string]string
	// When is a condition in Go, tested last. It gets the body as far as it was read: 64 KiB
	// where the status is not in the 200s. It must not read resp.Body, nor change the bytes, and
	// is called by several workers at the same time.
	When func(resp *nethttp.Response, body []byte) bool

	// Action is what to do. Defaults to [Fail].
	Action Action
	// Type is what the error counts as when the request fails. Defaults to what the status means,
	// to TransientError for Retry and RateLimited, and to SystemError in the 200s.
	Type protocol.FailureType
	// Message tells the user what happened and what to do, as a sentence. What the API said
	// follows it. By default it is worded from the status.
	Message string
	// WaitHeader names the header that tells how long to wait, in any of the forms that
	// Retry-After and the reset headers of rate limits have. Defaults to these headers.
	WaitHeader string
}

func (r Rule) apply(c *Client) { c.rules = append(c.rules, r) }

// asksBody reports whether the body decides.
func (r *Rule) asksBody() bool { return r.Contains != "" || len(r.JSON) > 0 || r.When != nil }
