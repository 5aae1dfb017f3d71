package vault

import (
	"bytes"
	"crypto/ed25519"
	"encoding/pem"
	"path/filepath"
	"strings"
	"testing"

	"filippo.io/age"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/crypto/ssh"
)

func TestVaultForAnSSHKey(t *testing.T) {
	key := ed25519.NewKeyFromSeed(bytes.Repeat([]byte{7}, ed25519.SeedSize))
	public, err := ssh.NewPublicKey(key.Public())
	require.NoError(t, err)
	recipient, err := ParseRecipient(string(ssh.MarshalAuthorizedKey(public)))
	require.NoError(t, err)
	path := filepath.Join(t.TempDir(), "ssh.vault")
	v, err := Create(t.Context(), path, []age.Recipient{recipient}, WithAuthor(signer(t, "Ada", 1)), ForEntity("Shop"))
	require.NoError(t, err)
	require.NoError(t, v.Close())
	asked := 0
	passphrase := func() ([]byte, error) { asked++; return []byte("horse"), nil }
	plain, err := ssh.MarshalPrivateKey(key, "")
	require.NoError(t, err)
	locked, err := ssh.MarshalPrivateKeyWithPassphrase(key, "", []byte("horse"))
	require.NoError(t, err)
	for _, block := range []*pem.Block{plain, locked} {
		identities, err := ParseIdentities(bytes.NewReader(pem.EncodeToMemory(block)), passphrase)
		require.NoError(t, err)
		v, err := Open(t.Context(), path, identities, WithAuthor(signer(t, "Ada", 1)))
		require.NoError(t, err)
		appendAnswers(t, v, "With an SSH key")
		require.NoError(t, v.Close())
	}
	assert.Equal(t, 1, asked)
	wrong, err := ParseIdentities(bytes.NewReader(pem.EncodeToMemory(locked)), func() ([]byte, error) { return []byte("cow"), nil })
	require.NoError(t, err)
	_, err = Open(t.Context(), path, wrong)
	require.ErrorIs(t, err, ErrNoIdentity, "a wrong passphrase says nothing about the vault")
	assert.NotErrorAs(t, err, new(*TamperError))
	_, err = ParseIdentities(bytes.NewReader(pem.EncodeToMemory(locked)), nil)
	require.ErrorIs(t, err, errNoPassphrase)
}

func TestParseIdentities(t *testing.T) {
	for _, hybrid := range []bool{false, true} {
		identity, recipient, err := NewIdentity(hybrid)
		require.NoError(t, err)
		identities, err := ParseIdentities(strings.NewReader("# mine\n"+identity+"\n"), nil)
		require.NoError(t, err)
		parsed, err := ParseRecipient(recipient)
		require.NoError(t, err)
		own, err := RecipientOf(identities[0])
		require.NoError(t, err)
		assert.Equal(t, parsed, own)
		_, err = ParseRecipient(identity)
		require.ErrorContains(t, err, "secret identity")
		assert.NotContains(t, err.Error(), identity)

		var sealed bytes.Buffer
		w, err := age.Encrypt(&sealed, cheapPassphrase(t, "horse"))
		require.NoError(t, err)
		_, err = w.Write([]byte(identity))
		require.NoError(t, err)
		require.NoError(t, w.Close())
		identities, err = ParseIdentities(bytes.NewReader(sealed.Bytes()), func() ([]byte, error) { return []byte("horse"), nil })
		require.NoError(t, err)
		assert.Len(t, identities, 1)
		_, err = ParseIdentities(bytes.NewReader(sealed.Bytes()), func() ([]byte, error) { return []byte("cow"), nil })
		require.ErrorIs(t, err, ErrNoIdentity)
	}
	for _, bad := range []string{"", "AGE-SECRET-KEY-1CANARY", "-----BEGIN OPENSSH PRIVATE KEY-----\nCANARY", strings.Repeat("#", maxIdentityFile+1)} {
		_, err := ParseIdentities(strings.NewReader(bad), nil)
		require.Error(t, err)
		assert.NotContains(t, err.Error(), "CANARY")
	}
}
