package pages

import (
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// Root walks up from the working folder to the one that holds go.work.
func Root() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.work")); err == nil {
			return dir, nil
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return "", errors.New("no go.work above the working folder")
		}
		dir = parent
	}
}

// Files returns the slash paths of all regular files below root that git does not ignore.
func Files(root string) ([]string, error) {
	ignored, err := readIgnored(root)
	if err != nil {
		return nil, err
	}
	var files []string
	err = filepath.WalkDir(root, func(name string, entry fs.DirEntry, err error) error {
		if err != nil || name == root {
			return err
		}
		below, err := filepath.Rel(root, name)
		if err != nil {
			return err
		}
		below = filepath.ToSlash(below)
		skip := below == ".git" || isIgnored(ignored, below, entry.IsDir())
		switch {
		case skip && entry.IsDir():
			return fs.SkipDir
		case !skip && entry.Type().IsRegular():
			files = append(files, below)
		}
		return nil
	})
	return files, err
}

// IsPage tells whether a file is a document that a user reads to learn the kit. Those of the
// templates are about the modules that are made of them, where a test of cmd/cdk tries them.
func IsPage(name string) bool {
	isPage := path.Base(name) == "README.md" || path.Dir(name) == "docs"
	return isPage && path.Ext(name) == ".md" && !strings.HasPrefix(name, "cmd/cdk/templates/")
}

// readIgnored returns the patterns of the .gitignore at the root, the only one there is.
func readIgnored(root string) ([]string, error) {
	data, err := os.ReadFile(filepath.Join(root, ".gitignore"))
	if err != nil {
		return nil, err
	}
	var patterns []string
	for line := range strings.Lines(string(data)) {
		line = strings.TrimSpace(line)
		if line != "" && !strings.HasPrefix(line, "#") {
			patterns = append(patterns, line)
		}
	}
	return patterns, nil
}

// isIgnored knows the plain patterns to which our .gitignore keeps: a glob for a name anywhere or,
// with a leading slash, for a path below the root; a trailing slash means folders only.
func isIgnored(patterns []string, below string, isDir bool) bool {
	return slices.ContainsFunc(patterns, func(pattern string) bool {
		glob, foldersOnly := strings.CutSuffix(pattern, "/")
		if foldersOnly && !isDir {
			return false
		}
		glob, anchored := strings.CutPrefix(glob, "/")
		subject := path.Base(below)
		if anchored {
			subject = below
		}
		matched, err := path.Match(glob, subject)
		return err == nil && matched
	})
}
