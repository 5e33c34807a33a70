package main

import (
	"context"
	"fmt"
	"io"
	"log"
	"net"
	nethttp "net/http"
	"time"

	"github.com/airbyte-go/cdk/examples/internal/shop"
)

// unkindShop is the API that a run meets: small pages, a rate that the connector exceeds, and a few
// failures. A kind one would show nothing of what the kit does about them.
func unkindShop(growth int) shop.Options {
	return shop.Options{Growth: growth, PageSize: 250, Rate: 40, Faults: true}
}

// server serves the shop's API over TCP.
type server struct {
	*shop.API

	url  string // of the API, as the connector's config wants it
	http *nethttp.Server
}

// startServer serves api at an address such as 127.0.0.1:0, which is any free port, until close.
func startServer(ctx context.Context, address string, api *shop.API) (*server, error) {
	var network net.ListenConfig
	listener, err := network.Listen(ctx, "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("the API cannot be served: %w", err)
	}
	s := &server{API: api, url: "http://" + listener.Addr().String() + "/v1/"}
	s.http = &nethttp.Server{
		Handler:           api,
		ReadHeaderTimeout: 10 * time.Second,
		ErrorLog:          log.New(io.Discard, "", 0),
	}
	go func() { _ = s.http.Serve(listener) }() // ends with an error in any case, by close
	return s, nil
}

func (s *server) close() { _ = s.http.Close() }
