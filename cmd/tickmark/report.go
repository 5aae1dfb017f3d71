package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"tickmark/engine/imports"
	"tickmark/engine/kube"
	"tickmark/questionnaires/pci"
	"tickmark/reports"
	"tickmark/reports/export"
	"tickmark/reports/pdf"
	"tickmark/reports/printer"
	"tickmark/vault"
)

// printing is what somebody asks to be printed, on the command line or in the workbench.
type printing struct {
	out, kind, date, paper, version string
	unsigned                        bool
	pen                             signature
	pack                            packing
	as                              exporting
	// given reports whether something was said, and is not what stands for nothing.
	given func(flag string) bool
	// unnoted is why the vault will not note it; "" where it will, or is read as was asked for.
	unnoted string
}

func (d *door) reportVerb() *cobra.Command {
	var o opening
	var p printing
	verb := &cobra.Command{
		Use:   "report VAULT -o FILE",
		Short: "Print an assessment as a signed PDF, or write it in another format",
		Long:  reportHelp(),
		Example: "  tickmark report shop.vault -o record.pdf\n  tickmark report shop.vault -o first.pdf --version 1\n  tickmark report shop.vault -o summary.pdf --kind summary\n  tickmark report shop.vault -o attestation.pdf --kind aoc-record\n" +
			"  tickmark report shop.vault --bundle record.zip\n  tickmark report shop.vault --bundle record.zip.age --encrypt-to age1...\n" +
			"  tickmark report shop.vault -o to-copy.xlsx --kind transfer\n  tickmark report shop.vault -o results.oscal.json",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			p.given = cmd.Flags().Changed
			request, to, err := d.requested(cmd.Context(), p, d.consent(o.allowExec))
			if err != nil {
				return err
			}
			v, a, err := d.chosen(cmd.Context(), args[0], o)
			if unwritable(err) && !o.readOnly { // whoever has a copy to read prints it all the same
				p.unnoted = "the vault cannot be written"
				o.readOnly = true
				v, a, err = d.chosen(cmd.Context(), args[0], o)
			}
			if err != nil {
				return err
			}
			defer v.Close()
			request.Assessment = a.Details.ID
			return d.printTo(cmd.Context(), v, p, request, to)
		},
	}
	o.flags(verb)
	verb.Flags().StringVarP(&p.out, "output", "o", "", "`FILE` to write")
	p.pack.flags(verb)
	verb.Flags().BoolVar(&o.readOnly, "read-only", false, "note nothing in the vault, and lock nothing")
	verb.Flags().StringVar(&p.kind, "kind", "", "`KIND` of report: "+reports.KindNames()+" (default: the record that fits the questionnaire)")
	verb.Flags().StringVar(&p.date, "date", "", "`DATE` of the report, such as 2026-11-30 (default: the newest entry's)")
	verb.Flags().StringVar(&p.version, "version", "", "`VERSION` that was issued (default: the last one, or the assessment as it is)")
	verb.Flags().BoolVar(&p.unsigned, "unsigned", false, "do not sign")
	verb.Flags().StringVar(&p.paper, "paper", "a4", "a4 or letter")
	p.as.flags(verb)
	p.pen.flags(verb, preparedReason)
	return verb
}

// preparedReason is what the signature of who prepared a report says it is for.
const preparedReason = "Prepared this record"

// requested reads what somebody asks to be printed, and refuses what does not go
// together. It opens the signing key, and returns whom a package is sealed to.
func (d *door) requested(ctx context.Context, p printing, c *consent) (printer.Request, []vault.Recipient, error) {
	fail := func(err error) (printer.Request, []vault.Recipient, error) { return printer.Request{}, nil, err }
	request, err := requestOf(p)
	if err != nil {
		return fail(err)
	}
	to, err := p.pack.recipients(c)
	if err != nil {
		return fail(err)
	}
	if request.Version = p.version; p.version != "" && p.date != "" {
		return fail(usagef("report: --version %s is dated by its issue, and --date is another thing", p.version))
	}
	if err := p.as.read(p, &request); err != nil {
		return fail(err)
	}
	if given := p.pen.given(p.given); p.unsigned && given != "" {
		return fail(usagef("report: --unsigned and %s exclude each other", given))
	}
	if !p.unsigned && request.Export.Format == export.PDF {
		if request.Hand, err = d.hand(ctx, p.pen); err != nil {
			return fail(err)
		}
	}
	request.Catalogue, err = pci.Catalogue()
	return request, to, err
}

