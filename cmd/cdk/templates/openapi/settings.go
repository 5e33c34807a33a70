package main

import (
	"github.com/airbyte-go/cdk/http"
	"github.com/airbyte-go/cdk/sources"
)

// Setting is a record of the stream settings. The type only describes the records for discover.
type Setting struct {
	CustomerID int64  `json:"customer_id"` // of the parent
	Language   string `json:"language"`
	Newsletter bool   `json:"newsletter"`
}

// settings reads GET /customers/{customer_id}/settings.
//
// The settings of a customer.
func settings(api *http.Client, cfg Config) sources.Stream {
	return &http.Stream{
		Client:     api,
		Name:       "settings",
		Schema:     sources.SchemaOf[Setting](),
		PrimaryKey: sources.Key("customer_id"),
		Partitions: sources.Parent{Stream: customers(api, cfg), Key: "id", As: "customer_id"},
		Inherit:    []string{"customer_id"},
		Path:       "customers/{customer_id}/settings",
	}
}
