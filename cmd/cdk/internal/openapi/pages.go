package openapi

import (
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// Names of parameters and members that speak of pages, without what separates their words. The
// surest come first.
var (
	tokenParams = []string{
		"cursor", "pagetoken", "nexttoken", "continuationtoken", "nextcursor", "nextpagetoken",
		"pagecursor", "pageafter", "after", "startcursor", "marker", "continuation", "scrollid",
		"startingafter", "next", "token", "offset", "page",
	}
	pageParams   = []string{"page", "pagenumber", "pageno", "pagenum", "pageindex", "currentpage"}
	offsetParams = []string{"offset", "skip", "startat", "start", "pageoffset", "startindex"}
	sizeParams   = []string{
		"perpage", "pagesize", "limit", "maxresults", "pagelimit", "itemsperpage",
		"resultsperpage", "size", "top", "count",
	}

	tokenNames = []string{
		"nextcursor", "nextpagetoken", "nexttoken", "continuationtoken", "nextmarker",
		"nextcontinuationtoken", "endcursor", "pagetoken", "scrollid", "nextpage", "next", "cursor",
	}
	linkNames = []string{
		"odatanextlink", "nextlink", "nexturl", "nextpageurl", "nexthref", "nexturi",
	}
	moreNames  = []string{"hasmore", "hasnext", "hasnextpage", "hasmoreitems", "morepages", "more"}
	lastNames  = []string{"totalpages", "pagecount", "numpages", "lastpage", "pagestotal", "pages"}
	totalNames = []string{
		"totalcount", "totalitems", "totalresults", "totalelements", "totalrecords",
		"totalentries", "total",
	}
)

// member is a value beside the records in an answer.
type member struct {
	path []string
	*Shape
}

func (m member) name() string { return flat(m.path[len(m.path)-1]) }

// above is the name of what holds the member.
func (m member) above() string {
	if len(m.path) < 2 {
		return ""
	}
	return flat(m.path[len(m.path)-2])
}

// members are the scalars beside the records in an answer, those of the top first.
func members(s *Shape, records []string) (all []member) {
	type object struct {
		path  []string
		shape *Shape
	}
	const depth = 3
	for queue := []object{{nil, s}}; len(queue) > 0; queue = queue[1:] {
		at := queue[0]
		record := at.shape.asRecord()
		if record == nil {
			continue
		}
		for _, f := range record.Fields {
			path := append(slices.Clone(at.path), f.Name)
			switch {
			case slices.Equal(path, records):
			case f.isScalar():
				all = append(all, member{path, f.Shape})
			case len(path) < depth:
				queue = append(queue, object{path, f.Shape})
			}
		}
	}
	return all
}

// find is the path of the first member with one of the names and a kind, or nil.
func find(all []member, names []string, kinds ...Kind) []string {
	for _, name := range names {
		for _, m := range all {
			if m.name() == name && slices.Contains(kinds, m.Kind) {
				return m.path
			}
		}
	}
	return nil
}

// pages guesses how the pages of a stream follow each other.
func (g *guesser) pages(s *Stream, c candidate) Pages {
	if c.single {
		return Pages{}
	}
	all := members(c.answer, c.at)
	p := Pages{More: find(all, moreNames, Boolean)}
	p.SizeParam, p.Size = sizeOf(c)
	switch {
	case c.hasLink:
		p.Kind, p.More = Links, nil
		return p
	case p.byToken(c, all), p.byLink(all):
		return p
	}
	if param := paramOf(c, []string{"startingafter", "after"}); param != nil &&
		p.More != nil && s.Key != "" {
		p.Kind, p.Param = After, param.Name
		return p
	}
	p.Total = find(all, totalNames, Integer, Number)
	if param := countParam(c, pageParams); param != nil {
		p.Kind, p.Param = PageNumbers, param.Name
		p.Last = find(all, lastNames, Integer, Number)
		if p.Size == 0 || p.Last != nil {
			p.Total = nil // it counts records, which says nothing without the size of a page
		}
		var isSaid bool
		if p.Start, isSaid = startOf(param); !isSaid {
			s.Notes = append(s.Notes, "The document does not say whether pages count from 0 or "+
				"from 1; it takes 1.")
		}
		return p
	}
	if param := countParam(c, offsetParams); param != nil {
		if start, isSaid := startOf(param); isSaid && start == 1 {
			s.Notes = append(s.Notes, "Its parameter "+oneLine(param.Name)+" seems to count "+
				"records from 1, which http.Offset does not.")
			return Pages{}
		}
		p.Kind, p.Param = Offsets, param.Name
		return p
	}
	return Pages{}
}

// byToken looks for a token in the answer and a parameter that takes it.
func (p *Pages) byToken(c candidate, all []member) bool {
	for _, wanted := range tokenParams {
		param := paramOf(c, []string{wanted})
		if param == nil {
			continue
		}
		kind := paramShape(param).Kind
		for _, m := range tokens(all, wanted) {
			isSure := wanted != "offset" && wanted != "page" ||
				m.name() == "next"+wanted || m.above() == "next"+"page"
			if !isSure || kind != Any && kind != m.Kind && m.Kind != String {
				continue
			}
			p.Kind, p.Param, p.At, p.Number = Tokens, param.Name, m.path, m.Kind != String
			return true
		}
	}
	return false
}

// tokens are the members that may be the next token for a parameter, the surest first.
func tokens(all []member, param string) (found []member) {
	names := append([]string{"next" + param}, tokenNames...)
	for _, name := range names {
		for _, m := range all {
			if m.name() == name && (m.Kind == String || m.Kind == Integer) && !m.isNextLink() {
				found = append(found, m)
			}
		}
	}
	for _, m := range all {
		isBelow := strings.HasPrefix(m.above(), "next") || m.above() == "cursors"
		if isBelow && m.name() == param && (m.Kind == String || m.Kind == Integer) {
			found = append(found, m)
		}
	}
	return found
}

// isNextLink tells whether a member is a link to the next page.
func (m member) isNextLink() bool {
	switch {
	case m.Kind != String:
		return false
	case slices.Contains(linkNames, m.name()), m.name() == "href" && m.above() == "next":
		return true
	case m.name() == "uri", m.name() == "url":
		return m.above() == "next" || m.above() == "nextpage"
	}
	return m.name() == "next" && (m.isLink || strings.HasSuffix(m.above(), "links"))
}

// byLink looks for a link to the next page in the answer. A member next that no parameter takes
// is one.
func (p *Pages) byLink(all []member) bool {
	isAlone := func(m member) bool { return m.name() == "next" && m.Kind == String }
	for _, is := range []func(member) bool{member.isNextLink, isAlone} {
		if at := slices.IndexFunc(all, is); at >= 0 {
			p.Kind, p.Param, p.At = Tokens, "", all[at].path
			p.More = nil
			return true
		}
	}
	return false
}

// paramOf is the first parameter of the query with one of the names, or nil.
func paramOf(c candidate, names []string) *openapi3.Parameter {
	for _, name := range names {
		for _, p := range c.query() {
			if flat(p.Name) == name && isPrintable(p.Name) && !strings.ContainsAny(p.Name, "`{}") {
				return p
			}
		}
	}
	return nil
}

// countParam is paramOf for one that takes a number.
func countParam(c candidate, names []string) *openapi3.Parameter {
	p := paramOf(c, names)
	if p == nil {
		return nil
	}
	if k := paramShape(p).Kind; k == Integer || k == Number || k == Any {
		return p
	}
	return nil
}

// startOf is the number of the first page: 0 or 1.
func startOf(p *openapi3.Parameter) (start int, isSaid bool) {
	shape := paramShape(p)
	if p.Schema != nil && p.Schema.Value != nil {
		switch text, _ := textOf(p.Schema.Value.Default); text {
		case "0":
			return 0, true
		case "1":
			return 1, true
		}
	}
	if shape.min != nil && (*shape.min == 0 || *shape.min == 1) {
		return int(*shape.min), true
	}
	return 1, false
}

// maxSizeAsked is the largest page that is asked for.
const maxSizeAsked = 1000

// sizeOf is the parameter that asks for a page of a size, and the largest one. Only where the
// document states that is it safe to take a shorter page for the last.
func sizeOf(c candidate) (param string, size int) {
	p := countParam(c, sizeParams)
	if p == nil {
		return "", 0
	}
	most := paramShape(p).max
	if most == nil || *most < 2 {
		return "", 0
	}
	return p.Name, int(min(*most, maxSizeAsked))
}
