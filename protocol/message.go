package protocol

import (
	"errors"
	"fmt"
)

// MessageType says which payload a [Message] carries.
type MessageType string

// The message types, each with the field of [Message] it fills.
const (
	MessageRecord             MessageType = "RECORD"              // Record
	MessageState              MessageType = "STATE"               // State
	MessageLog                MessageType = "LOG"                 // Log
	MessageSpec               MessageType = "SPEC"                // Spec
	MessageConnectionStatus   MessageType = "CONNECTION_STATUS"   // ConnectionStatus
	MessageCatalog            MessageType = "CATALOG"             // Catalog
	MessageTrace              MessageType = "TRACE"               // Trace
	MessageControl            MessageType = "CONTROL"             // Control
	MessageDestinationCatalog MessageType = "DESTINATION_CATALOG" // DestinationCatalog
)

// Message is one line of a connector's output or of a destination's input. Type names the one
// payload that counts; the others are normally nil.
//
// A message from [Parse] or [Reader] always has the payload its Type names, unless the type is
// one this package does not know, which a newer platform may send and a connector may ignore.
type Message struct {
	// Type says which of the other fields counts.
	Type MessageType `json:"type"`

	// Record is written by a source and read by a destination.
	Record *Record `json:"record,omitempty"`
	// State is written by a source, and written back by a destination.
	State *State `json:"state,omitempty"`
	// Log may be written at any time.
	Log *Log `json:"log,omitempty"`
	// Spec is the one answer to spec.
	Spec *ConnectorSpecification `json:"spec,omitempty"`
	// ConnectionStatus is the one answer to check.
	ConnectionStatus *ConnectionStatus `json:"connectionStatus,omitempty"`
	// Catalog is the one answer of a source to discover.
	Catalog *Catalog `json:"catalog,omitempty"`
	// Trace may be written at any time.
	Trace *Trace `json:"trace,omitempty"`
	// Control may be written at any time.
	Control *Control `json:"control,omitempty"`
	// DestinationCatalog is the one answer of a destination to discover.
	DestinationCatalog *DestinationCatalog `json:"destination_catalog,omitempty"`
}

// check returns an error when m lacks its type or its payload.
func (m *Message) check() error {
	switch {
	case m.Type == "":
		return errors.New("a message without a type")
	case !m.hasPayload():
		return fmt.Errorf("a message of type %s without its payload", m.Type)
	}
	return nil
}

// hasPayload reports whether the payload that the type names is there. It is true for a type this
// package does not know.
func (m *Message) hasPayload() bool {
	switch m.Type {
	case MessageRecord:
		return m.Record != nil
	case MessageState:
		return m.State != nil
	case MessageLog:
		return m.Log != nil
	case MessageSpec:
		return m.Spec != nil
	case MessageConnectionStatus:
		return m.ConnectionStatus != nil
	case MessageCatalog:
		return m.Catalog != nil
	case MessageTrace:
		return m.Trace != nil
	case MessageControl:
		return m.Control != nil
	case MessageDestinationCatalog:
		return m.DestinationCatalog != nil
	}
	return true
}
