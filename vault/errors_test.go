package vault

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestAFailingMachineIsNoTampering: an alarm means that bytes are not what was once
// written, and never that they could not be read.
func TestAFailingMachineIsNoTampering(t *testing.T) {
	read := wrongChunk("shop.vault", 200, 1000)
	for _, innocent := range []error{
		read(0, &fs.PathError{Op: "read", Path: "/mnt/shop.vault", Err: syscall.EIO}),
		context.Canceled, fmt.Errorf("verify: %w", context.DeadlineExceeded), ErrClosed,
	} {
		var tamper *TamperError
		err := tampered("journal", "%w", innocent)
		assert.False(t, errors.As(err, &tamper), "%v", err)
		require.ErrorIs(t, err, errors.Unwrap(err))
		require.ErrorContains(t, err, "journal: ")
	}
	for _, guilty := range []error{read(0, errors.New("chunk")), errors.New("entries.id is no digest")} {
		var tamper *TamperError
		require.ErrorAs(t, tampered("journal", "%w", guilty), &tamper)
	}
}
