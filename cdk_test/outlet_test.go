package cdktest

import (
	"context"
	"io"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/airbyte-go/cdk/internal/entry"
)

func TestOutlet(t *testing.T) {
	t.Parallel()
	writes := []string{"1\n2\n3\n", "4\n", "5\n"}
	terminate := entry.Interrupted{Signal: syscall.SIGTERM}
	for _, test := range []struct {
		ending ending
		lines  int
		left   string
		taken  []int // bytes of each write
		cause  error // of the run's context; nil: it goes on
	}{
		{closed, 1, "1\n", []int{2, 0, 0}, nil},
		{closed, 3, "1\n2\n3\n", []int{6, 0, 0}, nil},
		{closed, 4, "1\n2\n3\n4\n", []int{6, 2, 0}, nil},
		{closed, 5, "1\n2\n3\n4\n5\n", []int{6, 2, 2}, nil},
		{killed, 1, "1\n2\n3\n", []int{6, 2, 2}, context.Canceled},
		{killed, 4, "1\n2\n3\n4\n", []int{6, 2, 2}, context.Canceled},
		{killed, 9, "1\n2\n3\n4\n5\n", []int{6, 2, 2}, nil},
		{terminated, 2, "1\n2\n3\n4\n5\n", []int{6, 2, 2}, terminate},
	} {
		ctx, cancel := context.WithCancelCause(t.Context())
		o := outlet{lines: test.lines, ending: test.ending, cancel: cancel}
		refused := false
		for i, text := range writes {
			n, err := o.Write([]byte(text))
			assert.Equal(t, test.taken[i], n, "%s line %d", test.ending, test.lines)
			if n < len(text) {
				assert.Equal(t, io.ErrClosedPipe, err)
				refused = true
			} else {
				assert.NoError(t, err)
			}
		}
		assert.Equal(t, test.left, o.left.String(), "%s line %d", test.ending, test.lines)
		assert.Equal(t, refused, o.refused)
		assert.Equal(t, test.cause, context.Cause(ctx), "%s line %d", test.ending, test.lines)
		cancel(nil)
	}
}
