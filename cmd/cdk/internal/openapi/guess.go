package openapi

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// maxStreams bounds a module. A source with more streams is better made of a part of the document.
const maxStreams = 500

// guesser makes a source of a document.
type guesser struct {
	doc        *openapi3.T
	api        *API
	operations []*operation
	taken      map[string]bool // names in the config
	names      map[string]bool // of streams
	lists      map[string]*Stream
	items      map[string]string // the parameter of the path of one item, by the path of the list
}

// reserved are names in the config that the module gives itself.
var reserved = []string{
	"base_url", "start_date", "access_token", "username", "password", "client_id", "client_secret",
	"refresh_token", "token_url", "api_key",
}

func guess(doc *openapi3.T) (*API, error) {
	g := &guesser{
		doc: doc, api: &API{}, taken: map[string]bool{}, names: map[string]bool{},
		lists: map[string]*Stream{}, items: map[string]string{},
	}
	for _, name := range reserved {
		g.taken[name] = true
	}
	if doc.Info != nil {
		g.api.Title = oneLine(doc.Info.Title)
	}
	if doc.Paths.Len() == 0 {
		return nil, errors.New("has no paths, so there is nothing to read")
	}
	g.operations, g.api.Left = operations(doc)
	g.server()
	g.login()
	g.streams()
	if len(g.api.Streams) == 0 {
		return nil, fmt.Errorf("has no GET operation that answers 200 with JSON records%s; "+
			"describe one there, or write the source by `cdk new NAME --kind rest`", g.firstLeft())
	}
	g.settings()
	g.order()
	for i := range g.api.Streams {
		if err := g.answers(&g.api.Streams[i]); err != nil {
			return nil, err
		}
	}
	return g.api, nil
}

// firstLeft is why the first operation makes no stream.
func (g *guesser) firstLeft() string {
	if len(g.api.Left) == 0 {
		return ""
	}
	left := g.api.Left[0]
	return fmt.Sprintf(" (GET %s: %s)", left.Path, left.Why)
}

func (g *guesser) note(format string, args ...any) {
	g.api.Notes = append(g.api.Notes, fmt.Sprintf(format, args...))
}

func (g *guesser) leave(o *operation, why string) {
	g.api.Left = append(g.api.Left, Left{o.path, why})
}

// candidate is an operation with its records.
type candidate struct {
	*operation
	found

	plain string // name
}

// streams makes a stream of each operation that has records. Parents come before their children,
// because their paths are shorter.
func (g *guesser) streams() {
	var candidates []candidate
	for _, o := range g.operations {
		f, why := o.findRecords()
		switch {
		case why != "":
			g.leave(o, why)
			continue
		case f.single && o.endsInParam():
			param, list, _ := o.item()
			g.items[list] = param
			g.leave(o, "it is one record by its key; a stream reads what a list has")
			continue
		}
		if len(f.record.Fields) == 0 {
			example := inferred(exampleRecord(o.example, f.at), 0)
			if example.Kind == Object {
				f.record = example
			}
		}
		candidates = append(candidates, candidate{o, f, snake(o.resource())})
	}
	slices.SortStableFunc(candidates, func(a, b candidate) int {
		return cmp.Or(cmp.Compare(len(a.pieces), len(b.pieces)), cmp.Compare(a.path, b.path))
	})
	// Parents hold addresses of streams, so these must not move.
	g.api.Streams = make([]Stream, 0, min(len(candidates), maxStreams))
	for _, c := range candidates {
		if len(g.api.Streams) == maxStreams {
			g.leave(c.operation, fmt.Sprintf("there are more than %d streams", maxStreams))
			continue
		}
		g.stream(c, candidates)
	}
}

// stream makes a stream.
func (g *guesser) stream(c candidate, all []candidate) {
	template := templateOf(c.pieces)
	if g.lists[template] != nil && !c.single {
		g.leave(c.operation, "its path is that of the stream "+g.lists[template].Name)
		return
	}
	g.api.Streams = append(g.api.Streams, Stream{
		Name: g.nameOf(c, all), Source: c.path, Record: c.record, Records: c.at,
		Single: c.single, root: c.answer,
		Doc: oneLine(cmp.Or(c.op.Summary, c.op.Description)),
	})
	s := &g.api.Streams[len(g.api.Streams)-1]
	if c.cut {
		s.Notes = append(s.Notes, "The schema goes deeper than what was followed; fields that "+
			"hold any JSON stand in its place.")
	}
	g.trace(s, c.pieces)
	g.key(s, c)
	s.Pages = g.pages(s, c)
	s.Cursor = cursorOf(c)
	g.parameters(s, c)
	g.tell(s, c)
	if !c.single {
		g.lists[template] = s
	}
}

