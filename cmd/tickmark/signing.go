package main

import (
	"context"
	"crypto"
	"crypto/x509"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"tickmark/reports/printer"
	"tickmark/reports/sign"
	"tickmark/reports/smartcard"
	"tickmark/reports/timestamp"
)

// signature is what a person says about one of their own on a report.
type signature struct {
	key, phraseFile, authority, reason string
}

func (s *signature) flags(cmd *cobra.Command, reason string) {
	cmd.Flags().StringVar(&s.key, "sign", "", "`KEY`: a file with key and certificates, PEM or PKCS#12, or a pkcs11: address (default: yours)")
	cmd.Flags().StringVar(&s.phraseFile, "sign-passphrase-file", "", "`FILE` whose first line is the passphrase of the PKCS#12 file, or the token's PIN")
	cmd.Flags().StringVar(&s.authority, "tsa", "", "`URL` of a time-stamp authority that confirms when you sign")
	cmd.Flags().StringVar(&s.reason, "reason", reason, "what the signature says it is for")
}

// given names a flag that was given, "" if none was: what an unsigned report
// contradicts.
func (s *signature) given(is func(flag string) bool) string {
	for _, name := range []string{"sign", "sign-passphrase-file", "tsa", "reason"} {
		if is(name) {
			return "--" + name
		}
	}
	return ""
}

// hand is who signs, ready to sign.
func (d *door) hand(ctx context.Context, s signature) (printer.Hand, error) {
	h := printer.Hand{Reason: s.reason, Now: d.now(), Random: d.random}
	if s.authority != "" {
		authority, err := timestamp.New(s.authority)
		if err != nil {
			return h, usageError{err}
		}
		h.Authority = authority.Host()
		h.Stamp = func(query []byte) ([]byte, error) { return authority.Ask(ctx, query) }
	}
	var err error
	h.Signer, h.Chain, err = d.signingWith(s.key, s.phraseFile)
	return h, err
}

// maxKeyFile bounds files of keys, certificates and passphrases, in bytes: all the authorities that
// a machine trusts are a quarter of that.
const maxKeyFile = 1 << 20

// signing reads the key and certificate that the user signs PDFs with.
func (d *door) signing(path string) (crypto.Signer, []*x509.Certificate, error) {
	return d.signingWith(path, "")
}

// signingWith reads a key in PEM or PKCS #12, whose passphrase is in a file or asked
// for.
func (d *door) signingWith(path, phraseFile string) (crypto.Signer, []*x509.Certificate, error) {
	if smartcard.Is(path) {
		return d.onToken(path, phraseFile)
	}
	own := path == ""
	if own {
		path = d.folder(signingFile)
	}
	text, err := readAtMost(path, maxKeyFile)
	if err != nil {
		err = fmt.Errorf("read signing key: %w", err)
		if own {
			err = withHint(err, "`tickmark identity new` makes one")
		}
		return nil, nil, err
	}
	key, chain, err := d.openKey(path, phraseFile, text)
	if err != nil {
		return nil, nil, fmt.Errorf("read signing key %s: %w", path, err)
	}
	return key, chain, nil
}

func (d *door) openKey(path, phraseFile string, text []byte) (crypto.Signer, []*x509.Certificate, error) {
	if !sign.IsContainer(text) {
		if phraseFile != "" {
			return nil, nil, errors.New("it is not PKCS#12, and --sign-passphrase-file is for that")
		}
		return sign.LoadKey(text)
	}
	if phraseFile == "" { // some have none
		key, chain, err := sign.LoadContainer(text, "")
		if !errors.Is(err, sign.ErrPassphrase) {
			return key, chain, err
		}
	}
	phrase, err := d.phrase("Passphrase of "+path+": ", phraseFile)
	if err != nil {
		return nil, nil, withHint(err, "without a terminal, name a file with --sign-passphrase-file")
	}
	return sign.LoadContainer(text, phrase)
}

// onToken opens a key that stays on its token. It is closed when the program ends.
func (d *door) onToken(uri, pinFile string) (crypto.Signer, []*x509.Certificate, error) {
	key, err := smartcard.Parse(uri)
	if err != nil {
		return nil, nil, usageError{err}
	}
	pin, err := d.phrase("PIN of the token: ", pinFile)
	if err != nil {
		return nil, nil, withHint(err, "without a terminal, name a file with --sign-passphrase-file")
	}
	opened, err := key.Open(pin)
	return opened.Signer, opened.Chain, err
}

// phrase is the first line of a file, or what is typed.
func (d *door) phrase(prompt, file string) (string, error) {
	if file == "" {
		text, err := d.askPass(prompt)
		if err != nil {
			err = fmt.Errorf("ask for its passphrase: %w", err)
		}
		return string(text), err
	}
	text, err := readAtMost(file, maxKeyFile)
	if err != nil {
		return "", fmt.Errorf("read passphrase: %w", err)
	}
	line, _, _ := strings.Cut(string(text), "\n")
	return strings.TrimRight(line, "\r"), nil
}
