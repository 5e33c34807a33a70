package http

import (
	"fmt"
	"hash/maphash"
	"strings"

	"github.com/airbyte-go/cdk/protocol"
)

const (
	// defaultEmptyPages bounds a chain of pages without records. Some APIs filter after they page,
	// so hundreds of empty pages are normal there.
	defaultEmptyPages = 1000
	// maxEqualPages bounds a chain of pages that are equal byte for byte, behind the first of them.
	// Pages of real records differ at least in an ID or a time.
	maxEqualPages = 10
	// maxTokens is how many of the latest tokens are surely remembered; up to twice as many are.
	maxTokens = 1 << 14
)

// loopGuard finds pagination that leads nowhere, in one slice. It keeps hashes instead of tokens,
// and not all of them, so its memory is bounded by about a megabyte.
type loopGuard struct {
	seed       maphash.Seed
	where      string // where the tokens come from
	emptyLimit int

	page          int // number of the current page, from 1
	recent, older map[uint64]int
	empty         int // pages without records, up to the current
	equal         int // pages that are known to be equal, up to the current
	ends, content uint64
}

func newLoopGuard(want []string, emptyLimit int) *loopGuard {
	g := &loopGuard{seed: maphash.MakeSeed(), recent: map[uint64]int{}, emptyLimit: emptyLimit}
	if g.emptyLimit <= 0 {
		g.emptyLimit = defaultEmptyPages
	}
	if len(want) > 0 {
		g.where = fmt.Sprintf(" (at %q)", strings.Join(want, ", "))
	}
	return g
}

// pass lets the slice go on from a page of count records to the page of the token next, or refuses.
// body is nil when the page was not held.
func (g *loopGuard) pass(next string, count int, body []byte) error {
	g.page++
	if err := g.remember(next); err != nil {
		return err
	}
	if count == 0 {
		return g.countEmpty()
	}
	g.empty = 0
	return g.compare(body)
}

// countEmpty finds an endless chain of empty pages.
func (g *loopGuard) countEmpty() error {
	if g.empty++; g.empty < g.emptyLimit {
		return nil
	}
	return protocol.Errorf(protocol.SystemError, "Pages %d to %d have no records, and still "+
		"there is a next page%s. If the API really has so many empty pages, raise MaxEmptyPages "+
		"of the stream; otherwise check its Records and Pages.", g.page-g.empty+1, g.page, g.where)
}

// compare finds an API that sends the same page whatever it is asked for. Pages that are equal at
// both ends are rare, so only one that is like the page before is looked at in whole.
func (g *loopGuard) compare(body []byte) error {
	ends := g.hashEnds(body)
	if body == nil || ends != g.ends {
		g.ends, g.equal = ends, 0
		return nil
	}
	content := maphash.Bytes(g.seed, body)
	if g.equal == 0 || content != g.content {
		g.content, g.equal = content, 1
		return nil
	}
	if g.equal++; g.equal < maxEqualPages {
		return nil
	}
	return protocol.Errorf(protocol.SystemError, "Pages %d to %d are the same byte for byte: the "+
		"API seems to ignore the parameter that asks for the next page. Check the Pages of the "+
		"stream.", g.page-g.equal+1, g.page)
}

// hashEnds looks at the length of a page, its beginning and its end.
func (g *loopGuard) hashEnds(body []byte) uint64 {
	var h maphash.Hash
	h.SetSeed(g.seed)
	n := min(len(body), 512)
	_, _ = h.Write(body[:n]) // it never fails
	_, _ = h.Write(body[len(body)-n:])
	maphash.WriteComparable(&h, len(body))
	return h.Sum64()
}

// remember keeps the token of the page after the current and refuses one that was there before.
func (g *loopGuard) remember(token string) error {
	h := maphash.String(g.seed, token)
	first, seen := g.recent[h]
	if !seen {
		first, seen = g.older[h]
	}
	if seen {
		return protocol.Errorf(protocol.SystemError, "The pages go round in a circle: page %d "+
			"names the same next page as page %d did%s. Check the Pages of the stream; if they "+
			"are right, the API is at fault.", g.page, first, g.where)
	}
	if len(g.recent) >= maxTokens {
		g.recent, g.older = map[uint64]int{}, g.recent
	}
	g.recent[h] = g.page
	return nil
}
