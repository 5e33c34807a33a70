package scaffold

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
)

// write writes the files below a folder. It looks at all of them before it writes the first, and
// when it fails later it removes what it has written.
func write(dir string, files []File) (err error) {
	if info, err := os.Stat(dir); err == nil && !info.IsDir() {
		return fmt.Errorf("%s is a file; move it away or choose another folder by --dir", dir)
	}
	for _, f := range files {
		if err := isFree(dir, f); err != nil {
			return err
		}
	}
	var made []string // files and folders, in the order in which they were made
	defer func() {
		if err != nil {
			for _, name := range slices.Backward(made) {
				_ = os.Remove(name) // a folder only while it is empty
			}
		}
	}()
	for _, f := range files {
		name := filepath.Join(dir, filepath.FromSlash(f.Path))
		folders, err := makeFolders(filepath.Dir(name))
		made = append(made, folders...)
		if err != nil {
			return err
		}
		if err := create(name, f.Text, &made); err != nil {
			return err
		}
	}
	return nil
}

// isFree tells whether a file can be written, so far as can be seen.
func isFree(dir string, f File) error {
	name := filepath.Join(dir, filepath.FromSlash(f.Path))
	switch _, err := os.Lstat(name); {
	case err == nil:
		return fmt.Errorf("%s is in the way, and nothing is overwritten; move it away or choose "+
			"another folder by --dir", name)
	case errors.Is(err, fs.ErrNotExist):
		return nil
	default: // such as a file where a folder should be
		return fmt.Errorf("%s cannot be written: %w; choose another folder by --dir", name, err)
	}
}

// makeFolders makes a folder and those above it, and returns what it has made.
func makeFolders(dir string) (made []string, err error) {
	if info, err := os.Stat(dir); err == nil && info.IsDir() {
		return nil, nil
	}
	if parent := filepath.Dir(dir); parent != dir {
		if made, err = makeFolders(parent); err != nil {
			return made, err
		}
	}
	if err := os.Mkdir(dir, 0o755); err != nil { //nolint:gosec // code is for everyone to read
		return made, fmt.Errorf("the folder cannot be made: %w", err)
	}
	return append(made, dir), nil
}

// create writes one new file.
func create(name string, text []byte, made *[]string) error {
	const mode = 0o644 // code is for everyone to read
	file, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return fmt.Errorf("the file cannot be made: %w", err)
	}
	*made = append(*made, name)
	_, err = file.Write(text)
	if err := errors.Join(err, file.Close()); err != nil {
		return fmt.Errorf("the file cannot be written: %w", err)
	}
	return nil
}
