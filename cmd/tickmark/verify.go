package main

import (
	"context"
	"crypto/sha256"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"

	"tickmark/engine"
	"tickmark/questionnaires"
	"tickmark/questionnaires/pci"
	"tickmark/reports/comparison"
	"tickmark/reports/pdf"
	"tickmark/reports/sign"
)

// verifyForm is `verify -o json`.
type verifyForm struct {
	File       string                 `json:"file"`
	SHA256     engine.Digest          `json:"sha256,omitzero"` // of a PDF; of a package, that of its report stands there
	Status     string                 `json:"status"`          // of all that was asked, as the exit status has it
	Report     reportForm             `json:"report"`
	Signatures []signatureForm        `json:"signatures"`
	Unsigned   []string               `json:"unsigned"`
	Problems   []string               `json:"problems"`
	Manifest   bool                   `json:"manifest"`   // of evidence, which every report of Tickmark carries
	Revocation string                 `json:"revocation"` // of the certificates: it is not looked up
	Vault      *comparison.Comparison `json:"vault,omitempty"`
	Package    *packageForm           `json:"package,omitempty"`
}

// reportForm is the PDF alone, whatever became of the package around it and in the vault.
type reportForm struct {
	Status string        `json:"status"`
	SHA256 engine.Digest `json:"sha256"`
}

type signatureForm struct {
	Field       string       `json:"field"`
	Signer      string       `json:"signer"`
	Issuer      string       `json:"issuer"`
	Certificate string       `json:"certificate"`
	Chain       []string     `json:"chain"` // names from the signer's certificate on
	Claimed     string       `json:"claimedTime"`
	Stamp       *stampForm   `json:"timeStamp,omitempty"`
	Reason      string       `json:"reason,omitempty"`
	Revision    int          `json:"revision"`
	Intact      bool         `json:"intact"`
	Trusted     bool         `json:"trusted"`
	Fault       string       `json:"fault,omitempty"`
	Doubt       string       `json:"doubt,omitempty"`
	Changes     []changeForm `json:"changes,omitempty"`
}

type stampForm struct {
	Time        string `json:"time"`
	Authority   string `json:"authority"`
	Certificate string `json:"certificate"`
	Serial      string `json:"serial"`
	Trusted     bool   `json:"trusted"`
	Doubt       string `json:"doubt,omitempty"`
}

// changeForm is something that was altered after a signature.
type changeForm struct {
	Revision int    `json:"revision"`
	Object   int    `json:"object"`
	Key      string `json:"key,omitempty"`
	What     string `json:"what"`
}

func (d *door) verifyVerb() *cobra.Command {
	var o opening
	var vaultPath, trust, format string
	verb := &cobra.Command{
		Use:   "verify FILE",
		Short: "Who signed a report or its package, and is it intact",
		Long: `Tells who signed a PDF, or a package made with --bundle and the report in it, and
whether what was signed is still what is read: of a package every file. It
needs neither vault nor network, so that it cannot tell whether a certificate was
revoked. Signers are trusted if their certificate is in
--trust FILE, enrolled in the vault, or your own. With --vault it also compares
answers, evidence and head with the vault, and tells who should have signed by
what the vault knows of its authors, its executive and its assessors.
Ends with 0 for a trusted signer, 3 if intact and the signer is not identified, is
another than the vault names or is known to it by name alone, 6 if something does
not hold.`,
		Args:    cobra.ExactArgs(1),
		Example: "  tickmark verify record.pdf --vault shop.vault\n  tickmark verify record.zip --trust assessor.pem",
		RunE: func(cmd *cobra.Command, args []string) error {
			what := verifying{file: args[0], trust: trust, format: format}
			if vaultPath != "" {
				o.readOnly = true
				v, err := d.open(cmd.Context(), vaultPath, o)
				if err != nil {
					return err
				}
				defer v.Close()
				what.history = v
			}
			return d.verify(cmd.Context(), what)
		},
	}
	o.flags(verb)
	outputFlag(verb, &format)
	verb.Flags().StringVar(&vaultPath, "vault", "", "`VAULT` to compare with")
	verb.Flags().StringVar(&trust, "trust", "", "PEM `FILE` of certificates to trust")
	return verb
}

// verifying is one question to a report. History, if any, is the vault to compare
// it with.
type verifying struct {
	file, trust, format string
	history             interface {
		History(ctx context.Context) (*questionnaires.History, error)
	}
}

func (d *door) verify(ctx context.Context, what verifying) error {
	var history *questionnaires.History
	if what.history != nil {
		var err error
		if history, err = what.history.History(ctx); err != nil {
			return err
		}
	}
	text, packed, err := d.verifiable(ctx, what, history)
	if err != nil {
		return fmt.Errorf("verify: %w", err)
	}
	roots, err := d.roots(text, what.trust, history)
	if err != nil {
		return err
	}
	verification, err := sign.Verify(text, sign.VerifyOptions{Roots: roots, Now: d.now()})
	if err != nil && packed != nil { // the package is told of, whatever stands in the place of its report
		verification, err = &sign.Verification{Problems: []string{"no report in the package: " + err.Error()}}, nil
	}
	if errors.Is(err, sign.ErrUnsupported) {
		err = withHint(err, "no report of Tickmark is of this kind; ask what signed it")
	}
	if err != nil {
		return fmt.Errorf("verify %s: %w", what.file, err)
	}
	form := verifyFormOf(what.file, text, verification)
	if packed != nil {
		form.Package = packageFormOf(packed)
		form.SHA256 = engine.Digest{}
	}
	if history != nil {
		catalogue, err := pci.Catalogue()
		if err != nil {
			return err
		}
		form.Vault = comparison.Of(text, verification, history, catalogue)
	}
	status, asInVault := weighed(verification, form)
	form.Status = status.String()
	if !asInVault {
		form.Status = "differs-from-vault"
	}
	if what.format == "json" {
		err = json.NewEncoder(d.out).Encode(form)
	} else {
		d.printVerification(verification, form)
	}
	return errors.Join(err, verdictOf(what.file, status, asInVault))
}

