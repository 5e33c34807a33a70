package sqltable

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/airbyte-go/cdk/internal/jsonraw"
)

// field is a top-level property of a stream's schema.
type field struct {
	name string
	kind Kind
}

// fieldsOf reads the properties of a stream's JSON schema in their order.
func fieldsOf(schema []byte) ([]field, error) {
	properties, ok := jsonraw.Member(schema, []string{"properties"})
	if !ok {
		return nil, nil
	}
	var fields []field
	seen := map[string]bool{}
	for property, err := range jsonraw.Members(properties) {
		if err != nil {
			return nil, fmt.Errorf("its JSON schema has no object of properties: %w", err)
		}
		if !seen[property.Name] {
			seen[property.Name] = true
			fields = append(fields, field{property.Name, kindOf(property.Value)})
		}
	}
	return fields, nil
}

// propertySchema is what decides the kind of a property.
type propertySchema struct {
	Type        json.RawMessage   `json:"type"`
	Format      string            `json:"format"`
	AirbyteType string            `json:"airbyte_type"`
	Ref         string            `json:"$ref"`
	OneOf       []json.RawMessage `json:"oneOf"`
	AnyOf       []json.RawMessage `json:"anyOf"`
}

// kindOf returns the kind of a property. What is not understood is JSON, which holds everything.
func kindOf(schema []byte) Kind {
	var p propertySchema
	if json.Unmarshal(schema, &p) != nil {
		return JSON
	}
	if p.Ref != "" {
		return kindOfRef(p.Ref)
	}
	if p.Type == nil {
		return kindOfBranches(append(p.OneOf, p.AnyOf...))
	}
	var kind Kind
	for _, name := range typeNames(p.Type) {
		if name != "null" {
			kind = both(kind, p.kindOfType(name))
		}
	}
	if kind == 0 {
		return JSON // nothing but null
	}
	return kind
}

// typeNames returns the names in a type, which is one name or a list of them.
func typeNames(raw json.RawMessage) []string {
	var names []string
	if json.Unmarshal(raw, &names) == nil {
		return names
	}
	var name string
	if json.Unmarshal(raw, &name) == nil {
		return []string{name}
	}
	return nil
}

// kindOfBranches looks through alternatives that differ in nothing but null.
func kindOfBranches(branches []json.RawMessage) Kind {
	var kind Kind
	for _, branch := range branches {
		var p propertySchema
		if json.Unmarshal(branch, &p) == nil && string(p.Type) == `"null"` {
			continue
		}
		kind = both(kind, kindOf(branch))
	}
	if kind == 0 {
		return JSON
	}
	return kind
}

// both returns the kind of a property that may hold either: a union, unless one covers the other.
func both(a, b Kind) Kind {
	switch {
	case a == 0 || a == b:
		return b
	case wider(a, b) == Number:
		return Number
	default:
		return JSON
	}
}

func (p propertySchema) kindOfType(name string) Kind {
	switch name {
	case "string":
		return p.kindOfString()
	case "boolean":
		return Boolean
	case "integer":
		return Integer
	case "number":
		if p.AirbyteType == "integer" || p.AirbyteType == "big_integer" {
			return Integer
		}
		return Number
	default:
		return JSON
	}
}

func (p propertySchema) kindOfString() Kind {
	switch p.Format {
	case "date":
		return Date
	case "date-time":
		if p.AirbyteType == "timestamp_without_timezone" {
			return Timestamp
		}
		return TimestampTZ
	case "time":
		if p.AirbyteType == "time_without_timezone" {
			return Time
		}
		return TimeTZ
	}
	switch p.AirbyteType {
	case "big_integer":
		return Integer
	case "big_number":
		return Number
	default:
		return String
	}
}

// wellKnownTypes are the definitions of the protocol's well_known_types.yaml.
var wellKnownTypes = map[string]Kind{
	"String": String, "BinaryData": String, "Boolean": Boolean,
	"Integer": Integer, "Number": Number, "Date": Date,
	"TimestampWithoutTimezone": Timestamp, "TimestampWithTimezone": TimestampTZ,
	"TimeWithoutTimezone": Time, "TimeWithTimezone": TimeTZ,
}

func kindOfRef(ref string) Kind {
	name := ref[strings.LastIndexByte(ref, '/')+1:]
	if kind, ok := wellKnownTypes[name]; ok && strings.Contains(ref, "WellKnownTypes") {
		return kind
	}
	return JSON
}
