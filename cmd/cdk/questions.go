package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/term"
)

// questions asks whoever sits at the terminal. Without one, nil, there is nobody to ask.
type questions struct {
	in  *bufio.Reader
	out io.Writer
}

// atTerminal returns the questions for a terminal, or nil where standard input is none.
func atTerminal(in *os.File, out io.Writer) *questions {
	if !term.IsTerminal(int(in.Fd())) {
		return nil
	}
	return &questions{bufio.NewReader(in), out}
}

// ask asks until accept takes the answer. An empty answer is the fallback, if there is one.
func (q *questions) ask(text, fallback string, accept func(answer string) error) error {
	for {
		fmt.Fprint(q.out, text)
		if fallback != "" {
			fmt.Fprintf(q.out, " [%s]", fallback)
		}
		fmt.Fprint(q.out, ": ")
		line, err := q.in.ReadString('\n')
		answer := strings.TrimSpace(line)
		if err != nil && answer == "" {
			return errors.New("the input ended before everything was answered")
		}
		if answer == "" {
			answer = fallback
		}
		refused := accept(answer)
		if refused == nil {
			return nil
		}
		fmt.Fprintf(q.out, "%s.\n", sentence(refused))
	}
}

// sentence begins an error with a capital.
func sentence(err error) string {
	text := err.Error()
	return strings.ToUpper(text[:1]) + text[1:]
}
