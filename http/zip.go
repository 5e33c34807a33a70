package http

import (
	"archive/zip"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"path"
	"strings"

	"github.com/klauspost/compress/flate"
)

// Zip unpacks a zip archive and cuts the records in its files by another extractor; nil stands for
// Field(""). The files come in the order of the archive; patterns, as those of [path.Match], choose
// among them by name without folders, such as "*.csv". Folders and what macOS adds of its own are
// passed over. An archive in which nothing is chosen is an error.
//
// The table of an archive stands at its end, so the archive is received first: up to 8 MiB in
// memory, a larger one in a temporary file. The files in it are unpacked while they are cut. Zip
// panics when a pattern is malformed.
func Zip(records Extractor, patterns ...string) Extractor {
	for _, pattern := range patterns {
		if _, err := path.Match(pattern, ""); err != nil {
			panic(fmt.Sprintf("http.Zip: the pattern %q is malformed", pattern))
		}
	}
	return zipped{orDefault(records), patterns}
}

type zipped struct {
	records  Extractor
	patterns []string
}

// Cut implements [Extractor].
func (z zipped) Cut(
	body io.Reader, want []string, emit func(record []byte) error,
) (values map[string]json.RawMessage, err error) {
	s := &spool{most: maxSpooled}
	defer func() {
		if closed := s.close(); err == nil {
			err = closed
		}
	}()
	if err := s.fill(body); err != nil {
		return nil, err
	}
	archive, err := zip.NewReader(s, s.size)
	if err != nil {
		return nil, fmt.Errorf("the answer is not a zip archive, or ends early: %w", err)
	}
	archive.RegisterDecompressor(zip.Deflate, flate.NewReader)
	values, files := map[string]json.RawMessage{}, 0
	for _, file := range archive.File {
		if !z.chooses(file.Name) {
			continue
		}
		files++
		found, err := z.cutFile(file, want, emit)
		if err != nil {
			return nil, err
		}
		maps.Copy(values, found)
	}
	if files == 0 {
		return nil, fmt.Errorf("the archive has %d entries, but none is a file that Zip looks "+
			"for: %q", len(archive.File), z.patterns)
	}
	return values, nil
}

func (z zipped) chooses(name string) bool {
	if strings.HasSuffix(name, "/") || strings.HasPrefix(name, "__MACOSX/") {
		return false
	}
	for _, pattern := range z.patterns {
		if ok, err := path.Match(pattern, path.Base(name)); ok && err == nil {
			return true
		}
	}
	return len(z.patterns) == 0
}

func (z zipped) cutFile(
	file *zip.File, want []string, emit func(record []byte) error,
) (map[string]json.RawMessage, error) {
	unpacked, err := file.Open()
	if err != nil {
		return nil, fmt.Errorf("the file %s of the archive: %w", quote(file.Name), err)
	}
	defer func() { _ = unpacked.Close() }()
	var emitted error
	values, err := cutBounded(z.records, unpacked, maxGap, want, func(record []byte) error {
		emitted = emit(record)
		return emitted
	})
	if err != nil && emitted == nil {
		err = fmt.Errorf("the file %s of the archive: %w", quote(file.Name), err)
	}
	return values, err
}
