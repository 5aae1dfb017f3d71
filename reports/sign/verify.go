package sign

import (
	"bytes"
	"crypto"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"slices"
	"strings"
	"time"
)

// Status is what a whole file is worth. The zero value is the worst.
type Status int

const (
	// Broken: something was changed after a signature, or does not hold.
	Broken Status = iota
	// Unsigned: nothing is wrong with the file, and nobody signed it.
	Unsigned
	// IntactUnidentified: every signature holds; at least one signer is not known here.
	IntactUnidentified
	// IntactTrusted: every signature holds and every signer's certificate is trusted.
	IntactTrusted
)

func (s Status) String() string {
	switch s {
	case Unsigned:
		return "unsigned"
	case IntactUnidentified:
		return "intact-unidentified"
	case IntactTrusted:
		return "intact-trusted"
	case Broken:
	}
	return "broken"
}

// VerifyOptions say whom the reader trusts and what time it is.
type VerifyOptions struct {
	Roots []*x509.Certificate // signers' own certificates, and authorities that vouch for signers
	Now   time.Time           // certificates must be valid now, or when a trusted time stamp says: a claimed time proves nothing
}

// Verification is what can be said about a file. All text in it is free of control characters.
type Verification struct {
	Status     Status
	Signatures []Signature // the earliest first
	Unsigned   []string    // names of the signature fields in which nobody signed yet
	Problems   []string    // of the file itself; any makes it Broken
}

// Signature is what can be said about one signature.
type Signature struct {
	Field    string // the field's name
	Signer   Identity
	Claimed  time.Time // the signer's own statement, zero if there is none
	Stamp    *Stamp    // nil where no authority confirms the time
	Reason   string
	Location string
	DocMDP   int    // what the signer allows afterwards: 0 says nothing, 2 further signatures
	lock     object // FieldMDP: the fields that nobody may fill afterwards; null if there are none
	Extent
	Intact  bool                // the signed bytes are unharmed, and nothing but signatures was appended
	Fault   string              // why the signature itself does not hold; empty if it does
	Changes []Change            // what was altered after it
	Trusted bool                // the signer's certificate is trusted
	Doubt   string              // why not
	Chain   []*x509.Certificate // the signer's certificate first; nil if it could not be read
}

// Extent is how much of a file a signature covers.
type Extent struct {
	Revision  int  // the last revision that it covers, counted from 1
	number    int  // of the object that the signature is
	Bytes     int  // from the first one, its own digits included
	WholeFile bool // nothing was appended after it
}

// Identity is what a signer's certificate says.
type Identity struct {
	Name   string // common name, or the whole subject where there is none
	Issuer string // the same of who issued the certificate
	SHA256 string // of the certificate, 64 hexadecimal digits
}

// Verify tells who signed a PDF and whether what they signed is still what is read. It returns
// an error only for bytes that are no PDF ([ErrNotPDF]), for PDFs of a kind that is not read and
// that other programs signed ([ErrUnsupported]), and when no time is given; a file that was tampered
// with, or was a report before another program wrote it again, is a Verification whose Status is
// Broken, and one of such a kind that bears no signature is Unsigned.
func Verify(pdf []byte, o VerifyOptions) (*Verification, error) {
	if o.Now.IsZero() {
		return nil, errors.New("verify PDF: no time given")
	}
	f, err := readFile(pdf)
	switch {
	case errors.Is(err, ErrNotPDF) && begunLate(pdf):
		return &Verification{Problems: []string{"bytes stand before its beginning, where other readers look past them"}}, nil
	case errors.Is(err, ErrUnsupported) && len(pdf) <= MaxFile && hasTraces(pdf):
		return &Verification{Problems: []string{"another program wrote it, so that nothing signed in it can be verified: " + err.Error()}}, nil
	case errors.Is(err, ErrUnsupported) && len(pdf) <= MaxFile && !bytes.Contains(pdf, rangeKey):
		return &Verification{Status: Unsigned}, nil
	case errors.Is(err, ErrNotPDF), errors.Is(err, ErrUnsupported):
		return nil, fmt.Errorf("verify PDF: %w", err)
	case err != nil:
		return &Verification{Problems: []string{"the file is damaged, or was not written by Tickmark: " + err.Error()}}, nil
	}
	return verify(f, o), nil
}

