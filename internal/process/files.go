package process

import (
	"fmt"
	"os"
	"path/filepath"
)

// Files are the contents of the files that the flags of a connector name; nil: without the flag.
type Files struct{ Config, Catalog, State []byte }

// Write writes them into a folder and returns the flags that name them, each as two words, or
// joined to one by an equals sign.
func (f Files) Write(dir string, joined bool) (flags []string, err error) {
	for _, file := range []struct {
		flag    string
		content []byte
	}{{"config", f.Config}, {"catalog", f.Catalog}, {"state", f.State}} {
		if file.content == nil {
			continue
		}
		path := filepath.Join(dir, file.flag+".json")
		if err := os.WriteFile(path, file.content, 0o600); err != nil {
			return nil, fmt.Errorf("the file for --%s cannot be written: %w", file.flag, err)
		}
		if joined {
			flags = append(flags, "--"+file.flag+"="+path)
		} else {
			flags = append(flags, "--"+file.flag, path)
		}
	}
	return flags, nil
}