// tell notes what was not found.
func (g *guesser) tell(s *Stream, c candidate) {
	if s.Key == "" && len(s.Inherit) == 0 && !s.Single {
		s.Notes = append(s.Notes, "No primary key was found.")
	}
	if s.Record.Kind == Map {
		s.Notes = append(s.Notes, "The document does not name the fields of its records.")
	}
	if s.Pages.Kind == OnePage && !s.Single {
		s.Notes = append(s.Notes, "No pagination was found: it reads one page.")
	}
	if s.Pages.Kind == Offsets || s.Pages.Kind == PageNumbers {
		if len(s.Pages.Last)+len(s.Pages.More) == 0 && s.Pages.Size == 0 {
			s.Notes = append(s.Notes, "It reads pages until one is empty.")
		}
	}
	own := append(serversOf(c.op), serversOf(g.doc.Paths.Value(c.path))...)
	if len(own) > 0 && own[0] != nil {
		s.Notes = append(s.Notes, fmt.Sprintf("The document names a server of its own for it, "+
			"%s, which is not used.", oneLine(own[0].URL)))
	}
}

// serversOf are the servers that an operation or a path has for itself.
func serversOf(of any) []*openapi3.Server {
	switch of := of.(type) {
	case *openapi3.Operation:
		if of.Servers != nil {
			return slices.Clip(*of.Servers)
		}
	case *openapi3.PathItem:
		if of != nil {
			return of.Servers
		}
	}
	return nil
}

// nameOf is the name of a stream: that of its resource or, where several have that, a longer one.
// Of these the one with the shortest path keeps the short name.
func (g *guesser) nameOf(c candidate, all []candidate) string {
	name := c.plain
	for _, other := range all {
		if other.plain == name && other.path != c.path && len(other.pieces) <= len(c.pieces) {
			name = longName(c)
			break
		}
	}
	if g.names[name] {
		name = snake(c.path)
	}
	free := name
	for i := 2; g.names[free]; i++ {
		free = fmt.Sprintf("%s_%d", name, i)
	}
	g.names[free] = true
	return free
}

// longName is the name of a resource behind that of the resource before it.
func longName(c candidate) string {
	var parts []string
	for _, p := range c.pieces {
		for part := range strings.SplitSeq(strings.TrimSuffix(p.Text, ".json"), "/") {
			if len(words(part)) > 0 {
				parts = append(parts, part)
			}
		}
	}
	if len(parts) < 2 {
		return snake(c.path)
	}
	return Singular(parts[len(parts)-2]) + "_" + snake(parts[len(parts)-1])
}

// settings tells which settings the user may leave out: those that some streams do without.
func (g *guesser) settings() {
	for i := range g.api.Settings {
		s := &g.api.Settings[i]
		var needing []string
		for _, stream := range g.api.Streams {
			if slices.Contains(stream.Needs, s.Name) {
				needing = append(needing, stream.Name)
			}
		}
		if s.Optional = len(needing) < len(g.api.Streams); s.Optional {
			const enough = 8
			if len(needing) > enough {
				needing = append(needing[:enough], "and more")
			}
			s.Help = strings.TrimSpace(s.Help + " Needed for " + strings.Join(needing, ", ") + ".")
		}
	}
}

// order puts first what asks for nothing: check reads the first stream.
func (g *guesser) order() {
	depth := func(s *Stream) (n int) {
		for ; s.Parent != nil; s = s.Parent.Stream {
			n++
		}
		return n
	}
	sorted := make([]*Stream, len(g.api.Streams))
	for i := range g.api.Streams {
		sorted[i] = &g.api.Streams[i]
	}
	slices.SortStableFunc(sorted, func(a, b *Stream) int {
		return cmp.Or(cmp.Compare(min(len(a.Needs), 1), min(len(b.Needs), 1)),
			cmp.Compare(depth(a), depth(b)), cmp.Compare(a.Name, b.Name))
	})
	at := map[*Stream]*Stream{}
	list := make([]Stream, len(sorted))
	for i, s := range sorted {
		list[i] = *s
		at[s] = &list[i]
	}
	for i := range list {
		if p := list[i].Parent; p != nil {
			p.Stream = at[p.Stream]
		}
	}
	g.api.Streams = list
}
