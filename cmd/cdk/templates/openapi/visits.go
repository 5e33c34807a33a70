package main

import (
	"net/url"

	"github.com/airbyte-go/cdk/http"
	"github.com/airbyte-go/cdk/sources"
)

// Visit is a record of the stream visits. The type only describes the records for discover.
type Visit struct {
	Count int64  `json:"count"`
	Day   string `json:"day" format:"date"`
}

// visits reads GET /shops/{shop}/visits.
//
// The visits of a shop, one count for each day.
func visits(api *http.Client, cfg Config) sources.Stream {
	return &http.Stream{
		Client: api,
		Name:   "visits",
		Schema: sources.SchemaOf[Visit](),
		Path:   "shops/" + url.PathEscape(cfg.Shop) + "/visits",
		Pages:  http.LinkHeader{},
	}
}
