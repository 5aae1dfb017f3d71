package sign

import (
	"bytes"
	"crypto"
	cryptorand "crypto/rand"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
)

// reserved is the room for the CMS in bytes: a chain of three certificates takes 4,000, a time
// stamp about 3,000 more.
const reserved = 16 << 10

// Options say who signs, where and when.
type Options struct {
	Signer   crypto.Signer
	Chain    []*x509.Certificate // the signer's certificate first
	Field    string              // the empty field to fill
	Name     string              // of the person; the certificate's common name if empty
	Reason   string              // such as "Completed the self-assessment"; may be empty
	Location string              // may be empty
	When     time.Time           // the signer's claim, to the second
	Rand     io.Reader           // crypto/rand's if nil
	// Stamp carries the query of RFC 3161 to a time-stamp authority and brings its answer, which
	// is checked here; nil signs without time stamp.
	Stamp      func(query []byte) (reply []byte, err error)
	Appearance []byte // a PDF whose first page fills the field's rectangle; nil leaves it empty
}

// Sign returns the PDF with one signature more, in the empty field that the options name. The
// first signature also certifies the file; a later one leaves the earlier ones intact. A file
// that does not hold (see [Verify]) is not signed. Errors: [ErrKey] for keys and certificates
// that cannot sign, [ErrNotPDF], [ErrUnsupported], and plain ones for a field that is missing or
// filled.
func Sign(pdf []byte, o Options) ([]byte, error) {
	out, err := signPDF(pdf, o)
	if err != nil {
		return nil, fmt.Errorf("sign field %q: %w", printable(o.Field), err)
	}
	return out, nil
}

func signPDF(pdf []byte, o Options) ([]byte, error) {
	if err := o.check(); err != nil {
		return nil, err
	}
	f, err := readComplete(pdf)
	if err != nil {
		return nil, err
	}
	v := verify(f, VerifyOptions{Now: o.When})
	if v.Status == Broken {
		return nil, fmt.Errorf("the file does not hold as it is: %s", strings.Join(v.Faults(), "; "))
	}
	target, err := f.emptyField(o.Field)
	if err != nil {
		return nil, err
	}
	u := newUpdate(f)
	signature := u.reserve()
	widget := target.widget.with("V", reference(signature))
	if o.Appearance != nil {
		form, err := u.importPage(o.Appearance)
		if err != nil {
			return nil, fmt.Errorf("appearance: %w", err)
		}
		widget = widget.with("AP", dict("N", reference(form)))
	}
	u.put(target.number, widget)
	first := len(v.Signatures) == 0
	if first {
		root, catalog, err := f.catalog(f.last())
		if err != nil {
			return nil, err
		}
		u.put(root, catalog.with("Perms", dict("DocMDP", reference(signature))))
	}
	gap := newGap(o, first)
	u.objects[signature] = gap.body
	out, bodies := u.bytes()
	return gap.fill(out, bodies[signature], o)
}

// check refuses what would give a signature that nobody could rely on.
func (o *Options) check() error {
	switch {
	case o.Signer == nil || len(o.Chain) == 0:
		return fmt.Errorf("%w: no key or no certificate", ErrKey)
	case len(o.Chain) > maxChain:
		return fmt.Errorf("%w: a chain of %d certificates, more than %d", ErrKey, len(o.Chain), maxChain)
	case o.When.IsZero():
		return errors.New("no time given")
	case !sameKey(o.Signer.Public(), o.Chain[0].PublicKey):
		return fmt.Errorf("%w: the certificate belongs to another key", ErrKey)
	}
	if err := suitableKey(o.Signer.Public()); err != nil {
		return err
	}
	if err := suitableSigner(o.Chain[0], o.When); err != nil {
		return fmt.Errorf("%w: %w", ErrKey, err)
	}
	if o.Rand == nil {
		o.Rand = cryptorand.Reader
	}
	if o.Name == "" {
		o.Name = o.Chain[0].Subject.CommonName
	}
	return nil
}

func (f *file) emptyField(label string) (field, error) {
	fields, _ := f.fields(f.last())
	if len(fields) == 0 {
		return field{}, errNoForm
	}
	var names []string
	for _, field := range fields {
		if field.name == label && field.filled() {
			return field, errors.New("somebody signed there already")
		}
		if field.name == label {
			return field, nil
		}
		names = append(names, field.name)
	}
	return field{}, fmt.Errorf("no such field; the file has %q", names)
}

// gap is a signature dictionary with room for two things that are known only when the file
// around it is laid out: the signed ranges and the CMS. It knows where in its body they go.
type gap struct {
	body             []byte
	ranges, contents int
}

