package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"tickmark/engine/kube"
	"tickmark/questionnaires"
	"tickmark/vault"
)

// attaching is a file, or notes, that become evidence.
type attaching struct {
	evidenceWords
	kind, text          string
	edited, again, swap bool
	line                *progressLine // nil where no file is read
}

func (d *door) attachVerb() *cobra.Command {
	var o opening
	var x attaching
	var format string
	verb := &cobra.Command{
		Use: "attach VAULT [FILE] [--requirement REQUIREMENT]...", Short: "Take a file, or notes, in as evidence, byte for byte", Args: cobra.RangeArgs(1, 2),
		Long: `Takes a file of at most 64 GiB in as evidence, byte for byte; - is the standard input.
It may be interrupted: then the vault is as it was. Documents are numbered Doc-1,
Doc-2, notes of interviews Int-1, Int-2, all else Evidence-1, Evidence-2. Notes that
are no file are given as --text, or written in your editor with --edit.

The days are kept apart: collected is when it came to be, effective what period it is
about, received when it came from the entity, valid-until the last day it counts. Days
that must have been and are to come are refused.

What can be read of it is searched for card numbers and keys: text, HTML, mail, PDF,
office files, and archives of these. A hit quarantines the file: nobody rests on it, and
it does not leave, until somebody decides (tickmark evidence VAULT release). Images and
what cannot be read are marked as not searched. Ends with 3 where it is quarantined.

A file that the vault holds already is not taken in twice: with a requirement that it
did not serve, the one that is there serves it too; --again takes it in once more.`,
		Example: "  tickmark attach shop.vault standard.pdf --kind document --version 4 --revised 2026-03-01 --purpose 'Sets how segments are kept apart.' --requirement 1.2.1\n" +
			"  tickmark attach shop.vault --kind interview --title 'Network lead' --topic firewalls --role 'network lead' --edit",
		RunE: func(cmd *cobra.Command, args []string) error {
			file, err := d.attachable(cmd, args, &x)
			if err != nil {
				return err
			}
			v, err := d.open(cmd.Context(), args[0], o)
			if err != nil {
				return err
			}
			defer d.finish(cmd.Context(), v)
			h, err := v.History(cmd.Context())
			if err == nil {
				err = x.inVault(cmd, h, o.assessment, file.Item.Requirements, &file.Item.Details)
			}
			if err != nil {
				return fmt.Errorf("attach: %w", err)
			}
			return d.attach(cmd.Context(), v, file, x, format)
		},
	}
	o.flags(verb)
	outputFlag(verb, &format)
	x.flags(verb)
	kinds := make([]string, 0, len(questionnaires.EvidenceKinds()))
	for _, k := range questionnaires.EvidenceKinds() {
		kinds = append(kinds, k.String())
	}
	f := verb.Flags()
	f.StringVar(&x.kind, "kind", "other", "`KIND` of evidence: "+strings.Join(kinds, ", "))
	f.StringVar(&x.text, "text", "", "the notes themselves, in place of a file")
	f.BoolVar(&x.edited, "edit", false, "write the notes in your editor, in place of a file")
	allowSwapFlag(verb, &x.swap)
	f.BoolVar(&x.again, "again", false, "take in once more what the vault holds")
	_ = verb.RegisterFlagCompletionFunc("kind", cobra.FixedCompletions(kinds, cobra.ShellCompDirectiveNoFileComp)) // the flag is there
	return verb
}

// attachable is what the command line says is to be taken in.
func (d *door) attachable(cmd *cobra.Command, args []string, x *attaching) (vault.File, error) {
	kind, err := questionnaires.ParseEvidenceKind(x.kind)
	if err != nil {
		return vault.File{}, usageError{err}
	}
	said := questionnaires.EvidenceDescription{Obtained: kind.Obtained()}
	if err := x.change(cmd, &said); err != nil {
		return vault.File{}, err
	}
	file := vault.File{Once: !x.again, Item: questionnaires.Evidence{
		Kind: kind, Title: said.Title, Collected: said.Collected, Requirements: said.Requirements, Details: said.Details,
		File: &questionnaires.FileSource{Obtained: said.Obtained},
	}}
	if questionnaires.DayOf(d.now()) == questionnaires.DayOf(said.Collected) {
		file.Item.Collected = time.Time{} // now
	}
	typed := x.edited || cmd.Flags().Changed("text")
	switch {
	case typed && len(args) > 1:
		return file, usagef("attach: name a file or give the notes with --text or --edit, not both")
	case typed && !kind.Notes():
		return file, usagef("attach: notes are of --kind interview or observation; a %s is a file", kind)
	case typed && file.Item.Title == "":
		return file, usagef("attach: notes need a --title")
	case typed:
		return d.notes(cmd.Context(), file, *x)
	case len(args) < 2:
		return file, usagef("attach: name a FILE, or write notes with --edit or --text")
	case args[1] == "-":
		file.Name = kind.String() + ".txt"
		file.Open = func() (io.ReadCloser, error) { return io.NopCloser(d.in), nil }
		return file, nil
	}
	x.line = d.progress()
	from := fileAt(args[1], x.line.Bytes("taking in"))
	file.Name, file.Open = from.Name, from.Open
	return file, nil
}

