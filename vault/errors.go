package vault

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"syscall"

	"modernc.org/sqlite"
)

// The outcomes that callers tell apart, with errors.Is.
var (
	// ErrLocked: another process writes to the vault. The error's text names it.
	ErrLocked = errors.New("locked")
	// ErrNewer: a later version of this program wrote the vault.
	ErrNewer = errors.New("written by a newer version of Tickmark; update this one to open it")
	// ErrNoIdentity: none of the identities opens the vault. errors.As finds age's
	// own *age.NoIdentityMatchError beside it.
	ErrNoIdentity = errors.New("no identity given opens it")
	// ErrRolledBack: the vault lacks what was saved at its path (WithMemory). It may
	// be a copy that was restored on purpose (AllowOlder).
	ErrRolledBack = errors.New("rolled back")
	// ErrReadOnly: the vault was opened without an author or as read-only.
	ErrReadOnly = errors.New("opened read-only")
	// ErrPoisoned: an earlier save ended in doubt, so nothing more is written until
	// the vault is opened again.
	ErrPoisoned = errors.New("an earlier save ended in doubt; open the vault again")
	// ErrNotEnrolled: the author is not known to the vault, so that an entry of
	// theirs could never be verified.
	ErrNotEnrolled = errors.New("the author is not enrolled in this vault")
	// ErrClosed: the vault was closed.
	ErrClosed = errors.New("the vault is closed")
	// ErrAbsent: the vault holds no body with this digest.
	ErrAbsent = errors.New("not in the vault")
)

// TamperError says that something in a vault is not what was once written:
// changed, cut short or taken out, by a fault or by a hand.
type TamperError struct {
	// Member names what: the vault's file, `document DIGEST`, `entry ID`, `journal`.
	Member string
	// Offset is the byte from which it cannot be relied on, -1 where that has no
	// meaning. In the file it is the start of the sealed chunk.
	Offset int64
	Err    error
}

func (e *TamperError) Error() string {
	if e.Offset < 0 {
		return fmt.Sprintf("damaged or tampered with: %s: %v", e.Member, e.Err)
	}
	return fmt.Sprintf("damaged or tampered with: %s, from byte %d: %v", e.Member, e.Offset, e.Err)
}

func (e *TamperError) Unwrap() error { return e.Err }

// tampered says what does not hold, unless what failed is the machine or was called
// off: that is no alarm.
func tampered(member, format string, args ...any) error {
	err := fmt.Errorf(format, args...)
	if innocent(err) {
		return fmt.Errorf("%s: %w", member, err)
	}
	// A seal that does not hold says more than what could not be read for it.
	var inside *TamperError
	if errors.As(err, &inside) && inside.Offset >= 0 {
		return inside
	}
	return &TamperError{Member: member, Offset: -1, Err: err}
}

func innocent(err error) bool {
	var disk syscall.Errno
	var database *sqlite.Error
	switch {
	case errors.As(err, &disk), errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded), errors.Is(err, ErrClosed):
		return true
	case errors.As(err, &database):
		const busy, locked, noMemory, interrupted, full = 5, 6, 7, 9, 13
		return slices.Contains([]int{busy, locked, noMemory, interrupted, full}, database.Code()&0xff)
	}
	return false
}
