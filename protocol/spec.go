package protocol

import "encoding/json"

// ConnectorSpecification answers the spec command: what a connector's config looks like.
type ConnectorSpecification struct {
	// DocumentationURL leads to a page about the connector.
	DocumentationURL string `json:"documentationUrl,omitempty"`
	// ChangelogURL leads to its history.
	ChangelogURL string `json:"changelogUrl,omitempty"`
	// ConnectionSpecification is the JSON schema of the config, from which the user interface
	// builds its form.
	ConnectionSpecification json.RawMessage `json:"connectionSpecification"`
	// SupportsIncremental is deprecated: the catalog says it for each stream.
	SupportsIncremental bool `json:"supportsIncremental,omitempty"`
	// SupportsNormalization is deprecated and without effect.
	SupportsNormalization bool `json:"supportsNormalization,omitempty"`
	// SupportsDBT is deprecated and without effect.
	SupportsDBT bool `json:"supportsDBT,omitempty"`
	// SupportedDestinationSyncModes are the modes a destination offers to the user.
	SupportedDestinationSyncModes []DestinationSyncMode `json:"supported_destination_sync_modes,omitempty"`
	// AuthSpecification is deprecated in favor of AdvancedAuth.
	AuthSpecification *AuthSpecification `json:"authSpecification,omitempty"`
	// AdvancedAuth describes a login through the browser.
	AdvancedAuth *AdvancedAuth `json:"advanced_auth,omitempty"`
	// ProtocolVersion is best left empty: the platform accepts 0.0.0 to 0.3.0 and takes 0.2.0
	// when absent. It is not the number of the protocol's release.
	ProtocolVersion string `json:"protocol_version,omitempty"`
}
