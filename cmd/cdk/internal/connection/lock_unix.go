//go:build unix

package connection

import (
	"errors"
	"os"
	"syscall"
)

// errLocked says that another process has the lock.
var errLocked = errors.New("it is locked")

// lock takes the lock that a file stands for. The system gives it free when the process ends, in
// whatever way; the file itself means nothing, and goes with the lock.
func lock(path string) (unlock func(), err error) {
	for {
		f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
		if err != nil {
			return nil, err
		}
		if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
			_ = f.Close()
			if errors.Is(err, syscall.EWOULDBLOCK) {
				return nil, errLocked
			}
			return nil, err
		}
		if isAt(f, path) {
			return func() { _ = os.Remove(path); _ = f.Close() }, nil
		}
		_ = f.Close() // who had it before has removed it: ours is no lock for anyone else
	}
}

// isAt tells whether the open file is the one at a path.
func isAt(f *os.File, path string) bool {
	open, err := f.Stat()
	if err != nil {
		return false
	}
	there, err := os.Stat(path)
	return err == nil && os.SameFile(open, there)
}