func verify(f *file, o VerifyOptions) *Verification {
	v := &Verification{}
	if f.fault != nil {
		end := f.revisions[f.last()].end
		v.Problems = append(v.Problems, fmt.Sprintf("%d bytes after the end that are no whole revision: %v", len(f.data)-end, f.fault))
	}
	fields, problems := f.fields(f.last())
	v.Problems = append(v.Problems, problems...)
	reached := map[int]bool{}
	for _, field := range fields {
		if !field.filled() {
			v.Unsigned = append(v.Unsigned, field.name)
			continue
		}
		value := field.widget.get("V")
		if reached[int(value.number)] {
			v.Problems = append(v.Problems, fmt.Sprintf("field %q shows the signature of another field", field.name))
			continue
		}
		reached[int(value.number)] = true
		v.Signatures = append(v.Signatures, f.signature(field, o))
	}
	for _, n := range f.signatureObjects() {
		if reached[n] {
			continue
		}
		v.Problems = append(v.Problems, fmt.Sprintf("object %d is a signature that no signature field reaches", n))
		if field, ok := f.onceHeld(n); ok && len(v.Signatures) < maxFields {
			v.Signatures = append(v.Signatures, f.signature(field, o))
		}
	}
	slices.SortStableFunc(v.Signatures, func(a, b Signature) int { return a.Revision - b.Revision })
	v.addChanges(f)
	for _, n := range f.misread {
		v.Problems = append(v.Problems, fmt.Sprintf("object %d cannot be read", n))
	}
	v.Status = v.judge()
	return v
}

// signatureObjects lists the objects of any revision that look like a signature.
func (f *file) signatureObjects() []int {
	var found []int
	for _, r := range f.revisions {
		for _, s := range r.spots {
			if !s.signs {
				continue
			}
			if r.object(int(s.number)).value.isSignature() {
				found = append(found, int(s.number))
			}
		}
	}
	slices.Sort(found)
	return slices.Compact(found)
}

// onceHeld is the field that held a signature in an earlier revision.
func (f *file) onceHeld(signature int) (field, bool) {
	for in := f.last() - 1; in >= 0; in-- {
		fields, _ := f.fields(in)
		for _, field := range fields {
			if v := field.widget.get("V"); v.kind == kindRef && v.number == int64(signature) {
				return field, true
			}
		}
	}
	return field{}, false
}

// addChanges gives each signature the changes after it and settles whether it is intact.
func (v *Verification) addChanges(f *file) {
	changes := map[int][]Change{}
	for i := range v.Signatures {
		s := &v.Signatures[i]
		if s.Revision == 0 {
			continue
		}
		for r := s.Revision; r <= f.last(); r++ {
			if _, done := changes[r]; !done {
				changes[r] = f.changesIn(r)
			}
			s.Changes = append(s.Changes, changes[r]...)
		}
		for _, later := range v.Signatures {
			if later.Revision > s.Revision && s.forbids(later.Field) {
				s.Changes = append(s.Changes, Change{later.Revision, later.number, "", "a signature in field " + later.Field + ", which the signer did not allow"})
			}
		}
		s.Intact = s.Fault == "" && len(s.Changes) == 0
	}
}

// forbids tells whether a signer allowed nobody to sign a field afterwards.
func (s *Signature) forbids(field string) bool {
	named := slices.ContainsFunc(s.lock.get("Fields").items, func(o object) bool { return o.plainText() == field })
	switch action := s.lock.get("Action"); {
	case s.DocMDP == 1:
		return true
	case action.isName("Include"):
		return named
	case action.isName("Exclude"):
		return !named
	}
	return s.lock.kind != kindNull // all, or whatever else it says
}

