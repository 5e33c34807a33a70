package sources

import (
	"context"

	"github.com/airbyte-go/cdk/internal/hook"
)

// UpdateConfig replaces the value at a JSON pointer (RFC 6901), such as
// "/credentials/refresh_token", in the config of the connector that runs ctx, and has the platform
// store the whole of it by a CONTROL message, which has left the process when UpdateConfig returns
// nil. A member that is not there is added. It is for what changes while the connector runs and
// would be lost otherwise, such as a refresh token that is good for one use: save the new one
// before it is used. The type OAuth of package http does this by itself.
//
// It works in check, discover, read and schema; elsewhere it does nothing. The value is encoded as
// JSON; where the spec calls its place a secret, it is masked from now on. The error says what is
// wrong with the pointer, or with the value by the rules of the spec; nothing is written then, nor
// where nothing changes. The config that the source was given stays as it is. UpdateConfig is safe
// for concurrent use; every message contains the updates before it.
func UpdateConfig(ctx context.Context, pointer string, value any) error {
	return hook.From(ctx).UpdateConfig(ctx, pointer, value)
}
