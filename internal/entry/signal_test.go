package entry

import (
	"context"
	"os"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
)

// TestSecondSignalExits gives both signals at once; the code is that of the first.
func TestSecondSignalExits(t *testing.T) {
	t.Parallel()
	tests := []struct {
		first, second os.Signal
		code          int
	}{
		{syscall.SIGTERM, syscall.SIGTERM, 143},
		{syscall.SIGTERM, os.Interrupt, 143},
		{os.Interrupt, syscall.SIGTERM, 130},
	}
	for _, test := range tests {
		signals := make(chan os.Signal, 2)
		signals <- test.first
		signals <- test.second
		ctx, cancel := context.WithCancelCause(t.Context())
		code := 0
		obey(signals, cancel, func(c int) { code = c })
		assert.Equal(t, test.code, code)
		assert.Equal(t, Interrupted{test.first}, context.Cause(ctx))
	}
}

func TestInterruptedByAnotherSignal(t *testing.T) {
	t.Parallel()
	hangUp := Interrupted{syscall.SIGHUP}
	assert.Equal(t, 129, hangUp.code())
	assert.Equal(t, "stopped by hangup", hangUp.Error())
	odd := Interrupted{oddSignal{}}
	assert.Equal(t, 1, odd.code())
	assert.Equal(t, "stopped by odd", odd.Error())
}

// oddSignal has no number.
type oddSignal struct{}

func (oddSignal) String() string { return "odd" }
func (oddSignal) Signal()        {}
