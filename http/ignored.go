package http

import (
	"context"
	"sync"

	"github.com/airbyte-go/cdk/internal/hook"
	"github.com/airbyte-go/cdk/protocol"
)

// maxKinds bounds the kinds of ignored answers that are told apart.
const maxKinds = 1000

// ignored counts the answers that rules ignore. Its zero value is ready.
type ignored struct {
	mu     sync.Mutex
	counts map[ignoredKind]int
}

// ignoredKind is what answers have in common that the log need not tell apart.
type ignoredKind struct {
	rule   *Rule
	status int
}

// note counts an answer. The first of its kind is logged, and then every tenfold, so that the log
// tells how many there are and stays short.
func (i *ignored) note(ctx context.Context, rule *Rule, err *protocol.Error) {
	number := i.count(ignoredKind{rule, StatusOf(err)})
	if isPowerOfTen(number) {
		hook.From(ctx).Log.InfoContext(ctx, "An answer was ignored, as a rule says. Of others "+
			"like it only the number is logged, each time it is ten times as large.",
			"number", number, "answer", err.Message)
	}
}

func (i *ignored) count(kind ignoredKind) int {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.counts == nil {
		i.counts = map[ignoredKind]int{}
	}
	if _, known := i.counts[kind]; !known && len(i.counts) >= maxKinds {
		return 0
	}
	i.counts[kind]++
	return i.counts[kind]
}

func isPowerOfTen(n int) bool {
	for n > 1 && n%10 == 0 {
		n /= 10
	}
	return n == 1
}
