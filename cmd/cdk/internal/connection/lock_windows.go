package connection

import (
	"errors"
	"syscall"
)

// errLocked says that another process has the lock.
var errLocked = errors.New("it is locked")

// What package syscall leaves out.
const (
	deleteOnClose    = 0x04000000            // FILE_FLAG_DELETE_ON_CLOSE
	deleteAccess     = 0x00010000            // DELETE
	sharingViolation = syscall.Errno(0x0020) // ERROR_SHARING_VIOLATION
)

// lock takes the lock that a file stands for: it is open for nobody else. The system closes it when
// the process ends, in whatever way, and deletes it then.
func lock(path string) (unlock func(), err error) {
	name, err := syscall.UTF16PtrFromString(path)
	if err != nil {
		return nil, err
	}
	handle, err := syscall.CreateFile(name, syscall.GENERIC_READ|deleteAccess, 0, nil,
		syscall.OPEN_ALWAYS, syscall.FILE_ATTRIBUTE_NORMAL|deleteOnClose, 0)
	switch {
	case errors.Is(err, sharingViolation):
		return nil, errLocked
	case err != nil:
		return nil, err
	}
	return func() { _ = syscall.CloseHandle(handle) }, nil
}
