package entry

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"unicode/utf8"
)

// masked stands where a secret was. It has the same length for all, so as not to tell theirs.
const masked = "****"

// shortestSecret is the number of characters from which a value is masked. Shorter ones are part of
// so much ordinary text that masking them would spoil the logs and hide nothing.
const shortestSecret = 4

// Mask hides secrets in text. It knows each secret as it is and in the forms in which programs
// quote it: escaped for a URL or for JSON, or as base64. Where secrets overlap, all that belongs to
// any of them is hidden.
//
// The zero value hides nothing and is ready for use. All methods may be called at once from many
// goroutines; a secret added is hidden in every text that is masked after Add returns.
type Mask struct {
	mu    sync.Mutex
	added map[string]struct{} // the secrets; guarded by mu
	known map[string]struct{} // all their forms; guarded by mu
	forms atomic.Pointer[formTable]
}

// formTable holds the forms to hide, the longest first.
type formTable struct {
	all     []string
	byStart map[formStart][]string // so that most places of a text cost one look
}

// formStart is how a form starts. None is shorter: the shortest has four characters.
type formStart [shortestSecret]byte

// Add registers secrets. Those shorter than 4 characters are left out.
func (m *Mask) Add(secrets ...string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.known == nil {
		m.added, m.known = map[string]struct{}{}, map[string]struct{}{}
	}
	before := len(m.known)
	for _, secret := range secrets {
		if _, again := m.added[secret]; again {
			continue
		}
		m.added[secret] = struct{}{}
		for _, form := range formsOf(secret) {
			if utf8.RuneCountInString(form) >= shortestSecret {
				m.known[form] = struct{}{}
			}
		}
	}
	if len(m.known) > before {
		m.forms.Store(newFormTable(m.known))
	}
}

// newFormTable sorts by length and then by text, so that the same secrets always make the same
// table.
func newFormTable(known map[string]struct{}) *formTable {
	longestFirst := func(a, b string) int {
		return cmp.Or(cmp.Compare(len(b), len(a)), cmp.Compare(a, b))
	}
	t := formTable{byStart: map[formStart][]string{}}
	t.all = slices.SortedFunc(maps.Keys(known), longestFirst)
	for _, form := range t.all {
		start := formStart([]byte(form[:shortestSecret]))
		t.byStart[start] = append(t.byStart[start], form)
	}
	return &t
}

// String returns the text with **** in place of every secret.
func (m *Mask) String(text string) string {
	forms := m.forms.Load()
	if forms == nil {
		return text
	}
	var s maskScan
	return string(s.next(make([]byte, 0, len(text)), forms, text, true))
}

// maskScan masks a text that comes in pieces. It looks at each place for the longest form that
// starts there, even inside of a secret, for another may start in its midst and reach further.
// Between pieces it holds back the end of the text where that may be the start of a secret, so that
// no secret slips through in two halves.
type maskScan struct {
	held   string
	inside bool // a secret, whose stars are written already, reaches into what comes or up to it
	hidden int  // so many bytes of held belong to it
}

// next appends the masked text to dst. With last, nothing is held back.
func (s *maskScan) next(dst []byte, forms *formTable, text string, last bool) []byte {
	text = s.held + text
	s.held = ""
	for i := range len(text) {
		length, undecided := forms.match(text[i:])
		if undecided && !last {
			s.held = strings.Clone(text[i:])
			s.hidden -= i
			return dst
		}
		switch {
		case length > 0 && !s.reaches(i):
			dst = append(dst, masked...)
			s.inside, s.hidden = true, i+length
		case length > 0:
			s.hidden = max(s.hidden, i+length)
		case s.hidden <= i:
			dst = append(dst, text[i])
			s.inside = false
		}
	}
	s.hidden -= len(text)
	return dst
}

// reaches tells whether the secret before the position goes on there, or ends right before it: then
// one row of stars stands for both.
func (s *maskScan) reaches(position int) bool { return s.inside && s.hidden >= position }

// match returns the length of the longest form that the text starts with, or 0. undecided is true
// where a longer one may follow once more of the text is known.
func (t *formTable) match(text string) (length int, undecided bool) {
	forms := t.all
	if len(text) >= shortestSecret {
		forms = t.byStart[formStart([]byte(text[:shortestSecret]))]
	}
	for _, form := range forms {
		switch {
		case strings.HasPrefix(text, form):
			return len(form), undecided
		case strings.HasPrefix(form, text):
			undecided = true
		}
	}
	return 0, undecided
}
