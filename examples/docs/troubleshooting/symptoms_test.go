package troubleshooting

import (
	"bytes"
	"context"
	"fmt"
	"iter"
	nethttp "net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	cdktest "github.com/airbyte-go/cdk/cdk_test"
	"github.com/airbyte-go/cdk/destinations"
	"github.com/airbyte-go/cdk/http"
	"github.com/airbyte-go/cdk/internal/pages"
	"github.com/airbyte-go/cdk/protocol"
	"github.com/airbyte-go/cdk/sources"
)

// Config is what the sources of this test have.
type Config struct {
	APIKey    string    `json:"api_key" title:"API key"`
	StartDate time.Time `json:"start_date,omitzero" title:"Replicate from"`
}

// one is a source with one stream.
type one struct{ stream sources.Stream }

func (o one) Streams(context.Context, Config) ([]sources.Stream, error) {
	return []sources.Stream{o.stream}, nil
}

// orders is a stream like many.
func orders(change func(s *http.Stream)) one {
	s := &http.Stream{
		Client: http.NewClient("https://api.example.com/v1/", http.Bearer("right-key-1")),
		Name:   "orders", Schema: sources.SchemaJSON([]byte(`{"type":"object"}`)),
		Path: "orders", Records: http.Field("data"),
		Query: http.Params{"since": "{from}"},
		Pages: http.NextToken{At: "next", Param: "cursor"},
		Cursor: sources.TimeCursor{
			Field: "updated_at", Order: sources.Ascending,
		},
	}
	change(s)
	return one{s}
}

func asIs(*http.Stream) {}

// answers is an API that says the same to everybody.
func answers(api *cdktest.API, status int, text string) {
	api.Handle("/v1/orders", nethttp.HandlerFunc(
		func(w nethttp.ResponseWriter, _ *nethttp.Request) {
			w.WriteHeader(status)
			fmt.Fprint(w, text)
		}))
}

// failure is the sentence with which a read fails.
func failure(t *testing.T, api *cdktest.API, s one, opts ...cdktest.Option) string {
	t.Helper()
	got := cdktest.Read(t, s, Config{APIKey: "k"}, append(opts, api)...)
	require.NotEmpty(t, got.Errors(), got.Lines)
	return got.Errors()[0].Message
}

// warning is the first warning of a read.
func warning(t *testing.T, api *cdktest.API, s one, opts ...cdktest.Option) string {
	t.Helper()
	got := cdktest.Read(t, s, Config{APIKey: "k"}, append(opts, api)...)
	for _, l := range got.Logs() {
		if l.Level == protocol.LevelWarn {
			return l.Message
		}
	}
	require.Fail(t, "there is no warning", got.Lines)
	return ""
}

const record = `{"id":1,"updated_at":"2026-01-01T00:00:00Z"}`

