package entry

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestClosestWord(t *testing.T) {
	t.Parallel()
	known := []string{"--catalog", "--config", "--debug", "-h", "read", "spec", "check"}
	tests := map[string]string{
		"--catalgo":   "--catalog",
		"--Config":    "--config",
		"--conf":      "--config",
		"raed":        "read",
		"red":         "read",
		"--catalogue": "--catalog",
		"-x":          "", // any letter is near to any other
		"discover":    "",
		"":            "",
	}
	for typed, want := range tests {
		if want != "" {
			want = " Did you mean " + want + "?"
		}
		assert.Equal(t, want, ClosestWord(typed, known), typed)
	}
}
