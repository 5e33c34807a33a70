package protocol

import "encoding/json"

// ControlType says what a [Control] asks for.
type ControlType string

// ControlConnectorConfig asks the platform to store a new config. It is the only type so far.
const ControlConnectorConfig ControlType = "CONNECTOR_CONFIG"

// Control asks the platform to do something.
type Control struct {
	Type            ControlType    `json:"type"`                      // what it asks for
	EmittedAt       int64          `json:"emitted_at"`                // milliseconds since 1970
	ConnectorConfig *ControlConfig `json:"connectorConfig,omitempty"` // the new config
}

// ControlConfig is the whole new config, not only what changed: the platform replaces the stored
// one by it as soon as it reads the message.
type ControlConfig struct {
	Config json.RawMessage `json:"config"` // an object; never leave it nil, which is written as {}
}

// ConnectionState is the outcome of a check.
type ConnectionState string

// The outcomes of a check. A check that FAILED still ends with exit code 0.
const (
	ConnectionSucceeded ConnectionState = "SUCCEEDED"
	ConnectionFailed    ConnectionState = "FAILED"
)

// ConnectionStatus answers the check command.
type ConnectionStatus struct {
	Status  ConnectionState `json:"status"`            // the outcome
	Message string          `json:"message,omitempty"` // for the user, when it failed
}