// fileAt is the file of a path. Tell is told how much of it was read.
func fileAt(path string, tell func(done, total int64)) vault.File {
	return vault.File{Name: path, Open: func() (io.ReadCloser, error) {
		f, err := os.Open(path)
		if err != nil {
			return nil, withoutProgram(err)
		}
		if info, err := f.Stat(); err == nil && info.IsDir() {
			return nil, errors.Join(errors.New("it is a folder; tickmark request VAULT import takes folders in"), f.Close())
		}
		return follow(f, tell), nil
	}}
}

// notes are taken in as the text that they are.
func (d *door) notes(ctx context.Context, file vault.File, x attaching) (vault.File, error) {
	text := x.text
	if x.edited {
		var err error
		if text, err = d.edit(ctx, text, x.swap); err != nil {
			return file, fmt.Errorf("attach: %w", err)
		}
	}
	if strings.TrimSpace(text) == "" {
		return file, errors.New("attach: the notes are empty")
	}
	if !strings.HasSuffix(text, "\n") {
		text += "\n"
	}
	file.Name = file.Item.Kind.String() + ".txt"
	file.Open = func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(text)), nil }
	return file, nil
}

// attach takes a file in and says what it is now.
func (d *door) attach(ctx context.Context, v *vault.Vault, file vault.File, x attaching, format string) error {
	items, err := v.PutFiles(ctx, []vault.File{file}, nil)
	if x.line != nil {
		x.line.Done()
	}
	var there *vault.DuplicateError
	switch {
	case errors.As(err, &there):
		return d.serveToo(ctx, v, there.Item, file.Item.Requirements, err)
	case err != nil:
		return err
	}
	return d.printTaken(items[0], format)
}

func (d *door) printTaken(taken questionnaires.Evidence, format string) error {
	if format == "json" {
		if err := json.NewEncoder(d.out).Encode(evidenceRow{Evidence: taken, Label: taken.Label(), Aliases: taken.AliasLabels(), Quarantined: taken.Quarantined()}); err != nil {
			return err
		}
	} else {
		fmt.Fprintf(d.out, "%s  %s, %d bytes, SHA-256 %s\n", taken.Label(), kube.Printable(taken.File.Name), taken.File.Size, taken.File.Digest)
		if taken.SearchState() != questionnaires.Searched || taken.Quarantined() {
			fmt.Fprintf(d.out, "%s  %s\n", taken.Label(), kube.Printable(taken.SearchWords()))
		}
		if taken.Quarantined() {
			fmt.Fprintf(d.out, "decide: tickmark evidence VAULT release %s --redacted FILE or --reason TEXT, or expunge it\n", taken.Label())
		}
	}
	if !taken.Quarantined() {
		return nil
	}
	return errAttention
}

// serveToo lets a file that is there serve what the same file was attached for again.
func (d *door) serveToo(ctx context.Context, v *vault.Vault, item questionnaires.Evidence, requirements []questionnaires.RequirementID, there error) error {
	said := item.Description()
	more := said.Serve(requirements...)
	if len(more) == 0 {
		return withHint(there, "name a requirement that it does not serve yet, or take it in once more with --again")
	}
	h, err := v.History(ctx)
	if err != nil {
		return err
	}
	draft, err := h.Describe(said, d.now())
	if err != nil {
		return err
	}
	if _, err := v.Append(ctx, draft); err != nil {
		return err
	}
	fmt.Fprintf(d.out, "%s  is the same file already; it serves %s now too\n", item.Label(), some(more))
	return nil
}

// followed is a file that tells how much of it was read.
type followed struct {
	file        *os.File
	done, total int64
	tell        func(done, total int64)
}

// follow watches the reading of a file. What has no length, such as a pipe, is read
// without being watched.
func follow(f *os.File, tell func(done, total int64)) io.ReadCloser {
	info, err := f.Stat()
	if err != nil || !info.Mode().IsRegular() {
		return f
	}
	return &followed{file: f, total: info.Size(), tell: tell}
}

// Read follows io.Reader.
func (f *followed) Read(p []byte) (int, error) {
	n, err := f.file.Read(p)
	f.done += int64(n)
	f.tell(f.done, max(f.done, f.total))
	return n, err
}

// Close follows io.Closer.
func (f *followed) Close() error { return f.file.Close() }

// Seek follows io.Seeker.
func (f *followed) Seek(offset int64, whence int) (int64, error) {
	at, err := f.file.Seek(offset, whence)
	if err == nil {
		f.done = at
	}
	return at, err
}
