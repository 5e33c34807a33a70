package http

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	nethttp "net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/airbyte-go/cdk/protocol"
	"github.com/airbyte-go/cdk/sources"
)

// slowPages answers after a second with a page of ten records; there are so many.
func slowPages(pages int) func(nethttp.ResponseWriter, *nethttp.Request, int) {
	return func(w nethttp.ResponseWriter, _ *nethttp.Request, n int) {
		time.Sleep(time.Second)
		next := fmt.Sprint(n)
		if n == pages {
			next = ""
		}
		records := strings.TrimSuffix(strings.Repeat(fmt.Sprintf(`{"page":%d},`, n), 10), ",")
		respond(w, 200, `{"data":[`+records+`],"next":"`+next+`"}`)
	}
}

// slowReader is a reader whose records take a tenth of a second each.
func slowReader(log *[]string) *reader {
	return &reader{
		stream: &Stream{
			Name: "s", Client: NewClient(base), Records: Field("data"),
			Pages: NextToken{At: "next", Param: "c"},
		},
		budget: heldPages,
		emit: func(record []byte) error {
			time.Sleep(100 * time.Millisecond)
			*log = append(*log, string(record))
			return nil
		},
		checkpoint: func([]byte) error { *log = append(*log, "checkpoint"); return nil },
	}
}

func TestNextPageIsLoadedAhead(t *testing.T) {
	t.Parallel()
	bubble(t, slowPages(10), func(b *bundle) {
		var log []string
		require.NoError(b, slowReader(&log).read(b.ctx))
		// Waiting and emitting cost ten seconds each. All but the first page, and the first record
		// of each, overlap.
		assert.Equal(b, 11*time.Second+9*100*time.Millisecond, time.Since(b.start))
		for i := range 10 {
			page := log[i*11 : (i+1)*11]
			assert.Equal(b, fmt.Sprintf(`{"page":%d}`, i+1), page[0])
			assert.Equal(b, page[0], page[9])
			assert.Equal(b, "checkpoint", page[10])
		}
		assert.Len(b, b.arrivals(), 10)
	})
}

func TestPageAheadWaitsForItsTurnWhenItIsNotHeld(t *testing.T) {
	t.Parallel()
	for size, took := range map[int64]time.Duration{
		0:           20 * time.Second, // nothing is held, nor loaded ahead
		firstBuffer: 12 * time.Second, // one page is held, the other waits
	} {
		bubble(t, slowPages(10), func(b *bundle) {
			var log []string
			r := slowReader(&log)
			r.budget = smallBudget(size)
			require.NoError(b, r.read(b.ctx))
			require.Len(b, log, 110)
			for i, line := range log {
				want := "checkpoint"
				if i%11 < 10 {
					want = fmt.Sprintf(`{"page":%d}`, i/11+1)
				}
				assert.Equal(b, want, line)
			}
			assert.InDelta(b, took.Seconds(), time.Since(b.start).Seconds(), 4)
			assert.Zero(b, r.budget.used.Load())
		})
	}
}

func TestPagesAheadLeaveHalfTheBudget(t *testing.T) {
	t.Parallel()
	b := smallBudget(10)
	assert.True(t, b.takeAhead(5))
	assert.False(t, b.takeAhead(1))
	assert.True(t, b.take(5))
	assert.False(t, b.take(1))
}

func TestFailureOfAPageAheadComesInItsTurn(t *testing.T) {
	t.Parallel()
	bubble(t, func(w nethttp.ResponseWriter, r *nethttp.Request, n int) {
		if n == 2 {
			respond(w, 404, "")
			return
		}
		slowPages(3)(w, r, n)
	}, func(b *bundle) {
		var log []string
		err := slowReader(&log).read(b.ctx)
		assert.Equal(b, 404, StatusOf(err))
		assert.Len(b, log, 11, "the page before it, and its checkpoint")
	})
}

