package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"tickmark/engine/kube"
	"tickmark/questionnaires"
	"tickmark/vault"
)

func (d *door) requestImportVerb() *cobra.Command {
	var o opening
	var format, how string
	verb := &cobra.Command{
		Use: "import VAULT FOLDER", Short: "Take in what the client sent, by the request numbers in its names", Args: cobra.ExactArgs(2),
		Long: `Takes the files of a folder in as evidence, byte for byte, and receives each for the
requests whose numbers its name or its folders have: "Req-12 - policy.pdf",
"Req-12/policy.pdf", "Req-12 Req-14 - both.pdf". Links, special files and files of
more than 4 GiB are refused, and what matches no request is listed; nothing of that
keeps the others from being taken in. It may be interrupted and run again: a file
that was received for its requests is not taken in twice. Ends with 3 if something
was refused or matched nothing.`,
		Example: "  tickmark request shop.vault import ~/from-nadia",
		RunE: func(cmd *cobra.Command, args []string) error {
			obtained, err := questionnaires.ParseObtained(how)
			if err != nil {
				return usageError{err}
			}
			folder, err := os.OpenRoot(args[1])
			if err != nil {
				return fmt.Errorf("import %s: %w", args[1], withoutProgram(err))
			}
			defer folder.Close()
			v, a, err := d.chosen(cmd.Context(), args[0], o)
			if err != nil {
				return err
			}
			defer d.finish(cmd.Context(), v)
			line := d.progress()
			delivered, err := v.Receive(cmd.Context(), vault.Delivery{Folder: folder, Assessment: a, Obtained: obtained, Progress: line.Delivery})
			line.Done()
			// What became of the files is said even where it ended early.
			if err := errors.Join(err, d.printDelivered(delivered, format)); err != nil {
				return err
			}
			if delivered.Attention() {
				return errAttention
			}
			return nil
		},
	}
	o.flags(verb)
	outputFlag(verb, &format)
	verb.Flags().StringVar(&how, "obtained", "provided by the entity", "taken by the assessor, watched live, or provided by the entity")
	return verb
}

// printDelivered says what became of every file.
func (d *door) printDelivered(o vault.Delivered, format string) error {
	if format == "json" {
		return json.NewEncoder(d.out).Encode(o)
	}
	for _, kind := range []struct {
		word  string
		files []vault.DeliveredFile
	}{{"taken", o.Taken}, {"there, received now", o.Linked}, {"there already", o.Already}} {
		for _, f := range kind.files {
			fmt.Fprintf(d.out, "%s  %s  %s  %s\n", kind.word, f.Evidence, strings.Join(f.Requests, ", "), kube.Printable(f.File))
		}
	}
	for _, path := range o.Unmatched {
		fmt.Fprintf(d.out, "no request  %s\n", kube.Printable(path))
	}
	for _, r := range o.Refused {
		fmt.Fprintf(d.out, "refused  %s: %s\n", kube.Printable(r.File), kube.Printable(r.Reason))
	}
	for _, f := range o.Taken {
		if f.Quarantined != "" {
			fmt.Fprintf(d.out, "%s  %s\n", f.Evidence, kube.Printable(f.Quarantined))
		}
	}
	fmt.Fprintln(d.out, o)
	return nil
}
