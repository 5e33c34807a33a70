package openapi

import "slices"

// changeFields are names of fields that say when a record was last changed, without what separates
// their words.
var changeFields = []string{
	"updatedat", "updated", "updatedon", "updatedtime", "updatetime", "dateupdated", "lastupdated",
	"lastupdatedat", "modifiedat", "modified", "modifiedon", "modifiedtime", "datemodified",
	"lastmodified", "lastmodifiedat", "lastmodifiedtime", "lastmodifieddate", "updateddate",
	"modifieddate",
}

// Parameters that bound the time of the last change.
var (
	sinceParams = []string{
		"updatedsince", "updatedafter", "updatedatmin", "updatedatgte", "updatedatgt", "updatedgte",
		"updatedgt", "updatedfrom", "updatedatafter", "updatedatsince", "modifiedsince",
		"modifiedafter", "modifiedgte", "modifiedatgte", "lastmodifiedafter", "lastmodifiedsince",
		"updatemin", "since",
	}
	untilParams = []string{
		"updatedbefore", "updateduntil", "updatedatmax", "updatedatlte", "updatedlte",
		"updatedatlt", "updatedlt", "updatedto", "updatedatbefore", "modifieduntil",
		"modifiedbefore", "modifiedlte", "modifiedatlte", "until",
	}
)

// cursorOf guesses the cursor of a stream: only where the records plainly say when they were
// changed, and a parameter as plainly asks for what changed since.
func cursorOf(c candidate) *Cursor {
	if c.single {
		return nil
	}
	since := paramOf(c, sinceParams)
	if since == nil {
		return nil
	}
	kind, ok := timeKind(paramShape(since))
	if !ok {
		return nil
	}
	for _, name := range changeFields {
		at := slices.IndexFunc(c.record.Fields, func(f Field) bool {
			return flat(f.Name) == name && isPlainName(f.Name)
		})
		if at < 0 {
			continue
		}
		field := c.record.Fields[at]
		if is, ok := timeKind(field.Shape); !ok || is != kind && kind == UnixSeconds ||
			is != kind && is != Moments {
			return nil
		}
		cursor := &Cursor{Field: field.Name, Since: since.Name, Kind: kind}
		if until := paramOf(c, untilParams); until != nil {
			if is, ok := timeKind(paramShape(until)); ok && is == kind {
				cursor.Until = until.Name
			}
		}
		return cursor
	}
	return nil
}

// timeKind tells how a shape spells times, if it plainly does.
func timeKind(s *Shape) (kind CursorKind, ok bool) {
	switch s.Format {
	case "date-time":
		return Moments, true
	case "date":
		return Days, true
	case "unix":
		return UnixSeconds, true
	}
	return kind, false
}
