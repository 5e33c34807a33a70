package pages

import "strings"

// A Block is one fenced block of a page.
type Block struct {
	// Line is the number of its first line in the page.
	Line int
	// Language is the first word behind the fence; empty where there is none.
	Language string
	// Note is what follows the language, such as the name of a file.
	Note string
	// Lines are its lines, without the indentation that its fence has.
	Lines []string
}

// Blocks returns the fenced blocks of a page that hold a line, in their order.
func Blocks(text string) []Block {
	var all []Block
	var open *Block
	indent := ""
	for i, line := range strings.Split(text, "\n") {
		trimmed := strings.TrimLeft(line, " \t")
		fence, isFence := strings.CutPrefix(trimmed, "```")
		switch {
		case isFence && open == nil:
			language, note, _ := strings.Cut(strings.TrimSpace(fence), " ")
			open = &Block{Line: i + 2, Language: language, Note: strings.TrimSpace(note)}
			indent = line[:len(line)-len(trimmed)]
		case isFence:
			if len(open.Lines) > 0 {
				all = append(all, *open)
			}
			open = nil
		case open != nil:
			line = strings.TrimPrefix(line, indent)
			open.Lines = append(open.Lines, strings.TrimRight(line, " \t\r"))
		}
	}
	return all
}

// Text is the block as one text, each line with its end.
func (b Block) Text() string { return strings.Join(b.Lines, "\n") + "\n" }

// IsRun tells whether the block is a command, a file for commands or what a command prints.
func (b Block) IsRun() bool {
	return b.Language == "sh" || b.Language == "output" || b.Note != ""
}

// StandsIn tells whether the lines of the block stand in a text without a gap, but for indentation.
func (b Block) StandsIn(text string) bool {
	lines := trimmedLines(text)
	part := trimmedLines(strings.Join(b.Lines, "\n"))
	for i := range len(lines) - len(part) + 1 {
		if equal(lines[i:i+len(part)], part) {
			return true
		}
	}
	return false
}

func equal(a, b []string) bool {
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

func trimmedLines(text string) []string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		lines[i] = strings.TrimSpace(line)
	}
	return lines
}
