package schema

import (
	"net/url"
	"strings"
)

// Steps returns the names in a JSON pointer in the form that it has in a URL, as in a $ref and in
// the errors of the library. The pointer to the root, "", has none. It fails where the escapes of
// the URL are no such.
func Steps(pointer string) ([]string, error) {
	if pointer == "" {
		return nil, nil
	}
	// The escapes of a JSON pointer lie within those of the URL.
	plain := strings.NewReplacer("~1", "/", "~0", "~")
	steps := strings.Split(strings.TrimPrefix(pointer, "/"), "/")
	for i, step := range steps {
		text, err := url.PathUnescape(step)
		if err != nil {
			return nil, err
		}
		steps[i] = plain.Replace(text)
	}
	return steps, nil
}
