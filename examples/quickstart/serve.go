package main

import (
	"context"
	"fmt"
	"io"
	"path/filepath"

	"github.com/airbyte-go/cdk/examples/internal/shop"
	"github.com/airbyte-go/cdk/internal/syncview"
)

// shopConfig is the config with which the source reads the shop at url: from the time it opened.
func shopConfig(url string) map[string]any {
	return map[string]any{
		"api_key": shop.DefaultKey, "start_date": "2024-01-01T00:00:00Z", "base_url": url,
	}
}

// serve only serves the API, until ctx ends, and says how to run the source by hand.
func serve(ctx context.Context, o options, stdout io.Writer) error {
	s, err := openStore(o.dir)
	if err != nil {
		return err
	}
	kind := unkindShop(s.shop.Growth)
	if o.size > 0 {
		kind = shop.Options{Size: o.size}
	}
	api, err := startServer(ctx, o.serve, shop.New(kind))
	if err != nil {
		return err
	}
	defer api.close()
	if _, err := s.save("config.json", shopConfig(api.url)); err != nil {
		return err
	}
	fmt.Fprintf(stdout, "The shop's API is at %s until you press Ctrl-C. It has", api.url)
	for _, name := range shop.Collections() {
		fmt.Fprintf(stdout, "\n  %s %s", syncview.Thousands(int64(api.Count(name))), name)
	}
	fmt.Fprintf(stdout, `

To run the source by hand, in another terminal but in the same folder:
  go run ./examples/source-rest spec
  go run ./examples/source-rest check --config %[1]s
  go run ./examples/source-rest discover --config %[1]s
  go run ./examples/source-rest read --config %[1]s --limit 3
  go run ./examples/source-rest read --config %[1]s --streams products
`, filepath.Join(o.dir, "config.json"))
	<-ctx.Done()
	return nil
}
