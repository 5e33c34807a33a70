package acceptance

import (
	"fmt"
	"slices"
	"strings"
)

func spec(change func(spec, schema map[string]any)) defect { return defect{spec: change} }

func schemaOf(change func(schema map[string]any)) defect {
	return spec(func(_, schema map[string]any) { change(schema) })
}

func drop1(name string) func(map[string]any) {
	return func(m map[string]any) { delete(m, name) }
}

func without(property string) func(map[string]any) {
	return func(schema map[string]any) { delete(schema["properties"].(map[string]any), property) }
}

func property(name, keyword string, value any) defect {
	return schemaOf(func(schema map[string]any) {
		schema["properties"].(map[string]any)[name].(map[string]any)[keyword] = value
	})
}

func regionsOf(enum ...any) defect {
	return property("regions", "items", map[string]any{"type": "string", "enum": enum})
}

func newProperty(name, text string) defect {
	return schemaOf(func(schema map[string]any) {
		schema["properties"].(map[string]any)[name] = decode([]byte(text))
	})
}

func branch(i int, change func(map[string]any)) defect {
	return schemaOf(func(schema map[string]any) {
		access := schema["properties"].(map[string]any)["access"].(map[string]any)
		change(access["oneOf"].([]any)[i].(map[string]any))
	})
}

func catalog(change func(streams []map[string]any)) defect { return defect{catalog: change} }

func stream(i int, name string, value any) defect {
	return catalog(func(streams []map[string]any) { streams[i][name] = value })
}

func column(name, keyword string, value any) defect {
	return catalog(func(streams []map[string]any) {
		columns := streams[0]["json_schema"].(map[string]any)["properties"].(map[string]any)
		columns[name].(map[string]any)[keyword] = value
	})
}

func on(verb string, change func(c *conversation)) defect {
	return defect{lines: func(c *conversation) {
		if c.verb == verb {
			change(c)
		}
	}}
}

// misused changes what is said to a command line without a config.
func misused(verb string, change func(c *conversation)) defect {
	return on(verb, func(c *conversation) {
		if c.config == nil {
			change(c)
		}
	})
}

func endsWell(c *conversation) { c.lines, c.code = nil, 0 }

func dropped(lines []string, texts ...string) []string {
	return slices.DeleteFunc(lines, func(line string) bool {
		isMissing := func(t string) bool { return !strings.Contains(line, t) }
		return !slices.ContainsFunc(texts, isMissing)
	})
}

func drop(texts ...string) func(*conversation) {
	return func(c *conversation) { c.lines = dropped(c.lines, texts...) }
}

func twice(text string) func(*conversation) {
	return func(c *conversation) {
		if at := c.at(text); at >= 0 {
			c.lines = slices.Insert(c.lines, at, c.lines[at])
		}
	}
}

func replace(text, by string) func(*conversation) {
	return func(c *conversation) {
		for i, line := range c.lines {
			c.lines[i] = strings.ReplaceAll(line, text, by)
		}
	}
}

func add(line string) func(*conversation) {
	return func(c *conversation) { c.lines = append(c.lines, line) }
}

func first(line string) func(*conversation) { return insert(0, line) }

func insert(at int, lines ...string) func(*conversation) {
	return func(c *conversation) {
		if len(c.lines) > at {
			c.lines = slices.Insert(c.lines, at, lines...)
		}
	}
}

// insertAt inserts lines behind the first line with both texts.
func insertAt(text, stream string, lines ...string) func(*conversation) {
	return func(c *conversation) {
		if at := c.at(text, stream); at >= 0 {
			c.lines = slices.Insert(c.lines, at+1, lines...)
		}
	}
}

func plan(data string) string {
	return fmt.Sprintf(`{"type":"RECORD","record":{"stream":"plans","emitted_at":1735689600000,"data":%s}}`, data)
}

func logged(message string) string {
	return fmt.Sprintf(`{"type":"LOG","log":{"level":"INFO","message":%q}}`, message)
}

// secondTime is a defect of the second read of full_refresh, before which basic_read reads once.
func secondTime(change func(*conversation)) defect {
	reads := 0
	return on("read", func(c *conversation) {
		if c.has("done", "users") && c.code == 0 {
			if reads++; reads == 3 {
				change(c)
			}
		}
	})
}

// afterState is a defect of reads that do not begin with the first user.
func afterState(change func(*conversation)) defect {
	return on("read", func(c *conversation) {
		if c.has("users", "STARTED") && !c.has("users", `"id":1`) {
			change(c)
		}
	})
}
