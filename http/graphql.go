package http

import "strings"

// GraphQL is the body of a [Request] to a GraphQL API: the request is a POST of its JSON. One that
// holds no mutation counts as idempotent. The member "errors" of an answer makes it a failure, even
// with the status 200 and beside data, unless a [Rule] of the request or the client says otherwise.
type GraphQL struct {
	// Query is the document; required.
	Query string `json:"query"`
	// Variables are the values of its variables, of any type with a JSON form. Nil means none.
	Variables any `json:"variables,omitempty"`
	// Operation names the operation to run, where the document holds several.
	Operation string `json:"operationName,omitempty"`
}

// graphQLRules follow those of the author.
var graphQLRules = []Rule{{JSON: map[string]string{"errors": ""}}}

// isGraphQL reports whether a body is one, and whether it only reads.
func isGraphQL(body any) (is, reads bool) {
	switch b := body.(type) {
	case GraphQL:
		return true, b.reads()
	case *GraphQL:
		return b != nil, b != nil && b.reads()
	}
	return false, false
}

// reads reports whether no operation of the document changes anything. What it does not understand
// it takes for a change.
func (g *GraphQL) reads() bool {
	depth, word := 0, ""
	for rest := g.Query; rest != ""; {
		c := rest[0]
		switch {
		case depth == 0 && isNameByte(c):
			word += string(c)
			rest = rest[1:]
			continue
		case word == "mutation", word == "subscription":
			return false
		case c == '#':
			_, rest, _ = strings.Cut(rest, "\n")
		case c == '"':
			rest = afterString(rest)
		default:
			depth += strings.Count("{([", string(c)) - strings.Count("})]", string(c))
			rest = rest[1:]
		}
		word = ""
	}
	return depth == 0 && word == ""
}

func isNameByte(c byte) bool {
	return c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
}

// afterString returns what follows the string, or block string, at the start of text.
func afterString(text string) string {
	const block = `"""`
	if strings.HasPrefix(text, block) {
		text = strings.ReplaceAll(text[len(block):], `\"""`, "....")
		_, rest, _ := strings.Cut(text, block)
		return rest
	}
	for i := 1; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case '"', '\n':
			return text[i+1:]
		}
	}
	return ""
}
