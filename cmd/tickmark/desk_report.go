package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"tickmark/engine"
	"tickmark/questionnaires"
	"tickmark/reports"
	"tickmark/reports/export"
	"tickmark/reports/printer"
	"tickmark/tui/screen"
	"tickmark/vault"
)

// papers is how the workbench prints and signs: as the verbs report and countersign.
func (d *door) papers(path string, o opening) screen.Papers {
	p := screen.Papers{
		Tables: export.Tables(),
		Print: func(ctx context.Context, v *vault.Vault, id questionnaires.ID, w screen.Printing, tell func(engine.Progress)) (screen.Said, error) {
			if v == nil {
				return screen.Said{}, errors.New("print: the vault is not open")
			}
			return d.saying(tell, func(at *door) error { return at.printFromDesk(ctx, v, path, id, w, o) })
		},
		Countersign: func(ctx context.Context, v *vault.Vault, c screen.Countersigning, tell func(engine.Progress)) (screen.Said, error) {
			return d.saying(tell, func(at *door) error { return at.countersignFromDesk(ctx, v, c) })
		},
	}
	for _, f := range export.Formats() {
		p.Formats = append(p.Formats, f.String())
	}
	return p
}

// printFromDesk prints what a person chose in the workbench. Where they named no file it
// lies beside the vault.
func (d *door) printFromDesk(ctx context.Context, v *vault.Vault, path string, id questionnaires.ID, w screen.Printing, o opening) error {
	p := printing{
		kind: w.Kind.String(), date: string(w.Date), paper: cmp.Or(w.Paper, "a4"), version: w.Version, unsigned: w.Unsigned,
		pen: penFromDesk(w.Pen, preparedReason), pack: packing{file: fromHome(w.Package), to: pathsFromHome(w.To)},
		as: exporting{format: w.Format, table: w.Table}, out: fromHome(w.File),
	}
	if p.out == "" && p.pack.file == "" {
		p.out = reportName(path, w.Version, w.Kind, w.Format)
	}
	said := map[string]string{
		"sign": w.Pen.Key, "sign-passphrase-file": w.Pen.Phrase, "tsa": w.Pen.Authority, "reason": w.Pen.Reason, "paper": w.Paper, "bundle": w.Package,
	}
	p.given = func(flag string) bool { return said[flag] != "" }
	request, to, err := d.requested(ctx, p, d.consent(o.allowExec))
	if err != nil {
		return err
	}
	request.Assessment = id
	return d.printTo(ctx, v, p, request, to)
}

// countersignFromDesk signs a report that a person chose in the workbench. It is noted in the
// vault of the desk where it is of that vault and somebody writes there.
func (d *door) countersignFromDesk(ctx context.Context, v *vault.Vault, c screen.Countersigning) error {
	asked := countersigning{pen: penFromDesk(c.Pen, countersignedReason), file: fromHome(c.File), field: strings.TrimSpace(c.Field), trust: fromHome(c.Trust)}
	if v != nil {
		if _, can := v.Author(); can {
			asked.vault = v
		}
	}
	err := d.countersigned(ctx, asked)
	if errors.Is(err, printer.ErrAnotherVault) {
		asked.vault = nil
		err = d.countersigned(ctx, asked)
	}
	if v != nil && asked.vault == nil && (err == nil || errors.Is(err, errAttention)) {
		fmt.Fprintln(d.out, "noted    nowhere: the report is of another vault, or nobody may write into this one")
	}
	return err
}

// penFromDesk is how a person signs from the workbench.
func penFromDesk(p screen.Pen, reason string) signature {
	return signature{key: fromHome(p.Key), phraseFile: fromHome(p.Phrase), authority: strings.TrimSpace(p.Authority), reason: cmp.Or(p.Reason, reason)}
}

// reportName is where the report of a vault lies: that of an issued version, looked at
// as it was, beside the one of the assessment as it is, and every other kind beside the
// record. A format that is none, or ends as another does, is told when it is printed.
func reportName(path, version string, kind reports.Kind, format string) string {
	name := strings.TrimSuffix(path, filepath.Ext(path))
	if version != "" {
		name += "-version-" + version
	}
	if !kind.IsRecord() {
		name += "-" + kind.String()
	}
	as := export.PDF
	if kind == reports.Transfer {
		as = export.XLSX
	}
	if named, err := export.ParseFormat(format); err == nil {
		as = named
	}
	return name + as.Ending()
}

// saying does something at the desk, and takes what it said.
func (d *door) saying(tell func(engine.Progress), do func(*door) error) (screen.Said, error) {
	with, text := d.atDesk(tell)
	err := do(with)
	said := screen.Said{Lines: slices.Collect(strings.Lines(text.String())), Attention: errors.Is(err, errAttention)}
	if said.Attention {
		err = nil
	}
	return said, unhinted(err)
}
