package comparison

import (
	"fmt"
	"slices"
	"strings"

	"tickmark/engine"
	"tickmark/questionnaires"
	"tickmark/reports"
	"tickmark/reports/sign"
)

// Signatory holds one signature field against whom the vault names for it.
type Signatory struct {
	Field    string   `json:"field"`
	Role     string   `json:"role"`
	Named    []string `json:"named"`            // by the vault
	Signer   string   `json:"signer,omitempty"` // as the vault knows them, else as their certificate says
	Standing Standing `json:"standing"`
}

// Standing is what the vault says of who signed a field, and of a field.
type Standing string

const (
	AsNamed   Standing = "as-named"  // by one of those whom it names
	ByName    Standing = "by-name"   // by somebody of that name, of whom it knows no certificate
	Namesake  Standing = "namesake"  // by somebody of that name, who is enrolled with another certificate
	Another   Standing = "another"   // by somebody else
	Unnamed   Standing = "unnamed"   // it names nobody
	NotSigned Standing = "unsigned"  // nobody yet
	NoField   Standing = "no-field"  // the report has no such field
	NoRole    Standing = "not-known" // the vault's report has no such field
)

// signatories holds who signed against whom the vault names: its authors by the
// certificate that they enrolled, others by name. Which fields there are to be follows from
// the vault as well, so that one which was left out of the report is missed.
func (c *Comparison) signatories(text []byte, m reports.Manifest, v *sign.Verification, history *questionnaires.History, a *questionnaires.Assessment) {
	wanted, err := wantedSignatories(m, a)
	if err != nil {
		c.differ("who should have signed cannot be told: %v", err)
		return
	}
	signed := map[string]sign.Signature{}
	for _, s := range v.Signatures {
		signed[s.Field] = s
	}
	for i, w := range wanted {
		s, is := signed[w.Field]
		delete(signed, w.Field)
		f := Signatory{Field: w.Field, Role: w.Role, Named: append([]string{}, w.Named...), Standing: NotSigned}
		switch {
		case is && i == 0:
			f.preparedBy(w, s, text, history)
		case is:
			f.countersignedBy(w, s, text, history)
		case !slices.Contains(v.Unsigned, w.Field):
			f.Standing = NoField
			c.differ("the report of this vault has a signature field %s (%s), and this file has none", w.Field, w.Role)
		}
		c.Signatories = append(c.Signatories, f)
	}
	for _, field := range slices.Concat(v.Unsigned, fieldsOf(v)) {
		if !slices.ContainsFunc(wanted, func(w reports.Signatory) bool { return w.Field == field }) {
			c.Signatories = append(c.Signatories, Signatory{Field: field, Named: []string{}, Signer: signed[field].Signer.Name, Standing: NoRole})
			c.differ("the report of this vault has no signature field %s", field)
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

// wantedSignatories are who should sign a report of an assessment as it stood.
func wantedSignatories(m reports.Manifest, a *questionnaires.Assessment) ([]reports.Signatory, error) {
	kind, err := reports.ParseKind(m.Kind)
	if err != nil {
		return nil, err
	}
	return reports.Signatories(a, kind)
}

// preparedBy holds the preparer's signature against the note that the vault has of it, and
// where it has none against those who answered.
func (f *Signatory) preparedBy(w reports.Signatory, s sign.Signature, text []byte, history *questionnaires.History) {
	f.signedBy(w, s, history)
	noted, is := notedOf(s, text, history)
	if !is {
		return
	}
	f.Named = []string{noted.By.Name}
	switch {
	case noted.Certificate == s.Signer.SHA256:
		f.Signer, f.Standing = noted.By.Name, AsNamed
	case noted.Certificate != "":
		f.Standing = Another
	default: // a note from before certificates were noted
		f.signedBy(reports.Signatory{Named: f.Named, Authors: []engine.Digest{noted.By.ID}}, s, history)
	}
}

// countersignedBy holds one more signature against whom the vault names, and where they are known
// by name against the note of the vault: an author who noted the certificate as their own
// signature's is more than a name.
func (f *Signatory) countersignedBy(w reports.Signatory, s sign.Signature, text []byte, history *questionnaires.History) {
	f.signedBy(w, s, history)
	noted, is := notedOf(s, text, history)
	if !is || noted.Certificate != s.Signer.SHA256 || (f.Standing != ByName && f.Standing != Namesake) {
		return
	}
	if questionnaires.SameName(noted.By.Name, f.Signer) && (len(w.Authors) == 0 || slices.Contains(w.Authors, noted.By.ID)) {
		f.Signer, f.Standing = noted.By.Name, AsNamed
	}
}

// notedOf is what the side log notes of a signature, by all the bytes that it covers.
func notedOf(s sign.Signature, text []byte, history *questionnaires.History) (questionnaires.SignedReport, bool) {
	noted, is, err := history.SignedReport(engine.Sum(text[:min(s.Bytes, len(text))]))
	return noted, is && err == nil
}

// signedBy tells whether a signer is one of those whom the vault names.
func (f *Signatory) signedBy(w reports.Signatory, s sign.Signature, history *questionnaires.History) {
	author, enrolled := enrolledWith(s, history)
	f.Signer = s.Signer.Name
	if enrolled {
		f.Signer = author.Name
	}
	named := slices.ContainsFunc(w.Named, func(name string) bool { return questionnaires.SameName(name, f.Signer) })
	switch {
	case enrolled && slices.Contains(w.Authors, author.ID), enrolled && named && len(w.Authors) == 0:
		f.Standing = AsNamed
	case len(w.Named) == 0:
		f.Standing = Unnamed
	case named && enrolledAs(f.Signer, history):
		f.Standing = Namesake
	case named:
		f.Standing = ByName
	default:
		f.Standing = Another
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

// Stranger reports whether somebody signed whom the vault does not name, or of whom it knows no
// more than the name: anybody may have a certificate made out to a name.
func (c *Comparison) Stranger() bool {
	return slices.ContainsFunc(c.Signatories, func(s Signatory) bool {
		return s.Standing == Another || s.Standing == Namesake || s.Standing == ByName
	})
}

// Line says in a sentence who signed a field and who should.
func (f Signatory) Line() string {
	named := strings.Join(f.Named, " or ")
	switch f.Standing {
	case AsNamed:
		return fmt.Sprintf("%s: signed by %s, as the vault has it", f.Field, f.Signer)
	case ByName:
		return fmt.Sprintf("%s: SIGNED BY ONE OF THE NAME %s, by name alone: the vault names them and knows no certificate of theirs", f.Field, f.Signer)
	case Namesake:
		return fmt.Sprintf("%s: SIGNED BY A NAMESAKE: the vault enrolled %s with another certificate", f.Field, f.Signer)
	case Another:
		return fmt.Sprintf("%s: SIGNED BY ANOTHER: %s, where the vault names %s", f.Field, f.Signer, named)
	case Unnamed:
		return fmt.Sprintf("%s: signed by %s; the vault names nobody for it", f.Field, f.Signer)
	case NotSigned:
		if named == "" {
			named = "nobody by name"
		}
		return fmt.Sprintf("%s: not yet signed; the vault names %s", f.Field, named)
	case NoField:
		return fmt.Sprintf("%s: the report has no such field", f.Field)
	case NoRole:
	}
	return fmt.Sprintf("%s: a field that the vault's report has not", f.Field)
}