func (v *Verification) judge() Status {
	status := IntactTrusted
	for _, s := range v.Signatures {
		switch {
		case !s.Intact:
			return Broken
		case !s.Trusted:
			status = IntactUnidentified
		}
	}
	switch {
	case len(v.Problems) > 0:
		return Broken
	case len(v.Signatures) == 0:
		return Unsigned
	}
	return status
}

// signature verifies what a filled field holds, apart from what came after it.
func (f *file) signature(filled field, o VerifyOptions) Signature {
	s := Signature{Field: filled.name}
	if err := f.check(filled, &s, o); err != nil {
		s.Fault = printable(err.Error())
		s.Trusted, s.Doubt = false, "the signature does not hold"
	}
	return s
}

func (f *file) check(filled field, s *Signature, o VerifyOptions) error {
	value := filled.widget.get("V")
	if value.kind != kindRef {
		return errors.New("the field's value is no reference to a signature")
	}
	written := slices.IndexFunc(f.revisions, func(r *revision) bool { return r.find(int(value.number)) != nil })
	if written < 0 {
		return errors.New("the signature is missing")
	}
	object := f.revisions[written].object(int(value.number))
	d := object.value
	s.Reason, s.Location = d.get("Reason").plainText(), d.get("Location").plainText()
	s.Claimed = claimedTime(d.get("M").text)
	s.DocMDP, s.lock = f.permissions(d)
	switch {
	case object.isStream, !d.get("Type").isName("Sig"), !d.get("Filter").isName("Adobe.PPKLite"), !d.get("SubFilter").isName("ETSI.CAdES.detached"):
		return errors.New("not a PAdES signature (ETSI.CAdES.detached)")
	case f.lookup(int(value.number), f.last()) != object:
		return errors.New("the signature was written again in a later revision")
	}
	before, after, err := f.signedRanges(d, f.revisions[written].end)
	if err != nil {
		return err
	}
	end := f.revisions[written].end
	s.Extent = Extent{Revision: written + 1, Bytes: end, WholeFile: end == len(f.data), number: int(value.number)}
	der, err := f.contents(d.get("Contents"))
	if err != nil {
		return err
	}
	read, err := checkCMS(der, f.digest(before, after))
	if err != nil {
		return err
	}
	if read.stamp == nil && d.has(stampedKey) {
		return errors.New("the time stamp that was taken with it is missing")
	}
	s.identify(read, o)
	return nil
}

// identify says who made a signature that holds, when, and whether they are trusted.
func (s *Signature) identify(read signed, o VerifyOptions) {
	s.Chain, s.Signer = read.chain, identityOf(read.chain[0])
	if read.stamp != nil {
		s.Stamp = read.stamp.describe(o)
	}
	if err := s.trust(o); err != nil {
		s.Doubt = printable(err.Error())
	}
	s.Trusted = s.Doubt == ""
}

func displayName(common, whole string) string {
	if name := printable(common); name != "" {
		return name
	}
	return printable(whole)
}

// signedRanges is what a signature covers: everything from the first byte to the end of its
// revision, but for its own Contents.
func (f *file) signedRanges(d object, end int) (before, after []byte, err error) {
	r, gap := d.get("ByteRange").items, d.get("Contents")
	if len(r) != 4 || gap.kind != kindString || !gap.hex {
		return nil, nil, errors.New("the signature does not say what it covers")
	}
	want := [4]int{0, gap.start, gap.end, end - gap.end}
	for i := range want {
		if r[i].kind != kindInteger || r[i].number != int64(want[i]) {
			return nil, nil, errors.New("the signed range does not frame exactly this signature up to the end of its revision")
		}
	}
	return f.data[:gap.start], f.data[gap.end:end], nil
}

