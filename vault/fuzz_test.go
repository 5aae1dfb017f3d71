package vault

import (
	"bytes"
	"io"
	"path/filepath"
	"strings"
	"testing"

	"filippo.io/age"
	"filippo.io/age/plugin"
	"github.com/stretchr/testify/require"

	"tickmark/engine"
)

// FuzzDatabase changes bytes of the database inside the seal, as whoever holds a
// recipient could: opening and verifying end with an error or a consistent vault.
func FuzzDatabase(f *testing.F) {
	plain := fuzzImage(f)
	f.Add(uint32(100), byte(0xff), uint32(5000), byte(1))
	f.Add(uint32(28), byte(9), uint32(8192), byte(0x80))
	f.Add(uint32(len(plain)-1), byte(1), uint32(4096), byte(0xff))
	f.Fuzz(func(t *testing.T, at uint32, with byte, also uint32, second byte) {
		b := bytes.Clone(plain)
		b[int(at)%len(b)] ^= with
		b[int(also)%len(b)] ^= second
		if checkImage(bytes.NewReader(b), int64(len(b))) != nil {
			return
		}
		image := &chunked{reopen: func() (io.ReaderAt, error) { return bytes.NewReader(b), nil }, size: int64(len(b)), cache: newCache()}
		s := &store{base: &base{chunked: image}, log: &sealedLog{readOnly: true}}
		defer func() { _ = s.retire() }()
		if s.connect() != nil || s.db.load() != nil {
			return
		}
		v := &Vault{settings: newSettings(nil), store: s}
		var err error
		if v.codec, err = newCodec(); err != nil {
			t.Fatal(err)
		}
		if v.load(nil) == nil && v.Verify(t.Context()) == nil {
			for _, e := range v.history.Entries() {
				if _, err := v.payload(e); err != nil {
					t.Fatalf("verified, and a payload cannot be read: %v", err)
				}
			}
		}
	})
}

func fuzzImage(f *testing.F) []byte {
	identity, err := age.GenerateX25519Identity()
	require.NoError(f, err)
	v, err := Create(f.Context(), filepath.Join(f.TempDir(), "f.vault"), []age.Recipient{identity.Recipient()},
		WithAuthor(signer(f, "Ada", 1)), ForEntity("Shop"))
	require.NoError(f, err)
	defer v.Close()
	_, err = v.Append(f.Context(), answer("One"), answer("Two"))
	require.NoError(f, err)
	var b bytes.Buffer
	require.NoError(f, v.db.pages(f.Context(), &b))
	return b.Bytes()
}

// FuzzLabel: a tar header that is read is exactly the one that would be written.
func FuzzLabel(f *testing.F) {
	block, err := labelBlock(memberName(1, 2), 300)
	require.NoError(f, err)
	f.Add(block)
	f.Add(make([]byte, tarBlock))
	f.Fuzz(func(t *testing.T, block []byte) {
		named, err := readLabel(block)
		if err != nil {
			return
		}
		again, err := labelBlock(memberName(named.generation, named.sequence), named.size)
		require.NoError(t, err)
		require.Equal(t, block, again)
	})
}

// FuzzMemory: what is accepted is exactly what would be written.
func FuzzMemory(f *testing.F) {
	tip := engine.Sum([]byte("tip"))
	for _, seed := range []any{
		remembered{Version: 1, Vault: tip, Tips: []engine.Digest{tip}, Entries: 3, Side: 1},
		placed{Version: 1, Vault: tip},
		placed{Version: 2},
	} {
		text, err := engine.Canonical(seed)
		require.NoError(f, err)
		f.Add(text)
	}
	f.Add([]byte(`{"v":1,"tips":null}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		var head remembered
		if parseMemory(text, &head) == nil {
			again, err := engine.Canonical(head)
			require.NoError(t, err)
			require.Equal(t, strings.TrimRight(string(text), "\n"), string(again))
			require.True(t, len(head.Tips) > 0 && head.Entries > 0 && !head.Vault.IsZero())
		}
		var place placed
		if parseMemory(text, &place) == nil {
			again, err := engine.Canonical(place)
			require.NoError(t, err)
			require.Equal(t, strings.TrimRight(string(text), "\n"), string(again))
		}
	})
}

// FuzzParseRecipient: what is read as a recipient is written down as a text that is
// read as the same, on one line.
func FuzzParseRecipient(f *testing.F) {
	for _, hybrid := range []bool{false, true} {
		_, recipient, err := NewIdentity(hybrid)
		require.NoError(f, err)
		f.Add(recipient)
	}
	f.Add(plugin.EncodeRecipient("yubikey", []byte("key")))
	f.Add("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ6zXl5vFZwQ6nI1rUS6dYVpR3gV7VbVWmLqbRZ3hWlT bo@laptop\n")
	f.Add("ssh-rsa AAAA")
	f.Fuzz(func(t *testing.T, text string) {
		r, err := ParseRecipient(text)
		if err != nil {
			return
		}
		named, err := NewRecipient(r, "label")
		require.NoError(t, err)
		require.NotContains(t, named.Text, "\n")
		again, err := ParseRecipient(named.Text)
		require.NoError(t, err)
		same, err := NewRecipient(again, "label")
		require.NoError(t, err)
		require.Equal(t, named.Recipient, same.Recipient)
	})
}

// FuzzParseIdentities: reading ends, runs nothing, and quotes no secret.
func FuzzParseIdentities(f *testing.F) {
	identity, _, err := NewIdentity(false)
	require.NoError(f, err)
	f.Add("# mine\n" + identity + "\n")
	f.Add(identity + "\r\n" + plugin.EncodeIdentity("test", []byte("key")) + "\n")
	f.Add("-----BEGIN OPENSSH PRIVATE KEY-----\n")
	f.Fuzz(func(t *testing.T, text string) {
		identities, err := ParseIdentities(strings.NewReader(text), nil)
		if err == nil {
			require.NotEmpty(t, identities)
			return
		}
		for line := range strings.Lines(text) {
			if line = strings.TrimSpace(line); len(line) > 20 && strings.HasPrefix(line, "AGE-") {
				require.NotContains(t, err.Error(), line)
			}
		}
	})
}
