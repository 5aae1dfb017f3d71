//go:build !(linux || darwin || freebsd || netbsd || openbsd || dragonfly)

package vault

import (
	"errors"
	"fmt"
	"os"
)

func openLock(string) (*os.File, error) {
	return nil, fmt.Errorf("writing a vault on this system: %w; open it read-only", errors.ErrUnsupported)
}

func tryLock(*os.File) (bool, error) { return false, errors.New("not supported on this system") }
