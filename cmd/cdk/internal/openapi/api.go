package openapi

import "strings"

// API is what a document says about an API, and what was guessed.
type API struct {
	Title     string       // of the API; may be empty
	BasePath  string       // its path, without the last slash
	BaseURL   string       // whole, with variables in braces; empty where the document has none
	Variables []Setting    // of the base URL
	Login     []Credential // all of them are sent
	Settings  []Setting    // parameters of requests that the user gives
	Streams   []Stream
	Left      []Left   // what is not read
	Notes     []string // what to look at, a sentence each
}

// Setting is a value that the user of the source fills in.
type Setting struct {
	Name     string // in the config
	Param    string // in the document
	Title    string
	Help     string
	Default  string
	Choices  []string
	Sample   string // for the fake API
	Optional bool   // some streams do without it
}

// Left is an operation that makes no stream.
type Left struct{ Path, Why string }

// Stream is a stream that an operation makes.
type Stream struct {
	Name   string
	Go     string // the name of its function
	Type   string // the Go type of its records
	Doc    string // one line of the document, may be empty
	Source string // the path as the document has it
	Path   []Piece
	Query  []Param
	Header []Param

	Record  *Shape
	Records []string // the names that lead to the records in an answer
	Single  bool     // the answer is one record
	Key     string   // primary key, empty where none was found
	Inherit []string // values of the parent that records get
	Parent  *Parent
	Pages   Pages
	Cursor  *Cursor
	Needs   []string // names of the settings

	Answer  string   // what the fake API sends, JSON
	Samples []string // the records in it
	Notes   []string

	root *Shape
	uses []string // fields that its children are read by
}

// Piece is a part of a path: text, a value of the partition, or a setting.
type Piece struct{ Text, Partition, Setting string }

// Param is a parameter of each request: a text, or a setting.
type Param struct{ Name, Value, Setting string }

// Parent is the stream that a stream is read by.
type Parent struct {
	Stream *Stream
	Key    string // field of the parent's record
	As     string // name of its value
}

// PagesKind tells how pages follow each other.
type PagesKind int

// The kinds of pagination.
const (
	OnePage PagesKind = iota
	PageNumbers
	Offsets
	Tokens
	Links // in a header
	After
)

// Pages is how the pages of a stream follow each other. Paths are those of the answer.
type Pages struct {
	Kind      PagesKind
	Param     string
	Start     int
	Size      int
	SizeParam string
	At        []string // the next token or link
	Number    bool     // the token is a number
	Last      []string // the number of pages
	Total     []string
	More      []string
}

// Cursor is the field by which a stream is read incrementally.
type Cursor struct {
	Field        string
	Since, Until string // parameters; Until may be empty
	Kind         CursorKind
}

// CursorKind tells how times are spelled.
type CursorKind int

// The spellings of times.
const (
	Moments CursorKind = iota // RFC 3339
	Days
	UnixSeconds
)

// LoginKind is a way to sign in.
type LoginKind int

// The ways to sign in.
const (
	Bearer LoginKind = iota
	Basic
	HeaderKey
	QueryKey
	CookieKey
	ClientCredentials
	RefreshToken
)

// Credential is a way to sign in, as the document has it.
type Credential struct {
	Kind     LoginKind
	Name     string // of the scheme
	Param    string // of a key
	TokenURL string
	Scopes   []string
}

// ParentKey is a value of the records that a stream is read by.
type ParentKey struct{ As, Value string }

// FirstParents are the values of the first record of each stream above: the fake API has children
// for these.
func (s *Stream) FirstParents() (keys []ParentKey) {
	for at := s; at.Parent != nil; at = at.Parent.Stream {
		up := at.Parent.Stream
		value := up.keyValue(Field{at.Parent.Key, up.Record.field(at.Parent.Key)}, 1)
		keys = append(keys, ParentKey{at.Parent.As, strings.Trim(string(value), `"`)})
	}
	return keys
}
