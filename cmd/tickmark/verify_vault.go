package main

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"tickmark/engine"
	"tickmark/engine/kube"
	"tickmark/questionnaires"
	"tickmark/questionnaires/pci"
	"tickmark/reports"
	"tickmark/reports/pdf"
	"tickmark/reports/sign"
)

// vaultForm says how a report compares with the vault it says it is of.
type vaultForm struct {
	Matches   bool     `json:"matches"`
	Head      string   `json:"head"`
	After     int      `json:"entriesAfter"`
	Different []string `json:"different"`
	// Notes are what changed since in the vault and makes nothing different.
	Notes []string `json:"notes"`
	Now   string   `json:"headNow"` // of the assessment in the vault
	// Signatories are who should have signed.
	Signatories []signatoryForm `json:"signatories"`
}

// signatoryForm holds one signature field against whom the vault names for it.
type signatoryForm struct {
	Field    string            `json:"field"`
	Role     string            `json:"role"`
	Named    []string          `json:"named"`            // by the vault
	Signer   string            `json:"signer,omitempty"` // as the vault knows them, else as their certificate says
	Standing signatoryStanding `json:"standing"`
}

// signatoryStanding is what the vault says of who signed a field, and of a field.
type signatoryStanding string

const (
	asNamed   signatoryStanding = "as-named"  // by one of those whom it names
	byName    signatoryStanding = "by-name"   // by somebody of that name, of whom it knows no certificate
	namesake  signatoryStanding = "namesake"  // by somebody of that name, who is enrolled with another certificate
	another   signatoryStanding = "another"   // by somebody else
	unnamed   signatoryStanding = "unnamed"   // it names nobody
	notSigned signatoryStanding = "unsigned"  // nobody yet
	noField   signatoryStanding = "no-field"  // the report has no such field
	noRole    signatoryStanding = "not-known" // the vault's report has no such field
)

// compare holds a report's manifest against a vault's history.
func compare(text []byte, v *sign.Verification, history *questionnaires.History) *vaultForm {
	form := &vaultForm{Different: []string{}, Notes: []string{}, Signatories: []signatoryForm{}}
	differ := func(format string, args ...any) {
		form.Different = append(form.Different, fmt.Sprintf(format, args...))
	}
	raw, err := sign.Attachment(text, pdf.ManifestName)
	if err != nil {
		differ("the report carries no manifest to compare: %v", err)
		return form
	}
	var m reports.Manifest
	if err := json.Unmarshal(raw, &m); err != nil {
		differ("the report's manifest cannot be read: %v", err)
		return form
	}
	form.Head = m.Head.String()
	if now, err := history.AssessmentHead(m.Assessment); err == nil {
		form.Now = now.String()
	}
	if m.Vault != history.Vault() {
		differ("the report is of another vault, %s", m.Vault.Short())
		return form
	}
	after, known := history.Since(m.Assessment, m.Head)
	if !known {
		differ("the head %s was never one of this vault's assessment", m.Head.Short())
	}
	form.After = len(after)
	if !m.Issued.IsZero() {
		form.issued(m, history)
	}
	entries := map[engine.Digest]questionnaires.Entry{}
	for _, e := range history.Entries() {
		entries[e.ID] = e
	}
	for _, a := range m.Answers {
		e, there := entries[a.Entry]
		given := a.Requirement
		if !a.From.IsZero() && a.From.Covers(given) {
			given = a.From
		}
		if !there || e.Action != questionnaires.AnswerGiven || e.Subject != given.String() {
			differ("the answer to %s is not in the vault", a.Requirement)
		} else if err := history.Verify(e.ID); err != nil {
			differ("the answer to %s: %v", a.Requirement, err)
		}
	}
	evidence := map[questionnaires.ID]questionnaires.Evidence{}
	for _, item := range history.Evidence() {
		evidence[item.ID] = item
	}
	for _, printed := range m.Evidence {
		item, there := evidence[printed.ID]
		switch {
		case !there || item.Digest() != printed.Digest:
			differ("%s is not in the vault as the report has it", printed.Label)
			continue
		case item.Label() != printed.Label:
			form.Notes = append(form.Notes, fmt.Sprintf("%s of the report is %s in the vault", printed.Label, item.Label()))
		}
		if item.Expunged != nil && printed.Expunged == nil {
			form.Notes = append(form.Notes, fmt.Sprintf("%s was %s", printed.Label, item.Expunged))
		}
	}
	for _, e := range after {
		if history.Verify(e.ID) != nil {
			form.Notes = append(form.Notes, fmt.Sprintf("entry %s, %s %s, came after and is nobody's who was enrolled", e.ID.Short(), e.Action, e.Subject))
		}
	}
	if known {
		form.signatories(text, m, v, history)
	}
	form.Matches = len(form.Different) == 0
	return form
}

