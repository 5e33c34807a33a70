package http

import (
	"bytes"
	"fmt"
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/airbyte-go/cdk/protocol"
)

func TestLoopGuardFindsACircle(t *testing.T) {
	t.Parallel()
	g := newLoopGuard([]string{"meta.next"}, 0)
	for i, token := range []string{"a", "b", "c"} {
		require.NoError(t, g.pass(token, 1, []byte{byte(i)}))
	}
	requireError(t, g.pass("b", 1, nil), protocol.SystemError, `The pages go round in a circle: `+
		`page 4 names the same next page as page 2 did (at "meta.next"). Check the Pages of the `+
		`stream; if they are right, the API is at fault.`)
}

func TestLoopGuardRemembersInBoundedMemory(t *testing.T) {
	t.Parallel()
	g := newLoopGuard(nil, 0)
	for i := range 5 * maxTokens {
		require.NoError(t, g.pass(strconv.Itoa(i), 1, nil))
	}
	assert.LessOrEqual(t, len(g.recent)+len(g.older), 2*maxTokens)
	assert.ErrorContains(t, g.pass(strconv.Itoa(4*maxTokens), 1, nil), "as page 65537 did")
	assert.ErrorContains(t, g.pass(strconv.Itoa(3*maxTokens), 1, nil), "as page 49153 did")
}

func TestLoopGuardBoundsEmptyPages(t *testing.T) {
	t.Parallel()
	g := newLoopGuard(nil, 3)
	token := 0
	pass := func(count int) error {
		token++
		return g.pass(strconv.Itoa(token), count, nil)
	}
	for _, count := range []int{0, 0, 1, 0, 0} {
		require.NoError(t, pass(count))
	}
	requireError(t, pass(0), protocol.SystemError, `Pages 4 to 6 have no records, and still `+
		`there is a next page. If the API really has so many empty pages, raise MaxEmptyPages of `+
		`the stream; otherwise check its Records and Pages.`)
}

func TestLoopGuardLooksAtTheWholePage(t *testing.T) {
	t.Parallel()
	g := newLoopGuard(nil, 0)
	page := bytes.Repeat([]byte("0123456789"), 10_000)
	for i := range 3 * maxEqualPages {
		page[len(page)/2] = byte('a' + i%2) // equal in length and at both ends
		require.NoError(t, g.pass(fmt.Sprint(i), 1, page))
	}
	for i := range maxEqualPages - 2 {
		require.NoError(t, g.pass(fmt.Sprint("again", i), 1, page))
	}
	require.ErrorContains(t, g.pass("last", 1, page), "byte for byte")
}

func TestLoopGuardFindsAnAPIThatIgnoresPages(t *testing.T) {
	t.Parallel()
	g := newLoopGuard(nil, 0)
	token := 0
	pass := func(body []byte) error {
		token++
		return g.pass(fmt.Sprint(token), 1, body)
	}
	for range maxEqualPages {
		require.NoError(t, pass([]byte("same")))
	}
	require.NoError(t, pass([]byte("other")))
	for range 2 * maxEqualPages { // streamed pages are not compared
		require.NoError(t, pass(nil))
	}
	for range maxEqualPages {
		require.NoError(t, pass([]byte("same")))
	}
	requireError(t, pass([]byte("same")), protocol.SystemError, `Pages 33 to 42 are the same `+
		`byte for byte: the API seems to ignore the parameter that asks for the next page. Check `+
		`the Pages of the stream.`)
}