// digest takes the digest of what a signature covers. Its first bytes were mostly digested
// already, for the signature before.
func (f *file) digest(before, after []byte) digester {
	return func(s scheme) []byte {
		if f.started.of != s.hash || f.started.at > len(before) {
			f.started = prefix{of: s.hash}
			f.started.sum, _ = s.hash.New().(hash.Cloner)
		}
		p := &f.started
		if p.sum == nil { // a digest that cannot be continued
			return s.sum(before, after)
		}
		p.sum.Write(before[p.at:])
		p.at = len(before)
		whole, err := p.sum.Clone()
		if err != nil {
			return s.sum(before, after)
		}
		whole.Write(after)
		return whole.Sum(nil)
	}
}

// prefix is the digest of the first bytes of a file.
type prefix struct {
	of  crypto.Hash
	at  int
	sum hash.Cloner
}

// contents decodes the hexadecimal digits of a CMS, allowing nothing among them.
func (f *file) contents(gap object) ([]byte, error) {
	der, err := hex.DecodeString(string(f.data[gap.start+1 : gap.end-1]))
	if err != nil {
		return nil, errors.New("the signature is not written in hexadecimal digits alone")
	}
	return der, nil
}

// permissions are what a signature allows afterwards: the P of a certifying one, 0 of any other,
// and the fields that it locks.
func (f *file) permissions(d object) (docMDP int, lock object) {
	for _, reference := range f.resolve(d.get("Reference"), f.last()).items {
		reference = f.resolve(reference, f.last())
		parameters := f.resolve(reference.get("TransformParams"), f.last())
		switch method := reference.get("TransformMethod"); {
		case method.isName("DocMDP"):
			const nothing, usual = 1, 2
			switch p := f.resolve(parameters.get("P"), f.last()); p.kind {
			case kindNull:
				docMDP = usual
			case kindInteger:
				docMDP = int(p.number)
			default:
				docMDP = nothing
			}
		case method.isName("FieldMDP"):
			lock = parameters.with("Fields", f.resolve(parameters.get("Fields"), f.last()))
		}
	}
	return docMDP, lock
}

// claimedTime reads a PDF date with seconds, the zero time if it is none.
func claimedTime(s string) time.Time {
	const layout, digits = "D:20060102150405", len("D:20060102150405")
	if len(s) < digits {
		return time.Time{}
	}
	zone := strings.ReplaceAll(s[digits:], "'", "")
	if zone == "" || zone == "Z" {
		zone = "+0000"
	}
	t, err := time.Parse(layout+"-0700", s[:digits]+zone)
	if err != nil {
		return time.Time{}
	}
	return t.UTC()
}

// trust tells why a signer is not to be taken for who the certificate says; nil if the
// certificate is one of the trusted ones or leads to an authority among them. It must have been
// valid when the signature was made: if a trusted time stamp says when, then that is enough;
// else it must be valid now as well, because the signer's claim proves nothing.
func (s *Signature) trust(o VerifyOptions) error {
	leaf, at := s.Chain[0], o.Now
	if s.Stamp != nil && s.Stamp.Trusted {
		at = s.Stamp.Time
	}
	if err := suitableSigner(leaf, at); err != nil {
		return err
	}
	switch {
	case s.Claimed.IsZero():
		return errors.New("the signature names no time")
	case s.Claimed.After(o.Now.Add(maxClock)):
		return errors.New("the signature claims a time that has not come yet")
	case s.Stamp != nil && s.Stamp.Trusted && (s.Claimed.After(at.Add(maxClock)) || s.Claimed.Before(at.Add(-maxClock))):
		return errors.New("the signature claims another time than its time stamp")
	}
	if err := suitableSigner(leaf, s.Claimed); err != nil {
		return fmt.Errorf("at the claimed time: %w", err)
	}
	if !leads(s.Chain, o.Roots, at, documentPurposes) {
		return errors.New("the certificate is not trusted here and leads to none that is")
	}
	return nil
}
