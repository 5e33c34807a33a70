package platform

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

// nextEnding ends the name of a file that is going to take the place of another one.
const nextEnding = ".next"

// ReplaceFile puts data into the file at path so that whoever opens it, after a crash too, finds
// either all of the old text or all of the new one. The file is for its owner only, unless it
// exists and says otherwise.
func ReplaceFile(path string, data []byte) error {
	mode := fs.FileMode(0o600)
	if info, err := os.Stat(path); err == nil {
		mode = info.Mode().Perm()
	}
	next, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*"+nextEnding)
	if err != nil {
		return fmt.Errorf("%s cannot be written: %w", path, err)
	}
	err = errors.Join(fill(next, mode, data), next.Close())
	if err == nil {
		err = os.Rename(next.Name(), path)
	}
	if err == nil {
		err = syncFolder(filepath.Dir(path))
	}
	if err != nil {
		_ = os.Remove(next.Name())
		return fmt.Errorf("%s cannot be written: %w", path, err)
	}
	return nil
}

func fill(f *os.File, mode fs.FileMode, data []byte) error {
	_, err := f.Write(data)
	if err == nil {
		err = f.Chmod(mode)
	}
	if err == nil {
		err = f.Sync()
	}
	return err
}

// syncFolder makes the names in a folder durable. Windows has no call for that.
func syncFolder(path string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	folder, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}

// clearNext removes what a crash in [ReplaceFile] has left behind.
func clearNext(path string) {
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil {
		return // who opens the file itself says more
	}
	for _, e := range entries {
		rest, ours := strings.CutPrefix(e.Name(), filepath.Base(path)+".")
		if ours && strings.HasSuffix(rest, nextEnding) {
			_ = os.Remove(filepath.Join(filepath.Dir(path), e.Name()))
		}
	}
}
