//go:build !(linux || darwin || freebsd || netbsd || openbsd || dragonfly)

package vault

import (
	"errors"
	"os"
)

func openLock(string) (*os.File, error) {
	return nil, errors.New("writing a vault is not supported on this system; open it read-only")
}

func tryLock(*os.File) (bool, error) { return false, errors.New("not supported on this system") }
