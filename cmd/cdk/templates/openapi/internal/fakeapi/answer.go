package fakeapi

import (
	"bytes"
	"embed"
	"encoding/json"
	nethttp "net/http"
	"slices"
	"strconv"
	"time"
)

// The answers, with all of their records. Put answers of the real API here, without anything
// secret.
//
//go:embed answers
var answers embed.FS

// answer sends those of the records that a request asks for.
func (rt route) answer(w nethttp.ResponseWriter, r *nethttp.Request, values map[string]string) {
	document := load(rt.file)
	if rt.single {
		if record, ok := at(document, rt.records).(map[string]any); ok {
			for name, value := range values {
				switch record[name].(type) {
				case string:
					record[name] = value
				case json.Number:
					record[name] = json.Number(value)
				}
			}
		}
		write(w, nethttp.StatusOK, document)
		return
	}
	records, _ := at(document, rt.records).([]any)
	records = slices.DeleteFunc(records, func(record any) bool {
		return !rt.isOf(values) || !rt.isBetween(r, record)
	})
	page, marks, header := rt.pages.cut(r, records)
	document = put(document, rt.records, page)
	for _, m := range marks {
		document = put(document, m.path, m.value)
	}
	if header != "" {
		w.Header().Set("Link", header)
	}
	write(w, nethttp.StatusOK, document)
}

// isOf tells whether the records are of the parent in the path.
func (rt route) isOf(values map[string]string) bool {
	for name, value := range rt.parents {
		if values[name] != value {
			return false
		}
	}
	return true
}

// isBetween tells whether a record lies within the bounds of a request, which may be open.
func (rt route) isBetween(r *nethttp.Request, record any) bool {
	if rt.field == "" {
		return true
	}
	fields, _ := record.(map[string]any)
	changed := moment(text(fields[rt.field]))
	since, until := r.FormValue(rt.since), r.FormValue(rt.until)
	return (since == "" || !changed.Before(moment(since))) &&
		(rt.until == "" || until == "" || !changed.After(moment(until)))
}

// moment reads a time. One that is wrong is a mistake of the source, which should be heard of.
func moment(value string) time.Time {
	for _, layout := range []string{time.RFC3339, time.DateOnly} {
		if t, err := time.Parse(layout, value); err == nil {
			return t
		}
	}
	seconds, err := strconv.ParseInt(value, 10, 64)
	if err != nil {
		panic(err)
	}
	return time.Unix(seconds, 0)
}

// text is a string without its quotes, or a number.
func text(value any) string {
	switch v := value.(type) {
	case string:
		return v
	case json.Number:
		return v.String()
	}
	return ""
}

// load reads an answer. Its numbers stay as they are.
func load(file string) (document any) {
	data, err := answers.ReadFile("answers/" + file)
	if err != nil { // all files are our own
		panic(err)
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	if err := d.Decode(&document); err != nil {
		panic(err)
	}
	return document
}

// at is what stands at a path.
func at(document any, path []string) any {
	for _, name := range path {
		object, _ := document.(map[string]any)
		document = object[name]
	}
	return document
}

// put returns a document with a value at a path. What is missing on the way is made.
func put(document any, path []string, value any) any {
	if len(path) == 0 {
		return value
	}
	object, ok := document.(map[string]any)
	if !ok {
		object = map[string]any{}
	}
	object[path[0]] = put(object[path[0]], path[1:], value)
	return object
}

func refuse(w nethttp.ResponseWriter, status int, message string) {
	write(w, status, map[string]string{"message": message})
}

// write answers with the JSON of a value.
func write(w nethttp.ResponseWriter, status int, value any) {
	body, err := json.Marshal(value)
	if err != nil { // all values are our own
		panic(err)
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(body) // a client that has gone away is no concern of ours
}
