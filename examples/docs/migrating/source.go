// Package migrating holds the code of docs/migrating.md.
package migrating

import (
	"bytes"
	"context"
	"encoding/json"

	"github.com/airbyte-go/cdk/http"
	"github.com/airbyte-go/cdk/protocol"
	"github.com/airbyte-go/cdk/sources"
)

// Config is what users of the Python connector have filled in.
type Config struct {
	APIKey string `json:"api_key" airbyte:"secret"`
}

// Order is a record.
type Order struct {
	ID        int64  `json:"id"`
	UpdatedAt string `json:"updated_at" format:"date-time"`
}

type source struct{}

var _ sources.Source[Config] = source{}

func (source) Streams(_ context.Context, cfg Config) ([]sources.Stream, error) {
	api := http.NewClient("https://api.example.com/v1/", http.Bearer(cfg.APIKey))
	return []sources.Stream{&http.Stream{
		Client: api, Name: "orders", Schema: sources.SchemaOf[Order](),
		PrimaryKey: sources.Key("id"),
		Path:       "orders",
		Query:      http.Params{"since": "{from}"},
		Cursor: sources.TimeCursor{
			Field:   "updated_at",
			Formats: []string{"%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%d"}, // as in the Python connector
			Order:   sources.Ascending,
		},
	}}, nil
}

// MigrateConfig takes over configs that call the key a token.
func (source) MigrateConfig(old []byte) ([]byte, error) {
	return bytes.ReplaceAll(old, []byte(`"token":`), []byte(`"api_key":`)), nil
}

// MigrateState takes over states of versions that wrote the position by a name of their own.
func (source) MigrateState(stream protocol.Descriptor, old []byte) ([]byte, error) {
	var legacy struct {
		LastSeen string `json:"last_seen"`
	}
	if err := json.Unmarshal(old, &legacy); err != nil || legacy.LastSeen == "" {
		return old, err
	}
	return json.Marshal(map[string]string{"updated_at": legacy.LastSeen})
}