// printTo prints what was requested of a vault, and says what came of it.
func (d *door) printTo(ctx context.Context, v *vault.Vault, p printing, request printer.Request, to []vault.Recipient) error {
	request.Package = p.pack.of(v, to)
	line := d.progress()
	request.Tell = line.Step
	printed, err := printer.Print(ctx, v, request)
	line.Done()
	if err != nil {
		return err
	}
	d.printPrinted(printed)
	if v.ReadOnly() {
		fmt.Fprintf(d.out, "noted    nowhere: %s\n", cmp.Or(p.unnoted, "the vault is only read"))
	}
	if printed.Draft != "" {
		return errAttention
	}
	return nil
}

// unwritable reports whether something cannot be opened because nobody may write there.
func unwritable(err error) bool {
	return errors.Is(err, fs.ErrPermission) || errors.Is(err, syscall.EROFS)
}

// reportHelp says what the verb does.
func reportHelp() string {
	return `Prints the assessment as a paper of a kind:

` + kindLines() + `
Without --kind it is the record that fits the questionnaire. No kind is an official form
of PCI SSC, and none declares anything: the result is what a named person concluded.

The report is signed with your signing certificate (--sign KEY names another,
--unsigned leaves it out), and what was made is verified before it is written. With
--tsa URL a time-stamp authority confirms when it was signed: the digest of the
signature goes there and nothing else. While the assessment has problems or is not
issued the report is marked as a draft, and the verb ends with 3. It is dated by the
assessment's newest entry unless --date says otherwise, and the same vault gives the
same pages.

The ending of FILE or --format chooses another format than PDF, which carries no
signature: xlsx, csv (of one table), json, markdown, sarif (what failed, and what is
unknown as open) or oscal (assessment results). docs/formats.md describes them.

What was printed and signed is noted in the vault, so that numbers of evidence stay
and ` + "`verify --vault`" + ` knows whose signature it is. With --read-only, or where the vault
cannot be written, it is printed all the same, the same pages, and noted nowhere.

What was issued is printed as it was issued, dated by its issue, whatever came into
the vault later; --version prints an earlier version again, the same pages too.

--bundle FILE.zip packs the report with the evidence it rests on: raw files by
requirement, an index, the digest of every file and a signature over them, and how to
check all of it without Tickmark. What was expunged or is quarantined stays out.
--encrypt-to RECIPIENT seals the package with age on its way to the disk.`
}

// kindLines are the kinds of report, each with what it is for.
func kindLines() string {
	var b strings.Builder
	for _, k := range reports.Kinds() {
		fmt.Fprintf(&b, "  %-12s %s\n", k, k.Purpose())
	}
	return b.String()
}

func requestOf(p printing) (printer.Request, error) {
	r := printer.Request{Out: p.out, Foreign: imports.Wrote}
	if p.out == "" && p.pack.file == "" || p.out == "-" {
		return r, usagef("report: -o FILE is needed")
	}
	var err error
	if r.Kind, err = reports.ParseKind(p.kind); err != nil {
		return r, usagef("report: %v", err)
	}
	switch p.paper {
	case "a4":
		r.Paper = pdf.A4
	case "letter":
		r.Paper = pdf.Letter
	default:
		return r, usagef("report: --paper %q is neither a4 nor letter", p.paper)
	}
	if p.date != "" {
		day, err := time.Parse(time.DateOnly, p.date)
		if err != nil {
			return r, usagef("report: --date %q is no date such as 2026-11-30", p.date)
		}
		// The end of the day, so that a report can bear the day of its newest evidence.
		r.Date = day.Add(24*time.Hour - time.Second)
	}
	return r, nil
}

func (d *door) printPrinted(p printer.Printed) {
	if p.Format == export.PDF {
		fmt.Fprintf(d.out, "printed  %s, %s, %d pages\n", cmp.Or(p.Path, "into the package"), p.Kind, p.Pages)
	} else {
		fmt.Fprintf(d.out, "written  %s, %s, %s\n", p.Path, p.Kind, p.Format)
	}
	fmt.Fprintf(d.out, "version  %s\n", kube.Printable(p.Of))
	if p.Draft != "" {
		fmt.Fprintf(d.out, "draft    %s\n", p.Draft)
	}
	fmt.Fprintf(d.out, "head     %s\nsha-256  %s\n", p.Head, p.File)
	d.printPacked(p.Package)
	if p.Verify == nil {
		fmt.Fprintln(d.out, "unsigned")
		return
	}
	for _, line := range p.Verify.Lines() {
		fmt.Fprintln(d.out, line)
	}
}