// stampedKey says among what is signed that a time stamp was taken: the stamp itself stands
// beside the signature, where whoever takes it away would leave no trace.
const stampedKey = "TMRK_Stamped"

const rangesWidth = len("[0 2147483647 2147483647 2147483647]")

func newGap(o Options, certify bool) gap {
	var g gap
	var w bytes.Buffer
	w.WriteString("<<\n/Type /Sig\n/Filter /Adobe.PPKLite\n/SubFilter /ETSI.CAdES.detached\n/ByteRange ")
	g.ranges = w.Len()
	w.WriteString(strings.Repeat(" ", rangesWidth))
	w.WriteString("\n/Contents ")
	g.contents = w.Len()
	w.WriteString("<" + strings.Repeat("0", 2*reserved) + ">")
	entries := dict("M", byteString(o.When.UTC().Format("D:20060102150405")+"+00'00'"), "Name", textString(printable(o.Name)))
	if o.Reason != "" {
		entries = entries.with("Reason", textString(printable(o.Reason)))
	}
	if o.Location != "" {
		entries = entries.with("Location", textString(printable(o.Location)))
	}
	if o.Stamp != nil {
		entries = entries.with(stampedKey, object{kind: kindBool, number: 1})
	}
	if certify {
		const onlySign = 2
		entries = entries.with("Reference", array(dict("Type", name("SigRef"), "TransformMethod", name("DocMDP"),
			"TransformParams", dict("Type", name("TransformParams"), "P", integer(onlySign), "V", name("1.2")))))
	}
	for i, key := range entries.keys {
		w.WriteString("\n/" + key + " ")
		entries.items[i].write(&w)
	}
	w.WriteString("\n>>")
	g.body = w.Bytes()
	return g
}

// fill writes the ranges and the CMS into out, where the gap's body begins at body.
func (g gap) fill(out []byte, body int, o Options) ([]byte, error) {
	from := body + g.contents
	to := from + 2*reserved + len("<>")
	copy(out[body+g.ranges:], fmt.Sprintf("[0 %d %d %d]", from, to, len(out)-to))
	var stamp func([]byte) ([]byte, error)
	if o.Stamp != nil {
		stamp = o.stamped
	}
	der, err := buildCMS(o.Rand, o.Signer, o.Chain, stamp, out[:from], out[to:])
	if err != nil {
		return nil, err
	}
	if len(der) > reserved {
		return nil, fmt.Errorf("the signature needs %d bytes and has room for %d: leave certificates out of the chain", len(der), reserved)
	}
	hex.Encode(out[from+1:], der)
	return out, nil
}

// importPage copies the first page of another PDF, fonts and pictures included, and returns the
// number of the form that draws it.
func (u *update) importPage(pdf []byte) (int, error) {
	from, err := readWhole(pdf)
	if err != nil {
		return 0, err
	}
	pages, err := from.pages()
	if err != nil {
		return 0, err
	}
	if len(pages) == 0 {
		return 0, errPages
	}
	first := pages[0]
	content := from.lookup(int(first.value.get("Contents").number), from.last())
	if first.value.get("Contents").kind != kindRef || content == nil || !content.isStream {
		return 0, errors.New("the page's content is not one stream")
	}
	copied := &importing{update: u, from: from, numbers: map[int]int{}}
	form := content.value.with("Type", name("XObject")).with("Subtype", name("Form")).with("BBox", first.box)
	form = form.with("Resources", copied.object(first.resources))
	if group := first.value.get("Group"); group.kind == kindDict {
		form = form.with("Group", copied.object(group))
	}
	n := u.reserve()
	u.putIndirect(&indirect{number: n, value: form, isStream: true, stream: content.stream})
	return n, copied.run()
}

// importing copies objects and what they need from one file into an update.
type importing struct {
	update  *update
	from    *file
	numbers map[int]int
	queue   []int
}

// object renumbers a value's references and remembers what they name.
func (i *importing) object(o object) object {
	return o.renumbered(func(old int) int {
		if n, ok := i.numbers[old]; ok {
			return n
		}
		i.numbers[old] = i.update.reserve()
		i.queue = append(i.queue, old)
		return i.numbers[old]
	})
}

func (i *importing) run() error {
	for len(i.queue) > 0 {
		old := i.queue[0]
		i.queue = i.queue[1:]
		source := i.from.lookup(old, i.from.last())
		if source == nil {
			return fmt.Errorf("object %d is missing", old)
		}
		i.update.putIndirect(&indirect{
			number: i.numbers[old], value: i.object(source.value), isStream: source.isStream, stream: source.stream,
		})
	}
	return nil
}
