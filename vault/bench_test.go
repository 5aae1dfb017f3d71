package vault

import (
	"testing"

	"filippo.io/age"
	"github.com/stretchr/testify/require"
)

// BenchmarkOpen and BenchmarkSave are of a small vault: 300 pods and 250 answers.
func BenchmarkOpen(b *testing.B) {
	path, identity := benchVault(b)
	b.ResetTimer()
	for b.Loop() {
		v, err := Open(b.Context(), path, []age.Identity{identity})
		require.NoError(b, err)
		require.NoError(b, v.Close())
	}
}

func BenchmarkSave(b *testing.B) {
	path, identity := benchVault(b)
	v, err := Open(b.Context(), path, []age.Identity{identity}, WithAuthor(signer(b, "Ada", 1)))
	require.NoError(b, err)
	defer v.Close()
	b.ResetTimer()
	for b.Loop() {
		_, err := v.Append(b.Context(), answer("One more"))
		require.NoError(b, err)
	}
}

func benchVault(b *testing.B) (string, age.Identity) {
	b.Helper()
	identity, err := age.GenerateX25519Identity()
	require.NoError(b, err)
	path := b.TempDir() + "/bench.vault"
	v, err := Create(b.Context(), path, []age.Recipient{identity.Recipient()}, WithAuthor(signer(b, "Ada", 1)), ForEntity("Shop"))
	require.NoError(b, err)
	_, err = v.Collect(b.Context(), collection(cluster{name: "shop", n: 300}))
	require.NoError(b, err)
	for range 10 {
		drafts := make([]string, 25)
		for i := range drafts {
			drafts[i] = "An answer of the usual length, which says who looked at what and when."
		}
		require.NoError(b, appendAll(b, v, drafts))
	}
	require.NoError(b, v.Close())
	return path, identity
}

func appendAll(b *testing.B, v *Vault, narratives []string) error {
	for _, n := range narratives {
		if _, err := v.Append(b.Context(), answer(n)); err != nil {
			return err
		}
	}
	return nil
}

// BenchmarkRemember is what a save pays for being remembered.
func BenchmarkRemember(b *testing.B) {
	path, identity := benchVault(b)
	v, err := Open(b.Context(), path, []age.Identity{identity}, WithMemory(b.TempDir()))
	require.NoError(b, err)
	defer v.Close()
	b.ResetTimer()
	for b.Loop() {
		v.memory.kept.Side++ // something was saved
		v.memory.keep(v.history, v.saved, false)
	}
	require.Empty(b, v.Notices())
}