// issued holds what a report says of its issue against the vault's versions.
func (form *vaultForm) issued(m reports.Manifest, history *questionnaires.History) {
	differ := func(format string, args ...any) {
		form.Different = append(form.Different, fmt.Sprintf(format, args...))
	}
	var versions []questionnaires.IssuedVersion
	catalogue, err := pci.Catalogue()
	if err == nil {
		var a *questionnaires.Assessment
		if a, err = history.Assessment(catalogue, m.Assessment); err == nil {
			versions, err = a.Versions()
		}
	}
	if err != nil {
		differ("the versions that were issued cannot be read: %v", err)
		return
	}
	i := slices.IndexFunc(versions, func(v questionnaires.IssuedVersion) bool { return v.Entry == m.Issued && v.Version == m.Version })
	if i < 0 {
		differ("version %d was not issued in this vault as the report says", m.Version)
		return
	}
	form.Notes = append(form.Notes, fmt.Sprintf("version %s, issued on %s by %s", versions[i].Label(), versions[i].Day, versions[i].By.Name))
	if last := versions[len(versions)-1]; last.Version > m.Version {
		form.Notes = append(form.Notes, fmt.Sprintf("it was amended: version %s was issued on %s", last.Label(), last.Day))
	}
}

// signatories holds who signed against whom the vault names: its authors by the
// certificate that they enrolled, others by name. Which fields there are to be follows from
// the vault as well, so that one which was left out of the report is missed.
func (form *vaultForm) signatories(text []byte, m reports.Manifest, v *sign.Verification, history *questionnaires.History) {
	differ := func(format string, args ...any) {
		form.Different = append(form.Different, fmt.Sprintf(format, args...))
	}
	wanted, err := wantedSignatories(m, history)
	if err != nil {
		differ("who should have signed cannot be told: %v", err)
		return
	}
	signed := map[string]sign.Signature{}
	for _, s := range v.Signatures {
		signed[s.Field] = s
	}
	for i, w := range wanted {
		s, is := signed[w.Field]
		delete(signed, w.Field)
		f := signatoryForm{Field: w.Field, Role: w.Role, Named: append([]string{}, w.Named...), Standing: notSigned}
		switch {
		case is && i == 0:
			f.preparedBy(w, s, text, history)
		case is:
			f.countersignedBy(w, s, text, history)
		case !slices.Contains(v.Unsigned, w.Field):
			f.Standing = noField
			differ("the report of this vault has a signature field %s (%s), and this file has none", w.Field, w.Role)
		}
		form.Signatories = append(form.Signatories, f)
	}
	for _, field := range slices.Concat(v.Unsigned, fieldsOf(v)) {
		if !slices.ContainsFunc(wanted, func(w reports.Signatory) bool { return w.Field == field }) {
			form.Signatories = append(form.Signatories, signatoryForm{Field: field, Named: []string{}, Signer: signed[field].Signer.Name, Standing: noRole})
			differ("the report of this vault has no signature field %s", field)
		}
	}
}

func fieldsOf(v *sign.Verification) []string {
	var names []string
	for _, s := range v.Signatures {
		names = append(names, s.Field)
	}
	return names
}

// wantedSignatories are who should sign a report, as the vault stood when it was made.
func wantedSignatories(m reports.Manifest, history *questionnaires.History) ([]reports.Signatory, error) {
	kind, err := reports.ParseKind(m.Kind)
	if err != nil {
		return nil, err
	}
	catalogue, err := pci.Catalogue()
	if err != nil {
		return nil, err
	}
	then, _, err := history.At(m.Assessment, m.Head)
	if err != nil {
		return nil, err
	}
	a, err := then.Assessment(catalogue, m.Assessment)
	if err != nil {
		return nil, err
	}
	return reports.Signatories(a, kind)
}

// preparedBy holds the preparer's signature against the note that the vault has of it, and
// where it has none against those who answered.
func (f *signatoryForm) preparedBy(w reports.Signatory, s sign.Signature, text []byte, history *questionnaires.History) {
	f.signedBy(w, s, history)
	noted, is := notedOf(s, text, history)
	if !is {
		return
	}
	f.Named = []string{noted.By.Name}
	switch {
	case noted.Certificate == s.Signer.SHA256:
		f.Signer, f.Standing = noted.By.Name, asNamed
	case noted.Certificate != "":
		f.Standing = another
	default: // a note from before certificates were noted
		f.signedBy(reports.Signatory{Named: f.Named, Authors: []engine.Digest{noted.By.ID}}, s, history)
	}
}