// symptoms are the situations of docs/troubleshooting.md, each with what makes it.
var symptoms = map[string]func(t *testing.T, api *cdktest.API) string{
	"a config that does not fit": func(t *testing.T, api *cdktest.API) string {
		got := cdktest.Check(t, orders(asIs), Config{}, api,
			cdktest.Config(`{"api_key": 7, "start_date": "yesterday"}`))
		return got.ConnectionStatus.Message
	},
	"a wrong key": func(t *testing.T, api *cdktest.API) string {
		answers(api, 401, `{"message":"unknown API key"}`)
		return cdktest.Check(t, orders(asIs), Config{APIKey: "k"}, api).ConnectionStatus.Message
	},
	"an API that is down": func(t *testing.T, api *cdktest.API) string {
		answers(api, 503, `{"message":"maintenance"}`)
		return failure(t, api, orders(asIs))
	},
	"a long wait": func(t *testing.T, api *cdktest.API) string {
		answers(api, 200, `{"data":[]}`)
		return failure(t, api.Fail(1, 429, "Retry-After: 3600"), orders(asIs))
	},
	"a path that is not there": func(t *testing.T, api *cdktest.API) string {
		answers(api, 200, `{"items":[],"total":0}`)
		return failure(t, api, orders(asIs))
	},
	"HTML": func(t *testing.T, api *cdktest.API) string {
		answers(api, 200, `<html>Please sign in</html>`)
		return failure(t, api, orders(asIs))
	},
	"a circle": func(t *testing.T, api *cdktest.API) string {
		answers(api, 200, `{"data":[`+record+`],"next":"abc"}`)
		return failure(t, api, orders(asIs))
	},
	"another host": func(t *testing.T, api *cdktest.API) string {
		answers(api, 200, `{"data":[],"next":"https://cdn.example.net/page2"}`)
		byLink := func(s *http.Stream) { s.Pages = http.NextToken{At: "next"} }
		return failure(t, api, orders(byLink))
	},
	"an order that is none": func(t *testing.T, api *cdktest.API) string {
		answers(api, 200, `{"data":[{"updated_at":"2026-01-02T00:00:00Z"},`+record+`]}`)
		return warning(t, api, orders(asIs))
	},
	"no cursor field": func(t *testing.T, api *cdktest.API) string {
		answers(api, 200, `{"data":[{"id":1}]}`)
		return warning(t, api, orders(asIs))
	},
	"a state of another cursor": func(t *testing.T, api *cdktest.API) string {
		answers(api, 200, `{"data":[]}`)
		return failure(t, api, orders(asIs), cdktest.StreamState("orders", `{"updated_at":"soon"}`))
	},
	"a stream that is gone": func(t *testing.T, api *cdktest.API) string {
		answers(api, 200, `{"data":[]}`)
		return failure(t, api, orders(asIs), cdktest.FullRefresh("invoices"))
	},
	"a name on the command line": func(t *testing.T, api *cdktest.API) string {
		answers(api, 200, `{"data":[]}`)
		return failure(t, api, orders(asIs), cdktest.Streams("order"))
	},
	"a stall": func(t *testing.T, api *cdktest.API) string {
		waits := &sources.StreamOf[struct{}]{
			Name: "orders",
			Read: func(ctx context.Context, _ sources.Slice) iter.Seq2[struct{}, error] {
				return func(yield func(struct{}, error) bool) {
					<-ctx.Done()
					yield(struct{}{}, ctx.Err())
				}
			},
		}
		return failure(t, api, one{waits})
	},
	"a slow check": func(t *testing.T, api *cdktest.API) string {
		api.Hang(1)
		answers(api, 200, `{"data":[]}`)
		got := cdktest.Check(t, orders(asIs), Config{APIKey: "k"}, api)
		return got.Errors()[0].Message
	},
	"a private address": func(t *testing.T, api *cdktest.API) string {
		t.Setenv("DEPLOYMENT_MODE", "cloud")
		return failure(t, api, orders(func(s *http.Stream) {
			s.Client = http.NewClient("https://10.0.0.7/v1/")
		}))
	},
	"a panic": func(t *testing.T, api *cdktest.API) string {
		answers(api, 200, `{"data":[`+record+`]}`)
		return failure(t, api, orders(func(s *http.Stream) {
			s.Prepare = func(*http.Request, sources.Slice) error {
				panic("a mistake of the author")
			}
		}))
	},
	"no COMPLETE": func(t *testing.T, _ *cdktest.API) string {
		return writes(t, `,"generation_id":1,"minimum_generation_id":0,"sync_id":1`, "")
	},
	"a stream that was not chosen": func(t *testing.T, _ *cdktest.API) string {
		return writes(t, "", `{"type":"RECORD","record":{"stream":"invoices","emitted_at":1,`+
			`"data":{"id":1}}}`+"\n")
	},
	"half a line": func(t *testing.T, _ *cdktest.API) string {
		return writes(t, "", `{"type":"RECORD","rec`)
	},
}

// nothing is a destination that forgets.
type nothing struct{}

func (nothing) Check(context.Context, Config) error { return nil }
func (nothing) Open(
	context.Context, Config, []destinations.Stream,
) (destinations.Loader, error) {
	return nothing{}, nil
}
func (nothing) Load(context.Context, *destinations.Batch) error   { return nil }
func (nothing) Finish(context.Context, destinations.Stream) error { return nil }
func (nothing) Close() error                                      { return nil }

// writes is the sentence with which a destination refuses its input.
func writes(t *testing.T, more, input string) string {
	t.Helper()
	dir := t.TempDir()
	file := func(name, text string) string {
		path := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
		return path
	}
	var out bytes.Buffer
	destinations.Run(t.Context(), nothing{}, destinations.Process{
		Args: []string{
			"write", "--config", file("config.json", `{"api_key":"k"}`),
			"--catalog", file("catalog.json", `{"streams":[{"stream":{"name":"orders",`+
				`"json_schema":{},"supported_sync_modes":["full_refresh"]},`+
				`"sync_mode":"full_refresh","destination_sync_mode":"append"`+more+`}]}`),
		},
		In: strings.NewReader(input), Out: &out, Err: &bytes.Buffer{},
	})
	for m := range protocol.NewReader(&out, protocol.ReaderOptions{}).Messages() {
		if m != nil && m.Type == protocol.MessageTrace && m.Trace.Error != nil {
			return m.Trace.Error.Message
		}
	}
	require.Fail(t, "the destination took it", out.String())
	return ""
}

// Every sentence that the page quotes is one that the kit says, and every situation is on the page.
// Three dots stand for what differs from run to run.
func TestPageQuotesWhatIsSaid(t *testing.T) {
	page, err := os.ReadFile("../../../docs/troubleshooting.md")
	require.NoError(t, err)
	quoted := map[string]bool{}
	for line := range strings.Lines(string(page)) {
		if quote, ok := strings.CutPrefix(line, "> "); ok {
			quoted[strings.TrimSpace(quote)] = false
		}
	}
	for name, produce := range symptoms {
		t.Run(name, func(t *testing.T) {
			cdktest.Bubble(t, func(t *testing.T, api *cdktest.API) {
				said := produce(t, api)
				isOnPage := false
				for quote := range quoted {
					if (pages.Block{Lines: []string{quote}}).Matches(said) {
						quoted[quote], isOnPage = true, true
					}
				}
				assert.True(t, isOnPage, "the page does not quote: %s", said)
			})
		})
	}
	for quote, isSaid := range quoted {
		assert.True(t, isSaid, "nothing says: %s", quote)
	}
}
