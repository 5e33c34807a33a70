package http

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/airbyte-go/cdk/internal/jsonraw"
)

// xmlElement is an element with all that it holds.
type xmlElement struct {
	attributes []xml.Attr
	text       []byte
	groups     []xmlGroup
	index      map[string]int // of groups by name, when there are many
}

// xmlGroup is the elements of one name, in the place of the first.
type xmlGroup struct {
	name     string
	elements []*xmlElement
}

// fewGroups is how many groups are searched one by one.
const fewGroups = 16

// element reads the element that has just been opened, to its end.
func (r *xmlReader) element(t xml.StartElement) (*xmlElement, error) {
	root := &xmlElement{attributes: xmlAttributes(t)}
	around, count := []*xmlElement{root}, 1
	for len(around) > 0 {
		token, err := r.dec.RawToken()
		if err != nil {
			return nil, r.invalid(err)
		}
		e := around[len(around)-1]
		switch t := token.(type) {
		case xml.StartElement:
			if count++; count > maxXMLElements {
				return nil, r.fault(fmt.Sprintf("a record has more than %d elements",
					maxXMLElements))
			}
			name := xmlName(t.Name)
			if err := r.push(name); err != nil {
				return nil, err
			}
			around = append(around, e.add(name, xmlAttributes(t)))
		case xml.EndElement:
			if err := r.end(xmlName(t.Name)); err != nil {
				return nil, err
			}
			around = around[:len(around)-1]
		case xml.CharData:
			e.text = append(e.text, t...)
		}
	}
	return root, nil
}

// xmlAttributes returns the attributes of an element without the declarations of namespaces.
func xmlAttributes(t xml.StartElement) []xml.Attr {
	return slices.DeleteFunc(t.Attr, func(a xml.Attr) bool {
		return a.Name.Space == "xmlns" || a.Name.Space == "" && a.Name.Local == "xmlns"
	})
}

// add returns a new element within e.
func (e *xmlElement) add(name string, attributes []xml.Attr) *xmlElement {
	child := &xmlElement{attributes: attributes}
	i := e.group(name)
	e.groups[i].elements = append(e.groups[i].elements, child)
	return child
}

// group returns the index of the group of a name.
func (e *xmlElement) group(name string) int {
	i, known := e.index[name]
	if e.index == nil {
		i = slices.IndexFunc(e.groups, func(g xmlGroup) bool { return g.name == name })
		known = i >= 0
	}
	if known {
		return i
	}
	e.groups = append(e.groups, xmlGroup{name: name})
	switch {
	case e.index != nil:
		e.index[name] = len(e.groups) - 1
	case len(e.groups) > fewGroups:
		e.index = make(map[string]int, len(e.groups))
		for i, g := range e.groups {
			e.index[g.name] = i
		}
	}
	return len(e.groups) - 1
}

// appendValue appends the element as JSON. path is the way to it from the record.
func (e *xmlElement) appendValue(dst []byte, lists []string, path string) []byte {
	if len(e.attributes) > 0 || len(e.groups) > 0 {
		return e.appendObject(dst, lists, path)
	}
	text := bytes.TrimSpace(e.text)
	if len(text) == 0 {
		return append(dst, "null"...)
	}
	return jsonraw.AppendString(dst, text)
}

// appendObject appends the element as an object.
func (e *xmlElement) appendObject(dst []byte, lists []string, path string) []byte {
	start := len(dst)
	member := func(name string) {
		dst = append(jsonraw.AppendString(appendSeparator(dst, start, '{'), name), ':')
	}
	for _, a := range e.attributes {
		member("@" + xmlName(a.Name))
		dst = jsonraw.AppendString(dst, a.Value)
	}
	for _, g := range e.groups {
		member(g.name)
		dst = g.append(dst, lists, path)
	}
	if text := bytes.TrimSpace(e.text); len(text) > 0 {
		member("#text")
		dst = jsonraw.AppendString(dst, text)
	}
	return appendEnd(dst, start, "{}")
}

// append appends the value of a member: an element, or an array of them.
func (g xmlGroup) append(dst []byte, lists []string, path string) []byte {
	if len(lists) > 0 {
		if path != "" {
			path += "."
		}
		path += pathEscaper.Replace(g.name)
	}
	if len(g.elements) == 1 && !slices.Contains(lists, path) {
		return g.elements[0].appendValue(dst, lists, path)
	}
	start := len(dst)
	for _, e := range g.elements {
		dst = e.appendValue(appendSeparator(dst, start, '['), lists, path)
	}
	return appendEnd(dst, start, "[]")
}

// decodeCharset reads the encodings besides UTF-8 that are common and simple: each byte of them is
// a letter of that number.
func decodeCharset(charset string, in io.Reader) (io.Reader, error) {
	switch charset {
	case "us-ascii", "US-ASCII", "ascii":
		return in, nil
	case "iso-8859-1", "ISO-8859-1", "latin1":
		return &latin1{in: in}, nil
	}
	return nil, errors.New("the encoding " + quote(charset) + " is not supported")
}

// latin1 turns ISO-8859-1 into UTF-8.
type latin1 struct {
	in   io.Reader
	raw  [512]byte
	rest []byte
}

// Read implements [io.Reader].
func (l *latin1) Read(p []byte) (int, error) {
	if len(l.rest) == 0 {
		n, err := l.in.Read(l.raw[:])
		if n == 0 {
			return 0, err
		}
		for _, b := range l.raw[:n] {
			l.rest = append(l.rest, string(rune(b))...)
		}
	}
	n := copy(p, l.rest)
	l.rest = l.rest[n:]
	return n, nil
}
