//go:build !linux

package vault

import "testing"

func strangerTypes(t *testing.T, _, _ string) {
	t.Helper()
	t.Skip("SKIPPED: a passphrase is typed for a stranger on Linux alone")
}
