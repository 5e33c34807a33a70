// Package http reads streams over HTTP: a [Client] with authentication, rate limits, retries and
// timeouts, and a [Stream] that follows pages and cuts records out of them as raw bytes.
//
// Most sources need the two of them and nothing else:
//
//	api := http.NewClient("https://api.example.com/v1/",
//		http.Bearer(cfg.APIKey), http.Limit(10, time.Second))
//	stream := &http.Stream{
//		Client:  api,
//		Name:    "records",
//		Schema:  sources.SchemaOf[Record](),
//		Path:    "records",
//		Query:   http.Params{"since": "{from}", "until": "{to}"},
//		Records: http.Field("data"),
//		Pages:   http.NextToken{At: "meta.next_cursor", Param: "cursor"},
//		Cursor: sources.TimeCursor{
//			Field: "updated_at", Start: cfg.StartDate, Step: 30 * 24 * time.Hour,
//		},
//	}
//
// [Client.Do] is the layer below, for a request that is not a page of a stream, and [Client.JSON]
// decodes its answer.
//
// Records pass from the answer to standard output as bytes: nothing is decoded, no number loses a
// digit, and no record costs an allocation.
//
// # Import
//
// The package shares its name with net/http. In a file that needs both, rename the standard one:
//
//	import (
//		nethttp "net/http"
//
//		"github.com/airbyte-go/cdk/http"
//	)
//
// # What a request gets without asking
//
//   - Retries: 408, 429, all 5xx but 501 and 505, connections that fail and pages that break off
//     are tried again, up to 5 times and within ten minutes, after a random wait that doubles up to
//     a minute. Other answers are final. Requests that are not idempotent are sent once. See
//     [Retries] and [GiveUpAfter].
//   - Waits that the API asks for: Retry-After decides the wait instead, and where a rate limit
//     refused the request so do X-RateLimit-Reset, RateLimit-Reset, X-Rate-Limit-Reset and
//     RateLimit, whether they hold seconds or a moment. From the second time on a random wait comes
//     on top, so that workers do not come back together. Beyond ten minutes the request fails at
//     once, as a transient error, so that the platform waits and not the connector. While a rate
//     limit makes a stream wait, the platform sees it as rate limited.
//   - Rate limits: when the API refuses one request as one too many, or says that none is left, the
//     others wait as well instead of being refused. What it allows can be said by [RateLimit].
//   - Timeouts: see [Timeouts]. A server that stops sending is noticed.
//   - Errors: one sentence with the request, the status, what the API said and what to do. 401 and
//     403 are config errors, 408, 429 and 5xx transient, the rest system errors. A 401 first renews
//     credentials that can be renewed, once. A 403 that says when to come back is a rate limit. No
//     text holds the value of a query parameter or the client's credentials. A [Rule] says what
//     else an answer means, also one with the status 200.
//   - Compression: answers in zstd, gzip and deflate are unpacked, within bounds.
//   - Credentials travel to the host of the base URL and to no other, whatever links and redirects
//     say; the body of a request does not leave it either.
//   - In Airbyte Cloud only public hosts are reached, and by https only; see [Client].
//   - At the log level DEBUG each attempt and its answer are logged, without query values, secrets
//     and what exceeds 2 KiB of a body.
//   - Pagination that goes in circles, or on and on without records, ends with an error.
//   - Memory: a page is held up to 32 MiB, all pages of the process up to 128 MiB or a quarter of
//     GOMEMLIMIT; what exceeds that is streamed.
//   - While the records of a page are being emitted, the next one is loaded.
//
// # Authentication
//
// Credentials are options of [NewClient]; none means that requests go without. They are put on each
// attempt anew, below retries and redirects.
//
//   - What the user has in hand: [Bearer], [Basic], [HeaderKey], [QueryKey], [FormKey] and
//     [BodyKey]. [Rotate] takes turns with several.
//   - What the client obtains: [OAuth] asks a token endpoint, [Session] logs in, [JWT] signs. Their
//     tokens are replaced shortly before they end and when the API answers 401, by one worker while
//     the others wait. A field As sends the token by any of the options above.
//   - What the user chose: [When] turns the branches of a oneOf in the config into options.
//
// A refresh token that is good for one use is saved to the config before the access token that came
// with it is used; see [OAuth.RefreshTokenAt]. Whatever is obtained at run time is masked in logs,
// traces and statuses from then on, like the secrets of the config.
//
// # Jobs
//
// [Jobs] is for APIs that prepare records first: it creates a job for each slice, asks how far it
// is, downloads the result and deletes the job. [MaxJobs] bounds how many there are at once.
//
// # Kinds of streams
//
//   - Pages: [PageNumber], [Offset], [NextToken], [LinkHeader], [After], changed by [Until],
//     [InBody], [InHeader] and [Lasting].
//   - Delta links and sync tokens: Bookmark names the token on the last page with which the next
//     sync goes on; the cursor is a [sources.TokenCursor].
//   - Records: [Field], [Fields] and [Keyed] in JSON, [JSONLines], [Lines], [CSV], [XML], and what
//     [Gzip] and [Zip] have packed.
//   - Edits of records: [Filter], [Add], [Remove], [Rename], [Flatten], [Keys], [Cast] and [Map].
//
// # Tests
//
// [WithTransport] sends the requests of every client to a function or a server in memory.
// Paginators and extractors are plain values that need no server at all.
//
// # Examples and guides
//
// The example of [Stream] is a whole stream with its API; examples/source-rest of the repository is
// a whole source. Guides are docs/pagination.md, docs/authentication.md, docs/errors.md and, for
// the sentences that this package says most often, docs/troubleshooting.md.
package http
