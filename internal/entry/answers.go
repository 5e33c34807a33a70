package entry

import (
	"time"

	"github.com/airbyte-go/cdk/protocol"
)

// CheckResult ends the verb check with what the check found. Without an error it writes SUCCEEDED.
// An error that the user can mend, which is a [protocol.Error] of type ConfigError, becomes FAILED
// with its message, and CheckResult returns nil: the check has done its work. Any other error says
// that the connector could not find out; it is returned and becomes an ERROR trace.
func CheckResult(c *Call, err error) error {
	status := protocol.ConnectionStatus{Status: protocol.ConnectionSucceeded}
	if err != nil {
		known := protocol.AsError(err)
		if known.Type != protocol.ConfigError {
			return err
		}
		status.Status = protocol.ConnectionFailed
		status.Message = known.Error()
	}
	return c.Out.Write(&protocol.Message{
		Type:             protocol.MessageConnectionStatus,
		ConnectionStatus: &status,
	})
}

func specMessage(spec *protocol.ConnectorSpecification) *protocol.Message {
	return &protocol.Message{Type: protocol.MessageSpec, Spec: spec}
}

// controlMessage asks the platform to store the config, all of it, in place of the one it has.
func controlMessage(config []byte) *protocol.Message {
	return &protocol.Message{Type: protocol.MessageControl, Control: &protocol.Control{
		Type:            protocol.ControlConnectorConfig,
		EmittedAt:       time.Now().UnixMilli(),
		ConnectorConfig: &protocol.ControlConfig{Config: config},
	}}
}
