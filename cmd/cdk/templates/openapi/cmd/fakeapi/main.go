// Command fakeapi serves the fake API until you press Ctrl-C, for running the source by hand.
package main

import (
	"context"
	"flag"
	"fmt"
	"net"
	nethttp "net/http"
	"os"
	"time"

	"github.com/airbyte-go/cdk/cmd/cdk/templates/openapi/internal/fakeapi"
)

func main() {
	address := flag.String("address", "127.0.0.1:8080", "`host:port` to serve the API at")
	flag.Parse()
	if err := serve(context.Background(), *address); err != nil {
		fmt.Fprintln(os.Stderr, "fakeapi:", err)
		os.Exit(1)
	}
}

func serve(ctx context.Context, address string) error {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", address)
	if err != nil {
		return fmt.Errorf("choose another -address and put it into config.json: %w", err)
	}
	fmt.Fprintf(os.Stderr, "The fake API is at http://%s/ until you press Ctrl-C; config.json signs "+
		"in there.\n", listener.Addr())
	server := &nethttp.Server{Handler: fakeapi.New(), ReadHeaderTimeout: 10 * time.Second}
	return server.Serve(listener)
}
