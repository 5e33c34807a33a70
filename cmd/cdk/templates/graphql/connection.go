package main

import (
	"time"

	"github.com/airbyte-go/cdk/http"
	"github.com/airbyte-go/cdk/sources"
)

// connection reads a connection of the API, a month at a time. The query takes the variables
// $since, $until and $after. The records of a month come in the order of the cursor field, so that
// a sync that breaks off goes on in the middle of it.
func connection(
	api *http.Client, cfg Config, name string, schema sources.Schema, cursor, query string,
) sources.Stream {
	at := "data." + name
	return &http.Stream{
		Client:     api,
		Name:       name,
		Schema:     schema,
		PrimaryKey: sources.Key("id"),
		Body: http.GraphQL{
			Query:     query,
			Variables: http.Params{"since": "{from}", "until": "{to}"},
		},
		Records: http.Field(at + ".nodes"),
		Pages: http.InBody(http.NextToken{
			At: at + ".pageInfo.endCursor", More: at + ".pageInfo.hasNextPage", Param: "after",
		}),
		Cursor: sources.TimeCursor{
			Field: cursor,
			Start: cfg.StartDate,
			Step:  30 * 24 * time.Hour,
			Order: sources.Ascending,
		},
	}
}
