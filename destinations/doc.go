// Package destinations turns a Go type into an Airbyte destination.
package destinations
