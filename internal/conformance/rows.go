package conformance

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"math/big"
	"slices"
	"strings"
	"time"

	"github.com/airbyte-go/cdk/internal/transcript"
)

// compareRows tells which rows are missing and which are too many, in any order. Properties that
// are not expected do not matter, and neither does how a system spells a value.
func compareRows(want []string, got []json.RawMessage) (missing, odd []string) {
	rows := make([]map[string]any, len(got))
	for i, text := range got {
		value, err := exact(text)
		row, isObject := value.(map[string]any)
		if err != nil || !isObject {
			row = nil
		}
		rows[i] = row
	}
	used := make([]bool, len(got))
	for _, text := range want {
		value, _ := exact([]byte(text)) // the checks write JSON
		expected, _ := value.(map[string]any)
		at := slices.IndexFunc(rows, func(row map[string]any) bool { return isRow(expected, row) })
		for at >= 0 && used[at] {
			next := slices.IndexFunc(rows[at+1:], func(row map[string]any) bool {
				return isRow(expected, row)
			})
			if next < 0 {
				at = -1
				break
			}
			at += 1 + next
		}
		if at < 0 {
			missing = append(missing, text)
			continue
		}
		used[at] = true
	}
	for i, text := range got {
		if !used[i] {
			odd = append(odd, string(bytes.TrimSpace(text)))
		}
	}
	return missing, odd
}

// different says in which properties two rows differ that have one id; empty: they have not.
func different(want, got string) string {
	a, _ := exact([]byte(want))
	b, _ := exact([]byte(got))
	expected, _ := a.(map[string]any)
	row, _ := b.(map[string]any)
	id := expected["id"]
	if id == nil || row == nil || !isValue(id, row["id"]) {
		return ""
	}
	var texts []string
	for _, name := range slices.Sorted(maps.Keys(expected)) {
		if !isValue(expected[name], row[name]) {
			texts = append(texts, fmt.Sprintf("%s is %s instead of %s", name, textOf(row[name]),
				textOf(expected[name])))
		}
	}
	return fmt.Sprintf("the row with id %v: %s", id, strings.Join(texts, ", "))
}

func textOf(value any) string {
	text, err := json.Marshal(value)
	if err != nil { // it came out of JSON
		return fmt.Sprint(value)
	}
	return transcript.Clip(string(text))
}

// isRow tells whether a row has all that is expected. A null may be left out.
func isRow(want, got map[string]any) bool {
	if got == nil {
		return false
	}
	for name, value := range want {
		if !isValue(value, got[name]) {
			return false
		}
	}
	return true
}

// isValue tells whether two values are the same, as systems spell them.
func isValue(want, got any) bool {
	switch want := want.(type) {
	case nil:
		return got == nil
	case bool:
		return got == want || isNumber(map[bool]string{true: "1", false: "0"}[want], got)
	case json.Number:
		return isNumber(string(want), got)
	case string:
		text, isText := got.(string)
		return isText && (text == want || isTime(want, text))
	case []any:
		return isList(want, unfold(got))
	case map[string]any:
		return isObject(want, unfold(got))
	}
	return false
}

// isNumber compares without rounding.
func isNumber(want string, got any) bool {
	text := ""
	switch got := got.(type) {
	case json.Number:
		text = string(got)
	case string:
		text = got
	}
	a, okA := new(big.Rat).SetString(want)
	b, okB := new(big.Rat).SetString(text)
	return want == text || okA && okB && a.Cmp(b) == 0
}

// unfold reads a container that is kept as a text.
func unfold(got any) any {
	text, isText := got.(string)
	if !isText {
		return got
	}
	value, err := exact([]byte(text))
	if err != nil {
		return got
	}
	return value
}

func isList(want []any, got any) bool {
	list, is := got.([]any)
	return is && slices.EqualFunc(want, list, isValue)
}

func isObject(want map[string]any, got any) bool {
	object, is := got.(map[string]any)
	return is && len(object) == len(want) && isRow(want, object)
}

// timeSpellings are how systems spell times, without fractions, which are read anyway.
var timeSpellings = []string{
	"2006-01-02T15:04:05Z07:00", "2006-01-02T15:04:05Z07", "2006-01-02T15:04:05", "2006-01-02",
	"15:04:05Z07:00", "15:04:05Z07", "15:04:05",
}

// isTime tells whether both are the same moment. Whether there is a zone must be the same, too.
func isTime(want, got string) bool {
	parse := func(text string) (at time.Time, zoned, ok bool) {
		text = strings.Replace(text, " ", "T", 1)
		for _, layout := range timeSpellings {
			if at, err := time.Parse(layout, text); err == nil {
				return at, strings.Contains(layout, "Z07"), true
			}
		}
		return time.Time{}, false, false
	}
	a, zonedA, okA := parse(want)
	b, zonedB, okB := parse(got)
	return okA && okB && zonedA == zonedB && a.Equal(b)
}

// exact decodes with exact numbers.
func exact(data []byte) (value any, err error) {
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	err = decoder.Decode(&value)
	return value, err
}
