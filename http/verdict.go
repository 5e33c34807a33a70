package http

import (
	"cmp"
	nethttp "net/http"
	"slices"

	"github.com/airbyte-go/cdk/protocol"
)

// verdict is what an answer means.
type verdict struct {
	action   Action
	kind     protocol.FailureType
	happened string
	remedy   string
	rule     *Rule // nil where the defaults decided
}

// decide returns what an answer means: what the first rule that fits says, laid over the defaults.
func (k *call) decide(a *reply) verdict {
	for _, rules := range k.rules {
		for i := range rules {
			if rules[i].fits(a) {
				return rules[i].over(judge(a.resp))
			}
		}
	}
	if a.isGood() {
		return verdict{action: Accept}
	}
	return judge(a.resp)
}

// over lays a rule over what the status means.
func (r *Rule) over(v verdict) verdict {
	v.rule, v.action = r, r.Action
	switch {
	case r.Type != "":
		v.kind = r.Type
	case r.Action == Retry, r.Action == RateLimited:
		v.kind = protocol.TransientError
	}
	if r.Action == RateLimited && r.Message == "" {
		limited := tooMany()
		v.happened, v.remedy = limited.happened, limited.remedy
	}
	return v
}

// judge returns what a status means where no rule fits. In the 200s a rule asks for it, because
// the body says otherwise.
func judge(resp *nethttp.Response) verdict {
	switch status := resp.StatusCode; {
	case status == nethttp.StatusUnauthorized:
		return verdict{RefreshToken, protocol.ConfigError, "the API refused the credentials",
			"Check the credentials in the configuration.", nil}
	case status == nethttp.StatusForbidden && saysWhen(resp.Header):
		return tooMany()
	case status == nethttp.StatusForbidden:
		return verdict{Fail, protocol.ConfigError, "the API denied access",
			"Give the credentials access to this resource, or leave the stream out.", nil}
	case status == nethttp.StatusNotFound, status == nethttp.StatusGone:
		return verdict{Fail, protocol.SystemError, "the API has nothing at this address",
			"Check the URL, and the names and IDs in the configuration.", nil}
	case status == nethttp.StatusTooManyRequests:
		return tooMany()
	case status == nethttp.StatusRequestTimeout || status >= 500:
		return verdict{retryIf(isPassing(status)), protocol.TransientError, "the API failed",
			"A later sync may succeed; if this stays, ask the API's operator.", nil}
	case status >= 400:
		return verdict{Fail, protocol.SystemError, "the API rejected the request",
			"The connector sent something the API does not accept: report it to its maintainer.",
			nil}
	case status >= 300:
		return verdict{Fail, protocol.SystemError, "the API redirected to no usable address",
			"Check the URL in the configuration.", nil}
	}
	return verdict{Fail, protocol.SystemError, "the API answered with an error",
		"If this stays, report it to the connector's maintainer.", nil}
}

func tooMany() verdict {
	return verdict{RateLimited, protocol.TransientError, "the API's rate limit is exceeded",
		"A later sync goes on from the last state; fewer parallel syncs of this API help.", nil}
}

// isPassing reports whether a failure of the server may be over soon. Not implemented and HTTP
// version not supported are not.
func isPassing(status int) bool {
	return !slices.Contains(
		[]int{nethttp.StatusNotImplemented, nethttp.StatusHTTPVersionNotSupported}, status)
}

func retryIf(passing bool) Action {
	if passing {
		return Retry
	}
	return Fail
}

// saysWhen reports whether a refusal is over at a time that it names, which a lack of rights is
// not: some APIs say 403 when they are asked too often.
func saysWhen(h nethttp.Header) bool {
	return h.Get("Retry-After") != "" || isExhausted(h)
}

// words returns the sentence for the user, for the request what and with what the API said.
func (v verdict) words(what, status, said string) (message, remedy string) {
	if v.rule == nil || v.rule.Message == "" {
		return what + ": " + v.happened + " (" + status + ")" + prefixed(": ", said), v.remedy
	}
	return v.rule.Message + " (" + what + ": " + status + prefixed(": ", said) + ")", ""
}

func prefixed(prefix, text string) string {
	if text == "" {
		return ""
	}
	return prefix + text
}

// waitHeader is the header that a rule names for the wait, empty for the usual ones.
func (v verdict) waitHeader() string { return cmp.Or(v.rule, &Rule{}).WaitHeader }
