package http

import (
	"bytes"
	"fmt"
	"strings"
)

// format is what an [Extractor] of ours expects a body to be; empty for an author's and for what is
// packed.
type format string

const (
	formatJSON  format = "JSON"
	formatLines format = "JSON Lines"
	formatText  format = "text"
	formatCSV   format = "CSV"
	formatXML   format = "XML"
)

func formatOf(e Extractor) format {
	if f, ok := e.(interface{ format() format }); ok {
		return f.format()
	}
	return ""
}

// formatWithin is the format of what a gzip file holds, or the one of any other extractor: a body
// that is not packed is cut as it is.
func formatWithin(e Extractor) format {
	if g, ok := e.(gzipped); ok {
		return formatWithin(g.records)
	}
	return formatOf(e)
}

// refuse returns an error for a web page where text was expected, which would be cut into records
// without a complaint.
func (f format) refuse(contentType string) error {
	if (f == formatText || f == formatCSV) && isHTML(contentType, nil) {
		return fmt.Errorf("the answer is a web page, where %s was expected", f)
	}
	return nil
}

// diagnose says what is wrong with a body that was not cut because of err. start holds its
// beginning, or nothing.
func (f format) diagnose(contentType string, start []byte, err error) (remedy string, fact error) {
	isJSON := f == formatJSON || f == formatLines
	isPage := isHTML(contentType, start) && (isJSON || isHTML(contentType, nil))
	switch {
	case f != "" && isPage:
		return "Check the URL in the configuration, and whether a proxy or a login page stands " +
				"before the API.", fmt.Errorf("the answer is %s, where %s was expected",
				describePage(contentType, start), f)
	case isJSON && !startsLikeJSON(start):
		text := redact(string(start[:min(len(start), maxExcerpt)]))
		return "", fmt.Errorf("the answer is text of type %q, where %s was expected: %s",
			contentType, f, quote(text))
	}
	return "Compare the API's answer with the Records of the stream.", err
}

// startsLikeJSON looks at the first byte of a body. What is empty was not held, or is explained
// better.
func startsLikeJSON(body []byte) bool {
	body = bytes.TrimSpace(bytes.TrimPrefix(body, byteOrderMark))
	return len(body) == 0 || strings.IndexByte(`{["-0123456789tfn`, body[0]) >= 0
}
