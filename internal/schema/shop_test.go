package schema_test

import (
	"encoding/json"
	"net/netip"
	"reflect"
	"time"

	"github.com/airbyte-go/cdk/internal/schema"
)

// shopConfig uses every tag at least once. Tests of the whole spec are run over it.
type shopConfig struct {
	_ struct{} `title:"Shop" description:"A shop, with <everything>." groups:"auth=Sign in,scope=Scope,more"`

	Credentials shopAuth   `json:"credentials" title:"Sign in with" group:"auth" airbyte:"oneof=auth_type,display=radio"`
	Host        netip.Addr `json:"host" title:"Server" examples:"192.0.2.1"`
	Shop        string     `json:"shop" title:"Shop name" pattern:"^[a-z-]+$" pattern_descriptor:"lower-case letters and -" min_length:"3" max_length:"20" group:"scope" airbyte:"oauth=input"`
	StartDate   time.Time  `json:"start_date,omitzero" title:"Replicate from" description:"Records before it are left out." default:"2020-01-01T00:00:00Z" group:"scope" order:"0"`
	EndDay      *time.Time `json:"end_day" format:"date" group:"scope" examples:"2024-01-31"`
	Region      string     `json:"region" enum:"eu,us,asia" default:"eu" group:"scope" airbyte:"always_show"`
	PageSize    int        `json:"page_size" minimum:"1" maximum:"250" default:"100" group:"more"`
	Rate        float64    `json:"rate" minimum:"0.5" default:"2.5" airbyte:"hidden"`
	Retries     uint8      `json:"retries,omitempty" enum:"1,2,3"`
	Budget      json.Number
	Verbose     bool     `json:"verbose" default:"false"`
	Query       string   `json:"query,omitempty" airbyte:"multiline" examples:"[\"a, b\",\"c\"]"`
	Webhook     string   `json:"webhook,omitempty" format:"uri"`
	Kinds       []string `json:"kinds" enum:"orders,refunds" default:"orders,refunds" min_items:"1"`
	APIKeys     []string `json:"api_keys,omitempty" airbyte:"secret"`
	Paging      struct {
		Size  int    `json:"size" default:"10"`
		Style string `json:"style,omitempty"`
	} `json:"paging"`
	Tunnel *struct {
		Host string `json:"tunnel_host"`
		Port int    `json:"tunnel_port" default:"22"`
	} `json:"tunnel" title:"Tunnel"`
	Files []shopFile `json:"files,omitempty" title:"Files"`
	Token string     `json:"token,omitempty"`
	shopLimits
}

type shopLimits struct {
	MaxRows int64 `json:"max_rows,omitempty" minimum:"0"`
}

type shopFile struct {
	Path   string     `json:"path" title:"Path"`
	Format shopFormat `json:"format" airbyte:"oneof=filetype" title:"Format"`
}

type shopFormat struct {
	CSV *struct {
		Delimiter string `json:"delimiter" default:","`
	} `json:"csv" title:"CSV"`
	JSONL *struct{} `json:"jsonl" title:"JSON lines" description:"One object per line."`
}

type shopAuth struct {
	OAuth *struct {
		ClientID     string `json:"client_id" airbyte:"oauth=client_id"`
		ClientSecret string `json:"client_secret" airbyte:"oauth=client_secret"`
		RefreshToken string `json:"refresh_token" airbyte:"oauth=output"`
	} `json:"oauth2.0" title:"OAuth" airbyte:"oauth2"`
	Key *struct {
		Value string    `json:"value" title:"API key" airbyte:"secret"`
		Since time.Time `json:"since,omitzero"`
		Scope string    `json:"scope" default:"read"`
	} `json:"api_key" title:"API key"`
	None *struct{} `json:"none"`
}

func shopSpec() *schema.Spec { return schema.Config(reflect.TypeFor[shopConfig]()) }

// shopValid is the smallest config that shopSpec accepts.
const shopValid = `{"credentials":{"auth_type":"api_key","value":"k-123456"},` +
	`"host":"192.0.2.7","shop":"my-shop","Budget":1}`