// readBounded reads a regular file of at most limit bytes.
func readBounded(path string, limit int64) ([]byte, error) {
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is no regular file", path)
	}
	return readAtMost(path, limit)
}

// readAtMost reads at most limit bytes, of a pipe as well: keys and passphrases come out of other
// programs.
func readAtMost(path string, limit int64) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err == nil && int64(len(text)) > limit {
		err = fmt.Errorf("%s is larger than %d bytes", path, limit)
	}
	return text, err
}

// roots are the certificates that are trusted: those of a file, the user's own,
// and those of the signers that the vault has enrolled.
func (d *door) roots(text []byte, trust string, history *questionnaires.History) ([]*x509.Certificate, error) {
	var roots []*x509.Certificate
	if trust != "" {
		named, err := readCertificates(trust)
		if err != nil {
			return nil, err
		}
		roots = append(roots, named...)
	}
	if _, chain, err := d.signing(""); err == nil {
		roots = append(roots, chain[0])
	}
	if history == nil {
		return roots, nil
	}
	enrolled := map[engine.Digest]bool{}
	for _, e := range history.EnrolledAuthors() {
		enrolled[e.Certificate] = e.Verified && !e.Certificate.IsZero()
	}
	verification, err := sign.Verify(text, sign.VerifyOptions{Now: d.now()})
	if err != nil {
		return roots, nil // told again, and reported, by the verification proper
	}
	for _, s := range verification.Signatures {
		if len(s.Chain) > 0 && enrolled[sha256.Sum256(s.Chain[0].Raw)] {
			roots = append(roots, s.Chain[0])
		}
	}
	return roots, nil
}

func readCertificates(path string) ([]*x509.Certificate, error) {
	text, err := readAtMost(path, maxKeyFile)
	if err != nil {
		return nil, fmt.Errorf("read certificates: %w", err)
	}
	var all []*x509.Certificate
	for block, rest := pem.Decode(text); block != nil; block, rest = pem.Decode(rest) {
		if block.Type != "CERTIFICATE" {
			continue
		}
		c, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, fmt.Errorf("read certificates %s: %w", path, err)
		}
		all = append(all, c)
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("read certificates %s: it holds none in PEM", path)
	}
	return all, nil
}

func verifyFormOf(path string, text []byte, v *sign.Verification) verifyForm {
	form := verifyForm{
		File: path, SHA256: engine.Sum(text), Status: v.Status.String(), Signatures: []signatureForm{},
		Report:   reportForm{v.Status.String(), engine.Sum(text)},
		Unsigned: append([]string{}, v.Unsigned...), Problems: append([]string{}, v.Problems...), Revocation: "not-looked-up",
	}
	_, err := sign.Attachment(text, pdf.ManifestName)
	form.Manifest = err == nil
	for _, s := range v.Signatures {
		form.Signatures = append(form.Signatures, signatureFormOf(s))
	}
	return form
}

func signatureFormOf(s sign.Signature) signatureForm {
	f := signatureForm{
		Field: s.Field, Signer: s.Signer.Name, Issuer: s.Signer.Issuer, Certificate: s.Signer.SHA256,
		Chain: append([]string{}, s.Names()...), Reason: s.Reason, Revision: s.Revision,
		Intact: s.Intact, Trusted: s.Trusted, Fault: s.Fault, Doubt: s.Doubt,
	}
	if !s.Claimed.IsZero() {
		f.Claimed = s.Claimed.UTC().Format(time.RFC3339)
	}
	if t := s.Stamp; t != nil {
		f.Stamp = &stampForm{t.Time.UTC().Format(time.RFC3339), t.Authority.Name, t.Authority.SHA256, t.Serial, t.Trusted, t.Doubt}
	}
	for _, c := range s.Changes {
		f.Changes = append(f.Changes, changeForm(c))
	}
	return f
}

func (d *door) printVerification(v *sign.Verification, form verifyForm) {
	for _, line := range v.Lines() {
		fmt.Fprintln(d.out, line)
	}
	if !form.Manifest && v.Status != sign.Broken {
		fmt.Fprintln(d.out, "It is no report of Tickmark, or none any more: it carries no manifest of evidence.")
	}
	if v.Status >= sign.IntactUnidentified {
		fmt.Fprintln(d.out, "Not looked up: whether a certificate was revoked. That needs the network; ask whoever issued it.")
	}
	d.printPackage(form.Package)
	d.printVault(form.Vault)
}

// weighed is the worst of what was found of the report, its package and its signers, and
// whether it is as the vault has it.
func weighed(v *sign.Verification, form verifyForm) (status sign.Status, asInVault bool) {
	status = v.Status
	if form.Package != nil {
		status = min(status, form.Package.status)
	}
	if form.Vault != nil && form.Vault.Stranger() {
		status = min(status, sign.IntactUnidentified)
	}
	return status, form.Vault == nil || form.Vault.Matches
}

// verdictOf turns what was found into the exit status.
func verdictOf(path string, status sign.Status, asInVault bool) error {
	if !asInVault {
		return tampered{fmt.Errorf("verify %s: it does not match the vault", path)}
	}
	switch status {
	case sign.IntactTrusted:
		return nil
	case sign.IntactUnidentified:
		return errAttention
	case sign.Unsigned:
		return tampered{fmt.Errorf("verify %s: nobody signed it", path)}
	case sign.Broken:
	}
	return tampered{fmt.Errorf("verify %s: it was changed, or a signature does not hold", path)}
}
