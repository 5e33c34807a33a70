package entry

import "fmt"

// usageError is a mistake on the command line that only the verb can see.
type usageError struct{ error }

func (u usageError) Unwrap() error { return u.error }

// Usagef returns the error of a verb whose flags do not go together. It is answered like any other
// mistake on the command line: the usage text, one ERROR trace, exit code 2.
func Usagef(format string, args ...any) error { return usageError{fmt.Errorf(format, args...)} }
