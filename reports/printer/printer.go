// Package printer makes the paper: it reads the dossier of an assessment from a
// vault, composes and draws it with every signature field, signs the first
// one, verifies what it made as a stranger would, and writes the file.
//
// It is the one way to a report. The command line and the workbench both call
// Print, so that what is printed cannot depend on where the wish came from.
package printer

import (
	"bytes"
	"cmp"
	"context"
	"crypto"
	"crypto/sha256"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"time"

	"tickmark/engine"
	"tickmark/questionnaires"
	"tickmark/reports"
	"tickmark/reports/export"
	"tickmark/reports/pdf"
	"tickmark/reports/sign"
)

// Preparer is the signature field of whoever prepared the report; Print signs it.
const Preparer = "preparer"

// Vault is what Print needs of a vault: the source of the dossier, and the side
// log in which printing and signing are written down.
type Vault interface {
	reports.Source
	ReadOnly() bool
	Append(ctx context.Context, drafts ...questionnaires.Draft) ([]questionnaires.Entry, error)
}

// Request says what to print and who signs it.
type Request struct {
	Assessment questionnaires.ID
	Catalogue  *questionnaires.Catalogue
	Kind       reports.Kind   // zero is the record that fits the questionnaire
	Export     export.Options // in which format; the zero value is a PDF
	Paper      pdf.Paper
	Version    string    // an issued version; "" is the assessment as it is, or was issued
	Date       time.Time // of the report; zero is the time of the assessment's head
	Out        string    // the file to write, replaced whole or not at all; "" where only a package is wanted
	Package    *Package  // nil for none
	// Foreign tells of a file that was handed over that another tool wrote it, so that a binder
	// does not print what it found; nil leaves every file out.
	Foreign func(body []byte) bool
	// Tell is told each part of the work as it begins, and how far it is; nil where nobody waits.
	Tell func(Step)

	Hand // no signer leaves the report unsigned
}

// Step is how far a part of the work is.
type Step struct {
	Part       string // such as "drawing the pages"
	Done, All  int    // All is 0 of a part that cannot say how far it is
	WhatCounts string // such as "pages"
}

func (r Request) tell(part string) {
	if r.Tell != nil {
		r.Tell(Step{Part: part})
	}
}

// counting tells how far a part is whose things can be counted; nil where nobody waits.
func (r Request) counting(part, what string) func(done, all int) {
	if r.Tell == nil {
		return nil
	}
	return func(done, all int) { r.Tell(Step{part, done, all, what}) }
}

// Hand is who signs, when, for what, and which authority confirms the time.
type Hand struct {
	Signer crypto.Signer
	Chain  []*x509.Certificate // the signer's certificate first
	Reason string
	Now    time.Time // the time that the signature claims
	Random io.Reader
	// Stamp carries a query to a time-stamp authority and brings the answer; nil
	// signs without time stamp.
	Stamp func(query []byte) (reply []byte, err error)
	// Authority is that authority's host, which the visible signature names.
	Authority string
}

// Printed is what was made.
type Printed struct {
	Path   string
	Kind   reports.Kind
	Format export.Format
	Pages  int    // 0 of a format that has none
	Draft  string // why it is a draft; "" if it is none
	Of     string // version of the assessment, and how far that is
	Head   engine.Digest
	Base   engine.Digest // of the PDF before signing: the same vault gives the same
	File   engine.Digest // of the file as written
	Verify *sign.Verification
	// Numbers are those that the report gives to evidence.
	Numbers []questionnaires.PrintedNumber
	Samples []questionnaires.PrintedNumber // and to sample sets
	Package *Packed                        // nil where none was wanted
}