func TestPageAheadIsAbandoned(t *testing.T) {
	t.Parallel()
	full := errors.New("full")
	for name, spoil := range map[string]func(r *reader){
		"by an error of emit": func(r *reader) {
			emit, n := r.emit, 0
			r.emit = func(record []byte) error {
				if n++; n > 5 {
					return full
				}
				return emit(record)
			}
		},
		"by an error of checkpoint": func(r *reader) {
			r.checkpoint = func([]byte) error { return full }
		},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(w nethttp.ResponseWriter, r *nethttp.Request, n int) {
				if n == 1 {
					slowPages(2)(w, r, n)
					return
				}
				<-r.Context().Done() // a page that would never come
			}, func(b *bundle) {
				var log []string
				r := slowReader(&log)
				r.budget = smallBudget(1 << 20)
				spoil(r)
				require.Equal(b, full, r.read(b.ctx))
				assert.Nil(b, r.ahead)
				assert.Zero(b, r.budget.used.Load())
				assert.Less(b, time.Since(b.start), 3*time.Second)
			})
		})
	}
	t.Run("by its context", func(t *testing.T) {
		bubble(t, slowPages(5), func(b *bundle) {
			var log []string
			ctx, cancel := context.WithCancelCause(b.ctx)
			time.AfterFunc(1500*time.Millisecond, func() { cancel(full) })
			require.Equal(b, full, slowReader(&log).read(ctx))
		})
	})
}

func TestOneRecordIsEnoughForOneRequest(t *testing.T) {
	t.Parallel()
	enough := errors.New("enough")
	bubble(t, slowPages(5), func(b *bundle) {
		r := slowReader(new([]string))
		r.emit = func([]byte) error { return enough }
		require.Equal(b, enough, r.read(b.ctx))
		time.Sleep(time.Minute)
		assert.Len(b, b.arrivals(), 1)
	})
}

// fragile is an extractor that crashes on its second page.
type fragile struct{ calls *int }

func (f fragile) Cut(body io.Reader, want []string, emit func([]byte) error) (
	map[string]json.RawMessage, error,
) {
	if *f.calls++; *f.calls == 2 {
		panic("no such page")
	}
	return Field("data").Cut(body, want, emit)
}

func TestCrashOfAPageAheadReachesTheEngine(t *testing.T) {
	t.Parallel()
	bubble(t, slowPages(5), func(b *bundle) {
		var log []string
		r := slowReader(&log)
		r.budget = smallBudget(1 << 20)
		r.stream.Records = fragile{new(int)}
		defer func() {
			crash := fmt.Sprint(recover())
			assert.Contains(b, crash, "no such page")
			assert.Contains(b, crash, "fragile.Cut", "the stack is that of the crash")
			assert.Len(b, log, 11)
			assert.Zero(b, r.budget.used.Load())
		}()
		_ = r.read(b.ctx)
	})
}

func TestPageAheadIsRetried(t *testing.T) {
	t.Parallel()
	bubble(t, func(w nethttp.ResponseWriter, r *nethttp.Request, n int) {
		switch n {
		case 2:
			breakOff(w, `{"data":[{"page":`)
		case 3:
			respond(w, 503, "")
		default:
			slowPages(4)(w, r, n)
		}
	}, func(b *bundle) {
		var log []string
		require.NoError(b, slowReader(&log).read(b.ctx))
		assert.Len(b, log, 22)
	})
}

func TestOrderOfPrepareIsThatOfPages(t *testing.T) {
	t.Parallel()
	bubble(t, slowPages(3), func(b *bundle) {
		var log []string
		r := slowReader(&log)
		no := protocol.Errorf(protocol.ConfigError, "no more")
		calls := 0
		r.stream.Prepare = func(*Request, sources.Slice) error {
			if calls++; calls == 3 {
				return no
			}
			return nil
		}
		require.Equal(b, error(no), r.read(b.ctx))
		assert.Len(b, log, 22)
		assert.Equal(b, 3, calls)
	})
}

func TestCrashOfPrepareReachesTheEngine(t *testing.T) {
	t.Parallel()
	for _, crashAt := range []int{1, 2} {
		bubble(t, slowPages(3), func(b *bundle) {
			var log []string
			r := slowReader(&log)
			r.budget = smallBudget(1 << 20)
			calls := 0
			r.stream.Prepare = func(*Request, sources.Slice) error {
				if calls++; calls == crashAt {
					panic("no request")
				}
				return nil
			}
			defer func() {
				assert.Equal(b, "no request", recover())
				assert.Zero(b, r.budget.used.Load())
			}()
			_ = r.read(b.ctx)
		})
	}
}
