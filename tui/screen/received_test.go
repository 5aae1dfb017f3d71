package screen_test

import (
	"context"
	"path/filepath"
	"testing"

	"filippo.io/age"
	"github.com/stretchr/testify/require"

	"tickmark/engine"
	"tickmark/questionnaires"
	"tickmark/vault"
)

// The next team sees where a vault came from, and is not let near one whose history is
// not what was handed off.
func TestWhereAVaultCameFrom(t *testing.T) {
	m := newMerchant(t, 0)
	v, err := vault.Open(t.Context(), m.Path, []age.Identity{m.identity}, vault.WithAuthor(m.signer), vault.WithClock(m.clock.Now))
	require.NoError(t, err)
	next, err := age.GenerateX25519Identity()
	require.NoError(t, err)
	to, err := vault.NewRecipient(next.Recipient(), "Team Bo "+hostile)
	require.Error(t, vaultHandOff(v, filepath.Join(t.TempDir(), "x"), to), "a label that acts on a terminal is refused")
	require.NoError(t, err)
	to, err = vault.NewRecipient(next.Recipient(), "Team Bo")
	require.NoError(t, err)
	file := filepath.Join(t.TempDir(), "for-bo.vault")
	require.NoError(t, vaultHandOff(v, file, to))
	m.Open = func(ctx context.Context, _ string) (*vault.Vault, error) {
		return vault.Open(ctx, file, []age.Identity{next}, vault.WithClock(m.clock.Now))
	}
	desk(t, m.Workbench, 120, 40).Shows("Answered 0 of 233", "Received", "from Ada Assessor, handed off today", "to Team Bo, head ", " agrees")
	desk(t, m.Workbench, 80, 24).Shows("Received", "from Ada Assessor")

	_, err = v.Append(t.Context(), questionnaires.Draft{Action: questionnaires.HandedOff, Subject: "vault", Payload: questionnaires.Handoff{
		Recipients: []questionnaires.Recipient{v.Recipients()[0].Recipient}, Head: engine.Sum([]byte("what was really there")),
	}})
	require.NoError(t, err)
	require.NoError(t, v.Close())
	m.Open = func(ctx context.Context, _ string) (*vault.Vault, error) {
		return vault.Open(ctx, m.Path, []age.Identity{m.identity})
	}
	desk(t, m.Workbench, 120, 40).Shows("the handoff does not hold", "Do not work on with this copy").ShowsNot("Answered")
}

func vaultHandOff(v *vault.Vault, file string, to vault.Recipient) error {
	_, err := v.HandOff(context.Background(), file, vault.HandingOff{To: []vault.Recipient{to}})
	return err
}
