package entry

import (
	"context"
	"errors"
	"time"

	"github.com/airbyte-go/cdk/protocol"
)

// Check does the verb check: it calls try with a context that ends after the timeout, and answers
// with what try found, as [CheckResult] says.
func Check(
	ctx context.Context, c *Call, timeout time.Duration, try func(context.Context) error,
) error {
	late := protocol.Errorf(protocol.TransientError, "The check did not end within %s. "+
		"The system may be slow or out of reach; try again.", timeout)
	ctx, cancel := context.WithTimeoutCause(ctx, timeout, late)
	defer cancel()
	err := try(ctx)
	if err != nil && ctx.Err() != nil {
		err = context.Cause(ctx)
	}
	return CheckResult(c, err)
}

// Answer makes a plain error of an author's Check the answer "no": that is what the author means,
// more often than a defect.
func Answer(err error) error {
	if _, typed := errors.AsType[*protocol.Error](err); err == nil || typed {
		return err
	}
	return protocol.Errorf(protocol.ConfigError, "%w", err)
}

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