// Print makes a report. A signed one is verified before it is written: a report
// that does not verify never leaves the desk. Called off, it writes nothing; once a
// file stands, what belongs to it is done to the end, so that the vault knows of it.
func Print(ctx context.Context, v Vault, r Request) (Printed, error) {
	if err := r.placeable(); err != nil {
		return Printed{}, err
	}
	printed, paper, err := compose(ctx, v, r)
	if err != nil {
		return Printed{}, err
	}
	name := r.Out
	if r.Package != nil {
		r.tell("packing")
		if printed.Package, err = r.pack(ctx, paper); err != nil {
			return Printed{}, err
		}
		name = cmp.Or(name, r.Package.Path)
		ctx = context.WithoutCancel(ctx)
	}
	if r.Out != "" {
		if err := printed.put(ctx, r.Out, paper); err != nil {
			return Printed{}, err
		}
	}
	if v.ReadOnly() {
		return printed, nil
	}
	noted := questionnaires.PrintedReport{
		Kind: printed.Kind.String(), Head: printed.Head, Base: printed.Base, File: printed.File, Name: filepath.Base(name),
		Evidence: printed.Numbers, Samples: printed.Samples,
	}
	draft := questionnaires.Draft{Assessment: r.Assessment, Action: questionnaires.ReportPrinted, Subject: "report"}
	if r.Signer != nil {
		draft.Action, noted.Certificate = questionnaires.ReportSigned, engine.Sum(r.Chain[0].Raw).String()
	}
	draft.Payload = noted
	if _, err := v.Append(context.WithoutCancel(ctx), draft); err != nil {
		return printed, fmt.Errorf("%s is written; note it in the side log: %w", name, err)
	}
	return printed, nil
}

// Make makes the report in memory and writes nothing anywhere.
func Make(ctx context.Context, source reports.Source, r Request) (Printed, []byte, error) {
	printed, paper, err := compose(ctx, source, r)
	if err != nil {
		return Printed{}, nil, err
	}
	var text bytes.Buffer
	if err := printed.fill(&text, paper); err != nil {
		return Printed{}, nil, err
	}
	return printed, text.Bytes(), nil
}

// paper is a report and what it was made from.
type paper struct {
	dossier  reports.Dossier
	manifest []byte
	text     []byte // the PDF
	// write writes the file of another format, of which the whole is never in memory.
	write func(io.Writer) error
}

// put writes the file, whole or not at all.
func (p *Printed) put(ctx context.Context, path string, from paper) error {
	p.Path = path
	return place(ctx, "report", path, func(w io.Writer) error { return p.fill(w, from) })
}

// fill writes the file, and says which it is.
func (p *Printed) fill(w io.Writer, from paper) error {
	if from.write == nil {
		_, err := w.Write(from.text)
		return err
	}
	sum := sha256.New()
	if err := from.write(io.MultiWriter(w, sum)); err != nil {
		return err
	}
	p.File = engine.Digest(sum.Sum(nil))
	p.Base = p.File
	return nil
}

func compose(ctx context.Context, source reports.Source, r Request) (Printed, paper, error) {
	r.tell("reading the evidence")
	dossier, err := loaded(ctx, source, r)
	if err != nil {
		return Printed{}, paper{}, err
	}
	r.tell("composing")
	document, err := reports.Compose(dossier)
	if err != nil {
		return Printed{}, paper{}, err
	}
	if r.Kind == reports.Transfer && r.Export.Format != export.XLSX {
		return Printed{}, paper{}, fmt.Errorf("write report: %s is a workbook, not %s", r.Kind, r.Export.Format)
	}
	if r.Export.Format != export.PDF {
		return exported(ctx, source, r, dossier, document)
	}
	const drawing = "drawing the pages"
	r.tell(drawing)
	var base bytes.Buffer
	layout, err := pdf.Write(ctx, &base, document, pdf.Options{Paper: r.Paper, Tell: r.counting(drawing, "pages")})
	if err != nil {
		return Printed{}, paper{}, err
	}
	text := base.Bytes()
	printed := printedOf(dossier, document)
	printed.Base, printed.Pages = engine.Sum(text), layout.Pages
	if r.Signer != nil {
		r.tell("signing and verifying")
		if text, err = r.signed(text, Preparer); err != nil {
			return Printed{}, paper{}, err
		}
		if printed.Verify, err = checked(text, r); err != nil {
			return Printed{}, paper{}, err
		}
	}
	printed.File = engine.Sum(text)
	return printed, paper{dossier: dossier, manifest: document.Manifest, text: text}, nil
}

