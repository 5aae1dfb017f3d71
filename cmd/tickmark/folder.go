package main

import (
	"crypto/ed25519"
	"crypto/sha256"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/user"
	"path/filepath"

	"tickmark/questionnaires"
	"tickmark/reports/sign"
	"tickmark/vault"
)

// The files of the user's folder (MODEL: authors and keys), all 0600.
const (
	identityFile = "identity.txt" // age identities
	authorFile   = "author.key"   // PKCS#8 Ed25519
	signingFile  = "signing.pem"  // ECDSA P-256 key and certificate, for PDFs
)

// stateFolder is where the user keeps what programs remember, "" where there is no
// such place: https://specifications.freedesktop.org/basedir-spec/latest/.
func stateFolder(system string, getenv func(string) string, config string) string {
	switch system {
	case "darwin", "ios":
		return config // Application Support
	case "windows":
		if local := getenv("LocalAppData"); local != "" {
			return filepath.Join(local, "tickmark")
		}
		return ""
	}
	if state := getenv("XDG_STATE_HOME"); filepath.IsAbs(state) {
		return filepath.Join(state, "tickmark")
	}
	if home := getenv("HOME"); filepath.IsAbs(home) {
		return filepath.Join(home, ".local", "state", "tickmark")
	}
	return ""
}

func (d *door) folder(name string) string { return filepath.Join(d.config, name) }

// made says which files ensureKeys made.
type made struct{ Identity, Author, Signing bool }

// ensureKeys makes what is missing in the user's folder and never touches what
// is there.
func (d *door) ensureKeys(name string, hybrid bool) (made, error) {
	var m made
	if d.config == "" {
		return m, errors.New("make keys: this user has no configuration folder (set XDG_CONFIG_HOME or HOME)")
	}
	if name == "" {
		name = userName()
	}
	if err := os.MkdirAll(d.config, 0o700); err != nil {
		return m, fmt.Errorf("make keys: %w", err)
	}
	var err error
	if m.Identity, err = d.ensure(identityFile, func() ([]byte, error) { return newAgeIdentity(d, hybrid) }); err != nil {
		return m, err
	}
	if m.Author, err = d.ensure(authorFile, func() ([]byte, error) { return newAuthorKey(d) }); err != nil {
		return m, err
	}
	m.Signing, err = d.ensure(signingFile, func() ([]byte, error) { return sign.NewCertificate(d.random, name, d.now()) })
	return m, err
}

// ensure writes a file that is not there yet; two processes at once make one.
func (d *door) ensure(name string, text func() ([]byte, error)) (bool, error) {
	path := d.folder(name)
	if _, err := os.Stat(path); err == nil {
		return false, nil
	}
	content, err := text()
	if err != nil {
		return false, fmt.Errorf("make %s: %w", path, err)
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("make key: %w", err)
	}
	if _, err = f.Write(content); err == nil {
		err = f.Sync()
	}
	if closing := f.Close(); err == nil {
		err = closing
	}
	if err != nil {
		return false, errors.Join(fmt.Errorf("make %s: %w", path, err), os.Remove(path))
	}
	return true, nil
}

func newAgeIdentity(d *door, hybrid bool) ([]byte, error) {
	identity, recipient, err := vault.NewIdentity(hybrid)
	if err != nil {
		return nil, err
	}
	return fmt.Appendf(nil, "# made by tickmark on %s\n# public key: %s\n%s\n", d.now().UTC().Format("2006-01-02"), recipient, identity), nil
}

func newAuthorKey(d *door) ([]byte, error) {
	_, key, err := ed25519.GenerateKey(d.random)
	if err != nil {
		return nil, err
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, err
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), nil
}

func userName() string {
	u, err := user.Current()
	if err != nil {
		return "unnamed assessor"
	}
	if u.Name != "" {
		return u.Name
	}
	return u.Username
}

// author reads the user's author. Its name is the one in the signing certificate,
// so that entries and signatures say the same.
func (d *door) author() (*questionnaires.Signer, error) {
	path := d.folder(authorFile)
	text, err := readAtMost(path, maxKeyFile)
	if err != nil {
		return nil, withHint(fmt.Errorf("read author's key: %w", err), "`tickmark identity new` makes one; without it a vault is read-only")
	}
	block, _ := pem.Decode(text)
	if block == nil || block.Type != "PRIVATE KEY" {
		return nil, fmt.Errorf("read author's key %s: it holds no PKCS#8 private key", path)
	}
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("read author's key %s: %w", path, err)
	}
	key, isEd := parsed.(ed25519.PrivateKey)
	if !isEd {
		return nil, fmt.Errorf("read author's key %s: it is no Ed25519 key", path)
	}
	_, chain, err := d.signing("")
	if err != nil {
		return nil, err
	}
	return questionnaires.NewSigner(chain[0].Subject.CommonName, key, sha256.Sum256(chain[0].Raw))
}
