package tabletest

import (
	"context"
	"database/sql"
	"encoding/json"
	"slices"
	"strings"
	"time"

	cdktest "github.com/airbyte-go/cdk/cdk_test"
	"github.com/airbyte-go/cdk/protocol"
)

// Tests are the target as cdktest.AcceptDestination takes it.
func (x *Target) Tests() cdktest.DestinationTests {
	return cdktest.DestinationTests{
		Config: json.RawMessage(x.Config), Rows: x.read,
		Skip: map[string]string{
			"rejected_records": "a value that does not fit its column is null, with the reason " +
				"beside it, so that every object of JSON has a row",
		},
	}
}

// read is what readers of the database see of a stream.
func (x *Target) read(
	ctx context.Context, stream protocol.Descriptor,
) (found []json.RawMessage, err error) {
	there, err := x.exists(ctx, stream)
	if err != nil || !there {
		return nil, err
	}
	rows, err := x.DB.QueryContext(ctx, "SELECT * FROM "+x.Table(stream.Namespace, stream.Name))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	columns, err := rows.ColumnTypes()
	if err != nil {
		return nil, err
	}
	values, places := make([]any, len(columns)), make([]any, len(columns))
	for i := range values {
		places[i] = &values[i]
	}
	for rows.Next() {
		if err := rows.Scan(places...); err != nil {
			return nil, err
		}
		row := map[string]any{}
		for i, c := range columns {
			row[c.Name()] = spelled(c, values[i])
		}
		text, err := json.Marshal(row)
		if err != nil {
			return nil, err
		}
		found = append(found, text)
	}
	return found, rows.Err()
}

func (x *Target) exists(ctx context.Context, stream protocol.Descriptor) (bool, error) {
	schema, table := x.Schema, stream.Name
	switch {
	case stream.Namespace == "":
	case x.Dialect.Rules().NoSchemas:
		table = stream.Namespace + "_" + stream.Name
	default:
		schema = stream.Namespace
	}
	query, args := x.Dialect.Tables(schema)
	rows, err := x.DB.QueryContext(ctx, query, args...)
	if err != nil {
		return false, err
	}
	defer rows.Close()
	var names []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return false, err
		}
		names = append(names, name)
	}
	return slices.Contains(names, table), rows.Err()
}

// spelled is a value as JSON has it.
func spelled(column *sql.ColumnType, value any) any {
	name := column.DatabaseTypeName()
	switch v := value.(type) {
	case []byte:
		value = string(v)
	case time.Time:
		switch name {
		case "DATE":
			return v.Format(time.DateOnly)
		case "TIMESTAMP":
			return v.Format("2006-01-02T15:04:05.999999999")
		}
	}
	if text, isText := value.(string); isText && strings.HasPrefix(name, "JSON") {
		return json.RawMessage(text)
	}
	return value
}
