package screen

import (
	"context"

	"tickmark/engine"
	"tickmark/questionnaires"
	"tickmark/reports"
	"tickmark/vault"
)

// Papers is how papers are printed and signed. Keys, authorities and formats are not
// the desk's; nil where nothing prints.
type Papers struct {
	// Print prints a paper of an assessment, verifies it, and says where it lies.
	Print func(context.Context, *vault.Vault, questionnaires.ID, Printing, func(engine.Progress)) (Said, error)
	// Countersign signs a report that somebody else has signed, and notes it in the vault
	// where the report is of it.
	Countersign func(context.Context, *vault.Vault, Countersigning, func(engine.Progress)) (Said, error)
	Formats     []string // the first is that of what names none
	Tables      []string // those of a format of one table
}

// Printing is what a person wants printed. What is empty is as the command line has it.
type Printing struct {
	Kind     reports.Kind
	Format   string
	Table    string
	File     string
	Paper    string
	Date     questionnaires.Day
	Version  string // an issued one
	Unsigned bool
	Pen      Pen
	Package  string   // a file for the report with the evidence it rests on
	To       []string // whom the package is sealed to; nobody leaves it in the clear
}

// Pen is how somebody signs.
type Pen struct {
	Key       string // a file or a token; "" is the person's own
	Phrase    string // a file with its passphrase or PIN
	Authority string // a time-stamp authority that confirms when
	Reason    string
}

// Countersigning is a second signature on a report.
type Countersigning struct {
	File  string
	Field string // the role whose field is signed; "" is the next empty one
	Trust string // a file of certificates to trust
	Pen   Pen
}

// penBlanks ask how somebody signs.
func penBlanks[T any](at func(*T) *Pen) []blank[T] {
	return []blank[T]{
		line("Time stamp", "The URL of an authority that confirms when you sign. The digest of the signature goes there, and nothing else.", false, func(t *T) *string { return &at(t).Authority }),
		line("Key", "A file with key and certificates, or a pkcs11: address; nothing for your own.", false, func(t *T) *string { return &at(t).Key }),
		line("Passphrase file", "A file whose first line is the key's passphrase, or the token's PIN.", false, func(t *T) *string { return &at(t).Phrase }),
		line("Reason", "What the signature says it is for.", false, func(t *T) *string { return &at(t).Reason }),
	}
}

// options are choices that say no more than their names.
func options(names []string, none string) []option {
	all := []option{{text: none, about: "takes the choice back"}}
	for _, name := range names {
		all = append(all, option{value: name, text: name})
	}
	return all
}

// printingForm asks how the paper is printed. It is nothing of the vault: also what was
// issued, and what may only be read, is printed in any way.
func (s *Report) printingForm() *Form {
	type p = Printing
	d := s.desk
	kinds := make([]option, 0, len(s.kinds()))
	for _, k := range s.kinds() {
		kinds = append(kinds, option{value: k.String(), text: k.String(), about: k.Purpose()})
	}
	blanks := append([]blank[p]{
		choice("Kind", "Which paper.", true, kinds, func(w *p) string { return w.Kind.String() }, func(w *p, text string) (err error) { w.Kind, err = reports.ParseKind(text); return err }),
		choice("Format", "What is not PDF carries no signature.", false, options(d.Papers.Formats, "by the file's ending, else pdf"), func(w *p) string { return w.Format }, func(w *p, text string) error { w.Format = text; return nil }),
		choice("Table", "Of csv alone: which table.", false, options(d.Papers.Tables, "the first"), func(w *p) string { return w.Table }, func(w *p, text string) error { w.Table = text; return nil }),
		line("File", "The file to be written; nothing for one beside the vault.", false, func(w *p) *string { return &w.File }),
		choice("Paper", "Its size.", false, options([]string{"a4", "letter"}, "a4"), func(w *p) string { return w.Paper }, func(w *p, text string) error { w.Paper = text; return nil }),
		day("Date", "Of the report; nothing for the day of the newest entry.", false, func(w *p) *questionnaires.Day { return &w.Date }),
		line("Package", "A .zip file for the report with the raw evidence it rests on; no file beside it then, unless you name one.", false, func(w *p) *string { return &w.Package }),
		lines("Sealed to", "Whom the package is sealed to with age, one a line: a key, a file of keys, a card. Nobody leaves it in the clear.", func(w *p) *[]string { return &w.To }),
		either("Unsigned", "Yes leaves your signature out.", false, func(w *p) *bool { return &w.Unsigned }),
	}, penBlanks(func(w *p) *Pen { return &w.Pen })...)
	f := caringForm(d, "How it is printed", "What is left empty is as it is usually printed. What is chosen here stays chosen at this desk.", "print", &s.wish, blanks, func(ctx context.Context, tell func(engine.Progress)) (Said, error) {
		return s.printed(ctx, s.wish, tell)
	})
	f.send.aside = true
	return f
}

// countersignForm asks which report is signed as well, and by whom.
func countersignForm(d *Desk) *Form {
	type c = Countersigning
	value := &Countersigning{}
	blanks := append([]blank[c]{
		line("File", "The signed report, a PDF.", true, func(c *c) *string { return &c.File }),
		line("Field", "The role whose field you sign; nothing for the next empty one.", false, func(c *c) *string { return &c.Field }),
		line("Trust", "A file of certificates that you trust, such as the first signer's.", false, func(c *c) *string { return &c.Trust }),
	}, penBlanks(func(c *c) *Pen { return &c.Pen })...)
	f := caringForm(d, "Countersign", "Verifies a signed report, puts your signature into the next empty field, and verifies it again. What was signed before stays byte for byte; what was changed since is refused.", "sign", value, blanks, func(ctx context.Context, tell func(engine.Progress)) (Said, error) {
		return d.Papers.Countersign(ctx, d.vault, *value, tell)
	})
	f.send.aside = true
	return f
}
