package printer

import (
	"bytes"
	"context"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"tickmark/engine"
	"tickmark/questionnaires"
	"tickmark/reports"
	"tickmark/reports/pdf"
	"tickmark/reports/sign"
)

// ErrDoesNotHold is returned for a report that nobody should countersign: it was
// changed after it was signed, or a signature in it does not hold.
var ErrDoesNotHold = errors.New("it does not hold as it is")

// ErrAnotherVault is returned for a report that is not of the vault which is to note its
// signature.
var ErrAnotherVault = errors.New("it is no report of this vault")

// Countersigning is a second signature on a report that somebody has signed.
type Countersigning struct {
	File  string              // the report; it is replaced whole or not at all
	Field string              // the empty field to sign; "" is the first
	Roots []*x509.Certificate // whom the countersigner trusts
	Vault Vault               // in whose side log it is noted; nil for none
	Hand
}

// Countersigned is what became of it.
type Countersigned struct {
	Path   string
	Field  string
	File   engine.Digest // of the file as written
	Verify *sign.Verification
	Text   []byte
	Noted  bool // in the vault's side log
}

// Countersign puts one more signature into a report, and verifies all of it before
// and after. What was signed before stays byte for byte.
func Countersign(ctx context.Context, r Countersigning) (Countersigned, error) {
	done, err := countersign(ctx, r)
	if err != nil {
		return done, fmt.Errorf("countersign %s: %w", r.File, err)
	}
	return done, nil
}

func countersign(ctx context.Context, r Countersigning) (Countersigned, error) {
	path, err := filepath.EvalSymlinks(r.File) // the report is replaced, not a link to it
	if err != nil {
		return Countersigned{}, cause(err)
	}
	text, err := Read(path)
	if err != nil {
		return Countersigned{}, err
	}
	before, err := sign.Verify(text, sign.VerifyOptions{Now: r.Now, Roots: r.Roots})
	if err != nil {
		return Countersigned{}, err
	}
	m, err := r.manifest(ctx, text)
	if err != nil && before.Status != sign.Broken { // which is told first
		return Countersigned{}, err
	}
	field, err := next(before, r.Field)
	if err != nil {
		return Countersigned{}, err
	}
	out, err := r.signed(text, field)
	if err != nil {
		return Countersigned{}, err
	}
	after, err := sign.Verify(out, sign.VerifyOptions{Now: r.Now, Roots: append(slices.Clone(r.Roots), r.Chain[0])})
	if err != nil {
		return Countersigned{}, fmt.Errorf("verify it when signed: %w", err)
	}
	if after.Status < sign.IntactUnidentified || len(after.Signatures) != len(before.Signatures)+1 {
		return Countersigned{}, fmt.Errorf("verify it when signed: %s", after.Status)
	}
	if err := write(ctx, path, out); err != nil {
		return Countersigned{}, err
	}
	done := Countersigned{Path: r.File, Field: field, File: engine.Sum(out), Verify: after, Text: out}
	if r.Vault == nil || r.Vault.ReadOnly() {
		return done, nil
	}
	_, err = r.Vault.Append(context.WithoutCancel(ctx), questionnaires.Draft{ // what is signed is noted
		Assessment: m.Assessment, Action: questionnaires.ReportCountersigned, Subject: "report",
		Payload: questionnaires.CountersignedReport{
			Head: m.Head, Before: engine.Sum(text), File: done.File, Name: filepath.Base(path), Field: field, Certificate: engine.Sum(r.Chain[0].Raw).String(),
		},
	})
	if err != nil {
		return done, fmt.Errorf("it is signed; note it in the side log: %w", err)
	}
	done.Noted = true
	return done, nil
}

// manifest is the one in a report, which must be of the vault that is to note the signature.
func (r Countersigning) manifest(ctx context.Context, text []byte) (m reports.Manifest, err error) {
	raw, err := sign.Attachment(text, pdf.ManifestName)
	if err != nil {
		return m, errors.New("it is no report of Tickmark: it carries no manifest of evidence")
	}
	if r.Vault == nil {
		return m, nil
	}
	if err := json.Unmarshal(raw, &m); err != nil {
		return m, fmt.Errorf("read its manifest of evidence: %w", err)
	}
	history, err := r.Vault.History(ctx)
	if err != nil {
		return m, err
	}
	if _, known := history.Since(m.Assessment, m.Head); m.Vault != history.Vault() || !known {
		return m, ErrAnotherVault
	}
	return m, nil
}

// next is the field to sign in a report that may be countersigned.
func next(v *sign.Verification, field string) (string, error) {
	switch v.Status {
	case sign.Broken:
		return "", fmt.Errorf("%w: %s", ErrDoesNotHold, strings.Join(v.Faults(), "; "))
	case sign.Unsigned:
		return "", errors.New("nobody has signed it yet; `tickmark report` signs it first")
	case sign.IntactTrusted, sign.IntactUnidentified:
	}
	switch {
	case len(v.Unsigned) == 0:
		return "", errors.New("everybody has signed it: no signature field is empty")
	case field == "":
		return v.Unsigned[0], nil
	case !slices.Contains(v.Unsigned, field):
		return "", fmt.Errorf("no empty signature field is named %q: it has %s", field, strings.Join(v.Unsigned, ", "))
	}
	return field, nil
}

// Read reads a whole PDF of at most [sign.MaxFile] bytes. Its errors do not name the
// file: whoever reads says which.
func Read(path string) ([]byte, error) {
	text, err := read(path)
	return text, cause(err)
}

func read(path string) ([]byte, error) {
	info, err := os.Stat(path) // before it is opened: a pipe waits for its other end
	switch {
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular():
		return nil, errors.New("it is no regular file")
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err = f.Stat()
	switch {
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular():
		return nil, errors.New("it is no regular file")
	case info.Size() > sign.MaxFile:
		return nil, fmt.Errorf("it has %d MB, more than the %d MB that a report may have", info.Size()>>20, sign.MaxFile>>20)
	}
	text := bytes.NewBuffer(make([]byte, 0, info.Size()+bytes.MinRead))
	_, err = text.ReadFrom(io.LimitReader(f, sign.MaxFile)) // it may grow meanwhile
	return text.Bytes(), err
}

// cause is what went wrong with a file, without its name.
func cause(err error) error {
	var named *fs.PathError
	if errors.As(err, &named) {
		return named.Err
	}
	return err
}
