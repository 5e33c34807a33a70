package protocol

import "encoding/json"

// AuthFlowType is a kind of OAuth.
type AuthFlowType string

// The kinds of OAuth. The deprecated [AuthSpecification] knows only the first.
const (
	AuthOAuth20 AuthFlowType = "oauth2.0"
	AuthOAuth10 AuthFlowType = "oauth1.0"
)

// AdvancedAuth describes a login that the platform's server carries out, so that the user clicks
// instead of copying tokens.
type AdvancedAuth struct {
	// AuthFlowType is the kind of OAuth.
	AuthFlowType AuthFlowType `json:"auth_flow_type,omitempty"`
	// PredicateKey is the path of a config field, mostly the one that chooses between logins.
	PredicateKey []string `json:"predicate_key,omitempty"`
	// PredicateValue is the value of that field with which the flow applies.
	PredicateValue string `json:"predicate_value,omitempty"`
	// OAuthConfigSpecification maps the flow to the config.
	OAuthConfigSpecification *OAuthConfigSpecification `json:"oauth_config_specification,omitempty"`
}

// OAuthConfigSpecification maps what goes into a flow and comes out of it to fields of the
// config. The raw fields are JSON schemas, each property of which carries the annotation
// path_in_connector_config.
type OAuthConfigSpecification struct {
	// UserInput are the config fields the user fills in before the flow starts.
	UserInput json.RawMessage `json:"oauth_user_input_from_connector_config_specification,omitempty"`
	// ConnectorInput is the flow itself, which the platform carries out.
	ConnectorInput *OAuthConnectorInputSpecification `json:"oauth_connector_input_specification,omitempty"`
	// CompleteOutput is what the flow returns and where it goes.
	CompleteOutput json.RawMessage `json:"complete_oauth_output_specification,omitempty"`
	// CompleteServerInput is what an administrator stores for all users, like the client secret.
	CompleteServerInput json.RawMessage `json:"complete_oauth_server_input_specification,omitempty"`
	// CompleteServerOutput says which of these the connector needs at run time.
	CompleteServerOutput json.RawMessage `json:"complete_oauth_server_output_specification,omitempty"`
}

// OAuthConnectorInputSpecification is a flow written as templates: URLs, headers and the names
// that this API gives to the usual parameters. An empty name keeps the usual one.
type OAuthConnectorInputSpecification struct {
	// ConsentURL is where the user gives consent.
	ConsentURL string `json:"consent_url"`
	// AccessTokenURL is where the code is exchanged for tokens.
	AccessTokenURL string `json:"access_token_url"`
	// Scope is one string for all scopes.
	Scope string `json:"scope,omitempty"`
	// Scopes are the scopes one by one. Newer platforms prefer this and the next two fields,
	// which the published protocol does not have.
	Scopes []OAuthScope `json:"scopes,omitempty"`
	// OptionalScopes are those the user may refuse.
	OptionalScopes []OAuthScope `json:"optional_scopes,omitempty"`
	// ScopesJoinStrategy is what parts the scopes: space, comma or plus; empty counts as space.
	ScopesJoinStrategy string `json:"scopes_join_strategy,omitempty"`
	// AccessTokenHeaders is an object of further headers of the exchange.
	AccessTokenHeaders json.RawMessage `json:"access_token_headers,omitempty"`
	// AccessTokenParams is an object of further parameters of the exchange.
	AccessTokenParams json.RawMessage `json:"access_token_params,omitempty"`
	// ExtractOutput are the properties of the answer that go into the config.
	ExtractOutput []string `json:"extract_output,omitempty"`
	// State bounds the length of the state parameter.
	State *OAuthState `json:"state,omitempty"`

	ClientIDKey     string `json:"client_id_key,omitempty"`     // for client_id
	ClientSecretKey string `json:"client_secret_key,omitempty"` // for client_secret
	ScopeKey        string `json:"scope_key,omitempty"`         // for scope
	StateKey        string `json:"state_key,omitempty"`         // for state
	AuthCodeKey     string `json:"auth_code_key,omitempty"`     // for code
	RedirectURIKey  string `json:"redirect_uri_key,omitempty"`  // for redirect_uri
	TokenExpiryKey  string `json:"token_expiry_key,omitempty"`  // for expires_in
}

// OAuthScope is one scope of a flow.
type OAuthScope struct {
	Scope string `json:"scope"` // its name at the API
}

// OAuthState bounds the length of the state parameter of a flow.
type OAuthState struct {
	Min int64 `json:"min,omitempty"` // shortest, in characters
	Max int64 `json:"max,omitempty"` // longest, in characters
}

// AuthSpecification is the deprecated predecessor of [AdvancedAuth].
type AuthSpecification struct {
	// AuthType is always AuthOAuth20.
	AuthType AuthFlowType `json:"auth_type,omitempty"`
	// OAuth2Specification says where the config holds what.
	OAuth2Specification *OAuth2Specification `json:"oauth2Specification,omitempty"`
}

// OAuth2Specification is the deprecated predecessor of [OAuthConfigSpecification].
type OAuth2Specification struct {
	// RootObject is the path of the config's object for the login, of strings and integers.
	RootObject []json.RawMessage `json:"rootObject,omitempty"`
	// OAuthFlowInitParameters are the paths of fields that the flow needs.
	OAuthFlowInitParameters [][]string `json:"oauthFlowInitParameters,omitempty"`
	// OAuthFlowOutputParameters are the paths of fields that the flow fills.
	OAuthFlowOutputParameters [][]string `json:"oauthFlowOutputParameters,omitempty"`
}
