package pages

import (
	"fmt"
	"path"
	"strings"
)

// The suite is not run by one of its own tests. CI runs it as it stands in the README.
const suite = "go test work"

// Script makes one bash script of the blocks of a page that are run. Below the folder out it leaves
// the file NUMBER.out with what each block printed, by its number in blocks, and the file at with
// the number of the block that began last.
func Script(blocks []Block, out string) string {
	var s strings.Builder
	s.WriteString("set -euo pipefail\n")
	for i, b := range blocks {
		switch {
		case b.Language == "sh":
			fmt.Fprintf(&s, "echo %d >%s/at; exec >%s/%d.out 2>&1\n", i, out, out, i)
			s.WriteString(commands(b))
		case b.Language != "output" && b.Note != "":
			writeFile(&s, b)
		}
	}
	return s.String()
}

func commands(b Block) string {
	var kept []string
	for _, line := range b.Lines {
		if !strings.HasPrefix(line, suite) {
			kept = append(kept, line)
		}
	}
	text := strings.Join(kept, "\n") + "\n"
	if b.Note != "fails" {
		return text
	}
	return "set +e\n" + text + mustHaveFailed + "set -e\n"
}

// mustHaveFailed ends the script where the command before it has not failed.
const mustHaveFailed = "[ $? -ne 0 ] || { echo 'the last command did not fail'; exit 99; }\n"

// writeFile puts the text of a block into the file that its note names.
func writeFile(s *strings.Builder, b Block) {
	const end = "END-OF-BLOCK"
	fmt.Fprintf(s, "mkdir -p %s; cat >%s <<'%s'\n", path.Dir(b.Note), b.Note, end)
	s.WriteString(b.Text() + end + "\n")
}
