package http

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	nethttp "net/http"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/airbyte-go/cdk/internal/hook"
	"github.com/airbyte-go/cdk/protocol"
)

func TestRulesFit(t *testing.T) {
	t.Parallel()
	const text = `{"ok":false,"error":{"code":17,"name":"quota"},` +
		`"errors":[{"type":"a"},{"type":"THROTTLED"}],"none":[],"nil":null,"empty":{ },"zero":0}`
	for _, tt := range []struct {
		name string
		rule Rule
		want bool
	}{
		{"no condition", Rule{}, true},
		{"status", Rule{Status: []int{404, 200}}, true},
		{"another status", Rule{Status: []int{404}}, false},
		{"header", Rule{Header: map[string]string{"x-why": "QUOTA"}}, true},
		{"any value of a header", Rule{Header: map[string]string{"X-Why": ""}}, true},
		{"another value of a header", Rule{Header: map[string]string{"X-Why": "no"}}, false},
		{"no such header", Rule{Header: map[string]string{"X-None": ""}}, false},
		{"text", Rule{Contains: `"name":"quota"`}, true},
		{"another text", Rule{Contains: "QUOTA"}, false},
		{"string", Rule{JSON: map[string]string{"error.name": "quota"}}, true},
		{"number", Rule{JSON: map[string]string{"error.code": "17"}}, true},
		{"literal", Rule{JSON: map[string]string{"ok": "false"}}, true},
		{"the literal null", Rule{JSON: map[string]string{"nil": "null"}}, true},
		{"another value", Rule{JSON: map[string]string{"error.code": "1"}}, false},
		{"something", Rule{JSON: map[string]string{"error": ""}}, true},
		{"no such path", Rule{JSON: map[string]string{"error.none": ""}}, false},
		{"false is nothing", Rule{JSON: map[string]string{"ok": ""}}, false},
		{"null is nothing", Rule{JSON: map[string]string{"nil": ""}}, false},
		{"zero is nothing", Rule{JSON: map[string]string{"zero": ""}}, false},
		{"an empty list is nothing", Rule{JSON: map[string]string{"none": ""}}, false},
		{"an empty object is nothing", Rule{JSON: map[string]string{"empty": ""}}, false},
		{"any element", Rule{JSON: map[string]string{"errors.type": "THROTTLED"}}, true},
		{"no element", Rule{JSON: map[string]string{"errors.type": "b"}}, false},
		{"a list", Rule{JSON: map[string]string{"errors": ""}}, true},
		{"all paths", Rule{JSON: map[string]string{"ok": "false", "nil": "1"}}, false},
		{"function", Rule{When: func(resp *nethttp.Response, body []byte) bool {
			return resp.StatusCode == 200 && len(body) == len(text)
		}}, true},
		{"another function", Rule{When: func(*nethttp.Response, []byte) bool { return false }},
			false},
		{"all conditions", Rule{Status: []int{200}, Contains: "nothing"}, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			resp := &nethttp.Response{
				StatusCode: 200, Header: nethttp.Header{"X-Why": {"daily quota"}},
				Body: io.NopCloser(strings.NewReader(text)),
			}
			assert.Equal(t, tt.want, tt.rule.fits(&reply{resp: resp}))
			rest, err := io.ReadAll(resp.Body)
			require.NoError(t, err)
			assert.Equal(t, text, string(rest), "the body is still there")
			require.NoError(t, resp.Body.Close())
		})
	}
}

func TestActions(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name  string
		rule  Rule
		kind  protocol.FailureType
		calls int
		want  string
	}{
		{"fail", Rule{Status: []int{503}, Type: protocol.ConfigError}, protocol.ConfigError, 1,
			`GET https://api.example.com/v1/records: the API failed (503 Service Unavailable): ` +
				`"Down". A later sync may succeed; if this stays, ask the API's operator.`},
		{"fail with a message", Rule{Message: "Reports need a paid plan."},
			protocol.TransientError, 1, `Reports need a paid plan. (GET https://` +
				`api.example.com/v1/records: 503 Service Unavailable: "Down").`},
		{"retry", Rule{Action: Retry}, protocol.TransientError, 3,
			`GET https://api.example.com/v1/records: the API failed (503 Service Unavailable): ` +
				`"Down". A later sync may succeed; if this stays, ask the API's operator. It was ` +
				`tried 3 times in `},
		{"rate limited", Rule{Action: RateLimited}, protocol.TransientError, 3,
			`GET https://api.example.com/v1/records: the API's rate limit is exceeded (503 ` +
				`Service Unavailable): "Down".`},
		{"refresh token", Rule{Action: RefreshToken}, protocol.TransientError, 2,
			`GET https://api.example.com/v1/records: the API failed`},
		{"ignore", Rule{Action: Ignore}, protocol.TransientError, 1, "GET "},
		{"reset", Rule{Action: ResetPagination}, protocol.TransientError, 1, "GET "},
		{"accept", Rule{Action: Accept}, "", 1, ""},
		{"accept after a look", Rule{Action: Accept, Contains: "Down"}, "", 1, ""},
		{"the first that fits", Rule{Status: []int{500}, Action: Ignore}, protocol.SystemError, 1,
			"The last rule."},
	} {
		t.Run(tt.name, func(t *testing.T) {
			bubble(t, func(w nethttp.ResponseWriter, _ *nethttp.Request, _ int) {
				respond(w, 503, `{"error":"Down"}`)
			}, func(b *bundle) {
				last := Rule{Type: protocol.SystemError, Message: "The last rule."}
				text, err := b.get(NewClient(base, tt.rule, last, Retries(2), &renewable{}),
					"records")
				assert.Len(b, b.arrivals(), tt.calls)
				assert.Equal(b, tt.name == "ignore", errors.Is(err, ErrIgnored))
				assert.Equal(b, tt.name == "reset", errors.Is(err, ErrResetPagination))
				assert.Equal(b, tt.rule.Action == RateLimited, len(b.limited) > 0)
				if tt.kind == "" {
					require.NoError(b, err)
					assert.JSONEq(b, `{"error":"Down"}`, text)
					return
				}
				own := protocol.AsError(err)
				assert.Equal(b, tt.kind, own.Type)
				assert.True(b, strings.HasPrefix(own.Message, tt.want), own.Message)
			})
		})
	}
}

