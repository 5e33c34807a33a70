package acceptance

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/airbyte-go/cdk/internal/jsonraw"
	"github.com/airbyte-go/cdk/protocol"
)

// expectedRecord is a line of the file of expected records.
type expectedRecord struct {
	line int

	Stream    string          `json:"stream"`
	Namespace string          `json:"namespace"`
	Data      json.RawMessage `json:"data"`
}

func readExpected(path string) (records []expectedRecord, err error) {
	file, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("the file of expect_records cannot be read: %w", err)
	}
	for i, line := range bytes.Split(file, []byte{'\n'}) {
		if len(bytes.TrimSpace(line)) == 0 {
			continue
		}
		record := expectedRecord{line: i + 1}
		if err := json.Unmarshal(line, &record); err != nil || record.Data == nil {
			return nil, fmt.Errorf("line %d of %s is no record with stream and data", i+1, path)
		}
		records = append(records, record)
	}
	return records, nil
}

func expectedRecords(ctx context.Context, r *basicRead, v *Verdict) {
	expect := r.test.Expect
	switch {
	case expect == nil:
		v.Skip("the test has no expect_records")
		return
	case expect.Bypass != "":
		v.Skip("bypassed by the config file: %s", expect.Bypass)
		return
	}
	want, err := readExpected(r.cfg.path(expect.Path))
	if err != nil {
		v.Fail("%v.", err)
		return
	}
	h, ok := r.begin(ctx, v)
	if !ok {
		return
	}
	for _, s := range r.streamsOf() {
		d := s.Stream.Descriptor()
		c := recordComparison{Verdict: v, stream: d, expect: expect,
			ignored: r.test.Ignored[d.Name]}
		for _, w := range want {
			if w.Stream == d.Name && (w.Namespace == "" || w.Namespace == d.Namespace) {
				c.want = append(c.want, w)
			}
		}
		c.compare(h.records(d))
	}
}

// recordComparison compares the expected records of a stream with those that came.
type recordComparison struct {
	*Verdict

	stream  protocol.Descriptor
	expect  *ExpectedRecords
	ignored Excuses
	want    []expectedRecord
}

func (c recordComparison) compare(got []recordAt) {
	if c.expect.ExactOrder {
		for i, w := range c.want {
			switch {
			case i >= len(got):
				c.Fail("Stream %s: the record of line %d of %s did not come.", c.stream, w.line,
					c.expect.Path)
			case !c.matches(w, got[i]):
				c.Fail("Stream %s: record %d, on line %d of the output, is not that of line %d "+
					"of %s; they differ in %s.", c.stream, i+1, got[i].line, w.line, c.expect.Path,
					c.difference(w, got[i]))
			}
		}
	} else {
		got = c.pickOut(slices.Clone(got))
	}
	if extra := c.expect.ExtraRecords; extra != nil && !*extra && len(c.want) > 0 {
		if c.expect.ExactOrder {
			got = got[min(len(c.want), len(got)):]
		}
		for _, record := range got {
			c.Fail("Stream %s: the record on line %d of the output is not in %s.", c.stream,
				record.line, c.expect.Path)
		}
	}
}

// pickOut takes the expected records out of those that came and returns the others. Comparing each
// with each is for those that are not there as they are written.
func (c recordComparison) pickOut(got []recordAt) []recordAt {
	left := map[string]int{}
	for _, g := range got {
		left[string(jsonraw.Canonical(g.data))]++
	}
	var rest []expectedRecord
	taken := map[string]int{}
	for _, w := range c.want {
		key := string(jsonraw.Canonical(w.Data))
		if left[key] == taken[key] {
			rest = append(rest, w)
			continue
		}
		taken[key]++
	}
	got = slices.DeleteFunc(got, func(g recordAt) bool {
		key := string(jsonraw.Canonical(g.data))
		taken[key]--
		return taken[key] >= 0
	})
	for _, w := range rest {
		at := slices.IndexFunc(got, func(g recordAt) bool { return c.matches(w, g) })
		if at < 0 {
			c.Fail("Stream %s: the record of line %d of %s did not come.", c.stream, w.line,
				c.expect.Path)
			continue
		}
		got = slices.Delete(got, at, at+1)
	}
	return got
}

func (c recordComparison) matches(want expectedRecord, got recordAt) bool {
	return c.difference(want, got) == ""
}

// difference names the fields in which two records differ.
func (c recordComparison) difference(want expectedRecord, got recordAt) string {
	if jsonraw.Equal(want.Data, got.data) {
		return ""
	}
	a, b := withoutFields(want.Data, c.ignored), withoutFields(got.data, c.ignored)
	if c.expect.ExtraFields {
		for name := range b {
			if _, known := a[name]; !known {
				delete(b, name)
			}
		}
	}
	return strings.Join(differences(a, b, ""), ", ")
}

// withoutFields decodes a record without the fields that a test ignores. A field is a path with
// slashes, in which * is each item of a list.
func withoutFields(data []byte, ignored Excuses) map[string]any {
	record := decode(data)
	for _, field := range ignored {
		dropField(record, strings.Split(field.Name, "/"))
	}
	return record
}

func dropField(value any, path []string) {
	switch v := value.(type) {
	case map[string]any:
		if len(path) == 1 {
			delete(v, path[0])
			return
		}
		dropField(v[path[0]], path[1:])
	case []any:
		if path[0] == "*" && len(path) > 1 {
			path = path[1:]
		}
		for _, item := range v {
			dropField(item, path)
		}
	}
}
