package hook_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/airbyte-go/cdk/internal/hook"
)

func TestHooksThatNobodySetDoNothing(t *testing.T) {
	t.Parallel()
	for _, ctx := range []context.Context{t.Context(), hook.With(t.Context(), &hook.Hooks{})} {
		h := hook.From(ctx)
		h.RateLimited(time.Time{})
		h.Progress()
		h.AddSecret("secret")
		require.NoError(t, h.UpdateConfig(ctx, "/a", 1))
		assert.NotNil(t, h.Log)
		assert.Equal(t, "connector", h.Connector)
	}
}

func TestInnerHooksKeepTheOuterOnes(t *testing.T) {
	t.Parallel()
	var said []string
	outer := hook.With(t.Context(), &hook.Hooks{
		Connector: "source-x",
		AddSecret: func(s ...string) { said = append(said, s...) },
		Progress:  func() { said = append(said, "outer") },
	})
	inner := hook.From(hook.With(outer, &hook.Hooks{
		Progress: func() { said = append(said, "inner") },
	}))
	inner.AddSecret("a", "b")
	inner.Progress()
	hook.From(outer).Progress()
	assert.Equal(t, []string{"a", "b", "inner", "outer"}, said)
	assert.Equal(t, "source-x", inner.Connector)
}