// printedOf says of what it was made.
func printedOf(dossier reports.Dossier, document reports.Document) Printed {
	printed := Printed{Kind: document.Kind, Draft: document.Draft, Of: dossier.Edition.Line(), Head: dossier.Assessment.Head}
	for _, item := range dossier.Items {
		printed.Numbers = append(printed.Numbers, questionnaires.PrintedNumber{ID: item.ID, Number: item.Number})
	}
	for _, s := range dossier.Assessment.Samples() {
		if !s.Typed {
			printed.Samples = append(printed.Samples, questionnaires.PrintedNumber{ID: s.ID, Number: s.Number})
		}
	}
	return printed
}

// exported makes a report in a format that nobody signs.
func exported(ctx context.Context, source reports.Source, r Request, dossier reports.Dossier, document reports.Document) (Printed, paper, error) {
	if r.Signer != nil || r.Package != nil {
		return Printed{}, paper{}, fmt.Errorf("write report: only a PDF is signed and packed, not %s", r.Export.Format)
	}
	if r.Export.Format == export.SARIF || r.Export.Format == export.OSCAL {
		var err error
		if r.Export.Origins, err = dossier.Origins(ctx, source); err != nil {
			return Printed{}, paper{}, err
		}
	}
	printed := printedOf(dossier, document)
	printed.Format = r.Export.Format
	return printed, paper{dossier: dossier, manifest: document.Manifest, write: func(w io.Writer) error {
		return export.Write(w, dossier, document, r.Export)
	}}, nil
}

func loaded(ctx context.Context, source reports.Source, r Request) (d reports.Dossier, err error) {
	if r.Version != "" {
		d, err = reports.LoadVersion(ctx, source, r.Catalogue, r.Assessment, r.Version)
	} else {
		d, err = reports.Load(ctx, source, r.Catalogue, r.Assessment, r.Date)
	}
	d.Kind = r.Kind
	if err == nil && d.Kind == reports.Binder {
		err = d.Prove(ctx, source, r.Foreign)
	}
	return d, err
}

// signed puts the signer's visible signature into a field.
func (h Hand) signed(text []byte, field string) ([]byte, error) {
	if len(h.Chain) == 0 {
		return nil, errors.New("sign report: the key has no certificate")
	}
	leaf := h.Chain[0]
	card, err := pdf.SignatureCard(pdf.Card{
		Name: leaf.Subject.CommonName, Subject: leaf.Subject.String(), Issuer: leaf.Issuer.String(), Time: h.Now, Reason: h.Reason, Authority: h.Authority,
	})
	if err != nil {
		return nil, fmt.Errorf("draw signature: %w", err)
	}
	text, err = sign.Sign(text, sign.Options{
		Signer: h.Signer, Chain: h.Chain, Field: field, Reason: h.Reason, When: h.Now, Rand: h.Random, Appearance: card, Stamp: h.Stamp,
	})
	if err != nil {
		return nil, fmt.Errorf("sign report: %w", err)
	}
	return text, nil
}

func checked(text []byte, r Request) (*sign.Verification, error) {
	verification, err := sign.Verify(text, sign.VerifyOptions{Roots: r.Chain[:1], Now: r.Now})
	if err != nil {
		return nil, fmt.Errorf("verify the signed report: %w", err)
	}
	if verification.Status != sign.IntactTrusted {
		return nil, fmt.Errorf("verify the signed report: %s", verification.Status)
	}
	return verification, nil
}
