package protocol

// The methods below make encoding/json treat a type as this package does: exact names, unknown
// properties kept, no null for a required list. They cover the types that stand alone in a file
// or in a message; the types inside of them follow. encoding/json compacts what they return.

// MarshalJSON implements [json.Marshaler].
func (m Message) MarshalJSON() ([]byte, error) { return marshal(m) }

// UnmarshalJSON implements [json.Unmarshaler]. Unlike [Parse] it asks for no payload.
func (m *Message) UnmarshalJSON(data []byte) error { return unmarshal(data, m) }

// MarshalJSON implements [json.Marshaler].
func (r Record) MarshalJSON() ([]byte, error) { return marshal(r) }

// UnmarshalJSON implements [json.Unmarshaler].
func (r *Record) UnmarshalJSON(data []byte) error { return unmarshal(data, r) }

// MarshalJSON implements [json.Marshaler].
func (s State) MarshalJSON() ([]byte, error) { return marshal(s) }

// UnmarshalJSON implements [json.Unmarshaler].
func (s *State) UnmarshalJSON(data []byte) error { return unmarshal(data, s) }

// MarshalJSON implements [json.Marshaler].
func (s StreamState) MarshalJSON() ([]byte, error) { return marshal(s) }

// UnmarshalJSON implements [json.Unmarshaler].
func (s *StreamState) UnmarshalJSON(data []byte) error { return unmarshal(data, s) }

// MarshalJSON implements [json.Marshaler].
func (g GlobalState) MarshalJSON() ([]byte, error) { return marshal(g) }

// UnmarshalJSON implements [json.Unmarshaler].
func (g *GlobalState) UnmarshalJSON(data []byte) error { return unmarshal(data, g) }

// MarshalJSON implements [json.Marshaler].
func (s StateStats) MarshalJSON() ([]byte, error) { return marshal(s) }

// UnmarshalJSON implements [json.Unmarshaler].
func (s *StateStats) UnmarshalJSON(data []byte) error { return unmarshal(data, s) }

// MarshalJSON implements [json.Marshaler].
func (l Log) MarshalJSON() ([]byte, error) { return marshal(l) }

// UnmarshalJSON implements [json.Unmarshaler].
func (l *Log) UnmarshalJSON(data []byte) error { return unmarshal(data, l) }

// MarshalJSON implements [json.Marshaler].
func (t Trace) MarshalJSON() ([]byte, error) { return marshal(t) }

// UnmarshalJSON implements [json.Unmarshaler].
func (t *Trace) UnmarshalJSON(data []byte) error { return unmarshal(data, t) }

// MarshalJSON implements [json.Marshaler].
func (c Control) MarshalJSON() ([]byte, error) { return marshal(c) }

// UnmarshalJSON implements [json.Unmarshaler].
func (c *Control) UnmarshalJSON(data []byte) error { return unmarshal(data, c) }

// MarshalJSON implements [json.Marshaler].
func (c Catalog) MarshalJSON() ([]byte, error) { return marshal(c) }

// UnmarshalJSON implements [json.Unmarshaler].
func (c *Catalog) UnmarshalJSON(data []byte) error { return unmarshal(data, c) }

// MarshalJSON implements [json.Marshaler].
func (s Stream) MarshalJSON() ([]byte, error) { return marshal(s) }

// UnmarshalJSON implements [json.Unmarshaler].
func (s *Stream) UnmarshalJSON(data []byte) error { return unmarshal(data, s) }

// MarshalJSON implements [json.Marshaler].
func (c ConfiguredCatalog) MarshalJSON() ([]byte, error) { return marshal(c) }

// UnmarshalJSON implements [json.Unmarshaler].
func (c *ConfiguredCatalog) UnmarshalJSON(data []byte) error { return unmarshal(data, c) }

// MarshalJSON implements [json.Marshaler].
func (c ConfiguredStream) MarshalJSON() ([]byte, error) { return marshal(c) }

// UnmarshalJSON implements [json.Unmarshaler].
func (c *ConfiguredStream) UnmarshalJSON(data []byte) error { return unmarshal(data, c) }

// MarshalJSON implements [json.Marshaler].
func (d DestinationCatalog) MarshalJSON() ([]byte, error) { return marshal(d) }

// UnmarshalJSON implements [json.Unmarshaler].
func (d *DestinationCatalog) UnmarshalJSON(data []byte) error { return unmarshal(data, d) }

// MarshalJSON implements [json.Marshaler].
func (c ConnectorSpecification) MarshalJSON() ([]byte, error) { return marshal(c) }

// UnmarshalJSON implements [json.Unmarshaler].
func (c *ConnectorSpecification) UnmarshalJSON(data []byte) error { return unmarshal(data, c) }

// MarshalJSON implements [json.Marshaler].
func (c ConnectionStatus) MarshalJSON() ([]byte, error) { return marshal(c) }

// UnmarshalJSON implements [json.Unmarshaler].
func (c *ConnectionStatus) UnmarshalJSON(data []byte) error { return unmarshal(data, c) }
