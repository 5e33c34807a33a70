package main

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/airbyte-go/cdk/cmd/cdk/internal/openapi"
	"github.com/airbyte-go/cdk/cmd/cdk/internal/scaffold"
)

// addAPI guesses the source from the document that --from-openapi names.
func (f *newFlags) addAPI(c *scaffold.Connector) (err error) {
	switch {
	case c.Name.Type() != scaffold.Source:
		return fmt.Errorf("an OpenAPI document makes a source, and %s is none; begin the name "+
			"with source-", c.Name.Short)
	case f.said["kind"]:
		return errors.New("the document tells what is read; leave --kind out, or --from-openapi")
	}
	if c.API, err = openapi.Read(f.document); err != nil {
		return err
	}
	if f.said["url"] {
		u, err := scaffold.ParseURL(f.url)
		if err != nil {
			return err
		}
		c.API.SetURL(u)
	}
	c.Kind, c.Document = scaffold.FromAPI(), filepath.Base(f.document)
	c.URL = scaffold.HostOf(c.API)
	return nil
}

// maxNotes is how many notes a terminal shows before one would have to scroll for what comes next.
const maxNotes = 20

// guesses is what the terminal shows of what was guessed; README.md has all of it.
func guesses(api *openapi.API) string {
	if api == nil {
		return ""
	}
	var b strings.Builder
	fmt.Fprintf(&b, "What was guessed, and what to look at (README.md has it stream by stream):\n")
	fmt.Fprintf(&b, "  - Streams: %d. GET operations that are not read: %d.\n",
		len(api.Streams), len(api.Left))
	if n := fullRefreshes(api); n > 0 {
		fmt.Fprintf(&b, "  - Streams that are read from their beginning in each sync, because no "+
			"field and parameter plainly say what has changed: %d.\n", n)
	}
	notes := slices.Clone(api.Notes)
	order, by := notesOf(api)
	for _, note := range order {
		notes = append(notes, some(by[note])+": "+note)
	}
	for _, note := range notes[:min(len(notes), maxNotes)] {
		b.WriteString("  - " + note + "\n")
	}
	if more := len(notes) - maxNotes; more > 0 {
		fmt.Fprintf(&b, "  - README.md has %d more.\n", more)
	}
	return b.String() + "\n"
}

// fullRefreshes is how many streams have no cursor.
func fullRefreshes(api *openapi.API) (n int) {
	for _, s := range api.Streams {
		if s.Cursor == nil {
			n++
		}
	}
	return n
}

// notesOf are the notes of the streams, each once with the streams that have it.
func notesOf(api *openapi.API) (order []string, by map[string][]string) {
	by = map[string][]string{}
	for _, s := range api.Streams {
		for _, note := range s.Notes {
			if by[note] == nil {
				order = append(order, note)
			}
			by[note] = append(by[note], s.Name)
		}
	}
	return order, by
}

// some are the first of many names.
func some(names []string) string {
	const enough = 4
	if len(names) <= enough {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:enough], ", "), len(names)-enough)
}