// countersignedBy holds one more signature against whom the vault names, and where they are known
// by name against the note of the vault: an author who noted the certificate as their own
// signature's is more than a name.
func (f *signatoryForm) countersignedBy(w reports.Signatory, s sign.Signature, text []byte, history *questionnaires.History) {
	f.signedBy(w, s, history)
	noted, is := notedOf(s, text, history)
	if !is || noted.Certificate != s.Signer.SHA256 || (f.Standing != byName && f.Standing != namesake) {
		return
	}
	if questionnaires.SameName(noted.By.Name, f.Signer) && (len(w.Authors) == 0 || slices.Contains(w.Authors, noted.By.ID)) {
		f.Signer, f.Standing = noted.By.Name, asNamed
	}
}

// notedOf is what the side log notes of a signature, by all the bytes that it covers.
func notedOf(s sign.Signature, text []byte, history *questionnaires.History) (questionnaires.SignedReport, bool) {
	noted, is, err := history.SignedReport(engine.Sum(text[:min(s.Bytes, len(text))]))
	return noted, is && err == nil
}

// signedBy tells whether a signer is one of those whom the vault names.
func (f *signatoryForm) signedBy(w reports.Signatory, s sign.Signature, history *questionnaires.History) {
	author, enrolled := enrolledWith(s, history)
	f.Signer = s.Signer.Name
	if enrolled {
		f.Signer = author.Name
	}
	named := slices.ContainsFunc(w.Named, func(name string) bool { return questionnaires.SameName(name, f.Signer) })
	switch {
	case enrolled && slices.Contains(w.Authors, author.ID), enrolled && named && len(w.Authors) == 0:
		f.Standing = asNamed
	case len(w.Named) == 0:
		f.Standing = unnamed
	case named && enrolledAs(f.Signer, history):
		f.Standing = namesake
	case named:
		f.Standing = byName
	default:
		f.Standing = another
	}
}

// enrolledWith is the author who is enrolled with the certificate of a signature.
func enrolledWith(s sign.Signature, history *questionnaires.History) (questionnaires.Author, bool) {
	for _, e := range history.EnrolledAuthors() {
		if e.Verified && !e.Certificate.IsZero() && e.Certificate.String() == s.Signer.SHA256 {
			return e.Author, true
		}
	}
	return questionnaires.Author{}, false
}

// enrolledAs reports whether an author of a name is enrolled with a certificate.
func enrolledAs(name string, history *questionnaires.History) bool {
	return slices.ContainsFunc(history.EnrolledAuthors(), func(e questionnaires.Enrolled) bool {
		return e.Verified && !e.Certificate.IsZero() && questionnaires.SameName(e.Author.Name, name)
	})
}

// stranger reports whether somebody signed whom the vault does not name, or of whom it knows no
// more than the name: anybody may have a certificate made out to a name.
func (form *vaultForm) stranger() bool {
	return slices.ContainsFunc(form.Signatories, func(s signatoryForm) bool {
		return s.Standing == another || s.Standing == namesake || s.Standing == byName
	})
}

// line says in a sentence who signed a field and who should.
func (f signatoryForm) line() string {
	named := strings.Join(f.Named, " or ")
	switch f.Standing {
	case asNamed:
		return fmt.Sprintf("%s: signed by %s, as the vault has it", f.Field, f.Signer)
	case byName:
		return fmt.Sprintf("%s: SIGNED BY ONE OF THE NAME %s, by name alone: the vault names them and knows no certificate of theirs", f.Field, f.Signer)
	case namesake:
		return fmt.Sprintf("%s: SIGNED BY A NAMESAKE: the vault enrolled %s with another certificate", f.Field, f.Signer)
	case another:
		return fmt.Sprintf("%s: SIGNED BY ANOTHER: %s, where the vault names %s", f.Field, f.Signer, named)
	case unnamed:
		return fmt.Sprintf("%s: signed by %s; the vault names nobody for it", f.Field, f.Signer)
	case notSigned:
		if named == "" {
			named = "nobody by name"
		}
		return fmt.Sprintf("%s: not yet signed; the vault names %s", f.Field, named)
	case noField:
		return fmt.Sprintf("%s: the report has no such field", f.Field)
	case noRole:
	}
	return fmt.Sprintf("%s: a field that the vault's report has not", f.Field)
}

func (d *door) printVault(form *vaultForm) {
	if form == nil {
		return
	}
	for _, s := range form.Signatories {
		fmt.Fprintf(d.out, "vault: %s\n", kube.Printable(s.line()))
	}
	for _, line := range slices.Concat(form.Different, form.Notes) {
		fmt.Fprintf(d.out, "vault: %s\n", kube.Printable(line))
	}
	if form.Matches {
		fmt.Fprintf(d.out, "vault: answers, evidence and head match; %d entries came after\n", form.After)
	}
	if form.Head != "" && form.Now != "" {
		fmt.Fprintf(d.out, "vault: the report's head is %s\nvault: the head now is     %s\n", form.Head, form.Now)
	}
}
