package pagination

import (
	"cmp"
	"encoding/json"
	"fmt"
	nethttp "net/http"
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	cdktest "github.com/airbyte-go/cdk/cdk_test"
)

// serve answers for every stream with the orders 1 to 3, two on a page.
func serve(api *cdktest.API) {
	const one, two = `{"data":[{"id":1},{"id":2}],`, `{"data":[{"id":3}],`
	api.Pages("/v1/numbered", one+`"x":0}`, two+`"x":0}`)
	api.Pages("/v1/tokens", one+`"meta":{"next":"{next}"}}`, two+`"meta":{"next":"{next}"}}`)
	api.Pages("/v1/links", one+`"x":0}`, two+`"x":0}`)
	api.Handle("/v1/counted", from("offset", "2", one+`"total":3}`, two+`"total":3}`))
	api.Handle("/v1/keys", from("starting_after", "2", one+`"has_more":true}`,
		two+`"has_more":false}`))
	api.Handle("/v1/feed", from("from", "7", one+`"up_to":7,"newest":9}`,
		two+`"up_to":9,"newest":9}`))
	api.Handle("POST /v1/search", nethttp.HandlerFunc(func(w nethttp.ResponseWriter,
		r *nethttp.Request,
	) {
		var asked struct {
			Query  string
			Paging struct{ Page int }
		}
		_ = json.NewDecoder(r.Body).Decode(&asked)
		if asked.Query != "status = open" {
			w.WriteHeader(nethttp.StatusBadRequest)
		}
		fmt.Fprint(w, []string{"", one + `"x":0}`, two + `"x":0}`}[asked.Paging.Page])
	}))
}

// from answers with the second page where a parameter has a value.
func from(param, value, first, second string) nethttp.Handler {
	return nethttp.HandlerFunc(func(w nethttp.ResponseWriter, r *nethttp.Request) {
		if r.FormValue(param) == value {
			fmt.Fprint(w, second)
			return
		}
		fmt.Fprint(w, first)
	})
}

func TestEveryWayOfPaging(t *testing.T) {
	cdktest.Bubble(t, func(t *testing.T, api *cdktest.API) {
		serve(api)
		got := cdktest.Read(t, source{}, struct{}{}, api)
		require.Zero(t, got.Code, got.Errors())
		for _, stream := range cdktest.Discover(t, source{}, struct{}{}, api).Catalog.Streams {
			assert.Len(t, got.Records(stream.Name), 3, stream.Name)
		}
	})
}

// An API that sends the same token for ever is an error and no endless sync.
func TestLoop(t *testing.T) {
	cdktest.Bubble(t, func(t *testing.T, api *cdktest.API) {
		api.Handle("/v1/tokens", nethttp.HandlerFunc(func(w nethttp.ResponseWriter,
			r *nethttp.Request,
		) {
			id, _ := strconv.Atoi(cmp.Or(r.FormValue("cursor"), "1"))
			fmt.Fprintf(w, `{"data":[{"id":%d}],"meta":{"next":"%d"}}`, id, id%3+1)
		}))
		got := cdktest.Read(t, source{}, struct{}{}, api, cdktest.FullRefresh("by_token"))
		assert.Equal(t, 1, got.Code)
		require.Len(t, got.Errors(), 1)
		assert.Contains(t, got.Errors()[0].Message, "The pages go round in a circle: page 4 "+
			"names the same next page as page 1 did")
	})
}
