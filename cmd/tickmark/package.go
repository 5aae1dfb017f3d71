package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"

	"tickmark/engine/kube"
	"tickmark/questionnaires"
	"tickmark/reports/bundle"
	"tickmark/reports/pdf"
	"tickmark/reports/printer"
	"tickmark/reports/sign"
	"tickmark/vault"
)

// packing is what `report` was asked to pack.
type packing struct {
	file string
	to   []string
}

func (p *packing) flags(verb *cobra.Command) {
	verb.Flags().StringVar(&p.file, "bundle", "", "`FILE.zip` for the report with the raw evidence it rests on")
	verb.Flags().StringArrayVar(&p.to, "encrypt-to", nil, "seal the package with age: `RECIPIENT` is a key, a file of keys, or a card (repeatable)")
}

// recipients are those whom the package is sealed to, none where it stays in the clear.
func (p *packing) recipients(c *consent) ([]vault.Recipient, error) {
	switch {
	case len(p.to) > 0 && p.file == "":
		return nil, usagef("report: --encrypt-to seals a package: --bundle FILE is needed")
	case p.file == "-":
		return nil, usagef("report: --bundle writes a file")
	}
	return c.parseRecipients(p.to, "")
}

// of is the package of a vault, nil where none is asked for.
func (p *packing) of(v *vault.Vault, to []vault.Recipient) *printer.Package {
	if p.file == "" {
		return nil
	}
	packed := &printer.Package{Path: p.file, Source: v}
	if len(to) > 0 {
		packed.Seal = func(ctx context.Context, w io.Writer, write func(io.Writer) error) error {
			return v.Seal(ctx, w, to, write)
		}
	}
	return packed
}

func (d *door) printPacked(p *printer.Packed) {
	if p == nil {
		return
	}
	state := "unsigned"
	if p.Signed {
		state = "its list of digests signed"
	}
	if p.Stamped {
		state += " and stamped"
	}
	if p.Sealed {
		state += ", sealed"
	}
	fmt.Fprintf(d.out, "package  %s, %s, %s; %s\nsha-256  %s\n", p.Path, counted(p.Files, "file", "files"),
		counted(p.Raw, "item of evidence", "items of evidence"), state, p.File)
	for _, line := range p.LeftOut {
		fmt.Fprintf(d.out, "left out %s\n", kube.Printable(line))
	}
}

// packageForm says in `verify -o json` what became of the files of a package.
type packageForm struct {
	Status    string         `json:"status"`
	Files     int            `json:"files"` // as the list says
	Signature *signatureForm `json:"signature"`
	Problems  []string       `json:"problems"`
	Notes     []string       `json:"notes"`

	status sign.Status
	said   []string // of the signature
}

// verifiable reads the report that is to be verified: the file itself, or the one in a
// package, which is verified here.
func (d *door) verifiable(ctx context.Context, what verifying, history *questionnaires.History) ([]byte, *bundle.Verification, error) {
	info, err := os.Stat(what.file)
	if err != nil || !info.Mode().IsRegular() {
		return readReport(what.file)
	}
	f, err := os.Open(what.file)
	if err != nil {
		return nil, nil, err
	}
	defer f.Close()
	const sealed = "age-encryption.org/v1"
	head := make([]byte, len(sealed))
	n, _ := io.ReadFull(f, head) // what is shorter is neither
	switch head = head[:n]; {
	case string(head) == sealed:
		return nil, nil, withHint(fmt.Errorf("%s is sealed", what.file), "open it first: age -d -i IDENTITY -o PACKAGE.zip "+what.file)
	case !bundle.Is(head):
		return readReport(what.file)
	}
	found, err := bundle.Verify(ctx, f, info.Size(), func(report []byte) (time.Time, sign.VerifyOptions, error) {
		roots, err := d.roots(report, what.trust, history)
		if err != nil {
			return time.Time{}, sign.VerifyOptions{}, err
		}
		return d.signedAt(report), sign.VerifyOptions{Roots: roots, Now: d.now()}, nil
	})
	if err != nil {
		return nil, nil, err
	}
	d.sameManifest(found)
	return found.Report, found, nil
}

func readReport(path string) ([]byte, *bundle.Verification, error) {
	text, err := printer.Read(path)
	if err != nil {
		err = fmt.Errorf("%s: %w", path, err)
	}
	return text, nil, err
}

// sameManifest holds the list of evidence beside a report against the one in it.
func (d *door) sameManifest(found *bundle.Verification) {
	if found.Report == nil || found.Manifest == nil {
		return // told already
	}
	inside, err := sign.Attachment(found.Report, pdf.ManifestName)
	if err != nil || !bytes.Equal(inside, found.Manifest) {
		found.Problems = append(found.Problems, "the list of evidence beside the report is not the one in it")
		found.Status = sign.Broken
	}
}

// signedAt is the time that the first signature of a report claims.
func (d *door) signedAt(report []byte) time.Time {
	v, err := sign.Verify(report, sign.VerifyOptions{Now: d.now()})
	if err != nil || len(v.Signatures) == 0 {
		return time.Time{}
	}
	return v.Signatures[0].Claimed
}

func packageFormOf(v *bundle.Verification) *packageForm {
	form := &packageForm{
		Status: v.Status.String(), Files: v.Files, Problems: append([]string{}, v.Problems...), Notes: append([]string{}, v.Notes...), status: v.Status,
	}
	if v.Signature != nil {
		signature := signatureFormOf(*v.Signature)
		form.Signature, form.said = &signature, v.Signature.Lines()
	}
	return form
}

func (d *door) printPackage(form *packageForm) {
	if form == nil {
		return
	}
	if form.Signature == nil {
		fmt.Fprintln(d.out, "package: nobody signed its list of digests")
	}
	for _, line := range form.said {
		fmt.Fprintf(d.out, "package: %s\n", line)
	}
	for _, line := range form.Problems {
		fmt.Fprintf(d.out, "package: problem: %s\n", kube.Printable(line))
	}
	for _, line := range form.Notes {
		fmt.Fprintf(d.out, "package: %s\n", kube.Printable(line))
	}
	fmt.Fprintf(d.out, "package: %s as the list says\n", counted(form.Files, "file is", "files are"))
	if form.status == sign.Broken {
		fmt.Fprintln(d.out, "package: it does not hold: do not rely on it, whatever the report in it says of itself")
	}
}
