package sources

import (
	"errors"
	"iter"
	"time"
)

// TokenCursor is the cursor of an API that hands out bookmarks: sync tokens, delta links, change
// tokens. Each partition is one slice. The token of the last [Output.Checkpoint] is the bookmark of
// the next sync, which gets it as [Slice.Resume]; where the API no longer accepts it, return
// [ErrStaleToken] to read everything again.
type TokenCursor struct {
	// Name is the name of the token in states. Defaults to "token".
	Name string
}

var _ Cursor = TokenCursor{}

func (c TokenCursor) name() string {
	if c.Name == "" {
		return "token"
	}
	return c.Name
}

func (TokenCursor) reads() (Order, bool)         { return Unordered, false }
func (TokenCursor) bounds(time.Time) span        { return span{} }
func (TokenCursor) again(k key) key              { return k }
func (TokenCursor) after(k key) key              { return k }
func (TokenCursor) divide(s span) iter.Seq[span] { return s.undivided }
func (TokenCursor) parse([]byte) (key, error)    { return key{}, errNoValues }
func (TokenCursor) value(key) Value              { return Value{} }
func (TokenCursor) encode(key) []byte            { return nil }

func (c TokenCursor) validate() error {
	if c.Name == ownMember {
		return errors.New("its TokenCursor has a Name that the engine uses itself")
	}
	return nil
}