func TestAnErrorInsideA200(t *testing.T) {
	t.Parallel()
	bubble(t, func(w nethttp.ResponseWriter, _ *nethttp.Request, n int) {
		if n < 3 {
			respond(w, 200, `{"ok":false,"error":"ratelimited"}`)
			return
		}
		respond(w, 200, `{"ok":true,"data":[{"id":1}]}`)
	}, func(b *bundle) {
		rules := []Rule{
			{JSON: map[string]string{"error": "ratelimited"}, Action: RateLimited},
			{JSON: map[string]string{"ok": "false"}},
		}
		records, _, err := b.read(&Stream{
			Client: NewClient(base, rules[0], rules[1]), Path: "records", Records: Field("data"),
		})
		require.NoError(b, err)
		assert.Equal(b, []string{`{"id":1}`}, records)
		assert.Len(b, b.limited, 2)
	})
	bubble(t, func(w nethttp.ResponseWriter, _ *nethttp.Request, _ int) {
		respond(w, 200, `{"ok":false,"error":"bad_cursor"}`)
	}, func(b *bundle) {
		_, err := b.get(NewClient(base, Rule{JSON: map[string]string{"ok": "false"}}), "records")
		requireError(b, err, protocol.SystemError, "GET https://api.example.com/v1/records: the "+
			`API answered with an error (200 OK): "bad_cursor". If this stays, report it to the `+
			"connector's maintainer.")
	})
}

// A rule that wants to see the body reads it in the retry loop, so a body that breaks off there is
// asked for again even by Do.
func TestARuleSeesABodyThatBreaksOff(t *testing.T) { // not parallel: it looks at the budget
	bubble(t, func(w nethttp.ResponseWriter, _ *nethttp.Request, n int) {
		if n == 1 {
			breakOff(w, `{"ok":`)
		}
		respond(w, 200, `{"ok":true}`)
	}, func(b *bundle) {
		text, err := b.get(NewClient(base, Rule{JSON: map[string]string{"ok": "false"}}), "x")
		require.NoError(b, err)
		assert.JSONEq(b, `{"ok":true}`, text)
		assert.Zero(b, heldPages.used.Load(), "the budget is given back")
	})
}

func TestALargeBodyIsSeenWhole(t *testing.T) {
	t.Parallel()
	large := `{"data":"` + strings.Repeat("x", 3<<20) + `","errors":[{"message":"late"}]}`
	bubble(t, func(w nethttp.ResponseWriter, _ *nethttp.Request, _ int) {
		respond(w, 200, large)
	}, func(b *bundle) {
		_, err := b.get(NewClient(base, Rule{JSON: map[string]string{"errors": ""}}), "x")
		require.ErrorContains(b, err, "the API answered with an error (200 OK)")
		text, err := b.get(NewClient(base, Rule{JSON: map[string]string{"error": ""}}), "x")
		require.NoError(b, err)
		assert.Equal(b, len(large), len(text)) //nolint:testifylint // no megabytes in a message
	})
}

func TestRulesOfARequestComeFirst(t *testing.T) {
	t.Parallel()
	bubble(t, func(w nethttp.ResponseWriter, _ *nethttp.Request, _ int) { w.WriteHeader(404) },
		func(b *bundle) {
			c := NewClient(base, Rule{Status: []int{404}, Message: "Of the client."})
			_, err := b.do(c, &Request{Rules: []Rule{{Status: []int{404}, Action: Ignore}}})
			require.ErrorIs(b, err, ErrIgnored)
			_, err = b.do(c, &Request{Rules: []Rule{{Status: []int{500}, Action: Ignore}}})
			require.ErrorContains(b, err, "Of the client.")
		})
}

