package openapi

import (
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Documents that are small and mean more than any memory holds end in a sentence or in a module.
func TestBombs(t *testing.T) {
	t.Parallel()
	var aliases strings.Builder
	aliases.WriteString("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n")
	for i := 1; i < 12; i++ {
		n := "*a" + strconv.Itoa(i-1)
		aliases.WriteString("a" + strconv.Itoa(i) + ": &a" + strconv.Itoa(i) + " [" +
			strings.Repeat(n+", ", 9) + n + "]\n")
	}
	nested := func(n int, open, inner, end string) string {
		return strings.Repeat(open, n) + inner + strings.Repeat(end, n)
	}
	schema := func(schema string) string { return head + "paths:\n" + get("/things", "", schema) }
	for name, test := range map[string]struct{ text, says string }{
		"aliases": {head + aliases.String() + things, ""},
		"brackets": {
			"openapi: 3.0.0\nx: " + nested(20_000, "[", "", "]"), "is neither JSON nor YAML",
		},
		"JSON": {
			`{"openapi": "3.0.0", "x": ` + nested(20_000, "[", "", "]") + `}`,
			"is neither JSON nor YAML",
		},
		"objects in objects": {
			schema(array("{type: object, properties: {id: {type: integer}, x: " +
				nested(1_000, "{type: object, properties: {x: ", "{type: string}", "}}") +
				"}}")), "",
		},
		"parts of parts": {
			schema(array("{allOf: [" + item + ", " +
				nested(1_000, "{allOf: [", item, "]}") + "]}")), "",
		},
		"choices of choices": {
			schema(array("{oneOf: [" + nested(1_000, "{oneOf: [", item, "]}") + "]}")),
			"is an array of what are no objects",
		},
		"a reference to itself": {
			schema("{$ref: '#/components/schemas/A'}") +
				"components: {schemas: {A: {$ref: '#/components/schemas/A'}}}\n", "",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			api, err := readAll("shop.yaml", test.text)
			if err != nil {
				assert.Contains(t, err.Error(), test.says)
				assert.NotContains(t, err.Error(), "\n")
				assert.Less(t, len(err.Error()), 500)
				return
			}
			require.Empty(t, test.says)
			assert.Less(t, len(api.Streams[0].Answer), 1<<20)
		})
	}
}