func TestIgnoredAnswersAreCounted(t *testing.T) {
	t.Parallel()
	bubble(t, func(w nethttp.ResponseWriter, r *nethttp.Request, _ int) {
		w.WriteHeader(map[string]int{"/v1/a": 404}[r.URL.Path] + 403*len(r.URL.Query()))
	}, func(b *bundle) {
		var log bytes.Buffer
		ctx := hook.With(b.ctx, &hook.Hooks{Log: slog.New(slog.NewTextHandler(&log, nil))})
		c := NewClient(base, Rule{Status: []int{404, 403}, Action: Ignore})
		for range 25 {
			_, err := c.Do(ctx, &Request{Path: "a"})
			require.ErrorIs(b, err, ErrIgnored)
		}
		_, err := c.Do(ctx, &Request{Path: "b?x=1"})
		require.ErrorIs(b, err, ErrIgnored)
		lines := strings.Split(strings.TrimSpace(log.String()), "\n")
		require.Len(b, lines, 3)
		for i, want := range []string{"number=1 ", "number=10 ", "number=1 "} {
			assert.Contains(b, lines[i], want)
		}
	})
}

func TestWaitHeader(t *testing.T) {
	t.Parallel()
	bubble(t, func(w nethttp.ResponseWriter, _ *nethttp.Request, n int) {
		w.Header().Set("X-Quota-Until", fmt.Sprint(time.Now().Add(time.Minute).UnixMilli()))
		w.Header().Set("Retry-After", "7")
		if n == 1 {
			w.WriteHeader(420)
		}
	}, func(b *bundle) {
		_, err := b.get(NewClient(base, Rule{
			Status: []int{420}, Action: RateLimited, WaitHeader: "X-Quota-Until",
		}), "x")
		require.NoError(b, err)
		assert.Equal(b, time.Minute, time.Since(b.start))
	})
}

func TestGiveUpAfter(t *testing.T) {
	t.Parallel()
	bubble(t, func(w nethttp.ResponseWriter, _ *nethttp.Request, n int) {
		if n == 1 {
			w.Header().Set("Retry-After", "3600")
			w.WriteHeader(429)
		}
	}, func(b *bundle) {
		_, err := b.get(NewClient(base, GiveUpAfter(time.Hour)), "x")
		require.NoError(b, err)
		assert.Equal(b, time.Hour, time.Since(b.start))
	})
	assert.PanicsWithValue(t, "http.GiveUpAfter(0s): it must be positive",
		func() { GiveUpAfter(0) })
}

func TestEachAttemptIsASignOfLife(t *testing.T) {
	t.Parallel()
	bubble(t, func(w nethttp.ResponseWriter, _ *nethttp.Request, _ int) { w.WriteHeader(503) },
		func(b *bundle) {
			signs := 0
			ctx := hook.With(b.ctx, &hook.Hooks{Progress: func() { signs++ }})
			_, err := NewClient(base, Retries(2)).Do(ctx, &Request{})
			require.Error(b, err)
			assert.Equal(b, 3, signs)
			_, err = NewClient(base, Retries(0)).Do(hook.With(context.WithoutCancel(b.ctx),
				&hook.Hooks{}), &Request{})
			require.Error(b, err)
		})
}

// Lists within lists are walked again for each level, so a body of nothing else must not take long.
func TestDeepListsAreNotSearched(t *testing.T) {
	t.Parallel()
	deep := strings.Repeat("[", 1<<20) + "1" + strings.Repeat("]", 1<<20)
	never := func([]byte) bool { return false }
	assert.False(t, anyAt([]byte(deep), []string{"a"}, never))
	one := func(v []byte) bool { return string(v) == "1" }
	assert.True(t, anyAt([]byte(`[[[{"a":[1]}]]]`), []string{"a"}, one))
	assert.False(t, anyAt([]byte(`[[[[[1]]]]]`), nil, one))
}

func FuzzRuleJSON(f *testing.F) {
	for _, seed := range []string{
		`{"a":{"b":1}}`, `[{"a":[{"b":"x"}]}]`, `{"a":{"b`, `{"a":{"\u0062":[]}}`, "", "[[[",
	} {
		f.Add([]byte(seed), "x")
	}
	f.Fuzz(func(t *testing.T, body []byte, want string) {
		anyAt(body, []string{"a", "b"}, func(v []byte) bool { return valueFits(v, want) })
		text, err := json.Marshal(want)
		if err != nil || want == "" || !utf8.ValidString(want) {
			return
		}
		body = fmt.Appendf(nil, `{"x":0,"a":[null,{"b":%s}]}`, text)
		if !anyAt(body, []string{"a", "b"}, func(v []byte) bool { return valueFits(v, want) }) {
			t.Fatalf("%q is not found in %s", want, body)
		}
	})
}
